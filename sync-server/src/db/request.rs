//! One use case on its way through a worker: run it, keep its answer, and hand the answer over
//! only when the transaction's end is known.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::{Access, DbError, Tx};

/// A use case that waits in a queue.
pub(super) trait Request: Send {
    fn access(&self) -> Access;

    /// Runs the use case inside an open transaction; says whether its changes are to be kept.
    /// May be called again after a rollback.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Answers the caller. `ended` is how the transaction ended; an answer that was a success
    /// becomes that error.
    fn answer(self: Box<Self>, ended: Result<(), DbError>);
}

struct Pending<T, E, F> {
    access: Access,
    work: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Boxes a use case and the receiver of its answer.
pub(super) fn request<T, E, F>(
    access: Access,
    work: F,
) -> (Box<dyn Request>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Pending { access, work, outcome: None, reply }), answer)
}

impl<T, E, F> Request for Pending<T, E, F>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        self.outcome.insert(attempt(tx, &mut self.work)).is_ok()
    }

    fn answer(self: Box<Self>, ended: Result<(), DbError>) {
        let outcome = match (self.outcome, ended) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(DbError::Closed.into()),
        };
        // The caller may have gone away; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}

/// Runs a use case once. A panic, and a success after an ignored failure, become errors.
pub(super) fn attempt<T, E: From<DbError>>(
    tx: &mut Tx,
    work: &mut impl FnMut(&mut Tx) -> Result<T, E>,
) -> Result<T, E> {
    // Unwind safety: what the panic left half done is rolled back, and `work` is not run again.
    match catch_unwind(AssertUnwindSafe(|| work(tx))) {
        Ok(Ok(value)) if tx.failure().is_none() => Ok(value),
        Ok(Ok(_)) => Err(DbError::Ignored.into()),
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(DbError::Panicked(message(&*panic)).into()),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
