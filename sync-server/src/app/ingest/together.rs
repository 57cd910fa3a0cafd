//! A few rows each from many senders of one batch, who come at the same time: all of them settled in one
//! transaction, and each sender told what became of his own. Nobody waits for company: while one
//! transaction is on its way to the disk, the next gathers by itself.
//!
//! What it deliberately does not do: take what needs more than one transaction (`intake`), or let one
//! sender's rows fail those of others.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{
    chunk::{Chunk, FACTS_MAX},
    look::Look,
    take::{self, NotTaken, Taken, Terms},
};
use crate::{
    clock,
    db::{Database, DbError, shelves::Hold},
};

/// Senders of one batch who may wait before [`DbError::Busy`] is answered.
const WAITING_MAX: usize = 1_024;

type Answer = Result<Taken, NotTaken>;

/// A sender's rows.
struct Waiting {
    terms: Terms,
    chunk: Chunk,
    answer: oneshot::Sender<Answer>,
}

/// Those who wait, by batch. A batch is here while somebody serves it.
#[derive(Default)]
pub struct Together {
    lanes: Mutex<HashMap<i64, VecDeque<Waiting>>>,
}

impl Together {
    /// Takes rows with those of whoever else has come. Each row says of when it is: the terms of one
    /// sender are those of all.
    ///
    /// # Errors
    /// [`NotTaken`]; [`DbError::Busy`] where too many wait.
    pub async fn take(self: &Arc<Self>, db: &Database, terms: Terms, chunk: Chunk) -> Answer {
        let (answer, taken) = oneshot::channel();
        let batch_key = terms.batch_key;
        let is_served = {
            let mut lanes = self.lanes();
            let is_served = lanes.contains_key(&batch_key);
            let lane = lanes.entry(batch_key).or_default();
            if lane.len() >= WAITING_MAX {
                return Err(DbError::Busy.into());
            }
            lane.push_back(Waiting { terms, chunk, answer });
            is_served
        };
        if !is_served {
            let serving = Serving { together: Arc::clone(self), batch_key, is_done: false };
            tokio::spawn(serving.serve(db.clone()));
        }
        taken.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    /// The next who fit into one transaction; none: nobody waits, and nobody serves the batch any more.
    fn next(&self, batch_key: i64) -> Vec<Waiting> {
        let mut lanes = self.lanes();
        let Some(lane) = lanes.get_mut(&batch_key) else { return Vec::new() };
        let (mut some, mut room): (Vec<Waiting>, _) = (Vec::new(), FACTS_MAX);
        while let Some(waiting) = lane.front() {
            let size = waiting.chunk.rows.len().max(waiting.chunk.facts.len());
            let fits = |first: &Waiting| size <= room && first.terms == waiting.terms;
            if !some.first().is_none_or(fits) {
                break;
            }
            room = room.saturating_sub(size);
            some.extend(lane.pop_front());
        }
        if some.is_empty() {
            lanes.remove(&batch_key);
        }
        some
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<i64, VecDeque<Waiting>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one who serves a batch, until nobody waits.
struct Serving {
    together: Arc<Together>,
    batch_key: i64,
    is_done: bool,
}

impl Serving {
    async fn serve(mut self, db: Database) {
        while !self.is_done {
            let some = self.together.next(self.batch_key);
            self.is_done = some.is_empty();
            if !self.is_done {
                take_all(&db, some).await;
            }
        }
    }
}

impl Drop for Serving {
    /// Where it ends early, because the server does, nobody is left to wait for ever.
    fn drop(&mut self) {
        if !self.is_done {
            self.together.lanes().remove(&self.batch_key);
        }
    }
}

async fn take_all(db: &Database, mut all: Vec<Waiting>) {
    if let [_] = all[..] {
        let Waiting { terms, chunk, answer } = all.remove(0);
        let _ = answer.send(write(db, terms, chunk).await);
        return;
    }
    let mut together = Chunk::default();
    all.iter().for_each(|waiting| together.append(waiting.chunk.clone()));
    match write(db, all[0].terms.clone(), together).await {
        Ok(taken) => tell(taken, all),
        Err(error) if may_be_of_one(&error) => {
            for Waiting { terms, chunk, answer } in all {
                let _ = answer.send(write(db, terms, chunk).await);
            }
        }
        Err(error) => all.into_iter().for_each(|waiting| {
            let _ = waiting.answer.send(Err(error.clone()));
        }),
    }
}

/// Whether others may be taken without the one who failed: nothing of them was kept.
const fn may_be_of_one(error: &NotTaken) -> bool {
    !matches!(error, NotTaken::Db(DbError::Busy | DbError::Closed | DbError::CommitUnknown { .. }))
}

/// Tells each what became of his rows; the first who is still there also which feeds have moved.
fn tell(mut taken: Taken, all: Vec<Waiting>) {
    let mut row = 0;
    for Waiting { chunk, answer, .. } in all {
        let rows = row..row + chunk.rows.len();
        row = rows.end;
        let (fates, pokes) = (taken.fates[rows].to_vec(), mem::take(&mut taken.pokes));
        let told = Taken { counts: take::tally(&chunk, &fates), fates, pokes };
        // Who has gone away pokes nobody; his rows are taken all the same.
        if let Err(Ok(untold)) = answer.send(Ok(told)) {
            taken.pokes = untold.pokes;
        }
    }
}

async fn write(db: &Database, terms: Terms, chunk: Chunk) -> Answer {
    take::commit(db, terms, chunk, None, Look::Now(Hold::Watch), clock::now()).await
}
