//! A server with two stores, made of the examples that the API's description gives, and everybody who
//! may call it or would like to.

use std::cell::Cell;

use domain::{
    api::{DeviceState, OperatorRole, OrderAccepted, PairingCode, Promised, WebhookSecret},
    ids::{ChannelId, DeviceId, LocationId, OrderId},
    sync::SnapshotManifest,
};
use serde_json::{Value, json};
use sync_server::{
    app::{
        secrets::{HashCost, token_hash},
        session::{NewOperator, put_operator},
    },
    clock,
    db::{Database, DbError, Tx, channels, devices, operators, sessions, sources},
    ingest::{
        Profile,
        profile::{Content, Format},
    },
    jobs::follow_stock::Follower,
    keys::ServerKeys,
    router,
    state::{AppState, Settings},
};
use tokio::{runtime::Runtime, sync::watch};

use crate::{description, tablet::Tablet};

/// The store of the order, of the tablets and of [`Caller::OwnManager`].
pub const OWN: &str = "S0001";
/// Another store.
pub const OTHER: &str = "S0002";

const CHANNEL_TOKEN: &str = "the token of the channel";
const SOURCE_TOKEN: &str = "the token of the source";

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Without a token.
    Nobody,
    /// With a bearer token that is none.
    Garbage,
    /// With a tablet's token that is none.
    GarbageDevice,
    Channel,
    /// The source of stock called [`OWN`].
    Source,
    Device,
    /// A tablet that was stopped after it got its token.
    RevokedDevice,
    OwnManager,
    OtherManager,
    Operations,
    Admin,
}

impl Caller {
    pub const ALL: [Self; 11] = [
        Self::Nobody,
        Self::Garbage,
        Self::GarbageDevice,
        Self::Channel,
        Self::Source,
        Self::Device,
        Self::RevokedDevice,
        Self::OwnManager,
        Self::OtherManager,
        Self::Operations,
        Self::Admin,
    ];

    /// An operator's role and store.
    fn operator(self) -> Option<(OperatorRole, Option<&'static str>)> {
        match self {
            Self::OwnManager => Some((OperatorRole::StoreManager, Some(OWN))),
            Self::OtherManager => Some((OperatorRole::StoreManager, Some(OTHER))),
            Self::Operations => Some((OperatorRole::Operations, None)),
            Self::Admin => Some((OperatorRole::Admin, None)),
            _ => None,
        }
    }
}

/// What came back. The body is empty for a stream that does not end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// What becomes of the connection.
    pub connection: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        self.json()["code"].as_str().expect("a problem has a code").to_owned()
    }
}

/// A server on a free port, and the runtime that it lives in.
pub struct Shop {
    runtime: Runtime,
    state: AppState,
    url: String,
    agent: ureq::Agent,
    tablets: Vec<Tablet>,
    sessions: Cell<u32>,
    /// The order of [`OWN`].
    pub order: Option<OrderId>,
}

impl Shop {
    pub fn open() -> Self {
        let mut shop = Self::empty();
        shop.employ(Caller::Admin);
        shop.fill();
        for caller in [Caller::OwnManager, Caller::OtherManager, Caller::Operations] {
            shop.employ(caller);
        }
        let order = description::example("PlacedOrder");
        let order = shop.call(Caller::Channel, "POST", "/api/v1/orders", order.to_string());
        assert_eq!(order.status, 201, "{order:?}");
        shop.order = Some(read::<OrderAccepted>(&order).id);
        // The first calls, the second is revoked, the third is for others to revoke.
        shop.tablets = (1..=3).map(|secret| Tablet::pair(&shop, &shop.code(), secret)).collect();
        shop.stop(shop.tablets[1].id());
        shop
    }

    fn empty() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let db = Database::in_memory().expect("memory");
        let settings = Settings { hash_cost: HashCost::CHEAP, ..Settings::default() };
        let (keys, never) = (ServerKeys::from_secret([9; 32]), watch::channel(false).1);
        let state = AppState::new(db, keys, settings, never);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let app = router::app(state.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let (agent, sessions) = (config.build().into(), Cell::new(0));
        Self { runtime, state, url, agent, tablets: Vec::new(), sessions, order: None }
    }

    /// The routes of the server.
    pub fn table(&self) -> Vec<router::Known> {
        router::table(self.state.clone())
    }

    /// Two stores, an item and its stock: the examples, as an integrator would send them.
    fn fill(&self) {
        let mut other = description::example("ImportLocation");
        other["id"] = json!(OTHER);
        other["name"] = json!("Second Street");
        let mut stock = description::example("ImportStock");
        // Enough for the order beside what the rules below keep.
        stock["on_hand"] = json!(20);
        let rows = [
            ("locations", description::example("ImportLocation")),
            ("locations", other),
            ("items", description::example("ImportItem")),
            ("stock", stock),
            ("postcodes", description::example("ImportPostcode")),
            ("associates", description::example("ImportAssociate")),
        ];
        for (kind, row) in rows {
            let path = format!("/api/v1/imports/{kind}");
            let answer = self.call(Caller::Admin, "POST", &path, row.to_string()).json();
            assert_eq!(answer["accepted"], 1, "{kind}: {answer}");
        }
        self.write(|tx| {
            let channel = ChannelId::new("web").expect("valid");
            channels::add(tx, &channel, &token_hash(CHANNEL_TOKEN), clock::now())
        });
        self.write(|tx| {
            for id in [OWN, OTHER] {
                let profile = Profile::canonical(Format::Ndjson, Content::Mixed);
                let profile = serde_json::to_string(&profile).expect("plain data");
                let (profile, hold_above) = (&*profile, None);
                let transport = r#"{"kind":"upload"}"#;
                let (name, kind) = ("Books", "erp");
                let source = sources::NewSource { id, name, kind, profile, hold_above, transport };
                sources::put(tx, &source, clock::now())?;
            }
            sources::set_token(tx, OWN, &token_hash(SOURCE_TOKEN))
        });
        let unknown = json!({ "sku": "no-such", "location": OWN, "quantity": 1 }).to_string();
        let path = format!("/api/v1/sources/{OWN}/batches/dead");
        let sent = self.call(Caller::Source, "PUT", &path, unknown).json();
        assert_eq!(sent["refused"], 1, "{sent}");
        self.follow();
        let rules = description::example("NewAtpRules").to_string();
        let stated = self.call(Caller::Admin, "PUT", "/api/v1/atp/rules", rules);
        assert_eq!(stated.status, 200, "{stated:?}");
        self.follow();
    }

    /// Until the index of what can be promised is that of the database.
    fn follow(&self) {
        self.runtime.block_on(Follower::start(&self.state)).expect("read");
    }

    /// Writes what no route of the API writes.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.state.db.write(work)).expect("written")
    }

    fn employ(&self, caller: Caller) {
        let (role, location) = caller.operator().expect("an operator");
        let new = NewOperator {
            login: format!("{caller:?}"),
            name: format!("{caller:?}"),
            role,
            location: location.map(|id| LocationId::new(id).expect("valid")),
            password_hash: "no password".into(),
        };
        let put = move |tx: &mut Tx| put_operator(tx, &mut clock::moment(), &new);
        self.runtime.block_on(self.state.db.write(put)).expect("written");
    }

    fn code(&self) -> String {
        let body = description::example("NewPairingCode").to_string();
        let path = "/api/v1/devices/pairing-codes";
        read::<PairingCode>(&self.call(Caller::Operations, "POST", path, body)).code
    }

    fn stop(&self, id: DeviceId) {
        self.write(move |tx| {
            let device = devices::find(tx, id)?.expect("paired");
            devices::set_state(tx, &device, DeviceState::Revoked, Some("stolen"))
        });
    }

    /// A promise that is open.
    pub fn promise(&self) -> String {
        let basket = description::example("NewPromise").to_string();
        let answer = self.call(Caller::Channel, "POST", "/api/v1/promises", basket);
        read::<Promised>(&answer).id
    }

    /// A webhook whose receiver is not there; the one of before, if it has not been removed.
    pub fn webhook(&self) -> String {
        let path = "/api/v1/webhooks";
        let known = self.call(Caller::Admin, "GET", path, String::new()).json();
        if let Some(id) = known[0]["id"].as_str() {
            return id.to_owned();
        }
        let mut new = description::example("NewWebhook");
        new["url"] = json!("http://127.0.0.1:9/hooks");
        let made = self.call(Caller::Admin, "POST", path, new.to_string());
        assert_eq!(made.status, 201, "{made:?}");
        read::<WebhookSecret>(&made).id
    }

    /// The tablet that operators may revoke.
    pub fn victim(&self) -> DeviceId {
        self.tablets[2].id()
    }

    /// A snapshot that is kept.
    pub fn snapshot(&self) -> String {
        let answer = self.call(Caller::Device, "GET", "/sync/v1/snapshot", String::new());
        read::<SnapshotManifest>(&answer).id
    }

    /// The body of an exchange that is the calling tablet's own.
    pub fn exchange(&self, caller: Caller) -> String {
        let tablet =
            if caller == Caller::RevokedDevice { &self.tablets[1] } else { &self.tablets[0] };
        serde_json::to_string(&tablet.exchange()).expect("plain data")
    }

    /// A session of its own for each call: signing out ends only that one.
    pub fn session(&self, caller: Caller) -> String {
        self.sessions.set(self.sessions.get() + 1);
        let (login, token) = (format!("{caller:?}"), format!("session {}", self.sessions.get()));
        let hash = token_hash(&token);
        self.write(move |tx| {
            let operator = operators::by_login(tx, &login)?.expect("employed");
            let now = clock::now();
            sessions::begin(tx, &hash, &operator.id, now, now.plus_ms(60_000))
        });
        token
    }

    fn headers(&self, caller: Caller, method: &str, path: &str, body: &str) -> Headers {
        let bearer = |token: &str| vec![("authorization", format!("Bearer {token}"))];
        match caller {
            Caller::Nobody => Vec::new(),
            Caller::Garbage => bearer("garbage"),
            Caller::GarbageDevice => vec![("authorization", "Device garbage".into())],
            Caller::Channel => bearer(CHANNEL_TOKEN),
            Caller::Source => bearer(SOURCE_TOKEN),
            Caller::Device => self.tablets[0].headers(method, path, body.as_bytes()),
            Caller::RevokedDevice => self.tablets[1].headers(method, path, body.as_bytes()),
            _ => bearer(&self.session(caller)),
        }
    }

    pub fn call(&self, caller: Caller, method: &str, path: &str, body: String) -> Answer {
        let headers = self.headers(caller, method, path, &body);
        self.send(method, path, body, &headers)
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        body: String,
        headers: &[(&'static str, String)],
    ) -> Answer {
        let mut request = ureq::http::Request::builder();
        request = request.method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let sent = match method {
            "POST" | "PUT" => self.agent.run(request.body(body).expect("a request")),
            _ => self.agent.run(request.body(()).expect("a request")),
        };
        let mut answer = sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let header = |name: &str| {
            let value = answer.headers().get(name).map(|value| value.to_str().expect("text"));
            value.unwrap_or_default().to_owned()
        };
        let (content_type, connection) = (header("content-type"), header("connection"));
        let endless = content_type == "text/event-stream";
        let body = if endless { Ok(Vec::new()) } else { answer.body_mut().read_to_vec() };
        let (status, body) = (answer.status().as_u16(), body.expect("a body"));
        Answer { status, content_type, connection, body }
    }

    /// What tablets send before they are known.
    pub fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &impl serde::Serialize,
    ) -> T {
        let body = serde_json::to_string(body).expect("plain data");
        read(&self.call(Caller::Nobody, "POST", path, body))
    }
}

type Headers = Vec<(&'static str, String)>;

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> T {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}
