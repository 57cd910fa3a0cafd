//! What can come of a call, sorted by what the engine does about it.

use domain::problem::Problem;

/// A call that brought no answer to use.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No answer: the network, the server or the time-out. Try again later.
    #[error("the server does not answer")]
    Offline(#[source] reqwest::Error),
    /// The server asks to wait (429, 503).
    #[error("the server is busy")]
    Busy {
        /// At least this long, in milliseconds.
        retry_after_ms: u64,
    },
    /// The server refused, and says why.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
    /// An answer that is not of the protocol.
    #[error("the server's answer cannot be read: {0}")]
    Unreadable(String),
    /// The address or the key cannot be used.
    #[error("cannot call {0}")]
    Unusable(String),
}

impl CallError {
    /// The stable code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }
}
