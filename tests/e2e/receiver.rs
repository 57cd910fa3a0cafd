//! Somebody's server that is told of changes: an HTTP server of its own, which checks each delivery's
//! signature with the library of the standard's authors and answers what the test wants.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use demo_network::clock::now_ms;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::runtime::Runtime;

/// A killed server's lease runs out after 20 s; a busy machine takes its time.
const PATIENCE_MS: u64 = 90_000;

/// One request.
#[derive(Debug, Clone)]
pub struct Received {
    /// `webhook-id`.
    pub id: String,
    /// The path that was asked for.
    pub path: String,
    /// The body.
    pub body: Value,
    /// What was answered.
    pub status: u16,
    head: HeaderMap,
    bytes: Bytes,
}

/// The receiver.
pub struct Receiver {
    /// Where it is.
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Seen {
    received: Vec<Received>,
    status: Option<u16>,
}

impl Receiver {
    /// Starts one on a free port, which takes everything.
    pub fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let seen = Arc::<Mutex<Seen>>::default();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
        let app = Router::new().fallback(take).with_state(Arc::clone(&seen));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { url, seen, _runtime: runtime }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no test panics with it")
    }

    /// Answers with this status from now on.
    pub fn answers(&self, status: u16) {
        self.seen().status = Some(status);
    }

    /// Everything that came.
    pub fn received(&self) -> Vec<Received> {
        self.seen().received.clone()
    }

    /// The changes that were taken, each delivery once, in the order in which they came first. What comes
    /// twice is the same to the letter.
    pub fn deliveries(&self) -> Vec<Received> {
        let mut taken: Vec<Received> = Vec::new();
        for one in self.received() {
            if let Some(same) = taken.iter().find(|known| known.id == one.id) {
                assert_eq!(same.bytes, one.bytes, "a number is of one delivery");
            } else if one.status == 200 && one.body["type"] == "atp.changed" {
                taken.push(one);
            }
        }
        taken
    }

    /// What whoever takes every delivery knows: by SKU, `units` or `band` as they stand in the body.
    pub fn knows(&self) -> BTreeMap<String, Value> {
        let mut knows = BTreeMap::new();
        for one in self.deliveries() {
            for item in one.body["data"]["items"].as_array().expect("items") {
                let told = item.get("units").or(item.get("band")).expect("one of them");
                let sku = item["sku"].as_str().expect("a SKU").to_owned();
                assert_ne!(knows.insert(sku, told.clone()).as_ref(), Some(told), "told before");
            }
        }
        knows
    }

    /// Waits until something is so.
    pub fn waits_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let start = now_ms();
        while !is(self) {
            let received = self.received();
            let last = received.last().map(|one| &one.body);
            assert!(now_ms() - start < PATIENCE_MS, "{what}: {} came, {last:?}", received.len());
            std::thread::yield_now();
        }
    }
}

impl Received {
    /// Whether it is signed with a secret.
    pub fn is_signed(&self, secret: &str) -> bool {
        Webhook::new(secret).expect("a secret").verify(&self.bytes, &self.head).is_ok()
    }

    /// Its number among the deliveries.
    pub fn sequence(&self) -> u64 {
        self.body["data"]["sequence"].as_u64().expect("a number")
    }

    /// How many items it has.
    pub fn items(&self) -> usize {
        self.body["data"]["items"].as_array().map_or(0, Vec::len)
    }
}

async fn take(
    State(seen): State<Arc<Mutex<Seen>>>,
    uri: Uri,
    head: HeaderMap,
    bytes: Bytes,
) -> Response {
    let mut seen = seen.lock().expect("no test panics with it");
    let id = head["webhook-id"].to_str().expect("text").to_owned();
    let body = serde_json::from_slice(&bytes).expect("JSON");
    let (path, status) = (uri.path().to_owned(), seen.status.unwrap_or(200));
    seen.received.push(Received { id, path, body, status, head, bytes });
    let status = StatusCode::from_u16(status).expect("a status");
    match status.is_redirection() {
        true => (status, [(header::LOCATION, "/elsewhere")]).into_response(),
        false => status.into_response(),
    }
}
