//! A few rows each from many senders of one batch, who come at the same time: all of them settled in one
//! transaction, and each sender told what became of his own. Nobody waits for company: a transaction takes
//! whoever is there when it begins, and the next gathers by itself until then. On SQLite that is as long as
//! its one writer is busy; PostgreSQL begins at once, where transactions of one batch would only wait for
//! each other, so there the next is called when the one before is done.
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
    db::{Database, DbError, Tx, shelves::Hold},
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

/// Those who wait for one batch.
#[derive(Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    /// A transaction is on its way that takes them.
    is_called: bool,
}

/// Those who wait, by batch.
#[derive(Default)]
pub struct Together {
    lanes: Mutex<HashMap<i64, Lane>>,
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
        let is_called = {
            let mut lanes = self.lanes();
            let lane = lanes.entry(batch_key).or_default();
            if lane.waiting.len() >= WAITING_MAX {
                return Err(DbError::Busy.into());
            }
            lane.waiting.push_back(Waiting { terms, chunk, answer });
            mem::replace(&mut lane.is_called, true)
        };
        if !is_called {
            let serving = Serving { together: Arc::clone(self), batch_key, is_done: false };
            tokio::spawn(serving.serve(db.clone()));
        }
        taken.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    /// The next who fit into one transaction. Who comes `and_call`s another for himself, or one is called
    /// when this is done.
    fn next(&self, batch_key: i64, and_call: bool) -> Vec<Waiting> {
        let mut lanes = self.lanes();
        let Some(lane) = lanes.get_mut(&batch_key) else { return Vec::new() };
        let (mut some, mut room): (Vec<Waiting>, _) = (Vec::new(), FACTS_MAX);
        while let Some(waiting) = lane.waiting.front() {
            let size = waiting.chunk.rows.len().max(waiting.chunk.facts.len());
            let fits = |first: &Waiting| size <= room && first.terms == waiting.terms;
            if !some.first().is_none_or(fits) {
                break;
            }
            room = room.saturating_sub(size);
            some.extend(lane.waiting.pop_front());
        }
        lane.is_called = !and_call;
        some
    }

    /// A transaction is done; whether whoever ran it shall call another. `is_caller`: nobody else does.
    fn is_called_again(&self, batch_key: i64, is_caller: bool) -> bool {
        let mut lanes = self.lanes();
        let Some(lane) = lanes.get_mut(&batch_key) else { return false };
        let (is_left, is_called) = (!lane.waiting.is_empty(), lane.is_called && !is_caller);
        if !is_left && !is_called {
            lanes.remove(&batch_key);
        } else {
            lane.is_called = true;
        }
        is_left && !is_called
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<i64, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one who has called a transaction.
struct Serving {
    together: Arc<Together>,
    batch_key: i64,
    is_done: bool,
}

impl Serving {
    async fn serve(mut self, db: Database) {
        let one_writer = db.has_one_writer();
        while !self.is_done {
            let party = Arc::<Mutex<Party>>::default();
            let outcome = self.write(&db, Arc::clone(&party)).await;
            let mut all = mem::take(&mut *lock(&party)).all;
            if outcome.is_err() && all.is_empty() {
                // It never began.
                all = self.together.next(self.batch_key, one_writer);
            }
            answer(&db, outcome, all).await;
            self.is_done = !self.together.is_called_again(self.batch_key, !one_writer);
        }
    }

    /// Takes whoever is there when the transaction begins.
    fn write(
        &self,
        db: &Database,
        party: Arc<Mutex<Party>>,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let (together, batch_key) = (Arc::clone(&self.together), self.batch_key);
        let (and_call, mut hold) = (db.has_one_writer(), Hold::Watch);
        db.write_gathered(move |tx: &mut Tx| {
            let mut party = lock(&party);
            if party.all.is_empty() {
                *party = Party::of(together.next(batch_key, and_call));
            }
            let Some((terms, chunk)) = party.says() else { return Ok(Taken::default()) };
            // Who was overtaken once does not try his luck again.
            let look = Look::Now(mem::replace(&mut hold, Hold::Lock));
            take::take(tx, terms, chunk, None, &look, clock::now())
        })
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

/// Those whom one transaction takes.
#[derive(Default)]
struct Party {
    all: Vec<Waiting>,
    /// What all of them say, where they are several.
    chunk: Chunk,
}

impl Party {
    fn of(all: Vec<Waiting>) -> Self {
        let mut chunk = Chunk::default();
        if all.len() > 1 {
            all.iter().for_each(|waiting| chunk.append(waiting.chunk.clone()));
        }
        Self { all, chunk }
    }

    fn says(&self) -> Option<(&Terms, &Chunk)> {
        let first = self.all.first()?;
        Some((&first.terms, if self.all.len() > 1 { &self.chunk } else { &first.chunk }))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells all of them what came of it; where it failed and may have been one of them, each is tried alone.
async fn answer(db: &Database, outcome: Answer, mut all: Vec<Waiting>) {
    match outcome {
        Ok(taken) => tell(taken, all),
        Err(error) if all.len() > 1 && may_be_of_one(&error) => {
            for Waiting { terms, chunk, answer } in all {
                let _ = answer.send(write(db, terms, chunk).await);
            }
        }
        Err(error) => all.drain(..).for_each(|waiting| {
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
