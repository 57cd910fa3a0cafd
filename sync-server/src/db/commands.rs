//! The command log: the exact bytes of every command with its outcome. Together with the progress of
//! its device it is what makes a command happen once.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    ids::DeviceId,
    outcome::Outcome,
    sync::{Decided, Late},
};

use super::{
    DbError, Row, Rows, Tx,
    devices::{self, Device},
};

/// Late outcomes in one answer.
const LATE_MAX: i64 = 100;
/// Parked commands that are looked at together; there are hardly ever any.
const PARKED_MAX: i64 = 10_000;

/// Names one stretch of a device's commands: sequence numbers are contiguous in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// The tablet.
    pub device: DeviceId,
    /// Its epoch.
    pub epoch: u32,
}

/// How far a sender's commands are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Committed.
    pub last_seq: u64,
    /// In a completed backup as well.
    pub durable_seq: u64,
}

/// A command that was decided before.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Who sent it.
    pub device: DeviceId,
    /// Its sequence number.
    pub seq: u64,
    /// Its id as a text; made up for a command whose own could not be read or was taken.
    pub id: String,
    /// SHA-256 of its bytes.
    pub sha: Vec<u8>,
    /// As it was sent.
    pub body: Vec<u8>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A command to be logged.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// Who sent it.
    pub sender: Sender,
    /// From where.
    pub location_key: i64,
    /// Its sequence number.
    pub seq: u64,
    /// See [`Logged::id`].
    pub id: String,
    /// SHA-256 of its bytes.
    pub sha: &'a [u8; 32],
    /// As it was sent.
    pub body: &'a str,
    /// What became of it.
    pub outcome: Outcome,
}

/// Starts a sender's sequence, unless it has one.
///
/// # Errors
/// [`DbError`].
pub fn start(tx: &mut Tx, sender: Sender, now: TimeMs) -> Result<(), DbError> {
    tx.exec(
        "insert into device_progress (device_id, epoch, last_seq, last_seen_ms)
         values ($1, $2, 0, $3) on conflict (device_id, epoch) do nothing",
        &[&sender.device.to_string(), &i64::from(sender.epoch), &now.0],
    )?;
    Ok(())
}

/// Reads and locks senders by ascending id, each with its device: two copies of one request then come one
/// after the other. Those that have no sequence yet are left out.
///
/// # Errors
/// [`DbError`].
pub fn lock_senders(
    tx: &mut Tx,
    senders: &[Sender],
) -> Result<BTreeMap<DeviceId, (Device, Progress)>, DbError> {
    let ids: Vec<String> = senders.iter().map(|sender| sender.device.to_string()).collect();
    let found = tx.query_bulk(
        "select d.id, d.location_key, (select l.id from locations l where l.key = d.location_key),
            d.name, d.public_key, d.epoch, d.state, p.last_seq, p.durable_seq
         from {rows} join device_progress p on p.device_id = rows.id and p.epoch = rows.epoch
         join devices d on d.id = p.device_id {lock by d.id}",
        &[],
        &Rows::new()
            .text("id", ids.iter().map(String::as_str))
            .i64("epoch", senders.iter().map(|sender| i64::from(sender.epoch))),
        |row| {
            let progress = Progress { last_seq: number(row, 7)?, durable_seq: number(row, 8)? };
            Ok((devices::read_device(row)?, progress))
        },
    )?;
    Ok(found.into_iter().map(|(device, progress)| (device.id, (device, progress))).collect())
}

/// Commands of a sender with sequence numbers from `first` to `last`, ascending.
///
/// # Errors
/// [`DbError`].
pub fn logged(tx: &mut Tx, sender: Sender, first: u64, last: u64) -> Result<Vec<Logged>, DbError> {
    tx.query(
        "select device_id, seq, id, sha, body, outcome from command_log
         where device_id = $1 and epoch = $2 and seq between $3 and $4 order by seq",
        &[&sender.device.to_string(), &i64::from(sender.epoch), &signed(first), &signed(last)],
        read_logged,
    )
}

/// Commands by their ids, whoever sent them.
///
/// # Errors
/// [`DbError`].
pub fn by_ids(tx: &mut Tx, ids: &BTreeSet<String>) -> Result<Vec<Logged>, DbError> {
    tx.query_bulk(
        "select c.device_id, c.seq, c.id, c.sha, c.body, c.outcome from {rows}
         join command_log c on c.id = rows.id",
        &[],
        &Rows::new().text("id", ids.iter().map(String::as_str)),
        read_logged,
    )
}

fn read_logged(row: &Row<'_>) -> Result<Logged, DbError> {
    let device: String = row.get(0)?;
    Ok(Logged {
        device: device
            .parse()
            .map_err(|_| DbError::impossible("command_log", "device_id", device))?,
        seq: number(row, 1)?,
        id: row.get(2)?,
        sha: row.get(3)?,
        body: row.get(4)?,
        outcome: row.json(5)?,
    })
}

/// Logs decided commands, ascending for each sender, and moves each sender's progress to its last one.
///
/// # Errors
/// [`DbError`].
pub fn append(tx: &mut Tx, entries: &[NewEntry<'_>], now: TimeMs) -> Result<(), DbError> {
    let devices: Vec<String> = entries.iter().map(|e| e.sender.device.to_string()).collect();
    let outcomes: Vec<String> = entries.iter().map(|entry| to_json(&entry.outcome)).collect();
    let each = || entries.iter();
    let rows = Rows::new()
        .text("device_id", devices.iter().map(String::as_str))
        .i64("epoch", each().map(|e| i64::from(e.sender.epoch)))
        .i64("seq", each().map(|e| signed(e.seq)))
        .text("id", each().map(|e| e.id.as_str()))
        .i64("location_key", each().map(|e| e.location_key))
        .bytes("sha", each().map(|e| e.sha.as_slice()))
        .bytes("body", each().map(|e| e.body.as_bytes()))
        .text("outcome", outcomes.iter().map(String::as_str));
    tx.exec_bulk(
        "insert into command_log (device_id, epoch, seq, id, location_key, sha, body, outcome,
            received_at_ms)
         select device_id, epoch, seq, id, location_key, sha, body, outcome, $1 from {rows}",
        &[&now.0],
        &rows,
    )?;
    let last: BTreeMap<(&str, u32), u64> =
        devices.iter().zip(entries).map(|(id, e)| ((id.as_str(), e.sender.epoch), e.seq)).collect();
    let rows = Rows::new()
        .text("id", last.keys().map(|(id, _)| *id))
        .i64("of", last.keys().map(|(_, epoch)| i64::from(*epoch)))
        .i64("seq", last.values().map(|seq| signed(*seq)));
    tx.exec_bulk(
        "update device_progress set last_seq = rows.seq, last_seen_ms = $1 from {rows}
         where device_progress.device_id = rows.id and device_progress.epoch = rows.of",
        &[&now.0],
        &rows,
    )?;
    Ok(())
}

/// Says that what was received before `before` is on a second medium; how many senders moved.
///
/// # Errors
/// [`DbError`].
pub fn mark_durable(tx: &mut Tx, before: TimeMs) -> Result<u64, DbError> {
    tx.exec(
        "update device_progress set durable_seq = safe.seq
         from (select device_id, epoch, max(seq) as seq from command_log
               where received_at_ms < $1 group by device_id, epoch) as safe
         where safe.device_id = device_progress.device_id
            and safe.epoch = device_progress.epoch and safe.seq > device_progress.durable_seq",
        &[&before.0],
    )
}

/// Notes a command that was kept and not applied.
///
/// # Errors
/// [`DbError`].
pub fn park(
    tx: &mut Tx,
    sender: Sender,
    location_key: i64,
    now: TimeMs,
    seq: u64,
    reason: &str,
) -> Result<(), DbError> {
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
    tx.exec(
        "insert into parked_commands (device_id, epoch, seq, location_key, state, reason,
            parked_at_ms)
         values ($1, $2, $3, $4, 'parked', $5, $6)",
        &[
            &sender.device.to_string(),
            &i64::from(sender.epoch),
            &signed(seq),
            &location_key,
            &reason,
            &now.0,
        ],
    )?;
    Ok(())
}

/// Parked commands, the oldest first: at most [`PARKED_MAX`].
///
/// # Errors
/// [`DbError`].
pub fn all_parked(tx: &mut Tx) -> Result<Vec<(Sender, u64)>, DbError> {
    tx.query(
        "select device_id, epoch, seq from parked_commands where decided_at_ms is null
         order by parked_at_ms, device_id, epoch, seq limit $1",
        &[&PARKED_MAX],
        |row| {
            let device: String = row.get(0)?;
            let wrong = |_| DbError::impossible("parked_commands", "device_id", device.clone());
            let device = device.parse().map_err(wrong)?;
            let epoch = u32::try_from(number(row, 1)?).unwrap_or(u32::MAX);
            Ok((Sender { device, epoch }, number(row, 2)?))
        },
    )
}

/// Whether a command waits for an operator.
///
/// # Errors
/// [`DbError`].
pub fn is_parked(tx: &mut Tx, sender: Sender, seq: u64) -> Result<bool, DbError> {
    let waiting = tx.query_opt(
        "select 1 from parked_commands
         where device_id = $1 and epoch = $2 and seq = $3 and decided_at_ms is null {lock}",
        &[&sender.device.to_string(), &i64::from(sender.epoch), &signed(seq)],
        |row| row.get::<i64>(0),
    )?;
    Ok(waiting.is_some())
}

/// Replaces the outcome of a parked command by a later decision, which its device hears of as long
/// as its cursor is below `cursor`.
///
/// # Errors
/// [`DbError`].
pub fn decide_parked(
    tx: &mut Tx,
    sender: Sender,
    now: TimeMs,
    seq: u64,
    state: &str,
    outcome: &Outcome,
) -> Result<(), DbError> {
    let (device, epoch, seq) = (sender.device.to_string(), i64::from(sender.epoch), signed(seq));
    tx.exec(
        "update command_log set outcome = $4 where device_id = $1 and epoch = $2 and seq = $3",
        &[&device, &epoch, &seq, &to_json(outcome)],
    )?;
    tx.exec(
        "update parked_commands set state = $4, decided_at_ms = $5, decided_cursor = $6
         where device_id = $1 and epoch = $2 and seq = $3",
        &[&device, &epoch, &seq, &state, &now.0, &signed(outcome.cursor)],
    )?;
    Ok(())
}

/// Later decisions on parked commands of a device, in every epoch that it had so far, the newest
/// [`LATE_MAX`]. Not by the device's cursor: one that came from a snapshot is above decisions that the device has not heard.
///
/// # Errors
/// [`DbError`].
pub fn late_outcomes(tx: &mut Tx, sender: Sender) -> Result<Vec<Decided>, DbError> {
    tx.query(
        "select c.epoch, c.seq, c.outcome, c.id from parked_commands p join command_log c
            on c.device_id = p.device_id and c.epoch = p.epoch and c.seq = p.seq
         where p.device_id = $1 and p.epoch <= $2 and p.decided_cursor is not null
         order by p.decided_at_ms desc, c.epoch desc, c.seq desc limit $3",
        &[&sender.device.to_string(), &i64::from(sender.epoch), &LATE_MAX],
        |row| {
            let epoch = u32::try_from(row.get::<i64>(0)?)
                .map_err(|e| DbError::impossible("command_log", "epoch", e.to_string()))?;
            // A command whose id could not be read has a made-up one, which is no id.
            let late = Late { epoch, command: row.get::<String>(3)?.parse().ok() };
            Ok(Decided { seq: number(row, 1)?, outcome: row.json(2)?, late: Some(late) })
        },
    )
}

fn to_json(outcome: &Outcome) -> String {
    serde_json::to_string(outcome).expect("plain data")
}

fn number(row: &Row<'_>, at: usize) -> Result<u64, DbError> {
    Ok(row.get::<i64>(at)?.unsigned_abs())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
