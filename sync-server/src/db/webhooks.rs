//! Webhooks as operators state them. How far each has come is `deliveries.rs`'s.

use domain::clock::TimeMs;

use super::{DbError, Row, Tx};

/// A statement that finds what [`read`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select key, id, name, url, channel, market, region, method, kind, debounce_ms,
                batch_max, enabled, stopped, version, secret, secret_since_ms, message_id,
                message_body, sequence, tries, next_try_at_ms, failing_since_ms
             from webhooks ",
            $rest
        )
    };
}

/// A webhook as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its key.
    pub key: i64,
    /// Its id, in routes.
    pub id: String,
    /// What was stated.
    pub stated: Stated,
    /// Why the server has stopped it; empty when it has not.
    pub stopped: String,
    /// Grows with every change by an operator.
    pub version: i64,
    /// The number of its secret.
    pub secret: i64,
    /// Since when it has that one.
    pub secret_since: TimeMs,
    /// Deliveries that were acknowledged.
    pub sequence: i64,
    /// The delivery under way: its id and its body.
    pub message: Option<(String, String)>,
    /// Tries of it that have failed.
    pub tries: i64,
    /// When it is tried again.
    pub next_try_at: TimeMs,
    /// Since when nothing was acknowledged.
    pub failing_since: Option<TimeMs>,
}

/// What an operator says of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its name, for people.
    pub name: String,
    /// Where to.
    pub url: String,
    /// The channel that it is about.
    pub channel: Option<String>,
    /// The market.
    pub market: Option<String>,
    /// The region of sale.
    pub region: Option<String>,
    /// `ship` or `pickup`.
    pub method: String,
    /// `units` or `bands`.
    pub kind: String,
    /// How long changes are collected.
    pub debounce_ms: i64,
    /// Items of one delivery.
    pub batch_max: i64,
    /// Whether it is told anything.
    pub enabled: bool,
}

impl Stated {
    /// Whether a receiver that was told by this knows what one by `other` would.
    #[must_use]
    pub fn tells_the_same(&self, other: &Self) -> bool {
        let whom = |of: &Self| (of.channel.clone(), of.market.clone(), of.region.clone());
        self.url == other.url
            && self.method == other.method
            && self.kind == other.kind
            && whom(self) == whom(other)
    }
}

fn read(row: &Row<'_>) -> Result<Webhook, DbError> {
    let message: Option<String> = row.get(16)?;
    let body: Option<String> = row.get(17)?;
    Ok(Webhook {
        key: row.get(0)?,
        id: row.get(1)?,
        stated: Stated {
            name: row.get(2)?,
            url: row.get(3)?,
            channel: row.get(4)?,
            market: row.get(5)?,
            region: row.get(6)?,
            method: row.get(7)?,
            kind: row.get(8)?,
            debounce_ms: row.get(9)?,
            batch_max: row.get(10)?,
            enabled: row.get::<i64>(11)? == 1,
        },
        stopped: row.get(12)?,
        version: row.get(13)?,
        secret: row.get(14)?,
        secret_since: TimeMs(row.get(15)?),
        message: message.zip(body),
        sequence: row.get(18)?,
        tries: row.get(19)?,
        next_try_at: TimeMs(row.get(20)?),
        failing_since: row.get::<Option<i64>>(21)?.map(TimeMs),
    })
}

/// Adds one.
///
/// # Errors
/// [`DbError`].
pub fn add(tx: &mut Tx, id: &str, stated: &Stated, now: TimeMs) -> Result<(), DbError> {
    let Stated { name, url, channel, market, region, method, kind, debounce_ms, batch_max, .. } =
        stated;
    let enabled = i64::from(stated.enabled);
    tx.exec(
        "insert into webhooks (id, name, url, channel, market, region, method, kind, debounce_ms,
            batch_max, enabled, secret_since_ms, created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12)",
        &[
            &id,
            name,
            url,
            channel,
            market,
            region,
            method,
            kind,
            debounce_ms,
            batch_max,
            &enabled,
            &now.0,
        ],
    )?;
    Ok(())
}

/// States another one; what the server had stopped is not stopped any more, and tried at once.
///
/// # Errors
/// [`DbError`].
pub fn change(tx: &mut Tx, key: i64, stated: &Stated, now: TimeMs) -> Result<(), DbError> {
    let Stated { name, url, channel, market, region, method, kind, debounce_ms, batch_max, .. } =
        stated;
    let enabled = i64::from(stated.enabled);
    tx.exec(
        "update webhooks set name = $2, url = $3, channel = $4, market = $5, region = $6,
            method = $7, kind = $8, debounce_ms = $9, batch_max = $10, enabled = $11,
            updated_at_ms = $12, version = version + 1, stopped = '', failing_since_ms = null,
            next_try_at_ms = 0
         where key = $1",
        &[
            &key,
            name,
            url,
            channel,
            market,
            region,
            method,
            kind,
            debounce_ms,
            batch_max,
            &enabled,
            &now.0,
        ],
    )?;
    Ok(())
}

/// Forgets what its receiver has been told, so that everything is told again.
///
/// # Errors
/// [`DbError`].
pub fn forget_told(tx: &mut Tx, key: i64) -> Result<(), DbError> {
    tx.exec("delete from webhook_told where webhook_key = $1", &[&key])?;
    tx.exec(
        "update webhooks set message_id = null, message_body = null, tries = 0,
            next_try_at_ms = 0, failing_since_ms = null, version = version + 1
         where key = $1",
        &[&key],
    )?;
    Ok(())
}

/// Gives it the next secret; its number.
///
/// # Errors
/// [`DbError`].
pub fn next_secret(tx: &mut Tx, key: i64, now: TimeMs) -> Result<i64, DbError> {
    tx.query_one(
        "update webhooks set secret = secret + 1, secret_since_ms = $2, version = version + 1
         where key = $1 returning secret",
        &[&key, &now.0],
        |row| row.get(0),
    )
}

/// Removes one with everything that is known of it.
///
/// # Errors
/// [`DbError`].
pub fn remove(tx: &mut Tx, key: i64) -> Result<(), DbError> {
    tx.exec("delete from webhook_told where webhook_key = $1", &[&key])?;
    tx.exec("delete from webhook_tries where webhook_key = $1", &[&key])?;
    tx.exec("delete from webhooks where key = $1", &[&key])?;
    Ok(())
}

/// Finds one, locked until the transaction ends.
///
/// # Errors
/// [`DbError`].
pub fn lock(tx: &mut Tx, id: &str) -> Result<Option<Webhook>, DbError> {
    tx.query_opt(select!("where id = $1 {lock}"), &[&id], read)
}

/// Finds one.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, id: &str) -> Result<Option<Webhook>, DbError> {
    tx.query_opt(select!("where id = $1"), &[&id], read)
}

/// Finds one by its key.
///
/// # Errors
/// [`DbError`].
pub fn of_key(tx: &mut Tx, key: i64) -> Result<Option<Webhook>, DbError> {
    tx.query_opt(select!("where key = $1"), &[&key], read)
}

/// Every webhook, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn all(tx: &mut Tx, rows_max: u32) -> Result<Vec<Webhook>, DbError> {
    tx.query(select!("order by key limit $1"), &[&i64::from(rows_max)], read)
}

/// How many there are.
///
/// # Errors
/// [`DbError`].
pub fn count(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one("select count(*) from webhooks", &[], |row| row.get(0))
}
