//! Pairing codes: keyed hashes, never codes. A code is found by its first half and proved by the
//! whole; only a try at the second half counts against it.

use domain::{clock::TimeMs, limits};

use super::{DbError, Tx};

/// A code before it is stored.
#[derive(Debug, Clone)]
pub struct NewCode<'a> {
    /// Names the row.
    pub id: &'a str,
    /// Where the tablet will work.
    pub location_key: i64,
    /// Keyed hash of the first half.
    pub selector: [u8; 32],
    /// Keyed hash of the whole.
    pub hash: [u8; 32],
    /// Who asked for it.
    pub created_by: &'a str,
    /// When.
    pub now: TimeMs,
    /// Until when it can be used.
    pub expires: TimeMs,
}

/// What a try at a code finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It is right, and used up now.
    Right {
        /// Where the tablet will work.
        location_key: i64,
    },
    /// No code that can be used begins like this.
    Unknown,
    /// It begins right; the try is counted.
    Wrong,
    /// Too many wrong tries: void.
    Void,
    /// Too old.
    Expired,
    /// Used before.
    Used,
}

/// Stores a code; `false` when another usable one begins the same (draw again).
///
/// # Errors
/// [`DbError`].
pub fn insert(tx: &mut Tx, code: &NewCode<'_>) -> Result<bool, DbError> {
    let stored = tx.exec(
        "insert into pairing_codes (id, location_key, selector, code_hash, created_by,
            created_at_ms, expires_at_ms)
         select $1, $2, $3, $4, $5, $6, $7
         where not exists (select 1 from pairing_codes
            where selector = $3 and used_at_ms is null and expires_at_ms > $6)",
        &[
            &code.id,
            &code.location_key,
            &code.selector,
            &code.hash,
            &code.created_by,
            &code.now.0,
            &code.expires.0,
        ],
    )?;
    Ok(stored == 1)
}

/// Tries a code, and uses it up when it is right. Commit whatever it finds: a wrong try counts.
///
/// # Errors
/// [`DbError`].
pub fn attempt(
    tx: &mut Tx,
    selector: [u8; 32],
    hash: [u8; 32],
    now: TimeMs,
) -> Result<Tried, DbError> {
    let found = tx.query(
        "select id, location_key, code_hash, expires_at_ms, used_at_ms, tries from pairing_codes
         where selector = $1 order by created_at_ms desc, id desc limit 1 {lock}",
        &[&selector],
        |row| {
            let (id, key, stored): (String, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (expires, used): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
            Ok((id, key, stored, expires, used, row.get::<i64>(5)?))
        },
    )?;
    let Some((id, location_key, stored, expires, used, tries)) = found.into_iter().next() else {
        return Ok(Tried::Unknown);
    };
    if tries >= i64::from(limits::PAIRING_CODE_TRIES_MAX) {
        return Ok(Tried::Void);
    }
    // Keyed hashes: comparing them in any time tells nothing about the code.
    if stored != hash {
        tx.exec("update pairing_codes set tries = tries + 1 where id = $1", &[&id])?;
        return Ok(Tried::Wrong);
    }
    if used.is_some() {
        return Ok(Tried::Used);
    }
    if now.0 >= expires {
        return Ok(Tried::Expired);
    }
    tx.exec("update pairing_codes set used_at_ms = $2 where id = $1", &[&id, &now.0])?;
    Ok(Tried::Right { location_key })
}
