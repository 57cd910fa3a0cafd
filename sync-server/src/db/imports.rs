//! The runs of imports, and what they write that has no file of its own: a location's people.

use domain::{
    clock::TimeMs,
    ids::{AssociateId, LocationId},
    people::Role,
};

use super::{DbError, Tx};

/// One finished run.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// A uuid; the ledger names it.
    pub id: &'a str,
    /// `locations`, `items` …
    pub kind: &'a str,
    /// Who sent it.
    pub source: &'a str,
    /// Rows that changed something.
    pub accepted: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows refused.
    pub refused: u64,
    /// When it began.
    pub started_at: TimeMs,
    /// When it ended.
    pub finished_at: TimeMs,
}

/// Writes a finished run down.
///
/// # Errors
/// [`DbError`].
pub fn record(tx: &mut Tx, run: &Run<'_>) -> Result<(), DbError> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    tx.exec(
        "insert into imports (id, kind, source, rows_accepted, rows_ignored, rows_refused,
            started_at_ms, finished_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &run.id,
            &run.kind,
            &run.source,
            &number(run.accepted),
            &number(run.unchanged),
            &number(run.refused),
            &run.started_at.0,
            &run.finished_at.0,
        ],
    )?;
    Ok(())
}

/// A person as stored, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAssociate {
    /// Where the person works.
    pub location: LocationId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Argon2id of the PIN, PHC form.
    pub pin_verifier: String,
}

/// Finds a person by personal number.
///
/// # Errors
/// [`DbError`].
pub fn associate(tx: &mut Tx, id: &AssociateId) -> Result<Option<KnownAssociate>, DbError> {
    tx.query_opt(
        "select l.id, a.name, a.role, a.pin_verifier
         from associates a join locations l on l.key = a.location_key where a.id = $1",
        &[&id.as_str()],
        |row| {
            let role: String = row.get(2)?;
            Ok(KnownAssociate {
                location: super::locations::read_id(row.get(0)?)?,
                name: row.get(1)?,
                role: role.parse().map_err(|_| DbError::impossible("associates", "role", role))?,
                pin_verifier: row.get(3)?,
            })
        },
    )
}

/// Writes a person; whoever worked elsewhere works here from now on. Returns the key of the
/// location that the person has left, if any.
///
/// # Errors
/// [`DbError`].
pub fn put_associate(
    tx: &mut Tx,
    location_key: i64,
    id: &AssociateId,
    to: &KnownAssociate,
    now: TimeMs,
) -> Result<Option<i64>, DbError> {
    let before = tx.query_opt(
        "select location_key from associates where id = $1",
        &[&id.as_str()],
        |row| row.get::<i64>(0),
    )?;
    tx.exec(
        "insert into associates (id, location_key, name, role, pin_verifier, valid_from_ms)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set location_key = excluded.location_key,
            name = excluded.name, role = excluded.role, pin_verifier = excluded.pin_verifier,
            valid_to_ms = null, rev = associates.rev + 1",
        &[&id.as_str(), &location_key, &to.name, &to.role.as_str(), &to.pin_verifier, &now.0],
    )?;
    Ok(before.filter(|key| *key != location_key))
}
