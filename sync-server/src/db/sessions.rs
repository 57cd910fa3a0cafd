//! Signed-in operators. Only the hash of a session's token is kept.

use domain::{api::Operator, clock::TimeMs};

use super::{DbError, Tx, operators::read_operator};

/// Who a session belongs to.
#[derive(Debug, Clone)]
pub struct Session {
    /// The person.
    pub operator: Operator,
    /// Key of the only location that the person sees.
    pub location_key: Option<i64>,
}

/// Begins a session.
///
/// # Errors
/// [`DbError`].
pub fn begin(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    operator_id: &str,
    now: TimeMs,
    expires_at: TimeMs,
) -> Result<(), DbError> {
    tx.exec(
        "insert into sessions (token_hash, operator_id, created_at_ms, seen_at_ms, expires_at_ms)
         values ($1, $2, $3, $3, $4)",
        &[token_hash, &operator_id, &now.0, &expires_at.0],
    )?;
    Ok(())
}

/// The session of a token, if it has not expired and its operator is active.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, token_hash: &[u8; 32], now: TimeMs) -> Result<Option<Session>, DbError> {
    tx.query_opt(
        "select o.id, o.login, o.name, o.role, l.id, o.location_key
         from sessions s join operators o on o.id = s.operator_id
         left join locations l on l.key = o.location_key
         where s.token_hash = $1 and s.expires_at_ms > $2 and o.state = 'active'",
        &[token_hash, &now.0],
        |row| Ok(Session { operator: read_operator(row)?, location_key: row.get(5)? }),
    )
}

/// Ends a session.
///
/// # Errors
/// [`DbError`].
pub fn end(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.exec("delete from sessions where token_hash = $1", &[token_hash])?;
    Ok(())
}

/// Ends every session of an operator.
///
/// # Errors
/// [`DbError`].
pub fn end_all(tx: &mut Tx, login: &str) -> Result<(), DbError> {
    tx.exec(
        "delete from sessions where operator_id in (select id from operators where login = $1)",
        &[&login],
    )?;
    Ok(())
}

/// Drops sessions that have expired.
///
/// # Errors
/// [`DbError`].
pub fn drop_expired(tx: &mut Tx, now: TimeMs) -> Result<u64, DbError> {
    tx.exec("delete from sessions where expires_at_ms <= $1", &[&now.0])
}
