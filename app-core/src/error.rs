//! What an engine call can end with besides its answer: a refusal that a person reads, or something
//! broken that support reads.

use domain::rejection::Rejection;

use crate::store::StoreError;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No; with a sentence and what to do.
    #[error(transparent)]
    Refused(#[from] Rejection),
    /// A database is broken.
    #[error("the tablet's storage failed")]
    Broken(#[from] StoreError),
}

impl Failure {
    /// The same as a refusal, for a screen: a broken store has a sentence too.
    #[must_use]
    pub fn into_rejection(self) -> Rejection {
        match self {
            Self::Refused(rejection) => rejection,
            Self::Broken(StoreError::Full { .. }) => Rejection::NoSpace,
            Self::Broken(error) => {
                Rejection::Server { message: format!("This tablet's storage failed: {error}.") }
            }
        }
    }
}

/// An answer or a [`Failure`].
pub type Answer<T> = Result<T, Failure>;
