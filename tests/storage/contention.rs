//! PostgreSQL only: lost races for locks are run again, lost connections opened again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use sync_server::db::{Database, DbError, Failure};

use crate::subject::{Subject, exec, number};

const ADD: &str = "update counts set units = units + 1 where id = $1";

async fn with_counts(subject: &Subject) -> Database {
    let db = subject.open().await;
    exec(&db, "create table counts (id bigint primary key, units bigint)").await.expect("created");
    exec(&db, "insert into counts values (1, 0), (2, 0)").await.expect("stored");
    db
}

/// Two use cases lock two rows in opposite order, and both wait for each other.
#[test]
fn a_deadlock_is_run_again() {
    Subject::postgres().run(async |subject| {
        let db = with_counts(&subject).await;
        let (met, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
        let add_both = |ids: [i64; 2]| {
            let (met, runs, mut first) = (Arc::clone(&met), Arc::clone(&runs), true);
            db.write(move |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                tx.exec(ADD, &[&ids[0]])?;
                if std::mem::take(&mut first) {
                    met.wait();
                }
                tx.exec(ADD, &[&ids[1]])
            })
        };
        let (one, other) = tokio::join!(add_both([1, 2]), add_both([2, 1]));
        one.expect("one goes through");
        other.expect("so does the other");
        // Whoever lost may come back before the other has woken, and they meet once more.
        let retries = u32::try_from(db.counters().retries.load(Ordering::Relaxed)).expect("few");
        assert!(retries > 0);
        assert_eq!(runs.load(Ordering::Relaxed), 2 + retries);
        assert_eq!(number(&db, "select cast(sum(units) as bigint) from counts").await, 4);
    });
}

#[test]
fn a_race_that_is_always_lost_ends() {
    Subject::postgres().run(async |subject| {
        let db = with_counts(&subject).await;
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let lost = db.write(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            tx.exec(ADD, &[&1_i64])?;
            tx.exec("do $$ begin raise exception using errcode = '40001'; end $$", &[])
        });
        let error: DbError = lost.await.expect_err("it never goes through");
        assert_eq!(error.failure(), Failure::Contention);
        assert_eq!(runs.load(Ordering::Relaxed), 5);
        assert_eq!(number(&db, "select units from counts where id = 1").await, 0);
    });
}

#[test]
fn a_broken_connection_is_opened_again() {
    Subject::postgres().run(async |subject| {
        let db = with_counts(&subject).await;
        for _ in 0..3 {
            tests::postgres::execute(
                subject.url(),
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            );
            let writes = (0..32).map(|_| db.write(|tx| tx.exec(ADD, &[&1_i64])));
            for write in writes.collect::<Vec<_>>() {
                write.await.map_err(|error: DbError| error).expect("it goes through");
            }
        }
        assert_eq!(number(&db, "select units from counts where id = 1").await, 96);
    });
}
