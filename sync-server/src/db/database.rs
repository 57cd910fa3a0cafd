//! The database as the rest of the server sees it: open it by URL, hand it use cases.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, oneshot};

#[cfg(doc)]
use super::Failure;
use super::postgres::PostgresSession;
use super::request::{Request, request};
use super::sqlite::{Checkpointer, Role, SqliteSession, Writer, open as open_sqlite, serve_reads};
use super::tx::Session;
use super::workers::{Queue, Workers};
use super::{Access, DbError, SqliteDirect, Tx, migrate, postgres};

/// Sizes that an operator may set. Each has a default that suits a small machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Read connections of SQLite.
    pub readers: usize,
    /// Connections to PostgreSQL.
    pub connections: usize,
    /// Use cases that may wait before [`DbError::Busy`] is answered.
    pub queue_max: usize,
    /// Use cases in one commit of SQLite.
    pub batch_max: usize,
    /// Bytes of SQLite's write-ahead log above which it is emptied between two commits.
    pub log_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            connections: 16,
            queue_max: 1_024,
            batch_max: 256,
            log_bytes_max: 256 << 20,
        }
    }
}

/// What the database has done since it was opened.
#[derive(Debug, Default)]
pub struct Counters {
    /// Commits; one of SQLite's carries many use cases.
    pub commits: AtomicU64,
    /// Wakes the one who follows what is committed here.
    pub committed: Notify,
    /// Use cases handed in.
    pub requests: AtomicU64,
    /// Use cases of PostgreSQL that ran again after a lost race.
    pub retries: AtomicU64,
}

impl Counters {
    /// Counts a commit and wakes whoever follows them.
    pub(super) fn commit(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.committed.notify_one();
    }
}

/// A handle to the open database; clones share it. Dropping the last one finishes what is
/// queued and closes it.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
    counters: Arc<Counters>,
}

enum Engine {
    /// Dropped in this order: the log is emptied after the last commit.
    Sqlite {
        writer: Workers,
        readers: Workers,
        _checkpointer: Checkpointer,
    },
    Postgres(Workers),
    Direct(Box<Mutex<SqliteDirect>>),
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its schema up to date.
    ///
    /// # Errors
    /// [`DbError::Open`], [`DbError::Unfit`] or [`DbError::Schema`].
    pub async fn open(url: &str, options: &Options) -> Result<Self, DbError> {
        let (url, options) = (url.to_owned(), options.clone());
        let (done, opened) = oneshot::channel();
        // Not on a thread of the caller's runtime: connecting waits for the disk or the network.
        std::thread::Builder::new()
            .name("db-open".to_owned())
            .spawn(move || done.send(Self::open_blocking(&url, &options)))
            .map_err(|error| DbError::open("start a thread", error))?;
        opened.await.unwrap_or(Err(DbError::Closed))
    }

    /// [`Database::open`] for a thread outside any runtime.
    ///
    /// # Errors
    /// Those of [`Database::open`].
    pub fn open_blocking(url: &str, options: &Options) -> Result<Self, DbError> {
        let counters = Arc::new(Counters::default());
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            open_file(Path::new(path.trim_start_matches("//")), options, &counters)?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_server(url, options, &counters)?
        } else {
            let doing = "its URL must begin with sqlite: or postgres://".to_owned();
            return Err(DbError::Open { doing, source: None });
        };
        Ok(Self { engine: Arc::new(engine), counters })
    }

    /// An empty SQLite database in memory, with the schema; every use case runs on the caller's
    /// thread.
    ///
    /// # Errors
    /// [`DbError::Open`] or [`DbError::Unfit`].
    pub fn in_memory() -> Result<Self, DbError> {
        SqliteDirect::in_memory().map(Self::direct)
    }

    /// A database whose use cases run on the caller's thread.
    pub fn direct(direct: SqliteDirect) -> Self {
        let engine = Arc::new(Engine::Direct(Box::new(Mutex::new(direct))));
        Self { engine, counters: Arc::default() }
    }

    /// Runs a use case that may change something, in one transaction. Answers only once its
    /// changes are durable; an error undoes this use case and no other.
    ///
    /// It is queued before the first poll and runs even if the caller goes away. `work` may run up to
    /// five times, where it loses a race: each run must start from the same state.
    pub fn write<T, E, F>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.run(Access::Write, work)
    }

    /// The same for a use case that stands for many callers, whom it gathers when it begins: one commit
    /// of SQLite carries no second one of them, and PostgreSQL lets it wait for a locked row for no longer
    /// than a second ([`Failure::Locked`]).
    pub fn write_gathered<T, E, F>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.run(Access::WriteForMany, work)
    }

    /// Whether use cases that change something run one after the other.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        !matches!(*self.engine, Engine::Postgres(_))
    }

    /// Runs a use case that only reads, over one snapshot.
    pub fn read<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.run(Access::Read, work)
    }

    /// What the database has done so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    fn run<T, E, F>(
        &self,
        access: Access,
        mut work: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let answer = match &*self.engine {
            Engine::Direct(direct) => {
                let mut direct = direct.lock().unwrap_or_else(PoisonError::into_inner);
                let done = direct.run(access, &mut work);
                if done.is_ok() && access.writes() {
                    self.counters.commit();
                }
                Err(done)
            }
            Engine::Sqlite { writer: workers, .. } | Engine::Postgres(workers)
                if access.writes() =>
            {
                Ok(queued(workers, request(access, work)))
            }
            Engine::Sqlite { readers: workers, .. } | Engine::Postgres(workers) => {
                Ok(queued(workers, request(access, work)))
            }
        };
        async move {
            match answer {
                Ok(answer) => answer.await.unwrap_or_else(|_| Err(DbError::Closed.into())),
                Err(done) => done,
            }
        }
    }
}

fn queued<A>(workers: &Workers, (request, answer): (Box<dyn Request>, A)) -> A {
    workers.submit(request);
    answer
}

fn open_file(path: &Path, options: &Options, counters: &Arc<Counters>) -> Result<Engine, DbError> {
    let mut conn = open_sqlite(path, Role::Writer)?;
    let own = open_sqlite(path, Role::Checkpoint)?;
    let (checkpointer, log_pages) = Checkpointer::start(&mut conn, own)?;
    let mut direct = SqliteDirect::from_configured(conn);
    direct.write(migrate::migrate)?;
    let writer = Writer {
        tx: direct.into_tx(),
        batch_max: options.batch_max,
        counters: Arc::clone(counters),
        log_pages,
        log_pages_max: options.log_bytes_max / 4_096,
    };
    let readers = (0..options.readers).map(|_| {
        let session = SqliteSession::new(open_sqlite(path, Role::Reader)?);
        let tx = Tx::new(Session::Sqlite(session));
        Ok(move |queue: Queue| serve_reads(tx, &queue))
    });
    let readers = readers.collect::<Result<Vec<_>, DbError>>()?;
    let started = |error| DbError::open("start a thread", error);
    let writer = vec![move |queue: Queue| writer.serve(&queue)];
    Ok(Engine::Sqlite {
        writer: Workers::start("db-writer", options.queue_max, writer).map_err(started)?,
        readers: Workers::start("db-reader", options.queue_max, readers).map_err(started)?,
        _checkpointer: checkpointer,
    })
}

fn open_server(url: &str, options: &Options, counters: &Arc<Counters>) -> Result<Engine, DbError> {
    let config: tokio_postgres::Config =
        url.parse().map_err(|error| DbError::open("read its URL", error))?;
    let mut first = Tx::new(Session::Postgres(Box::new(PostgresSession::new(config.clone())?)));
    postgres::migrate_server(&mut first)?;
    drop(first);
    let bodies = (0..options.connections).map(|at| {
        let tx = Tx::new(Session::Postgres(Box::new(PostgresSession::new(config.clone())?)));
        let counters = Arc::clone(counters);
        let seed = at as u64;
        Ok(move |queue: Queue| postgres::serve(tx, &counters, seed, &queue))
    });
    let bodies = bodies.collect::<Result<Vec<_>, DbError>>()?;
    Workers::start("db-postgres", options.queue_max, bodies)
        .map(Engine::Postgres)
        .map_err(|error| DbError::open("start a thread", error))
}
