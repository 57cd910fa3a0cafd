//! What happens to one use case when another, in the same commit, goes wrong.

use std::task::{Context, Poll, Waker};

use sync_server::db::{Database, DbError, Failure};

use crate::subject::{Gate, Subject, exec, number, runtime};

const INSERT: &str = "insert into meta (key, value) values ($1, 'x')";

/// Inserts one row, then does what `then` says.
fn insert(
    db: &Database,
    key: &'static str,
    then: fn() -> Result<(), DbError>,
) -> impl Future<Output = Result<(), DbError>> {
    db.write(move |tx| {
        tx.exec(INSERT, &[&key])?;
        then()
    })
}

/// Inserts a good row, a bad one and a good one, queued behind a gate so that SQLite takes them
/// into one commit; returns how the bad one ended.
async fn good_bad_good(db: &Database, bad: fn() -> Result<(), DbError>) -> Result<(), DbError> {
    let (gate, work) = Gate::new();
    let held = db.write(work);
    gate.wait();
    let first = insert(db, "good 1", || Ok(()));
    let between = insert(db, "bad", bad);
    let last = insert(db, "good 2", || Ok(()));
    gate.open();
    held.await.expect("the gate commits");
    first.await.expect("the first commits");
    last.await.expect("the last commits");
    assert_eq!(number(db, "select count(*) from meta where key like 'good%'").await, 2);
    assert_eq!(number(db, "select count(*) from meta where key = 'bad'").await, 0);
    between.await
}

pub async fn an_error_undoes_one_request_only(subject: Subject) {
    let db = subject.open().await;
    let ended = good_bad_good(&db, || Err(DbError::impossible("meta", "key", "on purpose"))).await;
    assert!(matches!(ended, Err(DbError::Impossible { .. })));
}

pub async fn a_panic_undoes_one_request_only(subject: Subject) {
    let db = subject.open().await;
    let ended = good_bad_good(&db, || panic!("on purpose")).await;
    assert!(matches!(ended, Err(DbError::Panicked(message)) if message == "on purpose"));
    // The worker that panicked is still at work.
    insert(&db, "after", || Ok(())).await.expect("the next use case runs");
}

pub async fn an_ignored_failure_is_not_committed(subject: Subject) {
    let db = subject.open().await;
    insert(&db, "twice", || Ok(())).await.expect("the first is stored");
    let ignored = db.write(|tx| {
        tx.exec(INSERT, &[&"before"])?;
        let _ = tx.exec(INSERT, &[&"twice"]);
        Ok::<_, DbError>(())
    });
    assert!(matches!(ignored.await, Err(DbError::Ignored)));
    let went_on = db.write(|tx| {
        let _ = tx.exec(INSERT, &[&"twice"]);
        tx.exec(INSERT, &[&"behind"])
    });
    assert!(matches!(went_on.await, Err(DbError::Ignored)));
    assert_eq!(number(&db, "select count(*) from meta").await, 1);
}

/// A constraint that is checked at the commit makes the commit itself fail.
pub async fn a_failed_commit_is_not_acknowledged(subject: Subject) {
    let db = subject.open().await;
    exec(&db, "create table parents (id bigint primary key)").await.expect("created");
    let child = "create table children (
        id bigint primary key references parents (id) deferrable initially deferred)";
    exec(&db, child).await.expect("created");
    let (gate, work) = Gate::new();
    let held = db.write(work);
    gate.wait();
    let good = insert(&db, "good", || Ok(()));
    let bad = db.write(|tx| tx.exec("insert into children (id) values (1)", &[]));
    gate.open();
    let bad = bad.await.expect_err("there is no parent");
    assert!(matches!(bad, DbError::Transaction { step: "commit", kind: Failure::ForeignKey, .. }));
    let rows = "select count(*) from meta where key = 'good'";
    if subject.is_postgres() {
        good.await.expect("it has a commit of its own");
        assert_eq!(number(&db, rows).await, 1);
    } else {
        held.await.expect_err("the gate was in that commit");
        good.await.expect_err("so was the good one");
        assert_eq!(number(&db, rows).await, 0);
    }
    assert_eq!(number(&db, "select count(*) from children").await, 0);
    insert(&db, "next", || Ok(())).await.expect("the next commit is well");
}

pub async fn a_read_changes_nothing(subject: Subject) {
    let db = subject.open().await;
    db.read(|tx| tx.exec(INSERT, &[&"a"])).await.expect_err("a read may not write");
    assert_eq!(number(&db, "select count(*) from meta").await, 0);
}

pub async fn failures_have_kinds(subject: Subject) {
    let db = subject.open().await;
    insert(&db, "a", || Ok(())).await.expect("stored");
    for (sql, kind) in [
        ("insert into meta (key, value) values ('a', 'x')", Failure::Unique),
        ("insert into meta (key, value) values ('b', null)", Failure::NotNull),
        ("insert into rosters (location_key, epoch) values (77, 1)", Failure::ForeignKey),
        ("insert into postcodes values ('US', '1', 'x', 'nowhere', 0)", Failure::Other),
        (
            "insert into items (sku, name, currency, weight_g) values ('1', 'x', 'USD', -1)",
            Failure::Check,
        ),
    ] {
        let error = exec(&db, sql).await.expect_err("refused");
        assert_eq!(error.failure(), kind, "{error}");
        assert!(error.to_string().contains(sql), "{error}");
    }
}

/// Many use cases, one commit, and nobody is told before it.
#[test]
fn sqlite_answers_after_the_common_commit() {
    runtime().block_on(async {
        let subject = Subject::sqlite();
        let db = subject.open().await;
        let commits =
            |db: &Database| db.counters().commits.load(std::sync::atomic::Ordering::Relaxed);
        let before = commits(&db);
        let (first_gate, work) = Gate::new();
        let held = db.write(work);
        first_gate.wait();
        let mut early = Box::pin(insert(&db, "early", || Ok(())));
        let (second_gate, work) = Gate::new();
        let late = db.write(work);
        first_gate.open();
        // The second gate is entered, so the early one has run: but it is not committed.
        second_gate.wait();
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(early.as_mut().poll(&mut context), Poll::Pending));
        assert_eq!(number(&db, "select count(*) from meta").await, 0);
        second_gate.open();
        early.await.expect("committed");
        held.await.expect("committed");
        late.await.expect("committed");
        assert_eq!(commits(&db) - before, 1);
        assert_eq!(number(&db, "select count(*) from meta").await, 1);
    });
}
