//! Tablets and parked commands as lists for people. What the sync side reads and writes of them is
//! in `devices.rs` and `commands.rs`.

use domain::{
    api::{DeviceRow, ParkedRow},
    clock::TimeMs,
};

use super::{DbError, Tx, devices, locations::read_id, search::small};

/// Tablets by name, at one location or at all, behind an id.
///
/// # Errors
/// [`DbError`].
pub fn devices(
    tx: &mut Tx,
    only: Option<i64>,
    after: &str,
    rows_max: u32,
) -> Result<Vec<DeviceRow>, DbError> {
    tx.query(
        "select d.id, d.name, l.id, l.name, d.state, d.app, d.platform, d.last_seen_ms,
            d.queue_json
         from devices d join locations l on l.key = d.location_key
         where ($1 = 0 or d.location_key = $1) and d.id > $2
         order by d.id limit $3",
        &[&only.unwrap_or(0), &after, &i64::from(rows_max)],
        |row| {
            let (id, state): (String, String) = (row.get(0)?, row.get(4)?);
            let queue: devices::Queue = row.json(8)?;
            let wrong = |column, text: &str| DbError::impossible("devices", column, text);
            Ok(DeviceRow {
                id: id.parse().map_err(|_| wrong("id", &id))?,
                name: row.get(1)?,
                location: read_id(row.get(2)?)?,
                location_name: row.get(3)?,
                state: devices::state_of(&state).ok_or_else(|| wrong("state", &state))?,
                app: row.get(5)?,
                platform: row.get(6)?,
                last_seen: row.get::<Option<i64>>(7)?.map(TimeMs),
                waiting: queue.waiting,
                reason: queue.reason,
            })
        },
    )
}

/// Commands that wait for an operator, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn parked(tx: &mut Tx, only: Option<i64>, rows_max: u32) -> Result<Vec<ParkedRow>, DbError> {
    tx.query(
        "select p.device_id, p.epoch, p.seq, p.reason, c.body, p.parked_at_ms
         from parked_commands p join command_log c
            on c.device_id = p.device_id and c.epoch = p.epoch and c.seq = p.seq
         where p.decided_at_ms is null and ($1 = 0 or p.location_key = $1)
         order by p.parked_at_ms, p.device_id, p.seq limit $2",
        &[&only.unwrap_or(0), &i64::from(rows_max)],
        |row| {
            let device: String = row.get(0)?;
            let body: Vec<u8> = row.get(4)?;
            let wrong = |_| DbError::impossible("parked_commands", "device_id", device.clone());
            Ok(ParkedRow {
                device: device.parse().map_err(wrong)?,
                epoch: small(row.get(1)?),
                seq: row.get::<i64>(2)?.unsigned_abs(),
                reason: row.get(3)?,
                body: String::from_utf8_lossy(&body).into_owned(),
                received_at: TimeMs(row.get(5)?),
            })
        },
    )
}
