//! How a use case of the public API ends without its answer: refused, or broken.

use domain::{order::FieldError, problem::Problem};

use crate::db::DbError;

/// Why a use case gave no answer. Its transaction was undone.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppError {
    /// The caller was refused.
    #[error("refused: {}", .0.code)]
    Refused(Box<Problem>),
    /// The database failed.
    #[error(transparent)]
    Broken(#[from] DbError),
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl AppError {
    /// The refusal's code, where it is one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            Self::Broken(_) => None,
        }
    }
}

/// A refusal that names fields.
#[must_use]
pub fn invalid(code: &str, title: &str, errors: Vec<FieldError>) -> Problem {
    let mut problem = Problem::new(422, code, title).advise("Correct the fields and send again.");
    problem.errors = errors;
    problem
}

/// Nothing of this name, or nothing that the caller may see.
#[must_use]
pub fn not_found(code: &str, title: &str) -> Problem {
    Problem::new(404, code, title).advise("Check the number.")
}
