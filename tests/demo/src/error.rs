//! What can break while demo data is prepared, read or sent.
//!
//! Rows that a server refuses are not in here: they are counted and shown (see [`crate::load`]).

use std::path::{Path, PathBuf};

/// What was being done when it broke.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("reading {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("writing {path}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("reading rows of {path}")]
    Csv { path: PathBuf, source: csv::Error },
    #[error("reading {what} as JSON")]
    Json { what: String, source: serde_json::Error },
    /// The data is not what its description says; it names the row.
    #[error("{row}: {problem}")]
    Data { row: String, problem: String },
    #[error("calling {url}")]
    Call { url: String, source: Box<ureq::Error> },
    #[error("{url} answered {status}: {body}")]
    Answer { url: String, status: u16, body: String },
    #[error("the server refused {0} rows")]
    Refused(usize),
}

impl DemoError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn csv(path: &Path) -> impl FnOnce(csv::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Csv { path, source }
    }

    pub(crate) fn json(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.into();
        move |source| Self::Json { what, source }
    }

    pub(crate) fn data(row: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Data { row: row.into(), problem: problem.into() }
    }
}
