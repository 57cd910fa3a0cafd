//! Who signs in at the console. What it does not do: compare passwords.

use domain::{
    api::{Operator, OperatorRole},
    clock::TimeMs,
    ids::LocationId,
};

use super::{DbError, Row, Tx};

/// An operator with what a sign-in needs.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Key of sessions.
    pub id: String,
    /// As the console shows the person.
    pub operator: Operator,
    /// Key of the only location that the person sees.
    pub location_key: Option<i64>,
    /// Argon2id, PHC form.
    pub password_hash: String,
    /// Wrong passwords since the last right one.
    pub failed_tries: u32,
    /// No password is tried before this.
    pub locked_until: Option<TimeMs>,
}

/// A new operator.
#[derive(Debug, Clone)]
pub struct New {
    /// A uuid.
    pub id: String,
    /// Sign-in name, unique.
    pub login: String,
    /// Name.
    pub name: String,
    /// Argon2id, PHC form.
    pub password_hash: String,
    /// What the person may do.
    pub role: OperatorRole,
    /// The only location that the person sees.
    pub location_key: Option<i64>,
}

/// The word of a role in the database.
#[must_use]
pub const fn role_word(role: OperatorRole) -> &'static str {
    match role {
        OperatorRole::StoreManager => "store_manager",
        OperatorRole::Operations => "operations",
        OperatorRole::Admin => "admin",
    }
}

fn role_of(word: &str) -> Result<OperatorRole, DbError> {
    [OperatorRole::StoreManager, OperatorRole::Operations, OperatorRole::Admin]
        .into_iter()
        .find(|role| role_word(*role) == word)
        .ok_or_else(|| DbError::impossible("operators", "role", word))
}

/// Whether there is any operator.
///
/// # Errors
/// [`DbError`].
pub fn any(tx: &mut Tx) -> Result<bool, DbError> {
    Ok(tx.query_opt("select 1 from operators limit 1", &[], |_| Ok(()))?.is_some())
}

/// Adds an operator, or gives a known login a new password, name, role and location.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, new: &New) -> Result<(), DbError> {
    tx.exec(
        "insert into operators (id, login, name, password_hash, role, location_key)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (login) do update set name = excluded.name,
            password_hash = excluded.password_hash, role = excluded.role,
            location_key = excluded.location_key, failed_tries = 0, locked_until_ms = null",
        &[
            &new.id,
            &new.login,
            &new.name,
            &new.password_hash,
            &role_word(new.role),
            &new.location_key,
        ],
    )?;
    Ok(())
}

/// Finds an active operator by login.
///
/// # Errors
/// [`DbError`].
pub fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Stored>, DbError> {
    tx.query_opt(
        "select o.id, o.login, o.name, o.role, l.id, o.location_key, o.password_hash,
            o.failed_tries, o.locked_until_ms
         from operators o left join locations l on l.key = o.location_key
         where o.login = $1 and o.state = 'active'",
        &[&login],
        |row| {
            let tries: i64 = row.get(7)?;
            Ok(Stored {
                id: row.get(0)?,
                operator: read_operator(row)?,
                location_key: row.get(5)?,
                password_hash: row.get(6)?,
                failed_tries: u32::try_from(tries).unwrap_or(u32::MAX),
                locked_until: row.get::<Option<i64>>(8)?.map(TimeMs),
            })
        },
    )
}

/// Reads login, name, role and location from columns 1 to 4.
pub(super) fn read_operator(row: &Row<'_>) -> Result<Operator, DbError> {
    let location: Option<String> = row.get(4)?;
    let location = location.map(|id| {
        LocationId::new(id.clone()).map_err(|_| DbError::impossible("locations", "id", id))
    });
    Ok(Operator {
        login: row.get(1)?,
        name: row.get(2)?,
        role: role_of(&row.get::<String>(3)?)?,
        location: location.transpose()?,
    })
}

/// Counts a wrong password; no other is tried before `locked_until`.
///
/// # Errors
/// [`DbError`].
pub fn record_failure(tx: &mut Tx, id: &str, locked_until: Option<TimeMs>) -> Result<(), DbError> {
    tx.exec(
        "update operators set failed_tries = failed_tries + 1, locked_until_ms = $2 where id = $1",
        &[&id, &locked_until.map(|at| at.0)],
    )?;
    Ok(())
}

/// Forgets wrong passwords after a right one.
///
/// # Errors
/// [`DbError`].
pub fn record_success(tx: &mut Tx, id: &str) -> Result<(), DbError> {
    tx.exec("update operators set failed_tries = 0, locked_until_ms = null where id = $1", &[&id])?;
    Ok(())
}
