//! Enrolled tablets, and each location's roster of them. Commands are in `commands.rs`, pairing codes
//! in `pairing.rs`.

use domain::{
    api::DeviceState,
    clock::TimeMs,
    ids::{DeviceId, LocationId},
    sync::DeviceReport,
};
use serde::{Deserialize, Serialize};

use super::{DbError, Row, Tx};

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

fn read_device(row: &Row<'_>) -> Result<Device, DbError> {
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

/// Notes what a tablet says of itself, for the console.
///
/// # Errors
/// [`DbError`].
pub fn report(tx: &mut Tx, now: TimeMs, report: &DeviceReport) -> Result<(), DbError> {
    let oldest_ms = report.oldest.map(|at| at.0);
    let queue = Queue { waiting: report.waiting, oldest_ms, reason: None };
    let app: String = report.app.chars().filter(|c| !c.is_control()).take(64).collect();
    tx.exec(
        "update devices set app = $2, last_seen_ms = $3, queue_json = $4 where id = $1",
        &[&report.id.to_string(), &app, &now.0, &to_json(&queue)],
    )?;
    Ok(())
}

fn to_json(queue: &Queue) -> String {
    serde_json::to_string(queue).expect("plain data")
}

/// The version of a location's roster, and its active tablets by ascending id.
///
/// # Errors
/// [`DbError`].
pub fn roster(tx: &mut Tx, location_key: i64) -> Result<(u64, Vec<DeviceId>), DbError> {
    let epoch = tx.query_opt(
        "select epoch from rosters where location_key = $1",
        &[&location_key],
        |row| Ok(row.get::<i64>(0)?.unsigned_abs()),
    )?;
    let devices = tx.query(
        "select id from devices where location_key = $1 and state = 'active' order by id",
        &[&location_key],
        |row| {
            let id: String = row.get(0)?;
            id.parse().map_err(|_| DbError::impossible("devices", "id", id))
        },
    )?;
    Ok((epoch.unwrap_or(0), devices))
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
