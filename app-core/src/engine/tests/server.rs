//! The other side, in memory: the real `settle`, a feed with its cursor, outcomes that are repeated
//! byte for byte. What it cannot show: SQL, HTTP, authorisation.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    clock::TimeMs,
    command::{Command, Envelope, Stamp},
    credential::{PickupCode, PickupCredential, signed_bytes},
    fulfillment::{Fulfillment, Method, NewFulfillment},
    gs1::SsccBlock,
    ids::{DeviceId, ExternalNumber, FeedEpoch, FulfillmentId, LocationId, OrderId, Sku, SlotId},
    item::Item,
    location::{Coordinates, Location, LocationKind},
    outcome::{Outcome, Verdict},
    people::{Associate, Role},
    problem::Problem,
    sync::{
        ChunkInfo, CustomerCard, Decided, ExchangeRequest, ExchangeResponse, FeedPage, FeedRow,
        LocationCard, Op, PROTO, RedeemResponse, Reset, SCHEMA, SnapshotManifest, StockCard, kind,
    },
};
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use serde_json::value::to_raw_value;
use sha2::{Digest as _, Sha256};

use super::{NOW, PIN, URL, hashed};
use crate::{Engine, ExchangeFailure};

const PAGE_ROWS: usize = 4;

#[derive(Clone)]
pub(super) struct Server {
    pub(super) epoch: FeedEpoch,
    pub(super) feed: Vec<FeedRow>,
    pub(super) work: BTreeMap<FulfillmentId, (u64, Fulfillment)>,
    pub(super) log: BTreeMap<(DeviceId, u32, u64), (String, Outcome)>,
    pub(super) devices: Vec<DeviceId>,
    blocks: u64,
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn barcode(n: u64) -> String {
    let body = format!("{n:013}");
    format!("{body}{}", domain::gs1::check_digit(&body).expect("digits"))
}

pub(super) fn sku(n: u64) -> Sku {
    Sku::new(format!("SKU-{n}")).expect("valid")
}

impl Server {
    /// One store with three items, slots and two people.
    pub(super) fn new() -> Self {
        let mut server = Self {
            epoch: FeedEpoch::new(NOW, [1; 10]),
            feed: Vec::new(),
            work: BTreeMap::new(),
            log: BTreeMap::new(),
            devices: Vec::new(),
            blocks: 0,
        };
        let slots = ["A1", "A2"].map(|slot| SlotId::new(slot).expect("valid")).to_vec();
        server.put(kind::LOCATION, "S1", 1, &LocationCard { location: location(), slots });
        for (id, name, role) in [("A1", "Ada", Role::Associate), ("L1", "Lin", Role::Lead)] {
            server.put(kind::ASSOCIATE, id, 1, &person(id, name, role));
        }
        for n in 1..=3 {
            server.put(kind::ITEM, sku(n).as_str(), 1, &item(n));
            server.put(kind::STOCK, sku(n).as_str(), 1, &StockCard { on_hand: 9, reserved: 1 });
        }
        server
    }

    pub(super) fn put(&mut self, kind: &str, id: &str, rev: u64, body: &impl Serialize) {
        let body = Some(to_raw_value(body).expect("plain data"));
        self.row(kind, id, rev, Op::Up, body);
    }

    pub(super) fn row(
        &mut self,
        kind: &str,
        id: &str,
        rev: u64,
        op: Op,
        body: Option<Box<serde_json::value::RawValue>>,
    ) {
        let cursor = self.feed.len() as u64 + 1;
        self.feed.push(FeedRow { cursor, kind: kind.into(), id: id.into(), rev, op, body });
    }

    /// New work: two units of item 1 and one of item 2, and the customer's card.
    pub(super) fn place(&mut self, n: u8, method: Method) -> FulfillmentId {
        let order = OrderId::new(NOW, [n; 10]);
        let f = Fulfillment::new(NewFulfillment {
            id: FulfillmentId::new(NOW, [n; 10]),
            order,
            external_number: ExternalNumber::new(format!("W-{n}")).expect("valid"),
            location: LocationId::new("S1").expect("valid"),
            method,
            at: NOW,
            promise_at: NOW.plus_ms(3_600_000 + i64::from(n)),
            lines: vec![(1, sku(1), 2), (2, sku(2), 1)],
            credential: (method == Method::Pickup)
                .then(|| PickupCredential { short_code_hash: hashed("123456") }),
        });
        let card = CustomerCard {
            name: "Grace Hopper".into(),
            phone: None,
            address: None,
            note: Some("Ring twice".into()),
        };
        self.put(kind::CUSTOMER, &order.to_string(), 1, &card);
        self.save(1, f)
    }

    pub(super) fn save(&mut self, rev: u64, f: Fulfillment) -> FulfillmentId {
        let id = f.id();
        self.put(kind::FULFILLMENT, &id.to_string(), rev, &f);
        self.work.insert(id, (rev, f));
        id
    }

    pub(super) fn cancel(&mut self, id: FulfillmentId) {
        let (rev, f) = self.work[&id].clone();
        let change = f.cancel(NOW, "changed my mind".into()).expect("open");
        self.save(rev + 1, change.next);
    }

    pub(super) fn pickup_code(&self, id: FulfillmentId) -> String {
        let order = self.work[&id].1.order();
        let signature = key().sign(&signed_bytes(order)).to_bytes();
        PickupCode { order, signature }.to_text()
    }

    pub(super) fn enrol(&mut self, engine: &mut Engine, n: u8, now: TimeMs) {
        let known = engine.identity().map(|identity| (identity.device, identity.epoch));
        let device = known.map_or(DeviceId::new(NOW, [n; 10]), |(device, _)| device);
        if !self.devices.contains(&device) {
            self.devices.push(device);
        }
        let answer = RedeemResponse {
            device,
            epoch: known.map_or(1, |(_, epoch)| epoch + 1),
            location: LocationId::new("S1").expect("valid"),
            server_key: BASE64_STANDARD.encode(key().verifying_key().to_bytes()),
            feed_epoch: self.epoch,
            sscc: vec![self.block(2)],
        };
        engine.enrolled(URL, "Tablet", answer, now).expect("pairs");
    }

    pub(super) fn block(&mut self, count: u64) -> SsccBlock {
        self.blocks += 100;
        SsccBlock::new("9521234", 0, self.blocks, count).expect("room")
    }

    fn last_seq(&self, device: DeviceId, epoch: u32) -> u64 {
        let range = (device, epoch, 0)..=(device, epoch, u64::MAX);
        self.log.range(range).next_back().map_or(0, |((_, _, seq), _)| *seq)
    }

    pub(super) fn exchange(
        &mut self,
        request: &ExchangeRequest,
        now: TimeMs,
    ) -> Result<ExchangeResponse, ExchangeFailure> {
        let (device, epoch) = (request.device.id, request.device.epoch);
        let mut outcomes = Vec::new();
        for raw in &request.commands {
            let envelope: Envelope = serde_json::from_str(raw.get()).expect("an envelope");
            let (seq, last) = (envelope.seq, self.last_seq(device, epoch));
            if seq > last + 1 {
                let mut problem = Problem::new(409, "gap", "commands are missing");
                problem.expected_seq = Some(last + 1);
                return Err(ExchangeFailure::Refused(Box::new(problem)));
            }
            if seq == last + 1 {
                let outcome = self.decide(device, &envelope);
                self.log.insert((device, epoch, seq), (raw.get().to_owned(), outcome));
            }
            let (bytes, outcome) = &self.log[&(device, epoch, seq)];
            assert_eq!(bytes, raw.get(), "a number is never used for other bytes");
            outcomes.push(Decided { seq, outcome: outcome.clone(), late: None });
        }
        Ok(self.answer(request, outcomes, now))
    }

    fn answer(
        &self,
        request: &ExchangeRequest,
        outcomes: Vec<Decided>,
        now: TimeMs,
    ) -> ExchangeResponse {
        let same = request.feed_epoch == Some(self.epoch);
        let reset = (!same).then(|| Reset { reason: "epoch".into(), not_before_ms: 0 });
        let from = usize::try_from(request.cursor).expect("small");
        let rows: Vec<FeedRow> = if same {
            self.feed.iter().skip(from).take(PAGE_ROWS).cloned().collect()
        } else {
            Vec::new()
        };
        let to = rows.last().map_or(request.cursor, |row| row.cursor);
        let more = same && (to as usize) < self.feed.len();
        let last_seq = self.last_seq(request.device.id, request.device.epoch);
        ExchangeResponse {
            proto: PROTO,
            server_time: now,
            last_seq,
            durable_seq: last_seq,
            outcomes,
            feed: FeedPage { epoch: self.epoch, to, more, rows },
            reset,
            roster_epoch: 1,
            devices: self.devices.clone(),
            sscc: Vec::new(),
            poll_ms: 30_000,
        }
    }

    fn decide(&mut self, device: DeviceId, envelope: &Envelope) -> Outcome {
        let cursor = |server: &Self| server.feed.len() as u64;
        let Ok(command) = Command::read(&envelope.kind, envelope.version, &envelope.payload) else {
            let verdict = Verdict::Parked { reason: "unknown".into() };
            return Outcome { verdict, rev: 0, cursor: cursor(self), exceptions: Vec::new() };
        };
        let (rev, f) = self.work[&envelope.fulfillment].clone();
        let stamp = Stamp {
            command: envelope.id,
            device,
            associate: envelope.actor.associate.clone(),
            at: envelope.at,
            may_take_over: envelope.actor.associate.as_str() == "L1",
        };
        let settled = f.settle(&command, &stamp);
        self.save(rev + 1, settled.next);
        let own = |e: &&domain::exception::Exception| e.id == envelope.id.into();
        let exceptions = self.work[&envelope.fulfillment].1.exceptions().iter().filter(own);
        let exceptions = exceptions.map(|e| e.id).collect();
        Outcome { verdict: settled.verdict, rev: rev + 1, cursor: cursor(self), exceptions }
    }

    /// The newest row of every entity, in chunks of a few rows.
    pub(super) fn snapshot(&self) -> (SnapshotManifest, Vec<Vec<u8>>) {
        let mut newest: BTreeMap<(&str, &str), &FeedRow> = BTreeMap::new();
        for row in &self.feed {
            newest.insert((&row.kind, &row.id), row);
        }
        let rows: Vec<&FeedRow> = newest.into_values().collect();
        let (mut infos, mut chunks) = (Vec::new(), Vec::new());
        for (rows, index) in rows.chunks(5).zip(0_u32..) {
            let lines: Vec<String> =
                rows.iter().map(|row| serde_json::to_string(row).expect("plain data")).collect();
            let bytes = zstd::encode_all(lines.join("\n").as_bytes(), 3).expect("in memory");
            let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
            let (count, length) = (rows.len() as u32, bytes.len() as u64);
            infos.push(ChunkInfo { index, rows: count, bytes: length, sha256 });
            chunks.push(bytes);
        }
        let cursor = self.feed.len() as u64;
        let (id, feed_epoch) = ("one".to_owned(), self.epoch);
        (SnapshotManifest { id, feed_epoch, schema: SCHEMA, cursor, chunks: infos }, chunks)
    }

    pub(super) fn bootstrap(&self, engine: &mut Engine, now: TimeMs) {
        let (manifest, chunks) = self.snapshot();
        engine.begin_snapshot(&manifest).expect("fits");
        while let Some((_, index)) = engine.next_chunk() {
            engine.load_chunk(index, &chunks[index as usize]).expect("sound");
        }
        engine.finish_snapshot(now).expect("in memory");
    }

    /// Exchanges and bootstraps until nothing is pending and everything is known.
    pub(super) fn sync(&mut self, engine: &mut Engine, now: TimeMs) {
        for _ in 0..200 {
            let request = engine.next_exchange(now).expect("paired");
            let answer = self.exchange(&request, now);
            engine.absorb(&request, answer, now).expect("sound databases");
            if engine.snapshot_need().is_some() {
                self.bootstrap(engine, now);
            }
            let cursor = engine.position().map(|position| position.cursor);
            let known = cursor == Some(self.feed.len() as u64);
            if known && engine.pending().expect("readable") == 0 {
                return;
            }
        }
        panic!("it does not come to rest");
    }
}

fn item(n: u64) -> Item {
    Item {
        sku: sku(n),
        name: format!("Item {n}"),
        department: "Food".into(),
        category: "Dry".into(),
        size: "1 kg".into(),
        barcodes: vec![barcode(n)],
        price: None,
        weight_g: Some(1_000),
        picture: None,
    }
}

fn person(id: &str, name: &str, role: Role) -> Associate {
    Associate {
        id: super::associate(id),
        name: name.into(),
        role,
        pin_verifier: hashed(PIN),
        valid_from: TimeMs(0),
        valid_to: None,
    }
}

fn location() -> Location {
    Location {
        id: LocationId::new("S1").expect("valid"),
        name: "Market Street".into(),
        kind: LocationKind::Store,
        street: "Market Street 1".into(),
        city: "Springfield".into(),
        region: "OH".into(),
        postcode: "45501".into(),
        country: "US".into(),
        coordinates: Coordinates { lat_e6: 0, lon_e6: 0 },
        time_zone: "America/New_York".into(),
        hours: std::array::from_fn(|_| None),
        pickup: true,
        ships: true,
    }
}
