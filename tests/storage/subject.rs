//! A database under test: a fresh file or a fresh database on a server, and how to open it.

use std::future::Future;
use std::sync::mpsc::{Receiver, Sender, channel};

use sync_server::db::{Database, DbError, Options, Tx};
use tempfile::TempDir;

/// Where one test's data lies.
pub struct Subject {
    url: String,
    _dir: Option<TempDir>,
}

impl Subject {
    pub fn sqlite() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        Self { url: format!("sqlite:{}", dir.path().join("server.db").display()), _dir: Some(dir) }
    }

    pub fn postgres() -> Self {
        Self { url: tests::postgres::fresh_database(), _dir: None }
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn open(&self) -> Database {
        self.open_with(&Options::default()).await
    }

    pub async fn open_with(&self, options: &Options) -> Database {
        Database::open(&self.url, options).await.expect("the database opens")
    }

    /// Runs one test of the suite.
    pub fn run<F: Future<Output = ()>>(self, test: impl FnOnce(Self) -> F) {
        runtime().block_on(test(self));
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

/// A runtime whose every task runs on the calling thread.
pub fn on_this_thread() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}

/// Runs one statement in a transaction of its own.
pub async fn exec(db: &Database, sql: &'static str) -> Result<u64, DbError> {
    db.write(move |tx| tx.exec(sql, &[])).await
}

/// One number that a statement finds.
pub async fn number(db: &Database, sql: &'static str) -> i64 {
    let read = db.read(move |tx| tx.query_one(sql, &[], |row| row.get(0)));
    read.await.expect("the statement finds one number")
}

/// Holds a use case inside its transaction until it is let go.
pub struct Gate {
    entered: Receiver<()>,
    leave: Sender<()>,
}

impl Gate {
    /// The gate, and the use case that stands in it.
    pub fn new() -> (Self, impl FnMut(&mut Tx) -> Result<(), DbError> + Send + 'static) {
        let ((enter, entered), (leave, left)) = (channel(), channel());
        let work = move |_: &mut Tx| {
            enter.send(()).expect("the test waits");
            left.recv().expect("the test lets go");
            Ok(())
        };
        (Self { entered, leave }, work)
    }

    /// Waits until the use case runs.
    pub fn wait(&self) {
        self.entered.recv().expect("the use case runs");
    }

    pub fn open(self) {
        self.leave.send(()).expect("the use case waits");
    }
}
