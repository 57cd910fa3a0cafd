//! A device signs a nonce with its key and gets a short-lived access token.

use axum::{
    Json,
    extract::{Request, State},
};
use domain::{
    api::DeviceState,
    limits,
    sync::{Nonce, TokenRequest, TokenResponse},
};

use super::{
    problem::ApiProblem,
    signature::{limited, stopped_problem, unknown_device},
};
use crate::{
    clock,
    db::{DbError, devices},
    state::AppState,
};

/// An id, a nonce and a signature.
const BODY_BYTES_MAX: usize = 4 * 1024;

/// Gives out a number to sign, used once within two minutes.
#[utoipa::path(
    post, path = "/auth/v1/device/nonce", tag = "tablets", operation_id = "make_nonce",
    security(()),
    responses(
        (status = 200, description = "To sign within two minutes", body = Nonce),
    )
)]
pub async fn nonce(State(state): State<AppState>) -> Json<Nonce> {
    Json(Nonce { nonce: state.sync.auth.nonce(&mut clock::moment()) })
}

/// Gives an access token to a device that signed a nonce.
#[utoipa::path(
    post, path = "/auth/v1/device/token", tag = "tablets", operation_id = "make_access_token",
    security(()),
    request_body(content = TokenRequest, description = "At most 4 KiB"),
    responses(
        (status = 200, description = "For ten minutes", body = TokenResponse),
        (status = 400, description = "malformed cut_off"),
        (status = 401, description = "nonce signature unknown_device"),
        (status = 403, description = "revoked quarantined"),
        (status = 413, description = "too_large"),
        (status = 500, description = "internal"),
        (status = 503, description = "slow_down"),
    )
)]
pub async fn token(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<TokenResponse>, ApiProblem> {
    let body = limited(request.into_body(), BODY_BYTES_MAX).await?;
    let request: TokenRequest =
        serde_json::from_slice(&body).map_err(|error| ApiProblem::malformed(&error))?;
    let id = request.device;
    let found = state.db.read(move |tx| devices::find(tx, id)).await;
    let device = found.map_err(|error: DbError| error)?.ok_or_else(unknown_device)?;
    let mut moment = clock::moment();
    // The signature first: only the device itself learns that it was stopped.
    let access = state.sync.auth.token(&mut moment, &request, &device)?;
    if device.state != DeviceState::Active {
        return Err(stopped_problem(device.state));
    }
    Ok(Json(TokenResponse {
        access,
        expires_in_ms: limits::ACCESS_TOKEN_LIFE_MS,
        server_time: moment.now,
    }))
}
