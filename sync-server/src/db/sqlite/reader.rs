//! A thread that reads: each use case sees one snapshot, and leaves the log free soon after.

use crate::db::tx::Session;
use crate::db::workers::Queue;
use crate::db::{Access, Dialect, Tx};

/// Serves the queue until it is closed.
pub(in crate::db) fn serve(mut tx: Tx, queue: &Queue) {
    while let Some(mut request) = queue.next() {
        tx.reset();
        let begun = control(&mut tx, Dialect::Sqlite.begin(Access::Read));
        if let Err(error) = begun {
            request.answer(Err(error));
            continue;
        }
        request.run(&mut tx);
        request.answer(control(&mut tx, "rollback"));
    }
}

fn control(tx: &mut Tx, step: &'static str) -> Result<(), crate::db::DbError> {
    match tx.session() {
        Session::Sqlite(session) => session.control(step),
        Session::Postgres(_) => unreachable!("this file is handed SQLite sessions only"),
    }
}
