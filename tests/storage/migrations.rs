//! The schema is brought up once, and one that this program does not know is left alone.

use sync_server::db::{Database, DbError, Options};

use crate::subject::{Subject, exec, number};

const APPLIED: &str = "select count(*) from schema_migrations";

pub async fn opening_again_changes_nothing(subject: Subject) {
    let db = subject.open().await;
    let applied = number(&db, APPLIED).await;
    assert!(applied > 0);
    exec(&db, "insert into meta (key, value) values ('kept', 'x')").await.expect("stored");
    drop(db);
    let db = subject.open().await;
    assert_eq!(number(&db, APPLIED).await, applied);
    assert_eq!(number(&db, "select count(*) from meta where key = 'kept'").await, 1);
}

pub async fn two_servers_may_start_at_once(subject: Subject) {
    let options = Options::default();
    let open = || Database::open(subject.url(), &options);
    let (one, other) = tokio::join!(open(), open());
    let (one, other) = (one.expect("one opens"), other.expect("so does the other"));
    assert_eq!(number(&one, APPLIED).await, number(&other, APPLIED).await);
}

async fn refused_after(subject: &Subject, change: &'static str) -> String {
    let db = subject.open().await;
    exec(&db, change).await.expect("changed");
    drop(db);
    match Database::open(subject.url(), &Options::default()).await {
        Err(DbError::Schema(why)) => why,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("it opened"),
    }
}

pub async fn an_edited_migration_is_refused(subject: Subject) {
    let why = refused_after(&subject, "update schema_migrations set sha256 = 'x'").await;
    assert!(why.contains("migration 1"), "{why}");
}

pub async fn a_newer_schema_is_refused(subject: Subject) {
    let why = refused_after(
        &subject,
        "insert into schema_migrations (number, name, sha256) values (9999, 'later', 'x')",
    );
    let why = why.await;
    assert!(why.contains("9999") && why.contains("newer"), "{why}");
}
