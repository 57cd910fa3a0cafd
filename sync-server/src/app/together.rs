//! Small pieces of work of many callers who come at the same time: all of them done in one transaction, and
//! each caller told what became of his own. Nobody waits for company: a transaction takes whoever is there
//! when it begins, and the next gathers by itself until then. On SQLite that is as long as its one writer is
//! busy; PostgreSQL begins at once, where transactions about the same rows would only wait for each other,
//! so there the next is called when the one before is done.
//!
//! What it deliberately does not do: know the work ([`Work`] does), or let one caller's piece fail those of
//! others, or keep them waiting: where all of them fail together, or wait long for a row that somebody else
//! holds, each is tried alone, and the lane goes on.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::sync::oneshot;

use crate::db::{Database, DbError, Tx};

/// Callers of one lane who may wait before [`DbError::Busy`] is answered.
const WAITING_MAX: usize = 1_024;

/// Work that callers share a transaction for.
pub trait Work: Send + Sync + 'static {
    /// Whoever is in one lane may share.
    type Lane: Copy + Eq + Hash + Send + Sync + 'static;
    /// What a caller brings.
    type Asked: Send + 'static;
    /// What is left to be had beside those who are in it.
    type Room: Default;
    /// What a transaction has done.
    type Done: Send + 'static;
    /// What a caller is told.
    type Answer: Send + 'static;
    /// Why nothing was done.
    type Error: From<DbError> + Clone + Send + 'static;

    /// Whether a caller may join those who are in already; takes his room then.
    fn joins(room: &mut Self::Room, next: &Self::Asked) -> bool;

    /// Does it for all of them. `attempt` counts from 0: another one found that he was overtaken.
    ///
    /// # Errors
    /// Nothing of it was done.
    fn write(
        &self,
        tx: &mut Tx,
        asked: &[Self::Asked],
        attempt: u32,
    ) -> Result<Self::Done, Self::Error>;

    /// What each of them is told, in their order, now that it is durable; and whoever else must hear.
    fn tell(
        &self,
        db: &Database,
        asked: Vec<Self::Asked>,
        done: Self::Done,
    ) -> impl Future<Output = Vec<Result<Self::Answer, Self::Error>>> + Send;

    /// Whether it may be of one of them alone: nothing was kept of the others.
    fn may_be_of_one(error: &Self::Error) -> bool;
}

type Answered<W> = Result<<W as Work>::Answer, <W as Work>::Error>;

/// What a transaction has done; nothing where nobody was there.
type Outcome<W> = Result<Option<<W as Work>::Done>, <W as Work>::Error>;

/// A caller who waits.
struct Waiting<W: Work> {
    asked: W::Asked,
    answer: oneshot::Sender<Answered<W>>,
}

/// Those who wait in one lane.
struct Line<W: Work> {
    waiting: VecDeque<Waiting<W>>,
    /// A transaction is on its way that takes them.
    is_called: bool,
}

/// Those who wait, by lane.
pub struct Together<W: Work> {
    work: W,
    lines: Mutex<HashMap<W::Lane, Line<W>>>,
    shared: Shared,
}

/// How many have shared.
#[derive(Debug, Default)]
pub struct Shared {
    /// Transactions that were committed.
    pub transactions: AtomicU64,
    /// Callers whose work they did.
    pub callers: AtomicU64,
}

impl<W: Work> Together<W> {
    /// Nobody waits yet.
    pub fn new(work: W) -> Self {
        Self { work, lines: Mutex::default(), shared: Shared::default() }
    }

    /// How many have shared since the start.
    pub const fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Does a caller's work with that of whoever else has come.
    ///
    /// # Errors
    /// Those of the work; [`DbError::Busy`] where too many wait.
    pub async fn ask(
        self: &Arc<Self>,
        db: &Database,
        lane: W::Lane,
        asked: W::Asked,
    ) -> Answered<W> {
        let (answer, answered) = oneshot::channel();
        let is_called = {
            let mut lines = self.lines();
            let line = lines.entry(lane).or_insert_with(Line::new);
            if line.waiting.len() >= WAITING_MAX {
                return Err(DbError::Busy.into());
            }
            line.waiting.push_back(Waiting { asked, answer });
            mem::replace(&mut line.is_called, true)
        };
        if !is_called {
            let serving = Serving { together: Arc::clone(self), lane, is_done: false };
            tokio::spawn(serving.serve(db.clone()));
        }
        answered.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    /// The next who fit into one transaction. Who comes `and_call`s another for himself, or one is called
    /// when this is done.
    fn next(&self, lane: W::Lane, and_call: bool) -> Party<W> {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&lane) else { return Party::default() };
        let (mut party, mut room) = (Party::default(), W::Room::default());
        while let Some(next) = line.waiting.front() {
            let joins = W::joins(&mut room, &next.asked);
            // Who fits nowhere goes alone.
            if !joins && !party.asked.is_empty() {
                break;
            }
            party.extend(line.waiting.pop_front());
            if !joins {
                break;
            }
        }
        line.is_called = !and_call;
        party
    }

    /// A transaction is done; whether whoever ran it shall call another. `is_caller`: nobody else does.
    fn is_called_again(&self, lane: W::Lane, is_caller: bool) -> bool {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&lane) else { return false };
        let (is_left, is_called) = (!line.waiting.is_empty(), line.is_called && !is_caller);
        if !is_left && !is_called {
            lines.remove(&lane);
        } else {
            line.is_called = true;
        }
        is_left && !is_called
    }

    /// A transaction for a party; for whoever is there when it begins, where a lane is given, with whether
    /// who comes then is to call another.
    fn work_of(
        self: &Arc<Self>,
        party: Arc<Mutex<Party<W>>>,
        from: Option<(W::Lane, bool)>,
    ) -> impl FnMut(&mut Tx) -> Result<Option<W::Done>, W::Error> + Send + use<W> {
        let (together, mut attempt) = (Arc::clone(self), 0);
        move |tx| {
            let mut party = lock(&party);
            if let (Some((lane, and_call)), true) = (from, party.asked.is_empty()) {
                *party = together.next(lane, and_call);
            }
            if party.asked.is_empty() {
                return Ok(None);
            }
            attempt += 1;
            together.work.write(tx, &party.asked, attempt - 1).map(Some)
        }
    }

    /// Tells all of them what came of it; where it failed and may have been one of them, each is tried alone.
    async fn answer(self: Arc<Self>, db: Database, outcome: Outcome<W>, party: Party<W>) {
        match outcome {
            Err(error) if W::may_be_of_one(&error) => {
                for one in party.apart() {
                    tokio::spawn(Arc::clone(&self).alone(db.clone(), one));
                }
            }
            outcome => self.tell(&db, outcome, party).await,
        }
    }

    /// Does one caller's work in a transaction of its own.
    async fn alone(self: Arc<Self>, db: Database, one: Party<W>) {
        let one = Arc::new(Mutex::new(one));
        let outcome = db.write(self.work_of(Arc::clone(&one), None)).await;
        let one = mem::take(&mut *lock(&one));
        self.tell(&db, outcome, one).await;
    }

    async fn tell(&self, db: &Database, outcome: Outcome<W>, mut party: Party<W>) {
        match outcome {
            Ok(Some(done)) => {
                let asked = mem::take(&mut party.asked);
                self.shared.transactions.fetch_add(1, Relaxed);
                self.shared.callers.fetch_add(asked.len() as u64, Relaxed);
                let told = self.work.tell(db, asked, done).await;
                party.tell(told);
            }
            Ok(None) => {}
            Err(error) => party.fail(&error),
        }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<W::Lane, Line<W>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Work> Line<W> {
    const fn new() -> Self {
        Self { waiting: VecDeque::new(), is_called: false }
    }
}

/// Those whom one transaction takes.
struct Party<W: Work> {
    asked: Vec<W::Asked>,
    answers: Vec<oneshot::Sender<Answered<W>>>,
}

impl<W: Work> Default for Party<W> {
    fn default() -> Self {
        Self { asked: Vec::new(), answers: Vec::new() }
    }
}

impl<W: Work> Party<W> {
    fn extend(&mut self, one: Option<Waiting<W>>) {
        if let Some(Waiting { asked, answer }) = one {
            self.asked.push(asked);
            self.answers.push(answer);
        }
    }

    /// Each for himself.
    fn apart(self) -> impl Iterator<Item = Self> {
        let each = self.asked.into_iter().zip(self.answers);
        each.map(|(asked, answer)| Self { asked: vec![asked], answers: vec![answer] })
    }

    /// Who has gone away is told nothing; his work is done all the same.
    fn tell(self, told: Vec<Answered<W>>) {
        for (answer, told) in self.answers.into_iter().zip(told) {
            let _ = answer.send(told);
        }
    }

    fn fail(self, error: &W::Error) {
        let told = self.answers.iter().map(|_| Err(error.clone())).collect();
        self.tell(told);
    }
}

/// The one who has called a transaction.
struct Serving<W: Work> {
    together: Arc<Together<W>>,
    lane: W::Lane,
    is_done: bool,
}

impl<W: Work> Serving<W> {
    async fn serve(mut self, db: Database) {
        let one_writer = db.has_one_writer();
        while !self.is_done {
            let party = Arc::<Mutex<Party<W>>>::default();
            let work = self.together.work_of(Arc::clone(&party), Some((self.lane, one_writer)));
            let outcome = db.write_gathered(work).await;
            let mut party = mem::take(&mut *lock(&party));
            if outcome.is_err() && party.asked.is_empty() {
                // It never began.
                party = self.together.next(self.lane, one_writer);
            }
            // The next do not wait until these are told.
            tokio::spawn(Arc::clone(&self.together).answer(db.clone(), outcome, party));
            self.is_done = !self.together.is_called_again(self.lane, !one_writer);
        }
    }
}

impl<W: Work> Drop for Serving<W> {
    /// Where it ends early, because the server does, nobody is left to wait for ever.
    fn drop(&mut self) {
        if !self.is_done {
            self.together.lines().remove(&self.lane);
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::{FutureExt, future::join_all};

    use super::*;

    /// Doubles numbers, and cannot double 13; never more than three in one transaction.
    #[derive(Default)]
    struct Doubling {
        transactions: AtomicUsize,
        told: AtomicUsize,
    }

    impl Work for Doubling {
        type Lane = ();
        type Asked = u32;
        type Room = usize;
        type Done = Vec<u32>;
        type Answer = u32;
        type Error = DbError;

        fn joins(room: &mut usize, _: &u32) -> bool {
            *room += 1;
            *room <= 3
        }

        fn write(&self, _: &mut Tx, asked: &[u32], _: u32) -> Result<Vec<u32>, DbError> {
            self.transactions.fetch_add(1, Relaxed);
            match asked.contains(&13) {
                true => Err(DbError::Ignored),
                false => Ok(asked.iter().map(|n| n * 2).collect()),
            }
        }

        async fn tell(
            &self,
            _: &Database,
            asked: Vec<u32>,
            done: Vec<u32>,
        ) -> Vec<Result<u32, DbError>> {
            self.told.fetch_add(asked.len(), Relaxed);
            done.into_iter().map(Ok).collect()
        }

        fn may_be_of_one(_: &DbError) -> bool {
            true
        }
    }

    /// On one thread, so that all of them wait before the first transaction begins.
    fn ask(numbers: &[u32]) -> (Arc<Together<Doubling>>, Vec<Result<u32, DbError>>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let together = Arc::new(Together::new(Doubling::default()));
        let db = Database::in_memory().expect("memory");
        let asks = numbers.iter().map(|n| together.ask(&db, (), *n));
        let answers = runtime.block_on(join_all(asks));
        (together, answers)
    }

    fn transactions(together: &Together<Doubling>) -> usize {
        together.work.transactions.load(Relaxed)
    }

    fn shared(together: &Together<Doubling>) -> (u64, u64) {
        let Shared { transactions, callers } = together.shared();
        (transactions.load(Relaxed), callers.load(Relaxed))
    }

    #[test]
    fn who_comes_at_the_same_time_shares_a_transaction_and_hears_of_his_own() {
        let (together, answers) = ask(&[1, 2, 3, 4]);
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("doubled")).collect();
        assert_eq!(answers, [2, 4, 6, 8]);
        assert_eq!(transactions(&together), 2, "three and one");
        assert_eq!(shared(&together), (2, 4));
        assert!(together.lines().is_empty(), "nothing is kept of those who have gone");
    }

    #[test]
    fn one_who_fails_fails_nobody_else() {
        let (together, answers) = ask(&[1, 13, 3]);
        let doubled: Vec<_> = answers.into_iter().map(Result::ok).collect();
        assert_eq!(doubled, [Some(2), None, Some(6)]);
        assert_eq!(transactions(&together), 4, "together, then each alone");
        assert_eq!(together.work.told.load(Relaxed), 2, "who failed is not told of");
        assert_eq!(shared(&together), (2, 2), "nor counted");
    }

    #[test]
    fn whoever_must_hear_does_so_when_the_caller_has_gone() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let together = Arc::new(Together::new(Doubling::default()));
        let db = Database::in_memory().expect("memory");
        runtime.block_on(async {
            let gone = together.ask(&db, (), 1).now_or_never();
            assert!(gone.is_none(), "he did not wait for his answer");
            while together.work.told.load(Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
        });
        assert_eq!((transactions(&together), shared(&together)), (1, (1, 1)));
    }
}
