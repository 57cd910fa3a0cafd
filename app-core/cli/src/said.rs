//! What comes of a verb: an answer on standard output, or a failure with its exit code.

use std::{
    fmt,
    io::{self, Write as _},
};

use domain::rejection::Rejection;
use serde::Serialize;
use serde_json::{Value, json};

/// An answer.
pub enum Said {
    /// A value, and the same for a person.
    Answer {
        /// As in `domain::bridge`.
        value: Value,
        /// Without a line end.
        words: String,
    },
    /// A file's content, given out as it is.
    Bytes(Vec<u8>),
}

impl Said {
    /// An answer and its words.
    pub fn new<T: Serialize>(answer: &T, words: impl Fn(&T) -> String) -> Self {
        let value = serde_json::to_value(answer).expect("an answer is plain data");
        Self::Answer { value, words: words(answer) }
    }

    /// Writes it to standard output.
    ///
    /// # Errors
    /// [`Failed::Broken`] when nobody takes it.
    pub fn print(self, json: bool) -> Result<(), Failed> {
        let mut out = io::stdout().lock();
        match self {
            Self::Answer { value, .. } if json => writeln!(out, "{value}")?,
            Self::Answer { words, .. } => writeln!(out, "{words}")?,
            Self::Bytes(bytes) => out.write_all(&bytes)?,
        }
        Ok(out.flush()?)
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    /// The engine says no.
    Refused(Rejection),
    /// Something does not work, in words.
    Broken(String),
}

impl Failed {
    /// The exit code: 2 for a refusal, 1 for what is broken.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Refused(Rejection::CannotStart { .. } | Rejection::NoSpace) | Self::Broken(_) => {
                1
            }
            Self::Refused(_) => 2,
        }
    }

    /// The form of the line mode, also used with `--json`.
    pub fn json(&self) -> Value {
        match self {
            Self::Refused(rejection) => json!({
                "refused": rejection,
                "sentence": rejection.to_string(),
                "next_action": rejection.next_action(),
            }),
            Self::Broken(why) => json!({ "broken": why }),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(rejection) => write!(f, "{rejection} {}", rejection.next_action()),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

impl From<Rejection> for Failed {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Broken(format!("cannot read or write: {error}"))
    }
}
