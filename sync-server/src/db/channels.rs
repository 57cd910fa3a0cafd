//! Sales channels and the hashes of their tokens. The tokens themselves are nowhere.

use domain::{clock::TimeMs, ids::ChannelId};

use super::{DbError, Tx};

/// Whether there is any channel.
///
/// # Errors
/// [`DbError`].
pub fn any(tx: &mut Tx) -> Result<bool, DbError> {
    Ok(tx.query_opt("select 1 from channels limit 1", &[], |_| Ok(()))?.is_some())
}

/// Adds a channel; `false`, and nothing is written, when it is there already.
///
/// # Errors
/// [`DbError`].
pub fn add(
    tx: &mut Tx,
    id: &ChannelId,
    token_hash: &[u8; 32],
    now: TimeMs,
) -> Result<bool, DbError> {
    let added = tx.exec(
        "insert into channels (id, token_hash, created_at_ms) values ($1, $2, $3)
         on conflict (id) do nothing",
        &[&id.as_str(), token_hash, &now.0],
    )?;
    Ok(added == 1)
}

/// Gives a channel another token; the old one is refused from then on. `false` when there is no
/// such channel.
///
/// # Errors
/// [`DbError`].
pub fn rotate(tx: &mut Tx, id: &ChannelId, token_hash: &[u8; 32]) -> Result<bool, DbError> {
    let rotated =
        tx.exec("update channels set token_hash = $2 where id = $1", &[&id.as_str(), token_hash])?;
    Ok(rotated == 1)
}

/// The channel that a token belongs to.
///
/// # Errors
/// [`DbError`].
pub fn of_token(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<ChannelId>, DbError> {
    tx.query_opt("select id from channels where token_hash = $1", &[token_hash], |row| {
        let id: String = row.get(0)?;
        ChannelId::new(id.clone()).map_err(|_| DbError::impossible("channels", "id", id))
    })
}
