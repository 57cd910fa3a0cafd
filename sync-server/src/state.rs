//! What every handler shares. Everything in it could be rebuilt by another copy of the server.

use std::{ops::Deref, path::PathBuf, sync::Arc};

use domain::{api::WebhookOutcome, ids::ChannelId};
use tokio::sync::{Notify, Semaphore, watch};

use crate::{
    app::{
        device_auth::DeviceAuth,
        enrol::WrongCodes,
        exchange::{self, Exchanges},
        ingest::{
            few_rows::{self, FewRows},
            keys::SharedKeys,
            load::Open,
        },
        known::Known,
        secrets::HashCost,
        snapshot::SnapshotCache,
        together::Together,
    },
    atp::index::Promises,
    calendar::transit::Transit,
    clock,
    db::Database,
    keys::ServerKeys,
    metrics::Metrics,
    poke::PokeHub,
    transport::{nats::Addresses, reached::Reached},
    webhooks::send::{Answered, Post},
};

/// What all handlers share; cheap to clone, as every layer of a request does.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The things themselves.
pub struct Shared {
    /// The database.
    pub db: Database,
    /// The server's keys.
    pub keys: Arc<ServerKeys>,
    /// Wakes tablets whose feed moved.
    pub pokes: PokeHub,
    /// What the operator of the server chose.
    pub settings: Settings,
    /// What the server counts.
    pub metrics: Arc<Metrics>,
    /// Wakes the job that looks for orders without a location.
    pub sourcing: Arc<Notify>,
    /// What can be promised.
    pub promises: Arc<Promises>,
    /// Sends webhooks.
    pub post: Post,
    /// Wakes whoever delivers webhooks: an operator has changed one.
    pub webhook_changes: watch::Sender<()>,
    /// Tokens of channels that were good a moment ago.
    pub shops: Known<[u8; 32], ChannelId>,
    /// What was found a moment ago of sources that send event after event.
    pub tills: Tills,
    /// What the sync side remembers between requests.
    pub sync: SyncState,
    /// Whether what sources write gets here, where the server has to look by itself.
    pub reached: Arc<Reached>,
    /// Turns true when the server stops: long answers end then.
    pub stopping: watch::Receiver<bool>,
}

/// Streams of events that may be open.
const STREAMS_MAX: usize = 10_000;

/// What is remembered of sources that send event after event.
pub struct Tills {
    /// Sources by the hash of their token.
    pub tokens: Known<[u8; 32], String>,
    /// The batch that collects a day's events, by source.
    pub days: Known<String, Arc<Open>>,
    /// Keys of what they have named.
    pub names: Arc<SharedKeys>,
    /// Takes what comes at the same time in one transaction.
    pub together: Arc<few_rows::Together>,
    /// Room for streams that stay open.
    pub seats: Arc<Semaphore>,
}

impl Tills {
    fn new(pokes: PokeHub) -> Self {
        Self {
            tokens: Known::default(),
            days: Known::default(),
            names: Arc::default(),
            together: Arc::new(Together::new(FewRows { pokes })),
            seats: Arc::new(Semaphore::new(STREAMS_MAX)),
        }
    }

    /// Streams that are open now.
    #[must_use]
    pub fn streams_open(&self) -> u64 {
        (STREAMS_MAX - self.seats.available_permits()) as u64
    }
}

/// What the sync side remembers between requests; another copy of the server, or this one after a
/// restart, makes it again.
pub struct SyncState {
    /// Nonces, access tokens and seen signatures of devices.
    pub auth: DeviceAuth,
    /// Snapshots that tablets are fetching.
    pub snapshots: SnapshotCache,
    /// Wrong pairing codes of this minute.
    pub wrong_codes: WrongCodes,
    /// Decides exchanges that come at the same time in one transaction.
    pub exchanges: Arc<exchange::Together>,
}

impl SyncState {
    fn new(exchanges: Exchanges) -> Self {
        Self {
            auth: DeviceAuth::default(),
            snapshots: SnapshotCache::default(),
            wrong_codes: WrongCodes::default(),
            exchanges: Arc::new(Together::new(exchanges)),
        }
    }
}

/// Settings that handlers and jobs need.
#[derive(Clone)]
pub struct Settings {
    /// Where tablets and browsers reach the server, without a slash at the end.
    pub public_url: String,
    /// Argon2id cost of PINs, passwords and pickup codes.
    pub hash_cost: HashCost,
    /// The folder whose subfolders sources lay files into.
    pub inbox: Option<PathBuf>,
    /// Where NATS is.
    pub nats: Option<Addresses>,
    /// Webhooks may go to other machines without TLS.
    pub webhook_http: bool,
    /// How long parcels are on their way.
    pub transit: Transit,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:7400".into(),
            hash_cost: HashCost::default(),
            inbox: None,
            nats: None,
            webhook_http: false,
            transit: Transit::default(),
        }
    }
}

impl Settings {
    /// Whether browsers reach us by TLS, so that cookies may insist on it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl AppState {
    /// The state of a server that stops when `stopping` turns true.
    #[must_use]
    pub fn new(
        db: Database,
        keys: ServerKeys,
        settings: Settings,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let (pokes, sourcing) = (PokeHub::default(), Arc::<Notify>::default());
        let exchanges = Exchanges { pokes: pokes.clone(), sourcing: Arc::clone(&sourcing) };
        Self(Arc::new(Shared {
            db,
            keys: Arc::new(keys),
            settings,
            metrics: Arc::default(),
            sourcing,
            promises: Arc::new(Promises::new(clock::random_bits())),
            post: Post::default(),
            webhook_changes: watch::channel(()).0,
            shops: Known::default(),
            tills: Tills::new(pokes.clone()),
            pokes,
            sync: SyncState::new(exchanges),
            reached: Arc::default(),
            stopping,
        }))
    }

    /// Counts a try to deliver a webhook.
    pub fn note_delivery(&self, answered: Answered, items: usize) {
        let outcome = format!("outcome=\"{}\"", answered.outcome.as_str());
        self.metrics.add("stockhand_webhook_tries_total", &outcome, 1);
        self.metrics.time("stockhand_webhook_seconds", "", u64::from(answered.took_ms) * 1_000);
        if answered.outcome == WebhookOutcome::Taken {
            self.metrics.add("stockhand_webhook_items_total", "", items as u64);
        }
    }

    /// The state of a server that never stops, with default settings.
    #[must_use]
    pub fn lasting(db: Database, keys: ServerKeys) -> Self {
        Self::new(db, keys, Settings::default(), watch::channel(false).1)
    }
}
