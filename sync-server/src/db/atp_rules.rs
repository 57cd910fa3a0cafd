//! Versions of the rules about what can be promised. They are only added.

use domain::clock::TimeMs;

use super::{DbError, Row, Tx};

/// A version as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1 on.
    pub version: i64,
    /// The login of who stated it.
    pub author: String,
    /// Why, in their words.
    pub comment: String,
    /// When.
    pub created_at: TimeMs,
    /// Pools and rules, as JSON.
    pub rules: String,
}

const NEWEST: &str = "select version, author, comment, created_at_ms, rules_json from atp_rules
    where version < $1 order by version desc limit $2";

/// The newest version; `None` when nobody has stated any.
///
/// # Errors
/// [`DbError`].
pub fn newest(tx: &mut Tx) -> Result<Option<Version>, DbError> {
    Ok(before(tx, i64::MAX, 1)?.pop())
}

/// The number of the newest version; 0 when nobody has stated any.
///
/// # Errors
/// [`DbError`].
pub fn newest_number(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one("select coalesce(max(version), 0) from atp_rules", &[], |row| row.get(0))
}

/// Versions before one, the newest first.
///
/// # Errors
/// [`DbError`].
pub fn before(tx: &mut Tx, version: i64, rows_max: u32) -> Result<Vec<Version>, DbError> {
    tx.query(NEWEST, &[&version, &i64::from(rows_max)], read)
}

/// The newest version, if it is another than `known`.
///
/// # Errors
/// [`DbError`].
pub fn newer(tx: &mut Tx, known: i64) -> Result<Option<Version>, DbError> {
    tx.query_opt(
        "select version, author, comment, created_at_ms, rules_json from atp_rules
         where version > $1 order by version desc limit 1",
        &[&known],
        read,
    )
}

/// Adds a version; `false`, and nothing is written, when its number is taken.
///
/// # Errors
/// [`DbError`].
pub fn add(tx: &mut Tx, version: &Version) -> Result<bool, DbError> {
    let Version { version, author, comment, created_at, rules } = version;
    let added = tx.exec(
        "insert into atp_rules (version, author, comment, created_at_ms, rules_json)
         values ($1, $2, $3, $4, $5) on conflict (version) do nothing",
        &[version, author, comment, &created_at.0, rules],
    )?;
    Ok(added == 1)
}

fn read(row: &Row<'_>) -> Result<Version, DbError> {
    Ok(Version {
        version: row.get(0)?,
        author: row.get(1)?,
        comment: row.get(2)?,
        created_at: TimeMs(row.get(3)?),
        rules: row.get(4)?,
    })
}
