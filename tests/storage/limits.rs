//! What happens when more work arrives than the database can take.

use sync_server::db::{DbError, Options};

use crate::subject::{Gate, Subject, number};

pub async fn a_full_queue_says_busy(subject: Subject) {
    let options = Options { connections: 1, readers: 1, queue_max: 1, ..Options::default() };
    let db = subject.open_with(&options).await;
    let insert = "insert into meta (key, value) values ('waited', 'x')";
    let (gate, work) = Gate::new();
    let held = db.write(work);
    gate.wait();
    let waits = db.write(move |tx| tx.exec(insert, &[]));
    let refused = db.write(move |tx| tx.exec(insert, &[]));
    assert!(matches!(refused.await, Err(DbError::Busy)));
    gate.open();
    held.await.expect("the gate commits");
    assert_eq!(waits.await.map_err(|error: DbError| error).expect("its turn comes"), 1);
    assert_eq!(number(&db, "select count(*) from meta").await, 1);
}
