//! One source's messages, group by group: fetched, committed, acknowledged, in this order.
//!
//! Decides nothing about rows: that is `app::ingest::messages`.

use std::time::Duration;

use async_nats::{
    Client,
    jetstream::{self, AckKind, consumer::PullConsumer},
};
use domain::{api::Transport, clock::TimeMs};
use tokio::{runtime::Handle, sync::watch};

use super::{KIND, with_cause};
use crate::{
    app::ingest::{
        batch,
        load::Open,
        messages::{self, Message, Taken},
    },
    clock,
    db::{Database, DbError, Tx, sources},
    state::AppState,
    transport::nats::{self, GROUP_MAX, NatsError},
};

const METRIC: &str = "stockhand_nats_messages_total";
/// The first wait after something went wrong; each further one is twice as long.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest.
const AGAIN_MAX: Duration = Duration::from_secs(30);
/// A message that cannot be taken even alone is given to a person after so many deliveries.
const DELIVERIES_MAX: i64 = 5;

/// Why nothing is read now.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error("messages cannot be stored")]
    Db(#[from] DbError),
    #[error("a message does not say where it stands in its stream")]
    NoPlace,
}

/// Reads one source's stream.
pub(super) struct StreamReader {
    state: AppState,
    client: Client,
    source: String,
    transport: Transport,
    /// Messages of the next group: few after a failure, so that one bad message stands alone.
    group: usize,
    again: Duration,
}

impl StreamReader {
    pub(super) const fn new(
        state: AppState,
        client: Client,
        source: String,
        transport: Transport,
    ) -> Self {
        Self { state, client, source, transport, group: GROUP_MAX, again: AGAIN }
    }

    /// Reads until `stopping` turns true.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        loop {
            let Err(trouble) = self.read(&mut stopping).await else { return };
            let told = with_cause(&trouble);
            if self.state.reached.is_down(KIND, &self.source, &told) {
                tracing::warn!(source = self.source, trouble = told, "a stream is not read now");
            }
            // A connection comes back by itself, and soon.
            let wait = match trouble {
                Trouble::Nats(NatsError::Away) => AGAIN,
                _ => self.again,
            };
            self.again = (self.again * 2).min(AGAIN_MAX);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }

    /// `Ok` when it is told to stop.
    async fn read(&mut self, stopping: &mut watch::Receiver<bool>) -> Result<(), Trouble> {
        let Transport::Nats { stream, subject, .. } = &self.transport else { return Ok(()) };
        let name = self.transport.consumer_of(&self.source);
        let consumer = nats::bind(&self.client, stream, subject, &name).await?;
        self.is_up(consumer.cached_info().num_pending);
        while !*stopping.borrow() {
            let group = tokio::select! {
                group = nats::gather(&consumer, self.group) => group?,
                // What was given to us meanwhile is given again: to the next start, or another server.
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
            };
            if group.is_empty() {
                self.look(&consumer).await?;
                continue;
            }
            self.take(group).await?;
        }
        Ok(())
    }

    /// Nothing came for a while: is the consumer still there, and does it agree?
    async fn look(&self, consumer: &PullConsumer) -> Result<(), Trouble> {
        let failed = |error: jetstream::context::ConsumerInfoError| {
            Trouble::Nats(NatsError::Fetch(error.to_string()))
        };
        self.is_up(consumer.get_info().await.map_err(failed)?.num_pending);
        Ok(())
    }

    fn is_up(&self, pending: u64) {
        self.state.reached.is_up(KIND, &self.source, pending);
    }

    /// Commits a group, then acknowledges it.
    async fn take(&mut self, group: Vec<jetstream::Message>) -> Result<(), Trouble> {
        let mut messages = Vec::with_capacity(group.len());
        let mut pending = 0;
        for message in &group {
            let info = message.info().map_err(|_| Trouble::NoPlace)?;
            pending = info.pending;
            let at_ms = info.published.unix_timestamp_nanos() / 1_000_000;
            let at = TimeMs(i64::try_from(at_ms).unwrap_or_default());
            messages.push(Message {
                number: info.stream_sequence,
                at,
                body: message.payload.clone(),
            });
        }
        match self.commit(messages.clone()).await {
            Ok(taken) => {
                self.acknowledge(&group, &taken).await;
                self.is_up(pending);
                (self.group, self.again) = ((self.group * 2).min(GROUP_MAX), AGAIN);
                Ok(())
            }
            Err(error) => {
                self.group = 1;
                self.give_up(&group, &messages, error).await
            }
        }
    }

    async fn commit(&self, messages: Vec<Message<bytes::Bytes>>) -> Result<Taken, DbError> {
        let open = open(&self.state.db, &self.source).await?;
        let (db, handle) = (self.state.db.clone(), Handle::current());
        let work =
            tokio::task::spawn_blocking(move || messages::take(db, handle, &open, &messages));
        work.await.expect("an intake that panics is a bug, and its transaction was undone")
    }

    async fn acknowledge(&self, group: &[jetstream::Message], taken: &Taken) {
        let state = &self.state;
        for (location, cursor) in &taken.pokes {
            state.pokes.poke(location, *cursor);
        }
        state.sourcing.notify_one();
        state.reached.took(KIND, &self.source, clock::now());
        for message in group {
            let number = message.info().map(|info| info.stream_sequence).unwrap_or_default();
            let is_unreadable = taken.unreadable.contains(&number);
            let kind = if is_unreadable { AckKind::Term } else { AckKind::Ack };
            // One that is not heard brings the message again, which changes nothing.
            let _ = message.ack_with(kind).await;
        }
        let _ = self.client.flush().await;
        let unreadable = taken.unreadable.len() as u64;
        state.metrics.add(METRIC, "outcome=\"unreadable\"", unreadable);
        state.metrics.add(METRIC, "outcome=\"taken\"", group.len() as u64 - unreadable);
    }

    /// Nothing was taken: the messages come again, except one that alone fails again and again.
    async fn give_up(
        &self,
        group: &[jetstream::Message],
        messages: &[Message<bytes::Bytes>],
        error: DbError,
    ) -> Result<(), Trouble> {
        let deliveries = group[0].info().map_or(0, |info| info.delivered);
        if group.len() == 1 && deliveries >= DELIVERIES_MAX {
            let why = format!("it could not be stored: {error}");
            if self.bury(messages[0].clone(), why).await.is_ok() {
                let _ = group[0].ack_with(AckKind::Term).await;
                self.state.metrics.add(METRIC, "outcome=\"unreadable\"", 1);
                return Ok(());
            }
        }
        for message in group {
            let _ = message.ack_with(AckKind::Nak(Some(self.again))).await;
        }
        self.state.metrics.add(METRIC, "outcome=\"later\"", group.len() as u64);
        Err(error.into())
    }

    async fn bury(&self, message: Message<bytes::Bytes>, why: String) -> Result<(), DbError> {
        let open = open(&self.state.db, &self.source).await?;
        let (db, handle) = (self.state.db.clone(), Handle::current());
        let work = move || messages::refuse(db, handle, &open, &message, &why);
        let done = tokio::task::spawn_blocking(work).await;
        done.expect("an intake that panics is a bug, and its transaction was undone")
    }
}

/// The batch of today, read as the source's profile says now.
async fn open(db: &Database, source: &str) -> Result<Open, DbError> {
    let source = source.to_owned();
    let now = clock::now();
    db.write(move |tx: &mut Tx| {
        let found = sources::find(tx, &source)?;
        let found = found.ok_or_else(|| DbError::impossible("sources", "id", source.clone()))?;
        Open::begin(tx, found, &batch::of_events(now), Some(now), now)
    })
    .await
}
