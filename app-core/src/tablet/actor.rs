//! The one thread that owns the engine and its databases. Everyone else sends it closures over a
//! bounded channel; after each it tells what changed.

use std::sync::Arc;

use domain::{bridge::Changed, clock::TimeMs, rejection::Rejection};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};

use crate::{Answer, Engine, Failure, clock};

/// Calls that wait; more wait at their callers.
const WAITING_MAX: usize = 64;
/// Changes that a slow listener may lag behind; it then asks for everything again.
const CHANGES_MAX: usize = 256;

type Job = Box<dyn FnOnce(&mut Engine, TimeMs) + Send>;

enum Message {
    Do(Job),
    Close(oneshot::Sender<()>),
}

/// A way to the engine's thread. The thread ends with the last of them.
#[derive(Clone)]
pub struct Handle {
    messages: mpsc::Sender<Message>,
    changes: broadcast::Sender<Changed>,
    stirred: Arc<Notify>,
    queued: Arc<Notify>,
}

impl Handle {
    /// Starts the thread on an engine that `open` makes there.
    ///
    /// # Errors
    /// Whatever `open` says.
    ///
    /// # Panics
    /// When the operating system gives no thread.
    pub async fn start(
        open: impl FnOnce() -> Answer<Engine> + Send + 'static,
    ) -> Result<Self, Failure> {
        let (messages, inbox) = mpsc::channel(WAITING_MAX);
        let (changes, _) = broadcast::channel(CHANGES_MAX);
        let (stirred, queued) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handle = Self { messages, changes, stirred, queued };
        let (opened, wait) = oneshot::channel();
        let tell = Teller {
            changes: handle.changes.clone(),
            stirred: Arc::clone(&handle.stirred),
            queued: Arc::clone(&handle.queued),
            last: None,
            wake_at: None,
            print_at: None,
        };
        std::thread::Builder::new()
            .name("engine".into())
            .spawn(move || match open() {
                Ok(engine) => {
                    let _ = opened.send(Ok(()));
                    run(engine, inbox, tell);
                }
                Err(failure) => drop(opened.send(Err(failure))),
            })
            .expect("the operating system gives a thread");
        wait.await.expect("the thread answers before it ends")?;
        Ok(handle)
    }

    /// Runs something on the engine's thread and returns what it returned.
    ///
    /// # Panics
    /// When the engine's thread has ended: nothing may go on without it.
    pub async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Engine, TimeMs) -> T + Send + 'static,
    ) -> T {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |engine, now| drop(answer.send(job(engine, now))));
        let sent = self.messages.send(Message::Do(job)).await;
        assert!(sent.is_ok(), "the engine's thread lives as long as its handles");
        wait.await.expect("the engine's thread answers")
    }

    /// The same for a call whose failure a person reads.
    ///
    /// # Errors
    /// The refusal; a broken store is put into words.
    pub async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Engine, TimeMs) -> Answer<T> + Send + 'static,
    ) -> Result<T, Rejection> {
        self.with(job).await.map_err(Failure::into_rejection)
    }

    /// Everything that changes from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Waits until the time of the next exchange may have moved.
    pub(super) async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Waits until the print queue may have grown.
    pub(super) async fn queued(&self) {
        self.queued.notified().await;
    }

    /// Ends the thread when what came before is done; its files are closed when this returns.
    pub(super) async fn close(&self) {
        let (answer, wait) = oneshot::channel();
        if self.messages.send(Message::Close(answer)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

fn run(mut engine: Engine, mut inbox: mpsc::Receiver<Message>, mut tell: Teller) {
    while let Some(message) = inbox.blocking_recv() {
        match message {
            Message::Do(job) => {
                let now = clock::now();
                job(&mut engine, now);
                tell.after(&mut engine, now);
            }
            Message::Close(answer) => {
                drop(engine);
                let _ = answer.send(());
                return;
            }
        }
    }
}

/// Tells the world what changed.
struct Teller {
    changes: broadcast::Sender<Changed>,
    stirred: Arc<Notify>,
    queued: Arc<Notify>,
    last: Option<domain::bridge::SyncState>,
    wake_at: Option<TimeMs>,
    print_at: Option<TimeMs>,
}

impl Teller {
    fn after(&mut self, engine: &mut Engine, now: TimeMs) {
        let wake_at = engine.sync_wake_at();
        if wake_at != self.wake_at {
            self.wake_at = wake_at;
            self.stirred.notify_one();
        }
        let print_at = engine.print_due().ok().flatten();
        if print_at != self.print_at {
            self.print_at = print_at;
            self.queued.notify_one();
        }
        let fulfillments = engine.take_changed();
        let Ok(sync) = engine.sync_state(now) else { return };
        if fulfillments.is_empty() && self.last.as_ref() == Some(&sync) {
            return;
        }
        self.last = Some(sync.clone());
        // Nobody listening is fine.
        let _ = self.changes.send(Changed { sync, fulfillments });
    }
}
