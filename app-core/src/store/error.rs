//! What can break in a database. A full disk is told apart, since a person can do something about it.

use rusqlite::ErrorCode;

/// A database did not do what it must.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; nothing was written.
    #[error("no space left to {doing}")]
    Full {
        /// What we were doing.
        doing: &'static str,
    },
    /// The file does not hold what it must.
    #[error("damaged while trying to {doing}")]
    Damaged {
        /// What we were doing.
        doing: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// Anything else.
    #[error("cannot {doing}")]
    Sql {
        /// What we were doing.
        doing: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// A row that cannot be.
    #[error("{table} {row}: {reason}")]
    Impossible {
        /// The table.
        table: &'static str,
        /// Its key.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting that did not take.
    #[error("setting {setting} is {got}, not {wanted}")]
    Setting {
        /// The pragma.
        setting: &'static str,
        /// What was asked for.
        wanted: String,
        /// What was read back.
        got: String,
    },
    /// A file could not be read, written or renamed.
    #[error("cannot {doing} {path}")]
    File {
        /// What we were doing.
        doing: &'static str,
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Another program has the outbox open.
    #[error("another program is using the data in {path}")]
    InUse {
        /// The data directory.
        path: String,
    },
}

impl StoreError {
    /// Whether the disk is full.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

/// Names what was being done when the database failed.
pub(crate) trait Doing<T> {
    /// The same, with `doing` as a verb phrase.
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full { doing },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Damaged { doing, source }
            }
            _ => StoreError::Sql { doing, source },
        })
    }
}
