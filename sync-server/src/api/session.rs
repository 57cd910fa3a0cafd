//! Signing operators in and out.

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api::{Operator, SignIn},
    limits,
};

use super::{
    extract,
    guard::{self, Caller},
    problem::ApiProblem,
};
use crate::{
    app::{refusal::AppError, secrets::token_hash, session},
    clock,
    db::{DbError, operators, sessions},
    state::AppState,
};

const BODY_BYTES_MAX: usize = 4 * 1024;

/// Signs an operator in.
///
/// # Errors
/// `wrong_password`, `locked`, `cross_site`, and those of the body.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", operation_id = "sign_in",
    security(()),
    request_body = SignIn,
    responses(
        (
            status = 200, description = "Signed in", body = domain::api::SignedIn,
            headers(("set-cookie" = String, description = "The token, for browsers"))
        ),
        (status = 400, description = "malformed"),
        (status = 401, description = "wrong_password"),
        (status = 403, description = "cross_site"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_sign_in"),
        (status = 429, description = "locked"),
        (status = 500, description = "internal"),
        (status = 503, description = "slow_down"),
        (status = 507, description = "disk_full"),
    )
)]
pub async fn begin(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiProblem> {
    // Nobody is signed in yet, but another site must not sign its own account in here.
    if headers.contains_key("sec-fetch-site") || headers.contains_key("origin") {
        guard::check_same_site(&Method::POST, &headers)?;
    }
    let sign_in: SignIn = extract::json(body, BODY_BYTES_MAX, "invalid_sign_in").await?;
    let (login, now) = (sign_in.login.clone(), clock::now());
    let stored = state.db.read(move |tx| session::candidate(tx, &login, now)).await?;
    let (stored, right) = compare(&state, stored, sign_in).await?;
    let (true, Some(found)) = (right, stored.clone()) else {
        let refused = state.db.write(move |tx| session::refuse(tx, stored.as_ref(), now)).await?;
        return Err(refused.into());
    };
    let moment = clock::moment();
    let begun = state.db.write(move |tx| session::begin(tx, &mut moment.clone(), &found));
    let signed_in = begun.await.map_err(|error: AppError| error)?;
    let cookie = set_cookie(&state, &signed_in.token, limits::CONSOLE_SESSION_LIFE_MS / 1_000);
    Ok(([(header::SET_COOKIE, cookie)], Json(signed_in)).into_response())
}

type Compared = (Option<operators::Stored>, bool);

/// On a thread that may be slow.
async fn compare(
    state: &AppState,
    stored: Option<operators::Stored>,
    sign_in: SignIn,
) -> Result<Compared, ApiProblem> {
    let cost = state.settings.hash_cost;
    let compare = move || {
        let right = session::is_right(stored.as_ref(), &sign_in, cost);
        (stored, right)
    };
    let compared = tokio::task::spawn_blocking(compare).await;
    Ok(compared.expect("comparing does not panic and is never aborted"))
}

fn set_cookie(state: &AppState, token: &str, max_age_s: i64) -> HeaderValue {
    let (name, secure) = (guard::cookie_name(state), state.settings.is_secure());
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("base64 and words of ours")
}

/// Says who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session", operation_id = "show_session",
    security(("session" = ["store_manager"])),
    responses(
        (status = 200, description = "Who", body = Operator),
    )
)]
pub async fn show(Extension(caller): Extension<Caller>) -> Json<Operator> {
    Json(caller.0.operator)
}

/// Signs the operator out.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session", operation_id = "sign_out",
    security(("session" = ["store_manager"])),
    responses(
        (status = 204, description = "Signed out"),
    )
)]
pub async fn end(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let token = guard::bearer(&headers).or_else(|| guard::cookie(&state, &headers));
    if let Some(hash) = token.map(token_hash) {
        let ended = state.db.write(move |tx| sessions::end(tx, &hash)).await;
        ended.map_err(|error: DbError| error)?;
    }
    let cookie = set_cookie(&state, "", 0);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
