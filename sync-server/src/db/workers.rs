//! Threads that take use cases from one bounded queue. What a thread does with them is its own.
//!
//! Of the threads that rest, the one that worked last is woken first: what its connection knows is still
//! warm, and connections that nobody needs stay small.

use std::{
    collections::VecDeque,
    io, mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use super::{DbError, request::Request};

/// What the threads of one pool and those who send to them share.
struct Shared {
    state: Mutex<State>,
    /// The most that wait.
    waiting_max: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Request>>,
    /// Threads that rest, the one that worked last at the end.
    resting: Vec<Arc<Condvar>>,
    /// Threads that live.
    threads: usize,
    is_closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread's end of the queue.
pub(super) struct Queue {
    shared: Arc<Shared>,
    own: Arc<Condvar>,
}

impl Queue {
    fn of(shared: &Arc<Shared>) -> Self {
        shared.state().threads += 1;
        Self { shared: Arc::clone(shared), own: Arc::default() }
    }

    /// Waits for the next use case; `None` once the pool is closed and the queue is empty.
    pub(super) fn next(&self) -> Option<Box<dyn Request>> {
        let mut state = self.shared.state();
        loop {
            if let Some(next) = state.waiting.pop_front() {
                return Some(next);
            }
            if state.is_closed {
                return None;
            }
            state.resting.push(Arc::clone(&self.own));
            state = self.own.wait(state).unwrap_or_else(PoisonError::into_inner);
            // Nobody may have woken it.
            state.resting.retain(|resting| !Arc::ptr_eq(resting, &self.own));
        }
    }

    /// The next use case if one is waiting now.
    pub(super) fn try_next(&self) -> Option<Box<dyn Request>> {
        self.shared.state().waiting.pop_front()
    }
}

impl Drop for Queue {
    /// Nobody is left to serve whoever waits once the last thread ends: to drop a use case tells him so.
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.threads -= 1;
        let left = if state.threads == 0 { mem::take(&mut state.waiting) } else { VecDeque::new() };
        drop(state);
        drop(left);
    }
}

/// A bounded queue and its threads. Dropping it finishes what is queued and joins the threads.
pub(super) struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts one thread for each of `bodies`.
    pub(super) fn start<F>(name: &str, waiting_max: usize, bodies: Vec<F>) -> io::Result<Self>
    where
        F: FnOnce(Queue) + Send + 'static,
    {
        let shared = Arc::new(Shared { state: Mutex::default(), waiting_max });
        let mut workers = Self { shared, threads: Vec::with_capacity(bodies.len()) };
        for body in bodies {
            let queue = Queue::of(&workers.shared);
            let thread = thread::Builder::new().name(name.to_owned());
            workers.threads.push(thread.spawn(move || body(queue))?);
        }
        Ok(workers)
    }

    /// Queues a use case without waiting.
    pub(super) fn submit(&self, request: Box<dyn Request>) {
        let mut state = self.shared.state();
        let refused = match &*state {
            State { threads: 0, .. } => DbError::Closed,
            State { waiting, .. } if waiting.len() >= self.shared.waiting_max => DbError::Busy,
            _ => {
                state.waiting.push_back(request);
                let next = state.resting.pop();
                drop(state);
                if let Some(thread) = next {
                    thread.notify_one();
                }
                return;
            }
        };
        drop(state);
        request.answer(Err(refused));
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_closed = true;
        state.resting.drain(..).for_each(|thread| thread.notify_one());
        drop(state);
        for thread in self.threads.drain(..) {
            // A use case may own the last handle; its thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc::{Receiver, Sender, channel},
        thread::ThreadId,
    };

    use super::*;
    use crate::db::{Access, Tx};

    /// Tells who served it, or that nobody did.
    struct Told(Sender<Result<ThreadId, DbError>>);

    impl Request for Told {
        fn access(&self) -> Access {
            Access::Read
        }

        fn run(&mut self, _: &mut Tx) -> bool {
            true
        }

        fn answer(self: Box<Self>, ended: Result<(), DbError>) {
            let _ = self.0.send(ended.map(|()| thread::current().id()));
        }
    }

    fn ask(workers: &Workers) -> Receiver<Result<ThreadId, DbError>> {
        let (told, answer) = channel();
        workers.submit(Box::new(Told(told)));
        answer
    }

    #[test]
    fn the_thread_that_worked_last_works_next() {
        let serve = |queue: Queue| {
            while let Some(request) = queue.next() {
                request.answer(Ok(()));
            }
        };
        let workers = Workers::start("test", 8, vec![serve; 3]).expect("started");
        let served: Vec<ThreadId> = (0..20)
            .map(|_| {
                while workers.shared.state().resting.len() < 3 {
                    thread::yield_now();
                }
                ask(&workers).recv().expect("answered").expect("served")
            })
            .collect();
        assert!(served.windows(2).all(|two| two[0] == two[1]), "{served:?}");
    }

    #[test]
    fn nobody_waits_for_threads_that_have_ended() {
        let (begun, begin) = channel();
        let body = move |queue: Queue| {
            begin.recv().expect("told to");
            drop(queue);
        };
        let mut workers = Workers::start("test", 1, vec![body]).expect("started");
        let (waiting, too_many) = (ask(&workers), ask(&workers));
        assert!(matches!(too_many.recv(), Ok(Err(DbError::Busy))));
        begun.send(()).expect("it waits");
        waiting.recv().expect_err("dropped unanswered");
        workers.threads.drain(..).for_each(|thread| thread.join().expect("ended"));
        assert!(matches!(ask(&workers).recv(), Ok(Err(DbError::Closed))));
    }
}
