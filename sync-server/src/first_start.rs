//! What a new server needs before anybody can use it: one operator and one sales channel. Whatever is
//! not given is made, and said once.

use domain::{api::OperatorRole, ids::ChannelId};

use crate::{
    app::{
        refusal::AppError,
        secrets::{self, HashCost},
        session::{self, NewOperator},
    },
    clock,
    config::{PutChannel, PutOperator, Serve},
    db::{Database, channels, operators},
};

/// Why something cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The values are not allowed.
    #[error("{0}")]
    Refused(String),
    /// The database fails.
    #[error("cannot write to the database")]
    Broken(#[from] crate::db::DbError),
}

impl From<AppError> for SetupError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(problem) => Self::Refused(problem.title),
            AppError::Broken(error) => Self::Broken(error),
        }
    }
}

/// What was made and is shown nowhere else.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The first operator's password, where none was given.
    pub password: Option<String>,
    /// The first channel's token, where none was given.
    pub token: Option<String>,
}

/// Adds the first operator and the first channel, where there are none.
///
/// # Errors
/// [`SetupError`].
pub async fn ensure(db: &Database, cost: HashCost, serve: &Serve) -> Result<Made, SetupError> {
    let mut made = Made::default();
    if !db.read(operators::any).await? {
        let password = serve.operator_password.clone().unwrap_or_else(|| {
            let fresh = secrets::new_token(&mut clock::moment());
            made.password.insert(fresh).clone()
        });
        let new = Person {
            login: serve.operator_login.clone(),
            name: serve.operator_login.clone(),
            role: OperatorRole::Admin,
            location: None,
            password,
        };
        put_person(db, cost, new).await?;
    }
    if !db.read(channels::any).await? {
        made.token = set_channel(db, &serve.channel, serve.channel_token.clone()).await?;
    }
    Ok(made)
}

struct Person {
    login: String,
    name: String,
    role: OperatorRole,
    location: Option<domain::ids::LocationId>,
    password: String,
}

/// Adds an operator, or changes the one of this login.
///
/// # Errors
/// [`SetupError`].
pub async fn put_operator(
    db: &Database,
    cost: HashCost,
    put: &PutOperator,
) -> Result<(), SetupError> {
    let location = match &put.location {
        None => None,
        Some(id) => {
            let wrong = |_| SetupError::Refused(format!("{id} is not a location's number"));
            Some(id.parse().map_err(wrong)?)
        }
    };
    let (login, name, password) = (put.login.clone(), put.name.clone(), put.password.clone());
    put_person(db, cost, Person { login, name, role: put.role, location, password }).await
}

async fn put_person(db: &Database, cost: HashCost, person: Person) -> Result<(), SetupError> {
    session::check_password(&person.password).map_err(SetupError::Refused)?;
    let mut moment = clock::moment();
    let new = NewOperator {
        login: person.login,
        name: person.name,
        role: person.role,
        location: person.location,
        password_hash: secrets::hash(&person.password, cost, &mut moment),
    };
    let put = db.write(move |tx| session::put_operator(tx, &mut moment.clone(), &new));
    put.await.map_err(|error: AppError| SetupError::from(error))?;
    Ok(())
}

/// Adds a channel, or gives a known one another token. The token is answered where it was made here.
///
/// # Errors
/// [`SetupError`].
pub async fn put_channel(db: &Database, put: &PutChannel) -> Result<Option<String>, SetupError> {
    set_channel(db, &put.channel, put.token.clone()).await
}

async fn set_channel(
    db: &Database,
    channel: &str,
    token: Option<String>,
) -> Result<Option<String>, SetupError> {
    let wrong = |_| SetupError::Refused(format!("{channel} is not a channel's name"));
    let id = ChannelId::new(channel).map_err(wrong)?;
    let is_given = token.is_some();
    let moment = clock::moment();
    let token = token.unwrap_or_else(|| secrets::new_token(&mut moment.clone()));
    let hash = secrets::token_hash(&token);
    let put = db.write(move |tx| {
        let added = channels::add(tx, &id, &hash, moment.now)?;
        if added { Ok(true) } else { channels::rotate(tx, &id, &hash) }
    });
    put.await.map_err(|error: crate::db::DbError| error)?;
    Ok((!is_given).then_some(token))
}
