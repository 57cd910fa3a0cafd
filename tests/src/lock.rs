//! What somebody else does to the server's database: a lock that is held, a row that is not allowed.
//!
//! For failures that no request of ours could bring about.

use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use crate::postgres::execute;
use crate::server::Store;

/// Nothing about stock can be written until it is dropped.
pub struct StockLock(#[expect(dead_code, reason = "held, and let go when it is dropped")] Held);

#[expect(dead_code, reason = "held, and let go when they are dropped")]
enum Held {
    Sqlite(Connection),
    Postgres(Client, Runtime),
}

impl StockLock {
    /// Takes the lock.
    pub fn take(store: &Store) -> Self {
        if let Some(path) = store.url.strip_prefix("sqlite:") {
            let connection = Connection::open(path).expect("the server's file");
            connection.busy_timeout(std::time::Duration::from_secs(30)).expect("set");
            connection.execute_batch("begin immediate").expect("locked");
            return Self(Held::Sqlite(connection));
        }
        let runtime = Runtime::new().expect("a runtime");
        let lock = "begin; lock table stock_movements in exclusive mode";
        let client = runtime.block_on(connected(store, lock));
        Self(Held::Postgres(client, runtime))
    }
}

/// A transaction that writes and does not end until it is dropped. PostgreSQL only: SQLite has one
/// writer, which would have to wait.
#[expect(dead_code, reason = "held, and let go when they are dropped")]
pub struct OpenWrite(Client, Runtime);

impl OpenWrite {
    /// Begins it.
    pub fn begin(store: &Store) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let begin = "begin; select pg_current_xact_id()";
        let client = runtime.block_on(connected(store, begin));
        Self(client, runtime)
    }
}

/// A connection that has done something.
async fn connected(store: &Store, does: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&store.url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client.batch_execute(does).await.expect("done");
    client
}

/// No event of this id can be stored from now on.
pub fn forbid_event(store: &Store, id: &str) {
    match store.url.strip_prefix("sqlite:") {
        Some(path) => {
            let connection = Connection::open(path).expect("the server's file");
            connection.busy_timeout(std::time::Duration::from_secs(30)).expect("set");
            let trigger = format!(
                "create trigger forbidden before insert on stock_movements
                 when new.cause_id = '{id}' begin select raise(abort, 'forbidden'); end"
            );
            connection.execute_batch(&trigger).expect("made");
        }
        None => {
            let check = format!(
                "alter table stock_movements add constraint forbidden check (cause_id <> '{id}')"
            );
            execute(&store.url, &check);
        }
    }
}
