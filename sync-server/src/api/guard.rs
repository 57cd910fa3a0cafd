//! Who may call a route. Every route has a policy in `router.rs`; this enforces it before the handler
//! runs. Scope comes from the credential, never from the request.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use domain::{api::OperatorRole, ids::ChannelId};

use super::problem::ApiProblem;
use crate::{
    app::{device_auth::AuthRefusal, secrets::token_hash},
    clock,
    db::{DbError, channels, sessions, sources},
    state::AppState,
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Anyone.
    Public,
    /// An operator of this role or a higher one.
    Operator(OperatorRole),
    /// A sales channel.
    Channel,
    /// A source of stock, or an administrator in its place.
    Source,
    /// A sales channel, or an operator of the network in the place of any.
    Shop,
    /// A paired tablet; its handlers check the signature over the whole request.
    Device,
}

/// The operator who calls, as handlers see one.
#[derive(Debug, Clone)]
pub struct Caller(pub sessions::Session);

impl Caller {
    /// Key of the only location that the caller sees.
    #[must_use]
    pub const fn only(&self) -> Option<i64> {
        self.0.location_key
    }

    /// Name for histories.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.operator.login.clone()
    }
}

/// The channel that calls.
#[derive(Debug, Clone)]
pub struct Sender(pub ChannelId);

/// Who sends stock.
#[derive(Debug, Clone)]
pub enum Feeder {
    /// A source, by its token.
    Source(String),
    /// An administrator, for any source.
    Admin,
}

impl Feeder {
    /// The only source that it may send for.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        match self {
            Self::Source(id) => Some(id),
            Self::Admin => None,
        }
    }
}

/// Who asks what can be promised.
#[derive(Debug, Clone)]
pub enum Shopping {
    /// A channel, for its own customers.
    Channel(ChannelId),
    /// An operator, for those of any.
    Operator,
}

impl Shopping {
    /// The channel whose customers it is about.
    ///
    /// # Errors
    /// `wrong_channel`: a channel asks for another.
    pub fn channel(&self, asked: Option<String>) -> Result<Option<String>, ApiProblem> {
        match self {
            Self::Operator => Ok(asked),
            Self::Channel(own) if asked.as_ref().is_none_or(|asked| asked == own.as_str()) => {
                Ok(Some(own.to_string()))
            }
            Self::Channel(_) => {
                let title = "The question names another channel than the token.";
                Err(ApiProblem::new(StatusCode::FORBIDDEN, "wrong_channel", title)
                    .advise("Leave the channel out, or use its own token."))
            }
        }
    }
}

/// Lets a request through to its handler, or refuses it.
///
/// # Errors
/// 401 `signed_out`, 403 `role_too_low` or `cross_site`.
pub async fn guard(
    state: AppState,
    policy: Policy,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiProblem> {
    admit(&state, policy, &mut request).await?;
    Ok(next.run(request).await)
}

async fn admit(state: &AppState, policy: Policy, request: &mut Request) -> Result<(), ApiProblem> {
    match policy {
        Policy::Public => {}
        Policy::Operator(least) => {
            let session = operator(state, Signs::of(request), least).await?;
            request.extensions_mut().insert(Caller(session));
        }
        Policy::Source => {
            let feeder = match known_feeder(state, request.headers()) {
                Some(known) => known,
                None => feeder(state, Signs::of(request)).await?,
            };
            request.extensions_mut().insert(feeder);
        }
        Policy::Channel => {
            let token = bearer(request.headers()).ok_or_else(signed_out)?;
            let channel = channel(state, token).await?.ok_or_else(signed_out)?;
            request.extensions_mut().insert(Sender(channel));
        }
        Policy::Shop => {
            let shopping = match known_shop(state, request.headers()) {
                Some(known) => known,
                None => shopping(state, Signs::of(request)).await?,
            };
            request.extensions_mut().insert(shopping);
        }
        Policy::Device => {
            let sent = request.headers().get(header::AUTHORIZATION);
            if !sent.is_some_and(|value| value.as_bytes().starts_with(b"Device ")) {
                return Err(AuthRefusal::Token.into());
            }
        }
    }
    Ok(())
}

fn signed_out() -> ApiProblem {
    ApiProblem::new(StatusCode::UNAUTHORIZED, "signed_out", "You are not signed in.")
        .advise("Sign in and try again.")
}

/// What a request says of its caller.
#[derive(Debug, Clone)]
pub(super) struct Signs {
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
}

impl Signs {
    fn of(request: &Request) -> Self {
        Self { method: request.method().clone(), headers: request.headers().clone() }
    }
}

async fn channel(state: &AppState, token: &str) -> Result<Option<ChannelId>, DbError> {
    let hash = token_hash(token);
    state.db.read(move |tx| channels::of_token(tx, &hash)).await
}

/// Shops ask thousands of times a second: a token that was good is not looked up again at once.
fn known_shop(state: &AppState, headers: &HeaderMap) -> Option<Shopping> {
    state.shops.find(&token_hash(bearer(headers)?), clock::now()).map(Shopping::Channel)
}

async fn shopping(state: &AppState, signs: Signs) -> Result<Shopping, ApiProblem> {
    if let Some(token) = bearer(&signs.headers)
        && let Some(found) = channel(state, token).await?
    {
        state.shops.keep(token_hash(token), found.clone(), clock::now());
        return Ok(Shopping::Channel(found));
    }
    operator(state, signs, OperatorRole::Operations).await?;
    Ok(Shopping::Operator)
}

/// Tills send one sale after the other: a token that was good is not looked up again at once.
fn known_feeder(state: &AppState, headers: &HeaderMap) -> Option<Feeder> {
    let known = state.tills.tokens.find(&token_hash(bearer(headers)?), clock::now());
    known.map(Feeder::Source)
}

/// Who sends stock.
///
/// # Errors
/// `signed_out`, `role_too_low`.
pub(super) async fn feeder(state: &AppState, signs: Signs) -> Result<Feeder, ApiProblem> {
    if let Some(known) = known_feeder(state, &signs.headers) {
        return Ok(known);
    }
    if let Some(token) = bearer(&signs.headers) {
        let hash = token_hash(token);
        let found = state.db.read(move |tx| sources::of_token(tx, &hash)).await;
        if let Some(id) = found.map_err(|error: DbError| error)? {
            state.tills.tokens.keep(hash, id.clone(), clock::now());
            return Ok(Feeder::Source(id));
        }
    }
    operator(state, signs, OperatorRole::Admin).await?;
    Ok(Feeder::Admin)
}

async fn operator(
    state: &AppState,
    signs: Signs,
    least: OperatorRole,
) -> Result<sessions::Session, ApiProblem> {
    let session = session(state, signs).await?;
    if session.operator.role < least {
        let title = "Your role may not do this.";
        return Err(ApiProblem::new(StatusCode::FORBIDDEN, "role_too_low", title)
            .advise("Ask an administrator."));
    }
    Ok(session)
}

async fn session(state: &AppState, signs: Signs) -> Result<sessions::Session, ApiProblem> {
    let Signs { method, headers } = signs;
    let token = match (bearer(&headers), cookie(state, &headers)) {
        (Some(token), _) => token,
        // Browsers send cookies on their own: only then can another site be behind the request.
        (None, Some(token)) => {
            check_same_site(&method, &headers)?;
            token
        }
        (None, None) => return Err(signed_out()),
    };
    let (hash, now) = (token_hash(token), clock::now());
    let found = state.db.read(move |tx| sessions::find(tx, &hash, now)).await;
    found.map_err(|error: DbError| error)?.ok_or_else(signed_out)
}

/// The token of `Authorization: Bearer`.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty())
}

/// The session's token in the cookie.
#[must_use]
pub fn cookie<'a>(state: &AppState, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(state);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, token)| token)
}

/// Browsers keep a `__Host-` cookie to this host and to TLS; on plain loopback they would drop it.
#[must_use]
pub fn cookie_name(state: &AppState) -> &'static str {
    if state.settings.is_secure() { "__Host-stockhand" } else { "stockhand" }
}

/// Refuses what another site made the browser send.
///
/// # Errors
/// 403 `cross_site`.
pub fn check_same_site(method: &Method, headers: &HeaderMap) -> Result<(), ApiProblem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if method.is_safe() {
        return Ok(());
    }
    let same_origin = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => {
                origin.split_once("://").is_some_and(|(_, from)| from == host)
            }
            _ => false,
        },
    };
    if same_origin && text("x-stockhand") == Some("1") {
        return Ok(());
    }
    Err(ApiProblem::new(StatusCode::FORBIDDEN, "cross_site", "Another site sent this request.")
        .advise("Use the console itself, or a bearer token."))
}
