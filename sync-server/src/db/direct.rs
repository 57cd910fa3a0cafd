//! SQLite without threads: each use case runs here and now, in a transaction of its own. For the
//! simulator, for opening a database, and for tools; the server uses [`super::Database`].

use std::path::Path;

use rusqlite::Connection;

use super::request::attempt;
use super::sqlite::{
    Role, SqliteSession, configure, open, open_memory, open_with_vfs, run_in_savepoint,
};
use super::tx::Session;
use super::{Access, DbError, Dialect, Tx, migrate};

/// One SQLite connection and the use cases that are run on it, one at a time.
pub struct SqliteDirect {
    tx: Tx,
}

impl SqliteDirect {
    /// An empty database in memory, with the schema.
    ///
    /// # Errors
    /// [`DbError::Open`] or [`DbError::Unfit`].
    pub fn in_memory() -> Result<Self, DbError> {
        Self::from_configured(open_memory()?).migrated()
    }

    /// A file, created if need be, its schema brought up to date.
    ///
    /// # Errors
    /// [`DbError::Open`], [`DbError::Unfit`] or [`DbError::Schema`].
    pub fn open(path: &Path) -> Result<Self, DbError> {
        Self::from_configured(open(path, Role::Writer)?).migrated()
    }

    /// A file on a registered virtual file system: for tests of power cuts.
    ///
    /// # Errors
    /// Those of [`SqliteDirect::open`].
    pub fn open_with_vfs(path: &Path, vfs: &str) -> Result<Self, DbError> {
        Self::from_configured(open_with_vfs(path, vfs)?).migrated()
    }

    /// A connection opened elsewhere; gets our settings and our schema.
    ///
    /// # Errors
    /// Those of [`SqliteDirect::open`].
    pub fn from_connection(conn: Connection) -> Result<Self, DbError> {
        Self::from_configured(configure(conn, Role::Writer)?).migrated()
    }

    /// Runs a use case; an error or a panic undoes it.
    ///
    /// # Errors
    /// What `work` returns, and [`DbError::Transaction`] when the commit fails.
    pub fn write<T, E: From<DbError>>(
        &mut self,
        mut work: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Access::Write, &mut work)
    }

    /// Runs a use case that only reads; changes are undone.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn read<T, E: From<DbError>>(
        &mut self,
        mut work: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Access::Read, &mut work)
    }

    /// The connection, for a look at the raw database.
    pub fn connection(&mut self) -> &Connection {
        self.session().connection()
    }

    /// Copies the write-ahead log into the file and empties it; nothing else does so here.
    ///
    /// # Errors
    /// [`DbError::Statement`].
    pub fn checkpoint(&mut self) -> Result<(), DbError> {
        self.session().batch("pragma wal_checkpoint(truncate)")
    }

    pub(super) fn from_configured(conn: Connection) -> Self {
        Self { tx: Tx::new(Session::Sqlite(SqliteSession::new(conn))) }
    }

    pub(super) fn into_tx(self) -> Tx {
        self.tx
    }

    pub(super) fn run<T, E: From<DbError>>(
        &mut self,
        access: Access,
        work: &mut impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.session().control(Dialect::Sqlite.begin(access))?;
        let mut outcome = Err(DbError::Closed.into());
        run_in_savepoint(&mut self.tx, |tx| {
            outcome = attempt(tx, work);
            outcome.is_ok()
        });
        let end = if access.writes() { "commit" } else { "rollback" };
        let session = self.session();
        if let Err(error) = session.control(end) {
            if session.in_transaction() {
                session.control("rollback")?;
            }
            return outcome.and(Err(error.into()));
        }
        outcome
    }

    fn migrated(mut self) -> Result<Self, DbError> {
        self.write(migrate::migrate)?;
        Ok(self)
    }

    fn session(&mut self) -> &mut SqliteSession {
        match self.tx.session() {
            Session::Sqlite(session) => session,
            Session::Postgres(_) => unreachable!("built from SQLite connections only"),
        }
    }
}
