//! Threads that take use cases from one bounded queue. What a thread does with them is its own.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::DbError;
use super::request::Request;

/// The receiving end, shared by the threads of one pool.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<Receiver<Box<dyn Request>>>>);

impl Queue {
    /// Waits for the next use case; `None` once the pool is closed and the queue is empty.
    pub(super) fn next(&self) -> Option<Box<dyn Request>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// The next use case if one is waiting now.
    pub(super) fn try_next(&self) -> Option<Box<dyn Request>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }
}

/// A bounded queue and its threads. Dropping it finishes what is queued and joins the threads.
pub(super) struct Workers {
    queue: Option<SyncSender<Box<dyn Request>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts one thread for each of `bodies`.
    pub(super) fn start<F>(name: &str, queue_max: usize, bodies: Vec<F>) -> io::Result<Self>
    where
        F: FnOnce(Queue) + Send + 'static,
    {
        let (sender, receiver) = sync_channel(queue_max);
        let queue = Queue(Arc::new(Mutex::new(receiver)));
        let threads = bodies.into_iter().map(|body| {
            let queue = queue.clone();
            thread::Builder::new().name(name.to_owned()).spawn(move || body(queue))
        });
        let threads = threads.collect::<io::Result<_>>()?;
        Ok(Self { queue: Some(sender), threads })
    }

    /// Queues a use case without waiting.
    pub(super) fn submit(&self, request: Box<dyn Request>) {
        let queue = self.queue.as_ref().expect("the queue is taken only on drop");
        match queue.try_send(request) {
            Ok(()) => {}
            Err(TrySendError::Full(request)) => request.answer(Err(DbError::Busy)),
            Err(TrySendError::Disconnected(request)) => request.answer(Err(DbError::Closed)),
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A use case may own the last handle; its thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}
