//! Who tells us about stock, and how each writes.

use domain::clock::TimeMs;

use super::{DbError, Row, Tx};

/// Sources of a network.
pub const SOURCES_MAX: u32 = 1_000;

/// A source as stored.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its key.
    pub key: i64,
    /// Its id, in routes.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// What kind of system it is, in a word.
    pub kind: String,
    /// How its files are read, as JSON.
    pub profile: String,
    /// Grows with every change of the profile.
    pub profile_version: i64,
    /// A count that differs by more units is held.
    pub hold_above: Option<i64>,
    /// How what it writes gets here, as JSON.
    pub transport: String,
}

/// What an operator says of a source.
#[derive(Debug, Clone)]
pub struct NewSource<'a> {
    /// Its id, in routes.
    pub id: &'a str,
    /// Its name, for people.
    pub name: &'a str,
    /// What kind of system it is, in a word.
    pub kind: &'a str,
    /// How its files are read, as JSON.
    pub profile: &'a str,
    /// A count that differs by more units is held.
    pub hold_above: Option<i64>,
    /// How what it writes gets here, as JSON.
    pub transport: &'a str,
}

fn read_source(row: &Row<'_>) -> Result<Source, DbError> {
    Ok(Source {
        key: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        profile: row.get(4)?,
        profile_version: row.get(5)?,
        hold_above: row.get(6)?,
        transport: row.get(7)?,
    })
}

/// Adds a source or changes it; `true` when it is new.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, source: &NewSource<'_>, now: TimeMs) -> Result<bool, DbError> {
    let NewSource { id, name, kind, profile, hold_above, transport } = source;
    tx.query_one(
        "insert into sources
            (id, name, kind, profile, hold_above, transport, created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $7, $6, $6)
         on conflict (id) do update set name = excluded.name, kind = excluded.kind,
            profile = excluded.profile, hold_above = excluded.hold_above,
            transport = excluded.transport,
            profile_version = sources.profile_version + 1, updated_at_ms = excluded.updated_at_ms
         returning profile_version",
        &[id, name, kind, profile, hold_above, &now.0, transport],
        |row| Ok(row.get::<i64>(0)? == 1),
    )
}

/// Gives a source its token; the one before is refused from then on.
///
/// # Errors
/// [`DbError`].
pub fn set_token(tx: &mut Tx, id: &str, hash: &[u8; 32]) -> Result<(), DbError> {
    tx.exec("update sources set token_hash = $2 where id = $1", &[&id, hash])?;
    Ok(())
}

/// Finds a source.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, id: &str) -> Result<Option<Source>, DbError> {
    tx.query_opt(
        "select key, id, name, kind, profile, profile_version, hold_above, transport from sources
         where id = $1",
        &[&id],
        read_source,
    )
}

/// The id of the source that a token belongs to.
///
/// # Errors
/// [`DbError`].
pub fn of_token(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<String>, DbError> {
    tx.query_opt("select id from sources where token_hash = $1", &[hash], |row| row.get(0))
}

/// Every source, by id.
///
/// # Errors
/// [`DbError`].
pub fn all(tx: &mut Tx, rows_max: u32) -> Result<Vec<Source>, DbError> {
    tx.query(
        "select key, id, name, kind, profile, profile_version, hold_above, transport from sources
         order by id limit $1",
        &[&i64::from(rows_max)],
        read_source,
    )
}
