//! The command log: the exact bytes of every command with its outcome. Together with the progress of
//! its device it is what makes a command happen once.

use domain::{
    clock::TimeMs,
    ids::DeviceId,
    outcome::Outcome,
    sync::{Decided, Late},
};

use super::{DbError, Row, Rows, Tx};

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
pub struct NewEntry {
    /// Its sequence number.
    pub seq: u64,
    /// See [`Logged::id`].
    pub id: String,
    /// SHA-256 of its bytes.
    pub sha: [u8; 32],
    /// As it was sent.
    pub body: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// Reads and locks a sender's progress: two copies of one request then come one after the other.
///
/// # Errors
/// [`DbError`].
pub fn lock_progress(tx: &mut Tx, sender: Sender, now: TimeMs) -> Result<Progress, DbError> {
    if let Some(known) = try_lock(tx, sender)? {
        return Ok(known);
    }
    tx.exec(
        "insert into device_progress (device_id, epoch, last_seq, last_seen_ms)
         values ($1, $2, 0, $3) on conflict (device_id, epoch) do nothing",
        &[&sender.device.to_string(), &i64::from(sender.epoch), &now.0],
    )?;
    Ok(try_lock(tx, sender)?.expect("the row has just been made"))
}

fn try_lock(tx: &mut Tx, sender: Sender) -> Result<Option<Progress>, DbError> {
    tx.query_opt(
        "select last_seq, durable_seq from device_progress where device_id = $1 and epoch = $2
         {lock}",
        &[&sender.device.to_string(), &i64::from(sender.epoch)],
        |row| Ok(Progress { last_seq: number(row, 0)?, durable_seq: number(row, 1)? }),
    )
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
pub fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<Logged>, DbError> {
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

/// Logs decided commands, ascending, and moves the sender's progress to the last one.
///
/// # Errors
/// [`DbError`].
pub fn append(
    tx: &mut Tx,
    sender: Sender,
    location_key: i64,
    now: TimeMs,
    entries: &[NewEntry],
) -> Result<(), DbError> {
    let Some(last) = entries.last() else { return Ok(()) };
    let (device, epoch) = (sender.device.to_string(), i64::from(sender.epoch));
    let outcomes: Vec<String> = entries.iter().map(|entry| to_json(&entry.outcome)).collect();
    let rows = Rows::new()
        .i64("seq", entries.iter().map(|e| signed(e.seq)))
        .text("id", entries.iter().map(|e| e.id.as_str()))
        .bytes("sha", entries.iter().map(|e| e.sha.as_slice()))
        .bytes("body", entries.iter().map(|e| e.body.as_bytes()))
        .text("outcome", outcomes.iter().map(String::as_str));
    tx.exec_bulk(
        "insert into command_log (device_id, epoch, seq, id, location_key, sha, body, outcome,
            received_at_ms)
         select $1, $2, seq, id, $3, sha, body, outcome, $4 from {rows}",
        &[&device, &epoch, &location_key, &now.0],
        &rows,
    )?;
    tx.exec(
        "update device_progress set last_seq = $3, last_seen_ms = $4
         where device_id = $1 and epoch = $2",
        &[&device, &epoch, &signed(last.seq), &now.0],
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
