//! The engine with everything around it that a running tablet has: the thread that owns the
//! databases, the loops that talk to the server and to printers. The shell and the client use this.

mod actor;
mod calls;
mod changes;
mod line;
mod poke_loop;
mod print_loop;
mod sync_loop;

use std::{path::PathBuf, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    bridge::{Call, Enrol, Status, SyncNow},
    rejection::Rejection,
};
use tokio::task::JoinHandle;

pub use actor::Handle;
pub use changes::Changes;

use crate::{
    DataDir, Engine, Opening, Options, clock,
    printing::Renderer,
    store::StoreError,
    sync::{CallError, ServerClient},
};
use line::Line;

/// A tablet cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its files cannot be used.
    #[error("cannot use the data of this tablet")]
    Store(#[from] StoreError),
    /// Its engine cannot be opened.
    #[error("cannot open the engine")]
    Engine(#[from] crate::Failure),
}

impl OpenError {
    /// The same as a refusal, for a screen.
    #[must_use]
    pub fn into_rejection(self) -> Rejection {
        match self {
            Self::Store(StoreError::InUse { .. }) => Rejection::InUse,
            Self::Store(StoreError::Full { .. }) => Rejection::NoSpace,
            Self::Engine(crate::Failure::Refused(rejection)) => rejection,
            other => Rejection::CannotStart { reason: with_causes(&other) },
        }
    }
}

/// An error and what caused it, in one sentence.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// How a tablet runs.
#[derive(Debug, Clone)]
pub struct TabletOptions {
    /// Where its files are.
    pub data_dir: PathBuf,
    /// How its engine behaves.
    pub engine: Options,
    /// Whether it talks to the server and to printers by itself, or only when told.
    pub background: bool,
}

/// A running tablet. Its loops end when it is dropped; call [`Tablet::close`] to know that its files
/// are closed.
pub struct Tablet {
    handle: Handle,
    line: Arc<Line>,
    loops: Vec<JoinHandle<()>>,
}

impl Tablet {
    /// Opens the files and starts the thread, and the loops where asked for. Call inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        options: TabletOptions,
        renderer: Box<dyn Renderer>,
    ) -> Result<Self, OpenError> {
        // Ignored when another part of the program was first: any provider will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let now = clock::now();
        let dir = DataDir::open(&options.data_dir)?;
        let key = dir.key(clock::seed())?;
        let files = dir.files(now)?;
        let opening = Opening {
            outbox: files.outbox,
            replica: files.replica,
            home: files.home,
            renderer,
            seed: clock::seed(),
            options: options.engine,
            salvaged: files.salvaged,
        };
        let handle = Handle::start(move || Engine::open(opening, now)).await?;
        let line = Arc::new(Line::new(handle.clone(), key));
        let mut loops = Vec::new();
        if options.background {
            loops.push(tokio::spawn(sync_loop::run(Arc::clone(&line))));
            loops.push(tokio::spawn(poke_loop::run(Arc::clone(&line))));
            loops.push(tokio::spawn(print_loop::run(handle.clone())));
        }
        Ok(Self { handle, line, loops })
    }

    /// The engine behind it.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Everything that changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes::new(self.handle.changes())
    }

    /// Answers a call of a screen by its name, for a shell that has only text.
    ///
    /// # Errors
    /// The refusal that a person reads.
    pub async fn call_json(
        &self,
        name: &str,
        arguments: serde_json::Value,
    ) -> Result<serde_json::Value, Rejection> {
        calls::call_json(self, name, arguments).await
    }

    /// Pairs the tablet.
    ///
    /// # Errors
    /// [`Rejection::NotPaired`] with the server's sentence, [`Rejection::Server`] without one,
    /// [`Rejection::UnsentWork`].
    pub async fn enrol(&self, call: Enrol) -> Result<Status, Rejection> {
        let client = ServerClient::new(&call.url).map_err(|e| server_said(&e))?;
        let url = call.url.trim().trim_end_matches('/').to_owned();
        let key = BASE64_STANDARD.encode(self.line.public_key());
        let (for_server, name) = (url.clone(), call.name.clone());
        let request = self
            .handle
            .ask(move |engine, _| {
                engine.require_may_pair(&for_server)?;
                Ok(engine.redeem_request(&for_server, &call.code, &name, key))
            })
            .await?;
        let answer = client.redeem(&request).await.map_err(|e| server_said(&e))?;
        let name = request.name;
        self.handle.ask(move |engine, now| engine.enrolled(&url, &name, answer, now)).await?;
        self.line.forget_token();
        self.sync_now(SyncNow {}).await
    }

    /// Exchanges with the server until nothing more is to be sent or got, or a try fails.
    ///
    /// # Errors
    /// [`Rejection::NotEnrolled`].
    pub async fn sync_now(&self, _: SyncNow) -> Result<Status, Rejection> {
        self.handle
            .ask(|engine, now| {
                if engine.identity().is_none() {
                    return Err(Rejection::NotEnrolled.into());
                }
                engine.poke(now);
                Ok(())
            })
            .await?;
        self.line.drain().await?;
        self.handle.ask(|engine, now| engine.status(now)).await
    }

    /// Sends what waits in the print queue now.
    ///
    /// # Errors
    /// The refusal that a person reads.
    pub async fn print_now(&self) -> Result<(), Rejection> {
        print_loop::drain(&self.handle).await
    }

    /// Answers a call that the engine alone can answer.
    ///
    /// # Errors
    /// The refusal that a person reads.
    pub async fn call<C>(&self, call: C) -> Result<C::Reply, Rejection>
    where
        C: calls::Answered + Send + 'static,
        C::Reply: Send + 'static,
    {
        self.handle.ask(move |engine, now| call.answer(engine, now)).await
    }

    /// Ends the loops and waits until the files are closed.
    pub async fn close(mut self) {
        for task in std::mem::take(&mut self.loops) {
            task.abort();
            let _ = task.await;
        }
        self.handle.close().await;
    }
}

impl Drop for Tablet {
    fn drop(&mut self) {
        self.loops.iter().for_each(JoinHandle::abort);
    }
}

/// What the server or the network said, for a person.
fn server_said(error: &CallError) -> Rejection {
    let message = sentence(&error.to_string());
    match error {
        CallError::Refused(_) => Rejection::NotPaired { message },
        _ => Rejection::Server { message },
    }
}

/// The text from its capital to its full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).chain(['.']).collect()
}

/// The name of a call, for messages.
const fn name_of<C: Call>() -> &'static str {
    C::NAME
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::problem::Problem;

    #[test]
    fn a_refused_pairing_is_not_blamed_on_the_network() {
        let problem = Problem::new(403, "wrong_code", "this pairing code is not valid");
        let said = server_said(&CallError::Refused(Box::new(problem)));
        assert_eq!(said.to_string(), "This pairing code is not valid.");
        assert!(said.next_action().contains("a new code"), "{}", said.next_action());
        let said = server_said(&CallError::Busy { retry_after_ms: 1 });
        assert_eq!(said.to_string(), "The server is busy.");
        assert!(said.next_action().contains("try again"), "{}", said.next_action());
    }

    #[test]
    fn a_sentence_keeps_its_one_full_stop() {
        assert_eq!(sentence("There is no such location."), "There is no such location.");
    }
}
