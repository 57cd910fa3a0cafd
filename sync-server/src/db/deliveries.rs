//! How far each webhook has come: who delivers, what is under way, what its receiver has acknowledged,
//! and the last tries.
//!
//! Whoever delivers holds a lease of the webhook's row, and says its name in every statement that changes
//! it: one that has lost the lease meanwhile changes nothing.

use domain::{clock::TimeMs, limits};

use super::{DbError, Row, Rows, Tx};
use crate::webhooks::send::Answered;

/// A lease of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The webhook.
    pub key: i64,
    /// The server that has it.
    pub holder: String,
    /// The version of the webhook that it goes by.
    pub version: i64,
}

/// One try as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// `webhook-id`.
    pub message: String,
    /// `changes` or `test`.
    pub what: String,
    /// Items in it.
    pub items: i64,
    /// When.
    pub at: TimeMs,
    /// How long it took.
    pub took_ms: i64,
    /// `taken`, `refused`, `gone`, `timeout` or `unreachable`.
    pub outcome: String,
    /// The answer's status; 0 where there was none.
    pub status: i64,
}

impl Try {
    /// What became of one.
    #[must_use]
    pub fn new(message: String, what: &str, items: usize, at: TimeMs, answered: Answered) -> Self {
        Self {
            message,
            what: what.to_owned(),
            items: i64::try_from(items).unwrap_or(i64::MAX),
            at,
            took_ms: answered.took_ms.into(),
            outcome: answered.outcome.as_str().to_owned(),
            status: answered.status.map_or(0, i64::from),
        }
    }
}

/// Webhooks that want a server to deliver: enabled, and nobody has their lease.
///
/// # Errors
/// [`DbError`].
pub fn free(tx: &mut Tx, now: TimeMs) -> Result<Vec<i64>, DbError> {
    tx.query(
        "select key from webhooks where enabled = 1 and lease_until_ms <= $1 order by key",
        &[&now.0],
        |row| row.get(0),
    )
}

/// Takes a lease that nobody has; `None` when somebody was faster.
///
/// # Errors
/// [`DbError`].
pub fn take(
    tx: &mut Tx,
    key: i64,
    holder: &str,
    now: TimeMs,
    until: TimeMs,
) -> Result<Option<Lease>, DbError> {
    tx.query_opt(
        "update webhooks set lease_holder = $2, lease_until_ms = $4
         where key = $1 and enabled = 1 and lease_until_ms <= $3 returning version",
        &[&key, &holder, &now.0, &until.0],
        |row| Ok(Lease { key, holder: holder.to_owned(), version: row.get(0)? }),
    )
}

/// Keeps a lease for longer; `false` when it is lost, or an operator has changed the webhook.
///
/// # Errors
/// [`DbError`].
pub fn keep(tx: &mut Tx, lease: &Lease, until: TimeMs) -> Result<bool, DbError> {
    let Lease { key, holder, version } = lease;
    let kept = tx.exec(
        "update webhooks set lease_until_ms = $4
         where key = $1 and lease_holder = $2 and version = $3 and enabled = 1",
        &[key, holder, version, &until.0],
    )?;
    Ok(kept == 1)
}

/// Gives a lease back, if it is still held.
///
/// # Errors
/// [`DbError`].
pub fn give_back(tx: &mut Tx, lease: &Lease) -> Result<(), DbError> {
    tx.exec(
        "update webhooks set lease_until_ms = 0 where key = $1 and lease_holder = $2",
        &[&lease.key, &lease.holder],
    )?;
    Ok(())
}

/// What a receiver has acknowledged, by ascending item, behind one.
///
/// # Errors
/// [`DbError`].
pub fn told(tx: &mut Tx, key: i64, after: i64, rows_max: u32) -> Result<Vec<(i64, i64)>, DbError> {
    tx.query(
        "select item_key, told from webhook_told where webhook_key = $1 and item_key > $2
         order by item_key limit $3",
        &[&key, &after, &i64::from(rows_max)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Puts a delivery under way, before it is sent; `false` when the lease is lost, or another one is under
/// way.
///
/// # Errors
/// [`DbError`].
pub fn begin(
    tx: &mut Tx,
    lease: &Lease,
    message: &str,
    body: &str,
    until: TimeMs,
) -> Result<bool, DbError> {
    let Lease { key, holder, version } = lease;
    let begun = tx.exec(
        "update webhooks set message_id = $4, message_body = $5, tries = 0, lease_until_ms = $6
         where key = $1 and lease_holder = $2 and version = $3 and enabled = 1
            and message_id is null",
        &[key, holder, version, &message, &body, &until.0],
    )?;
    Ok(begun == 1)
}

/// A delivery was taken: its receiver knows these items, told by SKU. `false`, and nothing is written,
/// when it is not under way any more, or by another server.
///
/// # Errors
/// [`DbError`].
pub fn acknowledge(
    tx: &mut Tx,
    lease: &Lease,
    message: &str,
    told: &[(String, i64)],
) -> Result<bool, DbError> {
    let Lease { key, holder, .. } = lease;
    let done = tx.exec(
        "update webhooks set sequence = sequence + 1, message_id = null, message_body = null,
            tries = 0, next_try_at_ms = 0, failing_since_ms = null
         where key = $1 and lease_holder = $2 and message_id = $3",
        &[key, holder, &message],
    )?;
    if done == 0 {
        return Ok(false);
    }
    let rows = Rows::new()
        .text("sku", told.iter().map(|(sku, _)| sku.as_str()))
        .i64("told", told.iter().map(|(_, told)| *told));
    tx.exec_bulk(
        "insert into webhook_told (webhook_key, item_key, told)
         select $1, i.key, rows.told from {rows} join items i on i.sku = rows.sku where true
         on conflict (webhook_key, item_key) do update set told = excluded.told",
        &[key],
        &rows,
    )?;
    Ok(true)
}

/// A delivery was not taken. `stop` says why it shall not be tried again: then the webhook is stopped.
/// `false`, and nothing is written, as for [`acknowledge`].
///
/// # Errors
/// [`DbError`].
pub fn fail(
    tx: &mut Tx,
    lease: &Lease,
    message: &str,
    next_try_at: TimeMs,
    now: TimeMs,
    stop: Option<&str>,
) -> Result<bool, DbError> {
    let Lease { key, holder, .. } = lease;
    let failed = tx.exec(
        "update webhooks set tries = tries + 1, next_try_at_ms = $4,
            failing_since_ms = coalesce(failing_since_ms, $5),
            stopped = coalesce($6, stopped), enabled = case when $6 is null then enabled else 0 end
         where key = $1 and lease_holder = $2 and message_id = $3",
        &[key, holder, &message, &next_try_at.0, &now.0, &stop],
    )?;
    Ok(failed == 1)
}

/// Notes a try, and forgets the oldest of the webhook.
///
/// # Errors
/// [`DbError`].
pub fn note(tx: &mut Tx, key: i64, tried: &Try) -> Result<(), DbError> {
    let Try { message, what, items, at, took_ms, outcome, status } = tried;
    tx.exec(
        "insert into webhook_tries
            (webhook_key, message_id, what, items, at_ms, took_ms, outcome, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[&key, message, what, items, &at.0, took_ms, outcome, status],
    )?;
    tx.exec(
        "delete from webhook_tries where webhook_key = $1 and key <=
            (select key from webhook_tries where webhook_key = $1 order by key desc
             limit 1 offset $2)",
        &[&key, &i64::from(limits::WEBHOOK_TRIES_KEPT)],
    )?;
    Ok(())
}

/// The newest tries of a webhook, the newest first.
///
/// # Errors
/// [`DbError`].
pub fn newest(tx: &mut Tx, key: i64, rows_max: u32) -> Result<Vec<Try>, DbError> {
    tx.query(
        "select message_id, what, items, at_ms, took_ms, outcome, status from webhook_tries
         where webhook_key = $1 order by key desc limit $2",
        &[&key, &i64::from(rows_max)],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Try, DbError> {
    Ok(Try {
        message: row.get(0)?,
        what: row.get(1)?,
        items: row.get(2)?,
        at: TimeMs(row.get(3)?),
        took_ms: row.get(4)?,
        outcome: row.get(5)?,
        status: row.get(6)?,
    })
}
