//! What can go wrong below a use case. A refusal ("not enough stock") is never a [`DbError`].

use std::error::Error;
use std::sync::Arc;

/// The engine's own error, kept for logs.
pub type Source = Arc<dyn Error + Send + Sync>;

/// What kind of failure a statement met, in words that both engines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A primary key or unique index already holds the value.
    Unique,
    /// A `check` or a trigger of the schema refused the row.
    Check,
    /// A row refers to one that is not there.
    ForeignKey,
    /// A column that must hold a value was given none.
    NotNull,
    /// Lost a race for a lock; the same work may succeed when repeated.
    Contention,
    /// Waited for a lock for as long as work that many share may.
    Locked,
    /// The connection broke before the commit was sent: nothing was changed.
    Disconnected,
    /// The disk, or the limit on the database's size, is full.
    Full,
    /// Anything else; the source says what.
    Other,
}

impl Failure {
    /// Whether the same transaction may be tried again: nothing of it was kept.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Contention | Self::Disconnected)
    }
}

/// A broken database, a broken statement, or a refused load. Cloned to each request of a commit
/// that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// The database could not be opened or set up.
    #[error("could not open the database: {doing}")]
    Open {
        /// The step that failed.
        doing: String,
        /// Why, if the engine said so.
        source: Option<Source>,
    },
    /// A setting did not take, or the server cannot keep our promises.
    #[error("the database is not fit for use: {0}")]
    Unfit(String),
    /// The recorded migrations and those of this program do not agree.
    #[error("the schema does not match this program: {0}")]
    Schema(String),
    /// A statement failed.
    #[error("a statement failed ({kind:?}): {sql}")]
    Statement {
        /// The statement, as written.
        sql: String,
        /// What kind of failure.
        kind: Failure,
        /// The engine's error.
        source: Source,
    },
    /// The transaction could not begin or commit; nothing of it was kept.
    #[error("a transaction failed to {step}")]
    Transaction {
        /// `begin`, `commit`, …
        step: &'static str,
        /// What kind of failure.
        kind: Failure,
        /// The engine's error.
        source: Source,
    },
    /// The connection broke while the commit was under way: it may or may not have happened.
    #[error("the connection broke during a commit")]
    CommitUnknown {
        /// The engine's error.
        source: Source,
    },
    /// A column holds something else than the program expects.
    #[error("column {column} holds {found}, not {wanted}: {sql}")]
    Column {
        /// The statement that read it.
        sql: &'static str,
        /// Name or position.
        column: String,
        /// What was asked for.
        wanted: &'static str,
        /// What was there.
        found: String,
    },
    /// A statement that must find one row found another number.
    #[error("{found} rows where {wanted} was expected: {sql}")]
    RowCount {
        /// The statement.
        sql: &'static str,
        /// `one` or `at most one`.
        wanted: &'static str,
        /// How many there were.
        found: usize,
    },
    /// Somebody else has changed rows after they were read; the same work may succeed when repeated.
    #[error("{rows} rows have changed meanwhile: {sql}")]
    Overtaken {
        /// The statement that would have changed them.
        sql: &'static str,
        /// How many.
        rows: u64,
    },
    /// A row that the program could not have written.
    #[error("impossible row in {table}, column {column}: {value}")]
    Impossible {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// A value that one of the engines cannot store.
    #[error("a parameter cannot be stored ({reason}): {sql}")]
    Parameter {
        /// The statement.
        sql: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A use case went on, or returned `Ok`, after one of its statements had failed.
    #[error("a use case ignored a failed statement")]
    Ignored,
    /// A use case panicked; only its own transaction was rolled back.
    #[error("a use case panicked: {0}")]
    Panicked(String),
    /// Too much work is waiting; try again later.
    #[error("the database queue is full")]
    Busy,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
}

impl DbError {
    /// An impossible row, reported by table, column and value.
    pub fn impossible(table: &'static str, column: &'static str, value: impl Into<String>) -> Self {
        Self::Impossible { table, column, value: value.into() }
    }

    /// What kind of failure this is, as far as it came from the engine.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Statement { kind, .. } | Self::Transaction { kind, .. } => *kind,
            Self::Overtaken { .. } => Failure::Contention,
            _ => Failure::Other,
        }
    }

    pub(super) fn open(
        doing: impl Into<String>,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self::Open { doing: doing.into(), source: Some(Arc::new(source)) }
    }
}
