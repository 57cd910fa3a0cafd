//! Signing an operator in and out. Passwords are compared outside any transaction, since that takes
//! a tenth of a second on purpose.

use domain::{
    api::{Operator, OperatorRole, SignIn, SignedIn},
    clock::TimeMs,
    ids::{DeviceId, LocationId},
    limits,
    problem::Problem,
};

use super::{
    refusal::AppError,
    secrets::{self, HashCost},
};
use crate::{
    db::{self, Tx, operators, sessions},
    moment::Moment,
};

/// Wrong passwords in a row after which the next try has to wait.
const FREE_TRIES: u32 = 5;
/// The first wait; each further wrong password doubles it.
const LOCK_MS: i64 = 60_000;
/// The longest wait.
const LOCK_MAX_MS: i64 = 3_600_000;
/// The shortest password of a new operator.
const PASSWORD_LENGTH_MIN: usize = 10;

/// Finds who wants to sign in; `None` for a name that nobody has.
///
/// # Errors
/// `locked` while too many wrong passwords have been tried; [`AppError::Broken`].
pub fn candidate(
    tx: &mut Tx,
    login: &str,
    now: TimeMs,
) -> Result<Option<operators::Stored>, AppError> {
    let found = operators::by_login(tx, login)?;
    match found.as_ref().and_then(|stored| stored.locked_until) {
        Some(until) if until > now => Err(locked(until.since_ms(now)).into()),
        _ => Ok(found),
    }
}

fn locked(left_ms: i64) -> Problem {
    let seconds = left_ms / 1_000 + 1;
    Problem::new(429, "locked", "Too many wrong passwords.")
        .advise(format!("Try again in {seconds} seconds."))
}

/// Whether the password is right. As slow for a name that nobody has: names cannot be guessed.
#[must_use]
pub fn is_right(stored: Option<&operators::Stored>, sign_in: &SignIn, cost: HashCost) -> bool {
    match stored {
        Some(stored) => secrets::verify(&sign_in.password, &stored.password_hash),
        None => {
            let mut fixed = Moment::new(TimeMs(0), [0; 32]);
            let _ = secrets::hash(&sign_in.password, cost, &mut fixed);
            false
        }
    }
}

/// Begins a session after a right password.
///
/// # Errors
/// [`AppError::Broken`].
pub fn begin(
    tx: &mut Tx,
    moment: &mut Moment,
    stored: &operators::Stored,
) -> Result<SignedIn, AppError> {
    let (now, token) = (moment.now, secrets::new_token(moment));
    let expires_at = now.plus_ms(limits::CONSOLE_SESSION_LIFE_MS);
    operators::record_success(tx, &stored.id)?;
    sessions::drop_expired(tx, now)?;
    sessions::begin(tx, &secrets::token_hash(&token), &stored.id, now, expires_at)?;
    Ok(SignedIn { token, operator: stored.operator.clone() })
}

/// Counts a wrong password. The answer is the same for an unknown name.
///
/// # Errors
/// [`AppError::Broken`].
pub fn refuse(
    tx: &mut Tx,
    stored: Option<&operators::Stored>,
    now: TimeMs,
) -> Result<Problem, AppError> {
    if let Some(stored) = stored {
        let wrong = stored.failed_tries.saturating_add(1);
        let doublings = wrong.saturating_sub(FREE_TRIES).min(6);
        let wait_ms = (LOCK_MS << doublings).min(LOCK_MAX_MS);
        let until = (wrong >= FREE_TRIES).then(|| now.plus_ms(wait_ms));
        operators::record_failure(tx, &stored.id, until)?;
    }
    Ok(Problem::new(401, "wrong_password", "The name or the password is wrong.")
        .advise("Check both; after five wrong tries there is a pause."))
}

/// An operator as an administrator enters one.
#[derive(Debug, Clone)]
pub struct NewOperator {
    /// Sign-in name.
    pub login: String,
    /// Name.
    pub name: String,
    /// What the person may do.
    pub role: OperatorRole,
    /// The only location that the person sees: for store managers, and only for them.
    pub location: Option<LocationId>,
    /// Argon2id of the password, PHC form.
    pub password_hash: String,
}

/// Checks a new password.
///
/// # Errors
/// Why it cannot be chosen, in words.
pub fn check_password(password: &str) -> Result<(), String> {
    let length = password.chars().count();
    if (PASSWORD_LENGTH_MIN..=limits::TEXT_MAX).contains(&length) {
        return Ok(());
    }
    Err(format!("a password has {PASSWORD_LENGTH_MIN} to {} characters", limits::TEXT_MAX))
}

/// Adds an operator, or changes the one with this login, who has to sign in again then.
///
/// # Errors
/// `unknown_location`, `location_needed` or `invalid_operator`; [`AppError::Broken`].
pub fn put_operator(
    tx: &mut Tx,
    moment: &mut Moment,
    new: &NewOperator,
) -> Result<Operator, AppError> {
    let plain = |text: &str| {
        !text.trim().is_empty()
            && text.chars().count() <= limits::TEXT_MAX
            && !text.chars().any(char::is_control)
    };
    if !plain(&new.login) || !plain(&new.name) {
        let title = "Login and name are short plain texts.";
        return Err(Problem::new(422, "invalid_operator", title).into());
    }
    if (new.role == OperatorRole::StoreManager) != new.location.is_some() {
        let title = "A store manager has a location, and nobody else has one.";
        return Err(Problem::new(422, "location_needed", title).into());
    }
    let location_key = match &new.location {
        None => None,
        Some(location) => {
            let found = db::locations::find(tx, location)?;
            let unknown =
                || Problem::new(422, "unknown_location", format!("There is no {location}."));
            Some(found.ok_or_else(unknown)?.key)
        }
    };
    let stored = operators::New {
        id: DeviceId::new(moment.now, moment.entropy()).to_string(),
        login: new.login.clone(),
        name: new.name.clone(),
        password_hash: new.password_hash.clone(),
        role: new.role,
        location_key,
    };
    operators::put(tx, &stored)?;
    // Whoever knew the old password is signed out.
    sessions::end_all(tx, &new.login)?;
    let NewOperator { login, name, role, location, .. } = new.clone();
    Ok(Operator { login, name, role, location })
}
