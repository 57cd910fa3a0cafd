//! What a round of exchanges wrote, read back from the server's database as the statements that a bare
//! loop needs for the same rows, and a digest that says whether they are the same.

use std::collections::{BTreeMap, VecDeque};

use sync_server::db::{Database, DbError, Row, Tx};

use crate::fleet::Fleet;

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub enum Value {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One execution of one of [`STATEMENTS`].
pub struct Step {
    pub statement: usize,
    pub values: Vec<Value>,
}

/// What one exchange wrote.
pub struct Written {
    /// Whose tablet's, from 0.
    pub device: usize,
    pub steps: Vec<Step>,
}

const LOG: usize = 0;
const WORK: usize = 1;
const POSITION: usize = 2;
const LEDGER: usize = 3;
const PROMISE: usize = 4;
const HISTORY: usize = 5;
const HEAD: usize = 6;
const FEED: usize = 7;
const PROGRESS: usize = 8;
const DEVICE: usize = 9;

/// A row for each thing that a pick changes.
pub const STATEMENTS: [&str; 10] = [
    "insert into command_log (device_id, epoch, seq, id, location_key, sha, body, outcome,
        received_at_ms)
     values ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
    "update fulfillments set stage = 'picking', rev = $2, body = $3, units_open = units_open
     where id = $1",
    "update stock_positions set on_hand = on_hand - $3, reserved = reserved - $3,
        picked = picked + $3, rev = rev + 1
     where item_key = $1 and location_key = $2",
    "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket, to_bucket,
        quantity, reserved_delta, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    "update reservations set quantity = quantity - $3 where fulfillment_id = $1 and item_key = $2",
    "insert into order_history (order_id, at_ms, kind, actor, body) values ($1, $2, $3, $4, $5)",
    "update feed_heads set cursor = cursor + $2 where location_key = $1",
    "insert into feed (location_key, cursor, kind, id, rev, op, body, cause)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
    "update device_progress set last_seq = $2, last_seen_ms = $3 where device_id = $1 and epoch = 1",
    "update devices set app = $2, last_seen_ms = $3, queue_json = $4 where id = $1",
];

/// Everything that a pick writes, summed up. Equal digests of two databases that were equal before
/// mean the same rows.
const DIGESTS: [&str; 8] = [
    "select cast(count(*) as bigint), cast(sum(length(body) + length(outcome)) as bigint)
     from command_log",
    "select cast(sum(rev) as bigint), cast(sum(length(body)) as bigint) from fulfillments",
    "select cast(sum(on_hand * 3 + reserved * 5 + picked * 7) as bigint), cast(sum(rev) as bigint)
     from stock_positions",
    "select cast(count(*) as bigint), cast(sum(quantity * item_key) as bigint) from stock_movements",
    "select cast(count(*) as bigint), cast(sum(quantity * item_key) as bigint) from reservations",
    "select cast(count(*) as bigint), cast(sum(length(body)) as bigint) from order_history",
    "select cast(count(*) as bigint), cast(sum(cursor + rev + length(body)) as bigint) from feed",
    "select cast(sum(cursor) as bigint), (select cast(sum(last_seq) as bigint) from device_progress)
     from feed_heads",
];

/// The digest of a database.
pub async fn digest(db: &Database) -> Vec<(i64, i64)> {
    let read = db.read(|tx| {
        let sums = |sql| tx.query_one(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)));
        DIGESTS.into_iter().map(sums).collect::<Result<Vec<_>, DbError>>()
    });
    read.await.expect("the sums are there")
}

/// What the fleet's exchanges of `batch` commands wrote, in an order in which they may have come.
pub async fn of_round(db: &Database, before: &Fleet, batch: u64) -> Vec<Written> {
    let devices = before.0.iter().map(|device| {
        let (id, order, work) = (device.id(), device.order, device.work);
        (id.to_string(), order.to_string(), work.to_string(), device.next_seq())
    });
    let devices: Vec<_> = devices.collect();
    let read = db.read(move |tx| {
        let mut written = Vec::new();
        for (n, (device, order, work, first)) in devices.iter().enumerate() {
            let of = Of { device, order, work, first: *first, batch };
            written.extend((0_usize..).zip(of.exchanges(tx)?).map(|(at, steps)| (at, n, steps)));
        }
        Ok::<_, DbError>(written)
    });
    let mut written = read.await.expect("the rows are there");
    written.sort_by_key(|(at, n, _)| (*at, *n));
    written.into_iter().map(|(_, device, steps)| Written { device, steps }).collect()
}

/// One tablet's part of the round.
struct Of<'a> {
    device: &'a str,
    order: &'a str,
    work: &'a str,
    first: u64,
    batch: u64,
}

/// Rows of one table, with what they belong to.
type Rows = VecDeque<(String, Vec<Value>)>;

impl Of<'_> {
    fn exchanges(&self, tx: &mut Tx) -> Result<Vec<Vec<Step>>, DbError> {
        let first = i64::try_from(self.first).expect("few");
        let log = tx.query(
            "select id, device_id, seq, id, location_key, sha, body, outcome, received_at_ms
             from command_log where device_id = $1 and seq >= $2 order by seq",
            &[&self.device, &first],
            |row| read(row, "TNTNBBTN"),
        )?;
        let ledger = by_cause(tx.query(
            "select m.cause_id, m.item_key, m.location_key, m.cause, m.cause_id, m.from_bucket,
                m.to_bucket, m.quantity, m.reserved_delta, m.at_ms
             from command_log c join stock_movements m on m.cause_id = c.id
             where c.device_id = $1 and c.seq >= $2 order by m.id",
            &[&self.device, &first],
            |row| read(row, "NNTTTTNNN"),
        )?);
        let feed = by_cause(tx.query(
            "select f.cause, f.location_key, f.cursor, f.kind, f.id, f.rev, f.op, f.body, f.cause
             from command_log c join feed f on f.cause = c.id
             where c.device_id = $1 and c.seq >= $2 order by f.cursor",
            &[&self.device, &first],
            |row| read(row, "NNTTNTTT"),
        )?);
        let mut history: Rows = tx
            .query(
                "select kind, order_id, at_ms, kind, actor, body from order_history
                 where order_id = $1 and kind = 'line.picked' order by seq",
                &[&self.order],
                |row| read(row, "TNTTT"),
            )?
            .into();
        let queue = tx.query_one(
            "select id, app, last_seen_ms, queue_json from devices where id = $1",
            &[&self.device],
            |row| read(row, "TNT"),
        )?;
        let batch = usize::try_from(self.batch).expect("few");
        let of_exchange = |log: &[(String, Vec<Value>)]| {
            let history = history.drain(..batch).map(|(_, values)| values).collect();
            self.exchange(log, &ledger, &feed, history, &queue)
        };
        Ok(log.chunks(batch).map(of_exchange).collect())
    }

    fn exchange(
        &self,
        log: &[(String, Vec<Value>)],
        ledger: &BTreeMap<String, Vec<Vec<Value>>>,
        feed: &BTreeMap<String, Vec<Vec<Value>>>,
        history: Vec<Vec<Value>>,
        queue: &(String, Vec<Value>),
    ) -> Vec<Step> {
        let (last_id, last) = log.last().expect("an exchange has commands");
        let moved: Vec<&Vec<Value>> = log.iter().flat_map(|(id, _)| &ledger[id]).collect();
        let told = &feed[last_id];
        let (location, work) = (last[3].clone(), text(self.work));
        let mut steps = Vec::new();
        let mut step = |statement, values| steps.push(Step { statement, values });
        let state = told.iter().find(|row| is(&row[2], "fulfillment")).expect("the work changed");
        step(WORK, vec![work.clone(), state[4].clone(), state[6].clone()]);
        let mut units: BTreeMap<i64, i64> = BTreeMap::new();
        for row in &moved {
            *units.entry(number(&row[0])).or_default() += number(&row[6]);
        }
        for (item, units) in units {
            let (item, units) = (Value::Number(item), Value::Number(units));
            step(POSITION, vec![item.clone(), location.clone(), units.clone()]);
            step(PROMISE, vec![work.clone(), item, units]);
        }
        moved.into_iter().for_each(|row| step(LEDGER, row.clone()));
        history.into_iter().for_each(|row| step(HISTORY, row));
        let rows = i64::try_from(told.len()).expect("few");
        step(HEAD, vec![location, Value::Number(rows)]);
        told.iter().for_each(|row| step(FEED, row.clone()));
        log.iter().for_each(|(_, row)| step(LOG, row.clone()));
        let device = text(self.device);
        step(PROGRESS, vec![device.clone(), last[1].clone(), last[7].clone()]);
        step(DEVICE, [vec![device], queue.1.clone()].concat());
        steps
    }
}

/// A row whose first column says what it belongs to, and the others by their kinds.
fn read(row: &Row<'_>, kinds: &str) -> Result<(String, Vec<Value>), DbError> {
    let value = |(at, kind): (usize, char)| {
        Ok(match kind {
            'N' => Value::Number(row.get(at)?),
            'B' => Value::Bytes(row.get(at)?),
            _ => Value::Text(row.get(at)?),
        })
    };
    let values = (1..).zip(kinds.chars()).map(value).collect::<Result<_, DbError>>()?;
    Ok((row.get(0)?, values))
}

fn by_cause(rows: Vec<(String, Vec<Value>)>) -> BTreeMap<String, Vec<Vec<Value>>> {
    let mut by_cause: BTreeMap<String, Vec<Vec<Value>>> = BTreeMap::new();
    for (cause, values) in rows {
        by_cause.entry(cause).or_default().push(values);
    }
    by_cause
}

fn text(of: &str) -> Value {
    Value::Text(of.to_owned())
}

fn is(value: &Value, word: &str) -> bool {
    matches!(value, Value::Text(text) if text == word)
}

fn number(value: &Value) -> i64 {
    match value {
        Value::Number(number) => *number,
        _ => panic!("a number was read"),
    }
}
