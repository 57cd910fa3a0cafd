//! A location with stock, people, tablets and one sourced order: what the tests of the exchange
//! stand on. Orders and devices are made with the functions that the server uses.

use std::sync::Arc;

use domain::{
    api::DeviceState,
    clock::TimeMs,
    command::{Actor, Command, Envelope, Input},
    fulfillment::{Fulfillment, Method, NewFulfillment},
    ids::{
        AssociateId, CommandId, DeviceId, ExternalNumber, FeedEpoch, FulfillmentId, LocationId,
        OrderId, SessionId, Sku,
    },
    measure::Quantity,
    sync::{DeviceReport, ExchangeRequest, ExchangeResponse, PROTO, SCHEMA},
};
use serde_json::value::RawValue;
use sync_server::{
    app::{
        exchange::{Asked, Exchanges, Refusal, Together},
        fulfillments::{self, Cause},
    },
    db::{
        Database, DbError, Tx,
        devices::{self, Device},
        feed,
        stock::{self, Promise},
    },
    moment::Moment,
};

use crate::subject::Subject;

/// Noon of some day, by the server's clock.
pub const NOON: TimeMs = TimeMs(1_795_435_200_000);

/// The open database and what is in it.
pub struct Floor {
    pub db: Database,
    exchanges: Arc<Together>,
    pub location_key: i64,
    pub work: FulfillmentId,
}

/// Names a tablet by a small number.
pub fn device(n: u8) -> DeviceId {
    DeviceId::new(NOON, [n; 10])
}

pub fn moment() -> Moment {
    Moment::new(NOON, [7; 32])
}

impl Floor {
    /// Location S1 with 10 units on the shelf, associate A1 and lead L1, tablets 1 and 2, and an
    /// order for 2 of them with its work.
    pub async fn new(subject: &Subject) -> Self {
        Self::on(subject.open().await).await
    }

    pub async fn on(db: Database) -> Self {
        let made = db.write(|tx| {
            let location_key = location(tx, "S1")?;
            let item_key = item(tx)?;
            let receipt = domain::stock::StockEvent::Receipt;
            stock::apply(tx, item_key, location_key, receipt, 10, cause("import"))?;
            person(tx, "A1", "associate", location_key, None)?;
            person(tx, "L1", "lead", location_key, None)?;
            person(tx, "OLD", "associate", location_key, Some(NOON.0 - 1_000))?;
            enrol(tx, device(1), location_key, "S1")?;
            enrol(tx, device(2), location_key, "S1")?;
            let elsewhere = location(tx, "S2")?;
            enrol(tx, device(9), elsewhere, "S2")?;
            let (_, work) = order(tx, location_key, item_key, 1, 2)?;
            Ok::<_, DbError>((location_key, work))
        });
        let (location_key, work) = made.await.expect("the floor is laid");
        let exchanges = Arc::new(Together::new(Exchanges::default()));
        Self { db, exchanges, location_key, work }
    }

    /// Places and sources another order, of `units`.
    pub async fn another_order(&self, n: u8, units: u32) -> (OrderId, FulfillmentId) {
        let location_key = self.location_key;
        let made = self.db.write(move |tx| order(tx, location_key, 1, n, units));
        made.await.map_err(|e: DbError| e).expect("sourced")
    }

    /// One exchange of a tablet that has everything up to `cursor`.
    pub async fn exchange(
        &self,
        from: DeviceId,
        cursor: u64,
        commands: &[String],
    ) -> Result<ExchangeResponse, Refusal> {
        let epoch = self.feed_epoch().await;
        let mut request = request(from, cursor, commands);
        request.feed_epoch = Some(epoch);
        self.send(from, request).await
    }

    pub async fn send(
        &self,
        from: DeviceId,
        request: ExchangeRequest,
    ) -> Result<ExchangeResponse, Refusal> {
        let asked = Asked::read(moment(), from, request)?;
        let exchanged = self.exchanges.ask(&self.db, (), asked).await;
        exchanged.expect("the exchange is committed or refused")
    }

    pub async fn feed_epoch(&self) -> FeedEpoch {
        let fresh = FeedEpoch::new(NOON, [1; 10]);
        let epoch = self.db.write(move |tx| feed::epoch(tx, fresh));
        epoch.await.map_err(|e: DbError| e).expect("an epoch")
    }

    pub async fn work(&self) -> Fulfillment {
        let id = self.work;
        let loaded = self.db.write(move |tx| fulfillments::load(tx, id));
        loaded.await.map_err(|e: DbError| e).expect("readable").expect("there").fulfillment
    }
}

pub fn request(from: DeviceId, cursor: u64, commands: &[String]) -> ExchangeRequest {
    let raw = |c: &String| RawValue::from_string(c.clone()).expect("JSON");
    ExchangeRequest {
        proto: PROTO,
        schema: SCHEMA,
        feed_epoch: None,
        cursor,
        device: DeviceReport {
            id: from,
            epoch: 1,
            app: "test".into(),
            wall: NOON,
            waiting: commands.len() as u64,
            oldest: None,
            sscc_left: 500,
            parked: 0,
        },
        commands: commands.iter().map(raw).collect(),
    }
}

/// An envelope of associate A1, as text.
pub fn envelope(from: DeviceId, seq: u64, work: FulfillmentId, command: &Command) -> String {
    envelope_by("A1", from, seq, work, command)
}

pub fn envelope_by(
    who: &str,
    from: DeviceId,
    seq: u64,
    work: FulfillmentId,
    command: &Command,
) -> String {
    let mut id = [0; 10];
    id[1] = from.uuid().as_bytes()[7];
    id[2..].copy_from_slice(&seq.to_be_bytes());
    let envelope = Envelope {
        seq,
        id: CommandId::new(NOON, id),
        kind: command.kind().into(),
        version: 1,
        fulfillment: work,
        base_rev: 1,
        claim_generation: None,
        actor: Actor {
            associate: AssociateId::new(who).expect("valid"),
            session: SessionId::new(NOON, [1; 10]),
            roster_epoch: 1,
        },
        at: NOON,
        payload: command.payload(),
    };
    serde_json::to_string(&envelope).expect("plain data")
}

pub fn picked(units: i64) -> Command {
    Command::LinePicked {
        line: 1,
        sku: Sku::new("4711").expect("valid"),
        quantity: Quantity::new(units).expect("in range"),
        scan: None,
        input: Input::Scanned,
        tote: None,
    }
}

fn cause(id: &str) -> stock::Cause<'_> {
    stock::Cause { kind: "test", id, happened_at: NOON, at: NOON }
}

fn location(tx: &mut Tx, id: &str) -> Result<i64, DbError> {
    tx.query_one(
        "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
         values ($1, 'Main Street', 'store', 'US', 0, 0, 'America/Chicago') returning key",
        &[&id],
        |row| row.get(0),
    )
}

fn item(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one(
        "insert into items (sku, name, currency) values ('4711', 'Mug', 'USD') returning key",
        &[],
        |row| row.get(0),
    )
}

fn person(
    tx: &mut Tx,
    id: &str,
    role: &str,
    location_key: i64,
    until: Option<i64>,
) -> Result<u64, DbError> {
    tx.exec(
        "insert into associates (id, location_key, name, role, pin_verifier, valid_from_ms,
            valid_to_ms)
         values ($1, $2, $1, $3, '-', 0, $4)",
        &[&id, &location_key, &role, &until],
    )
}

pub fn enrol(tx: &mut Tx, id: DeviceId, location_key: i64, location: &str) -> Result<(), DbError> {
    let device = Device {
        id,
        location_key,
        location: LocationId::new(location).expect("valid"),
        name: "Tablet".into(),
        public_key: [0; 32],
        epoch: 1,
        state: DeviceState::Active,
    };
    devices::enrol(tx, &device, "test", "test", NOON)
}

fn order(
    tx: &mut Tx,
    location_key: i64,
    item_key: i64,
    n: u8,
    units: u32,
) -> Result<(OrderId, FulfillmentId), DbError> {
    let (order, work) = (OrderId::new(NOON, [n; 10]), FulfillmentId::new(NOON, [n; 10]));
    let number = format!("W-{n}");
    tx.exec(
        "insert into orders (id, channel, external_number, body_sha, method, placed_at_ms,
            promise_at_ms, currency, state, created_at_ms)
         values ($1, 'web', $2, $3, 'pickup', 0, 0, 'USD', 'unsourced', 0)",
        &[&order.to_string(), &number, &[0_u8; 32]],
    )?;
    tx.exec(
        "insert into order_lines (order_id, line, item_key, sku, ordered, unsourced, price_minor)
         values ($1, 1, $2, '4711', $3, 0, 100)",
        &[&order.to_string(), &item_key, &i64::from(units)],
    )?;
    tx.exec(
        "insert into customers (order_id, name, phone) values ($1, 'Ada Canary', '555')",
        &[&order.to_string()],
    )?;
    let promise = Promise { order, fulfillment: work, line: 1, item_key, location_key, units };
    assert!(stock::reserve(tx, &promise, cause(&number))?, "there is enough");
    let new = NewFulfillment {
        id: work,
        order,
        external_number: ExternalNumber::new(number).expect("valid"),
        location: LocationId::new("S1").expect("valid"),
        method: Method::Pickup,
        at: NOON,
        promise_at: NOON.plus_ms(7_200_000),
        lines: vec![(1, Sku::new("4711").expect("valid"), units)],
        credential: None,
    };
    let cause = Cause {
        kind: "order.sourced".into(),
        id: order.to_string(),
        actor: "server".into(),
        device: None,
        at: NOON,
        sentence: "Sourced.".into(),
    };
    fulfillments::insert(tx, location_key, &Fulfillment::new(new), &cause)?;
    Ok((order, work))
}
