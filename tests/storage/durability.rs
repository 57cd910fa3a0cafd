//! What was acknowledged is there for others, after a kill, and after a server's crash.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sync_server::db::{Database, DbError, SqliteDirect};
use tokio::sync::mpsc;

use crate::subject::{Subject, exec, number, runtime};

const CHILD_URL: &str = "STOCKHAND_CHILD_URL";
const CREATE: &str = "create table if not exists acks (id bigint primary key)";

async fn insert(db: &Database, id: i64) -> Result<i64, DbError> {
    db.write(move |tx| tx.exec("insert into acks (id) values ($1)", &[&id])).await.map(|_| id)
}

async fn stored(db: &Database) -> BTreeSet<i64> {
    let read = db.read(|tx| tx.query("select id from acks", &[], |row| row.get(0)));
    read.await.map_err(|error: DbError| error).expect("readable").into_iter().collect()
}

pub async fn acknowledged_rows_are_seen_by_others(subject: Subject) {
    let (db, other) = (subject.open().await, subject.open().await);
    exec(&db, CREATE).await.expect("created");
    for id in 0..20 {
        insert(&db, id).await.expect("stored");
        assert_eq!(number(&other, "select count(*) from acks").await, id + 1);
    }
}

pub async fn closing_finishes_what_is_queued(subject: Subject) {
    let db = subject.open().await;
    exec(&db, CREATE).await.expect("created");
    let writes: Vec<_> = (0..200_i64)
        .map(|id| db.write(move |tx| tx.exec("insert into acks (id) values ($1)", &[&id])))
        .collect();
    drop(db);
    for write in writes {
        write.await.map_err(|error: DbError| error).expect("what was queued is stored");
    }
    assert_eq!(stored(&subject.open().await).await.len(), 200);
}

/// Kills a process in the middle of its writes, five times over one database.
pub async fn a_killed_process_keeps_what_it_acknowledged(subject: Subject) {
    let db = subject.open().await;
    exec(&db, CREATE).await.expect("created");
    drop(db);
    let mut acknowledged = BTreeSet::new();
    for round in 1..=5_usize {
        acknowledged.extend(write_and_kill(subject.url(), round * 40));
        let db = subject.open().await;
        let stored = stored(&db).await;
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "lost in round {round}: {lost:?}");
    }
    assert!(acknowledged.len() >= 5 * 40);
}

/// Starts this program as a writer, kills it after `count` acknowledgements, and returns all
/// that it had printed until then.
fn write_and_kill(url: &str, count: usize) -> Vec<i64> {
    let this = std::env::current_exe().expect("this program has a path");
    let mut child = Command::new(this)
        .args(["--exact", "--ignored", "--nocapture", "durability::writes_until_killed"])
        .env(CHILD_URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the writer starts");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let mut acknowledged = Vec::new();
    for line in output.lines() {
        let line = line.expect("text");
        let Some(id) = line.split("acknowledged ").nth(1) else { continue };
        acknowledged.push(id.parse().expect("a number"));
        if acknowledged.len() == count {
            child.kill().expect("it runs");
        }
    }
    child.wait().expect("it ended");
    assert!(acknowledged.len() >= count, "the writer ended by itself");
    acknowledged
}

#[test]
#[ignore = "the process that a_killed_process_keeps_what_it_acknowledged starts and kills"]
fn writes_until_killed() {
    let url = std::env::var(CHILD_URL).expect("started by its test");
    runtime().block_on(async {
        let db = Database::open(&url, &sync_server::db::Options::default()).await.expect("opens");
        let first = number(&db, "select coalesce(max(id), 0) + 1 from acks").await;
        let writers = (0..8).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for id in (first + writer..).step_by(8) {
                    println!("acknowledged {}", insert(&db, id).await.expect("stored"));
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("a writer ended");
        }
    });
}

/// The server under PostgreSQL's feet goes away in the middle of everything and comes back.
#[test]
fn a_crashed_postgres_keeps_what_it_acknowledged() {
    let cluster = tests::postgres::Cluster::start().expect("PostgreSQL is installed");
    runtime().block_on(async {
        let url = cluster.fresh_database();
        let db = Database::open(&url, &sync_server::db::Options::default()).await.expect("opens");
        exec(&db, CREATE).await.expect("created");
        let stop = Arc::new(AtomicBool::new(false));
        let (acks, mut acknowledged) = mpsc::unbounded_channel();
        let writers = (0..8_i64).map(|writer| {
            let (db, stop, acks) = (db.clone(), Arc::clone(&stop), acks.clone());
            tokio::spawn(async move {
                let mut ids = (writer..).step_by(8);
                while !stop.load(Ordering::Relaxed) {
                    // Unanswered is no promise either way: the next number is a new one.
                    if let Ok(id) = insert(&db, ids.next().expect("endless")).await {
                        let _ = acks.send(id);
                    }
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        let mut promised = BTreeSet::new();
        for _ in 0..3 {
            for _ in 0..100 {
                promised.insert(acknowledged.recv().await.expect("writers are at work"));
            }
            cluster.crash().expect("it comes back");
        }
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.expect("no panic");
        }
        drop(acks);
        while let Some(id) = acknowledged.recv().await {
            promised.insert(id);
        }
        let stored = stored(&db).await;
        let lost: Vec<_> = promised.difference(&stored).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
    });
}

/// The form without threads, on a file: what it answered is there when the file is opened again.
#[test]
fn the_direct_form_keeps_its_file() {
    let dir = tempfile::TempDir::new().expect("a temporary directory");
    let path = dir.path().join("direct.db");
    let mut direct = SqliteDirect::open(&path).expect("opens");
    let insert = "insert into meta (key, value) values ('a', 'b')";
    direct.write(|tx| tx.exec(insert, &[])).map_err(|error: DbError| error).expect("stored");
    let undone = direct.write(|tx| {
        tx.exec("delete from meta", &[])?;
        Err::<(), _>(DbError::Busy)
    });
    assert!(matches!(undone, Err(DbError::Busy)));
    let mut again = SqliteDirect::open(&path).expect("opens beside the first");
    let count = "select count(*) from meta";
    let count = again.read(|tx| tx.query_one(count, &[], |row| row.get::<i64>(0)));
    assert_eq!(count.map_err(|error: DbError| error).expect("readable"), 1);
    direct.checkpoint().expect("the log is copied");
}

#[test]
fn the_form_in_memory_answers_at_once() {
    let db = Database::in_memory().expect("opens");
    runtime().block_on(async {
        exec(&db, CREATE).await.expect("created");
        insert(&db, 1).await.expect("stored");
        insert(&db, 1).await.expect_err("twice");
        assert_eq!(number(&db, "select count(*) from acks").await, 1);
    });
}
