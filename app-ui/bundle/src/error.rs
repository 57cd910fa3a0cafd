//! What can break while bundling.
//!
//! Nothing here is a refusal: each one means the build must stop.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// What the bundler was doing when it broke.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file or folder could not be read or written.
    #[error("could not {doing} {}", path.display())]
    File {
        /// The verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// wasm-bindgen refused the program; most often its version is not the crate's.
    #[error("wasm-bindgen refused the program: {0}")]
    Bindgen(String),
    /// The optimiser ran and failed, or wrote something that is not wasm.
    #[error("{program} failed: {said}")]
    Optimiser {
        /// Its path.
        program: PathBuf,
        /// Its own words.
        said: String,
    },
    /// The page has no place for the links.
    #[error("{} has no line `<!-- bundle -->`", .0.display())]
    NoPlace(PathBuf),
}

/// For `map_err`: names what was being done to which file.
pub fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BundleError {
    let path = path.to_owned();
    move |source| BundleError::File { doing, path, source }
}

/// The error and everything under it, on one line.
pub fn with_sources(error: &BundleError) -> String {
    let mut said = error.to_string();
    let mut below = error.source();
    while let Some(source) = below {
        said.push_str(": ");
        said.push_str(&source.to_string());
        below = source.source();
    }
    said
}
