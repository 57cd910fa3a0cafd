//! Enrolled tablets, and each location's roster of them. Commands are in `commands.rs`, pairing codes
//! in `pairing.rs`.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    api::DeviceState,
    clock::TimeMs,
    ids::{DeviceId, LocationId},
    sync::DeviceReport,
};
use serde::{Deserialize, Serialize};

use super::{DbError, Row, Rows, Tx};

/// An enrolled tablet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Where it works.
    pub location_key: i64,
    /// The same, by its number.
    pub location: LocationId,
    /// What people call it.
    pub name: String,
    /// Ed25519.
    pub public_key: [u8; 32],
    /// Grows with every enrolment.
    pub epoch: u32,
    /// Whether it may sync.
    pub state: DeviceState,
}

/// What `devices.queue_json` holds: what the tablet last said of itself, and why it is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Queue {
    /// Commands that waited on it, those of the last exchange not counted.
    pub waiting: u64,
    /// When the oldest of them was made, by the tablet's clock.
    pub oldest_ms: Option<i64>,
    /// Why it was quarantined or revoked.
    pub reason: Option<String>,
}

/// The word in the database.
#[must_use]
pub const fn state_word(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Active => "active",
        DeviceState::Quarantined => "quarantined",
        DeviceState::Revoked => "revoked",
    }
}

/// Finds a tablet.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>, DbError> {
    tx.query_opt(
        "select d.id, d.location_key, l.id, d.name, d.public_key, d.epoch, d.state
         from devices d join locations l on l.key = d.location_key where d.id = $1",
        &[&id.to_string()],
        read_device,
    )
}

pub(super) fn read_device(row: &Row<'_>) -> Result<Device, DbError> {
    let wrong =
        |column, value: &dyn ToString| DbError::impossible("devices", column, value.to_string());
    let (id, location, state): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(6)?);
    let (key, epoch): (Vec<u8>, i64) = (row.get(4)?, row.get(5)?);
    Ok(Device {
        id: id.parse().map_err(|_| wrong("id", &id))?,
        location_key: row.get(1)?,
        location: location.parse().map_err(|_| wrong("location_key", &location))?,
        name: row.get(3)?,
        public_key: key.try_into().map_err(|_| wrong("public_key", &"not 32 bytes"))?,
        epoch: u32::try_from(epoch).map_err(|_| wrong("epoch", &epoch))?,
        state: state_of(&state).ok_or_else(|| wrong("state", &state))?,
    })
}

/// The state that a word of the database means.
#[must_use]
pub fn state_of(word: &str) -> Option<DeviceState> {
    [DeviceState::Active, DeviceState::Quarantined, DeviceState::Revoked]
        .into_iter()
        .find(|state| state_word(*state) == word)
}

/// Adds a tablet, or gives a known one a new key, name and epoch; either is active then. Starts its
/// epoch's sequence and moves the location's roster.
///
/// # Errors
/// [`DbError`].
pub fn enrol(
    tx: &mut Tx,
    device: &Device,
    app: &str,
    platform: &str,
    now: TimeMs,
) -> Result<(), DbError> {
    let (id, epoch) = (device.id.to_string(), i64::from(device.epoch));
    tx.exec(
        "insert into devices (id, location_key, name, public_key, epoch, state, app, platform,
            created_at_ms, last_seen_ms)
         values ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $8)
         on conflict (id) do update set name = excluded.name, public_key = excluded.public_key,
            epoch = excluded.epoch, state = excluded.state, app = excluded.app,
            platform = excluded.platform, last_seen_ms = excluded.last_seen_ms, queue_json = '{}'",
        &[
            &id,
            &device.location_key,
            &device.name,
            &device.public_key,
            &epoch,
            &app,
            &platform,
            &now.0,
        ],
    )?;
    tx.exec(
        "insert into device_progress (device_id, epoch, last_seq, last_seen_ms)
         values ($1, $2, 0, $3) on conflict (device_id, epoch) do nothing",
        &[&id, &epoch, &now.0],
    )?;
    move_roster(tx, device.location_key)
}

/// Stops a tablet, or lets it go on; takes effect with its next request.
///
/// # Errors
/// [`DbError`].
pub fn set_state(
    tx: &mut Tx,
    device: &Device,
    state: DeviceState,
    reason: Option<&str>,
) -> Result<(), DbError> {
    let queue = Queue { reason: reason.map(str::to_owned), ..queue(tx, device.id)? };
    tx.exec(
        "update devices set state = $2, queue_json = $3 where id = $1",
        &[&device.id.to_string(), &state_word(state), &to_json(&queue)],
    )?;
    move_roster(tx, device.location_key)
}

fn queue(tx: &mut Tx, id: DeviceId) -> Result<Queue, DbError> {
    let sql = "select queue_json from devices where id = $1";
    tx.query_one(sql, &[&id.to_string()], |row| row.json(0))
}

/// Notes what tablets say of themselves, for the console. Give each once.
///
/// # Errors
/// [`DbError`].
pub fn report(tx: &mut Tx, now: TimeMs, reports: &[&DeviceReport]) -> Result<(), DbError> {
    let app = |of: &&DeviceReport| of.app.chars().filter(|c| !c.is_control()).take(64).collect();
    let queue = |of: &&DeviceReport| {
        let oldest_ms = of.oldest.map(|at| at.0);
        to_json(&Queue { waiting: of.waiting, oldest_ms, reason: None })
    };
    let ids: Vec<String> = reports.iter().map(|report| report.id.to_string()).collect();
    let apps: Vec<String> = reports.iter().map(app).collect();
    let queues: Vec<String> = reports.iter().map(queue).collect();
    let rows = Rows::new()
        .text("of", ids.iter().map(String::as_str))
        .text("says", apps.iter().map(String::as_str))
        .text("queue", queues.iter().map(String::as_str));
    tx.exec_bulk(
        "update devices set app = rows.says, last_seen_ms = $1, queue_json = rows.queue from {rows}
         where devices.id = rows.of",
        &[&now.0],
        &rows,
    )?;
    Ok(())
}

fn to_json(queue: &Queue) -> String {
    serde_json::to_string(queue).expect("plain data")
}

/// A location's tablets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Grows with every change of its tablets or people.
    pub epoch: u64,
    /// The active ones by ascending id.
    pub devices: Vec<DeviceId>,
}

/// The rosters of locations that have one.
///
/// # Errors
/// [`DbError`].
pub fn rosters(tx: &mut Tx, locations: &BTreeSet<i64>) -> Result<BTreeMap<i64, Roster>, DbError> {
    let rows = || Rows::new().i64("place", locations.iter().copied());
    let epochs = tx.query_bulk(
        "select r.location_key, r.epoch from {rows} join rosters r on r.location_key = rows.place",
        &[],
        &rows(),
        |row| Ok((row.get(0)?, row.get::<i64>(1)?.unsigned_abs())),
    )?;
    let roster = |(at, epoch)| (at, Roster { epoch, devices: Vec::new() });
    let mut rosters: BTreeMap<i64, Roster> = epochs.into_iter().map(roster).collect();
    let devices = tx.query_bulk(
        "select d.location_key, d.id from {rows} join devices d on d.location_key = rows.place
         where d.state = 'active' order by d.id",
        &[],
        &rows(),
        |row| {
            let id: String = row.get(1)?;
            let id = id.parse().map_err(|_| DbError::impossible("devices", "id", id))?;
            Ok((row.get(0)?, id))
        },
    )?;
    for (at, device) in devices {
        rosters.entry(at).or_default().devices.push(device);
    }
    Ok(rosters)
}

/// Says that a location's tablets or people have changed.
///
/// # Errors
/// [`DbError`].
pub fn move_roster(tx: &mut Tx, location_key: i64) -> Result<(), DbError> {
    tx.exec(
        "insert into rosters (location_key, epoch) values ($1, 1)
         on conflict (location_key) do update set epoch = rosters.epoch + 1",
        &[&location_key],
    )?;
    Ok(())
}
