//! The line to the server: which server, which token, one exchange, one snapshot. A token that is
//! refused is replaced; the queue does not notice.

use std::sync::Mutex;

use domain::{clock::TimeMs, ids::DeviceId, rejection::Rejection};
use ed25519_dalek::SigningKey;

use super::Handle;
use crate::{
    ExchangeFailure, clock,
    sync::{CallError, Credentials, ServerClient, Signed},
};

/// A token is replaced this long before it ends.
const TOKEN_MARGIN_MS: i64 = 30_000;
/// Exchanges in one go: more than any queue needs, so a server that never ends is left alone.
const ROUNDS_MAX: u32 = 2_000;

/// What is needed for one signed call.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) client: ServerClient,
    credentials: Credentials,
    access: String,
    offset_ms: i64,
}

impl Call {
    pub(super) fn signed(&self) -> Signed<'_> {
        let nonce = clock::seed()[..16].iter().map(|b| format!("{b:02x}")).collect();
        let now = clock::now().plus_ms(self.offset_ms);
        Signed { credentials: &self.credentials, access: &self.access, now, nonce }
    }
}

struct Token {
    url: String,
    device: DeviceId,
    call: Call,
    until: TimeMs,
}

/// The line of one tablet.
pub(super) struct Line {
    pub(super) handle: Handle,
    key: SigningKey,
    token: Mutex<Option<Token>>,
    /// One exchange at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Line {
    pub(super) fn new(handle: Handle, key: SigningKey) -> Self {
        Self { handle, key, token: Mutex::new(None), turn: tokio::sync::Mutex::new(()) }
    }

    pub(super) fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub(super) fn forget_token(&self) {
        *self.token.lock().expect("nobody panics with it") = None;
    }

    /// A call with a token that is still good, asked for where there is none.
    pub(super) async fn call(&self) -> Result<Call, CallError> {
        let known = self
            .handle
            .with(|engine, _| engine.identity().map(|own| (own.url.clone(), own.device)))
            .await;
        let (url, device) = known.ok_or_else(|| CallError::Unusable("no server".into()))?;
        if let Some(call) = self.good_token(&url, device) {
            return Ok(call);
        }
        let client = ServerClient::new(&url)?;
        let credentials = Credentials { device, key: self.key.clone() };
        let asked = clock::now();
        let answer = client.token(&credentials).await?;
        let offset_ms = answer.server_time.since_ms(clock::now());
        let call = Call { client, credentials, access: answer.access, offset_ms };
        let until = asked.plus_ms(answer.expires_in_ms - TOKEN_MARGIN_MS);
        let token = Token { url, device, call: call.clone(), until };
        *self.token.lock().expect("nobody panics with it") = Some(token);
        Ok(call)
    }

    fn good_token(&self, url: &str, device: DeviceId) -> Option<Call> {
        let token = self.token.lock().expect("nobody panics with it");
        let token = token.as_ref()?;
        let now = clock::now();
        // One that seems to last too long comes from a clock that was set back since.
        let good = now < token.until && token.until.since_ms(now) < 3_600_000;
        (good && token.url == url && token.device == device).then(|| token.call.clone())
    }

    /// Exchanges and loads snapshots until nothing is due, or a try fails.
    pub(super) async fn drain(&self) -> Result<(), Rejection> {
        let _turn = self.turn.lock().await;
        for _ in 0..ROUNDS_MAX {
            let due = self.handle.with(|engine, now| engine.sync_is_due(now)).await;
            if due && !self.exchange().await? {
                return Ok(());
            }
            let loaded = self.snapshot().await?;
            if !due && !loaded {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One exchange; false when it had no answer.
    async fn exchange(&self) -> Result<bool, Rejection> {
        let request = self.handle.ask(crate::Engine::next_exchange).await?;
        let mut answer = self.exchange_once(&request).await;
        if matches!(&answer, Err(CallError::Refused(problem)) if problem.status == 401) {
            self.forget_token();
            answer = self.exchange_once(&request).await;
        }
        let answer = answer.map_err(|error| failure(&error));
        let answered = answer.is_ok();
        self.handle.ask(move |engine, now| engine.absorb(&request, answer, now)).await?;
        Ok(answered)
    }

    async fn exchange_once(
        &self,
        request: &domain::sync::ExchangeRequest,
    ) -> Result<domain::sync::ExchangeResponse, CallError> {
        let call = self.call().await?;
        call.client.exchange(&call.signed(), request).await
    }

    /// Loads a snapshot where one is due; true when one was put in place. What was loaded of it stays
    /// for the next try.
    async fn snapshot(&self) -> Result<bool, Rejection> {
        let due = |engine: &mut crate::Engine, now: TimeMs| {
            engine.snapshot_need().is_some_and(|need| need.not_before <= now)
        };
        if !self.handle.with(due).await {
            return Ok(false);
        }
        if self.load_snapshot().await.is_err() {
            self.handle.with(crate::Engine::drop_snapshot).await;
            return Ok(false);
        }
        self.handle.ask(crate::Engine::finish_snapshot).await?;
        Ok(true)
    }

    async fn load_snapshot(&self) -> Result<(), CallError> {
        let call = self.call().await?;
        let manifest = call.client.snapshot(&call.signed()).await?;
        let begun = self.handle.with(move |engine, _| engine.begin_snapshot(&manifest)).await;
        begun.map_err(|e| CallError::Unreadable(e.to_string()))?;
        while let Some((id, index)) = self.handle.with(|engine, _| engine.next_chunk()).await {
            let bytes = self.chunk(&id, index).await?;
            let loaded = self.handle.with(move |engine, _| engine.load_chunk(index, &bytes)).await;
            loaded.map_err(|e| CallError::Unreadable(e.to_string()))?;
        }
        Ok(())
    }

    /// One chunk; a dropped connection is tried again, so a bad line does not start from the front.
    async fn chunk(&self, id: &str, index: u32) -> Result<Vec<u8>, CallError> {
        let mut tries = 0;
        loop {
            let call = self.call().await?;
            match call.client.chunk(&call.signed(), id, index).await {
                Err(CallError::Offline(_)) if tries < 3 => tries += 1,
                answer => return answer,
            }
        }
    }
}

/// What the engine must know of a call without an answer.
fn failure(error: &CallError) -> ExchangeFailure {
    match error {
        CallError::Busy { retry_after_ms } => {
            ExchangeFailure::Busy { retry_after_ms: *retry_after_ms }
        }
        CallError::Refused(problem) => ExchangeFailure::Refused(problem.clone()),
        CallError::Offline(_) | CallError::Unreadable(_) | CallError::Unusable(_) => {
            ExchangeFailure::Unreachable
        }
    }
}
