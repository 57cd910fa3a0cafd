//! The sync routes over real HTTP, as a tablet speaks to them: paired, signed, compressed.

use std::io::{BufRead, BufReader, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    clock::TimeMs,
    ids::DeviceId,
    problem::Problem,
    sync::{
        DeviceReport, ExchangeRequest, ExchangeResponse, FeedRow, Nonce, PROTO, RedeemRequest,
        RedeemResponse, SCHEMA, SnapshotManifest, TokenRequest, TokenResponse, kind, request_bytes,
        token_bytes,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use sync_server::{
    app::enrol,
    clock,
    db::{Database, DbError, devices, feed},
    keys::ServerKeys,
    router,
    state::AppState,
};
use tokio::runtime::Runtime;
use ureq::http::Response;

/// A server on a free port with one location, and the runtime that it lives in.
struct Server {
    runtime: Runtime,
    state: AppState,
    url: String,
    agent: ureq::Agent,
}

type Answer = Response<ureq::Body>;

impl Server {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let db = Database::in_memory().expect("memory");
        let state = AppState::lasting(db, ServerKeys::from_secret([9; 32]));
        let app = router::app(state.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        runtime.spawn(async move { axum::serve(listener, app).await });
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let server = Self { runtime, state, url, agent };
        server.write(|tx| {
            tx.exec(
                "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
                 values ('S1', 'Main Street', 'store', 'US', 0, 0, 'America/Chicago')",
                &[],
            )
        });
        server
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut sync_server::db::Tx) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.state.db.write(work)).expect("written")
    }

    fn code(&self) -> String {
        let keys = self.state.keys.clone();
        let code = move |tx: &mut _| enrol::issue_code(tx, &mut clock::moment(), &keys, 1, "ops");
        self.write(code).code
    }

    fn post(&self, path: &str, body: &impl serde::Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("plain data");
        self.agent.post(format!("{}{path}", self.url)).send(&body[..]).expect("answered")
    }
}

fn read<T: serde::de::DeserializeOwned>(mut answer: Answer) -> T {
    let text = answer.body_mut().read_to_string().expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn problem(answer: Answer) -> (u16, String) {
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind, "application/problem+json");
    let status = answer.status().as_u16();
    let problem: Problem = read(answer);
    assert_eq!(problem.status, status);
    (status, problem.code)
}

/// A tablet with its key.
struct Tablet<'a> {
    server: &'a Server,
    key: SigningKey,
    paired: RedeemResponse,
    access: String,
    sent: std::cell::Cell<u64>,
}

fn redeem(code: &str, key: &SigningKey, device: Option<DeviceId>) -> RedeemRequest {
    RedeemRequest {
        code: code.into(),
        public_key: BASE64_STANDARD.encode(key.verifying_key().to_bytes()),
        name: "Tablet 3".into(),
        app: "0.1.0".into(),
        platform: "test".into(),
        device,
    }
}

impl<'a> Tablet<'a> {
    fn pair(server: &'a Server, secret: u8) -> Self {
        let key = SigningKey::from_bytes(&[secret; 32]);
        let code = server.code().to_lowercase();
        let answer = server.post("/enrol/v1/redeem", &redeem(&code, &key, None));
        assert_eq!(answer.status(), 200);
        let sent = std::cell::Cell::new(0);
        let mut tablet = Self { server, key, paired: read(answer), access: String::new(), sent };
        tablet.access = read::<TokenResponse>(tablet.token()).access;
        tablet
    }

    fn token(&self) -> Answer {
        let Nonce { nonce } = read(self.server.post("/auth/v1/device/nonce", &()));
        let signature = self.sign(&token_bytes(self.paired.device, &nonce));
        let request = TokenRequest { device: self.paired.device, nonce, signature };
        self.server.post("/auth/v1/device/token", &request)
    }

    fn sign(&self, bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(self.key.sign(bytes).to_bytes())
    }

    fn header(&self, method: &str, path: &str, body: &[u8], ts: TimeMs) -> String {
        self.sent.set(self.sent.get() + 1);
        let nonce = format!("{:08x}", self.sent.get());
        let sig = self.sign(&request_bytes(method, path, body, ts, &nonce));
        format!("ts={},nonce={nonce},sig={sig}", ts.0)
    }

    fn get(&self, path: &str) -> Answer {
        let request = self.server.agent.get(format!("{}{path}", self.server.url));
        let request = request
            .header("authorization", format!("Device {}", self.access))
            .header("stockhand-signature", self.header("GET", path, b"", clock::now()));
        request.call().expect("answered")
    }

    fn exchange(&self, request: &ExchangeRequest) -> Answer {
        let plain = serde_json::to_vec(request).expect("plain data");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&plain).expect("memory");
        let body = encoder.finish().expect("memory");
        let path = "/sync/v1/exchange";
        let header = self.header("POST", path, &body, clock::now());
        self.send(path, &body, &header)
    }

    fn send(&self, path: &str, body: &[u8], signature: &str) -> Answer {
        let request = self.server.agent.post(format!("{}{path}", self.server.url));
        let request = request
            .header("authorization", format!("Device {}", self.access))
            .header("stockhand-signature", signature)
            .header("content-encoding", "gzip");
        request.send(body).expect("answered")
    }

    fn request(&self, cursor: u64) -> ExchangeRequest {
        ExchangeRequest {
            proto: PROTO,
            schema: SCHEMA,
            feed_epoch: Some(self.paired.feed_epoch),
            cursor,
            device: DeviceReport {
                id: self.paired.device,
                epoch: self.paired.epoch,
                app: "0.1.0".into(),
                wall: TimeMs(0),
                waiting: 3,
                oldest: None,
                sscc_left: 500,
                parked: 0,
            },
            commands: Vec::new(),
        }
    }
}

#[test]
fn a_tablet_is_paired_signs_in_and_exchanges() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    assert_eq!(tablet.paired.location.as_str(), "S1");
    let answer = tablet.exchange(&tablet.request(1));
    assert_eq!(answer.status(), 200);
    let answer: ExchangeResponse = read(answer);
    assert_eq!(answer.devices, [tablet.paired.device]);
    assert!(answer.reset.is_none() && answer.last_seq == 0);
    let waiting = server.write(|tx| {
        tx.query_one("select queue_json from devices", &[], |row| row.json::<devices::Queue>(0))
    });
    assert_eq!(waiting.waiting, 3);
}

#[test]
fn a_pairing_code_works_once() {
    let server = Server::start();
    let (code, key) = (server.code(), SigningKey::from_bytes(&[1; 32]));
    let try_code = |code: &str| server.post("/enrol/v1/redeem", &redeem(code, &key, None));
    let weak = RedeemRequest { public_key: "AAAA".into(), ..redeem(&code, &key, None) };
    assert_eq!(problem(server.post("/enrol/v1/redeem", &weak)), (422, "bad_key".into()));
    assert_eq!(try_code(&code).status(), 200);
    assert_eq!(problem(try_code(&code)), (403, "spent_code".into()));
    assert_eq!(problem(try_code("0000-0000")), (403, "wrong_code".into()));
    let dump = server.write(|tx| {
        tx.query("select code_hash, selector from pairing_codes", &[], |row| {
            Ok([row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?].concat())
        })
    });
    let plain = code.replace('-', "");
    assert!(dump.iter().all(|row| !String::from_utf8_lossy(row).contains(&plain[..4])));
}

#[test]
fn five_wrong_tries_void_a_code_and_guessing_is_slowed() {
    let server = Server::start();
    let (code, key) = (server.code(), SigningKey::from_bytes(&[1; 32]));
    let try_code = |code: &str| server.post("/enrol/v1/redeem", &redeem(code, &key, None));
    let last = if code.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &code[..8]);
    for _ in 0..5 {
        assert_eq!(problem(try_code(&wrong)), (403, "wrong_code".into()));
    }
    assert_eq!(problem(try_code(&code)), (403, "spent_code".into()), "the sixth is too late");
    let slowed = (0..100).map(|_| problem(try_code("ZZZZ-ZZZZ")).0).find(|status| *status == 429);
    assert_eq!(slowed, Some(429));
}

#[test]
fn a_tablet_that_is_paired_again_keeps_its_id() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let key = SigningKey::from_bytes(&[2; 32]);
    let again = redeem(&server.code(), &key, Some(tablet.paired.device));
    let again: RedeemResponse = read(server.post("/enrol/v1/redeem", &again));
    assert_eq!((again.device, again.epoch), (tablet.paired.device, 2));
    assert_ne!(again.sscc, tablet.paired.sscc);
    let stale = tablet.exchange(&tablet.request(1));
    assert_eq!(problem(stale), (409, "wrong_epoch".into()));
}

#[test]
fn a_request_is_believed_once_and_as_it_was_signed() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let path = "/sync/v1/exchange";
    let body = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let plain = serde_json::to_vec(&tablet.request(1)).expect("plain data");
        encoder.write_all(&plain).expect("memory");
        encoder.finish().expect("memory")
    };
    let header = tablet.header("POST", path, &body, clock::now());
    assert_eq!(tablet.send(path, &body, &header).status(), 200);
    assert_eq!(problem(tablet.send(path, &body, &header)), (401, "replay".into()));
    let other = tablet.header("POST", "/sync/v1/other", &body, clock::now());
    assert_eq!(problem(tablet.send(path, &body, &other)), (401, "signature".into()));
    let late = tablet.header("POST", path, &body, clock::now().plus_ms(-360_000));
    assert_eq!(problem(tablet.send(path, &body, &late)), (401, "clock".into()));
    assert_eq!(problem(tablet.send(path, &body, "")), (401, "signature".into()));
    let stranger = server.agent.post(format!("{}{path}", server.url)).send("{}");
    assert_eq!(problem(stranger.expect("answered")), (401, "token".into()));
}

#[test]
fn a_revoked_tablet_is_out_with_its_next_request() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let id = tablet.paired.device;
    server.write(move |tx| {
        let device = devices::find(tx, id)?.expect("paired");
        devices::set_state(tx, &device, domain::api::DeviceState::Revoked, Some("stolen"))
    });
    assert_eq!(problem(tablet.exchange(&tablet.request(1))), (403, "revoked".into()));
    assert_eq!(problem(tablet.get("/sync/v1/snapshot")), (403, "revoked".into()));
    assert_eq!(problem(tablet.token()), (403, "revoked".into()));
}

/// What cannot be read is kept; what speaks with another's identity is stopped.
#[test]
fn a_strange_command_is_parked_and_a_clone_is_stopped() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let sending = |text: &str| {
        let raw = serde_json::value::RawValue::from_string(text.to_owned()).expect("JSON");
        ExchangeRequest { commands: vec![raw], ..tablet.request(1) }
    };
    let strange = sending(r#"{"seq":1,"type":"unit.teleported","version":9}"#);
    for _ in 0..2 {
        let answer: ExchangeResponse = read(tablet.exchange(&strange));
        let verdict = answer.outcomes[0].outcome.verdict.as_str();
        assert_eq!((answer.outcomes.len(), verdict, answer.last_seq), (1, "parked", 1));
    }
    let clone = sending(r#"{"seq":1,"type":"unit.teleported","version":10}"#);
    assert_eq!(problem(tablet.exchange(&clone)), (409, "equivocation".into()));
    assert_eq!(problem(tablet.exchange(&strange)), (403, "quarantined".into()));
    let kept = server
        .write(|tx| tx.query_one("select body from command_log", &[], |row| row.get::<Vec<u8>>(0)));
    assert_eq!(kept, strange.commands[0].get().as_bytes(), "whole, as it was sent");
}

#[test]
fn bodies_over_a_limit_are_refused() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let path = "/sync/v1/exchange";
    let big = vec![0_u8; domain::limits::EXCHANGE_BYTES_MAX + 1];
    let header = tablet.header("POST", path, &big, clock::now());
    assert_eq!(problem(tablet.send(path, &big, &header)), (413, "too_large".into()));
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let plain = vec![b' '; domain::limits::EXCHANGE_INFLATED_BYTES_MAX + 1];
        encoder.write_all(&plain).expect("memory");
        encoder.finish().expect("memory")
    };
    let header = tablet.header("POST", path, &bomb, clock::now());
    assert_eq!(problem(tablet.send(path, &bomb, &header)), (413, "too_large".into()));
    let raw = |text: String| serde_json::value::RawValue::from_string(text).expect("JSON");
    let mut many = tablet.request(1);
    many.commands = (1..=101).map(|seq| raw(format!("{{\"seq\":{seq}}}"))).collect();
    assert_eq!(problem(tablet.exchange(&many)), (413, "too_many".into()));
    let mut gap = tablet.request(1);
    gap.commands = vec![raw("{\"seq\":2}".into())];
    let answer = tablet.exchange(&gap);
    let gap: Problem = read(answer);
    assert_eq!((gap.code.as_str(), gap.expected_seq), ("gap", Some(1)));
}

#[test]
fn a_snapshot_is_fetched_in_chunks_that_hash() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    // A store's whole stock: many chunks.
    server.write(|tx| {
        for start in (0..30_000_i64).step_by(10_000) {
            let skus: Vec<String> = (start..start + 10_000).map(|n| format!("SKU-{n}")).collect();
            let rows = sync_server::db::Rows::new().text("sku", skus.iter().map(String::as_str));
            tx.exec_bulk(
                "insert into items (sku, name, currency) select sku, sku, 'USD' from {rows}",
                &[],
                &rows,
            )?;
        }
        tx.exec(
            "insert into stock_positions (item_key, location_key, on_hand)
             select key, 1, 5 from items",
            &[],
        )
    });
    let manifest: SnapshotManifest = read(tablet.get("/sync/v1/snapshot"));
    let again: SnapshotManifest = read(tablet.get("/sync/v1/snapshot"));
    assert_eq!(again.id, manifest.id, "one build for all who ask within a minute");
    assert!(manifest.chunks.len() > 1 && manifest.cursor > 0);
    let mut rows = Vec::new();
    for info in &manifest.chunks {
        let path = format!("/sync/v1/snapshot/{}/{}", manifest.id, info.index);
        let body = tablet.get(&path).body_mut().read_to_vec().expect("a chunk");
        let hash: String = Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((hash, body.len() as u64), (info.sha256.clone(), info.bytes));
        let plain = zstd::decode_all(&body[..]).expect("zstd");
        assert!(plain.len() <= domain::limits::SNAPSHOT_CHUNK_BYTES_MAX);
        let lines = plain.lines().map(|line| line.expect("text"));
        let before = rows.len();
        rows.extend(lines.map(|l| serde_json::from_str::<FeedRow>(&l).expect("a row")));
        assert_eq!(rows.len() - before, info.rows as usize);
    }
    let of_kind = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
    assert_eq!((of_kind(kind::LOCATION), of_kind(kind::STOCK)), (1, 30_000));
    assert!(rows.iter().all(|row| row.cursor == manifest.cursor));
    let gone = tablet.get(&format!("/sync/v1/snapshot/{}/99", manifest.id));
    assert_eq!(problem(gone), (404, "snapshot_gone".into()));
}

#[test]
fn a_listening_tablet_is_poked() {
    let server = Server::start();
    let tablet = Tablet::pair(&server, 1);
    let mut answer = tablet.get("/sync/v1/events");
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    let mut lines = BufReader::new(answer.body_mut().as_reader()).lines();
    let mut data = || {
        let line = lines.by_ref().map(|line| line.expect("open"));
        line.filter_map(|line| line.strip_prefix("data: ").map(str::to_owned)).next()
    };
    let first = data().expect("a first poke");
    assert_eq!(first, "{\"location\":\"S1\",\"cursor\":1}");
    server.state.pokes.poke(&tablet.paired.location, 7);
    assert_eq!(data().expect("a poke"), "{\"location\":\"S1\",\"cursor\":7}");
    let head = server.write(|tx| feed::head(tx, 1));
    assert_eq!(head, 1);
}
