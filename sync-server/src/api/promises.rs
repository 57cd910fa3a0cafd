//! Promises to baskets: tried, made, and given back.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    api::{MixedPromised, NewMixedPromise, NewPromise, Promised, Quote},
    ids::ChannelId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Named},
    guard::{Sender, Shopping},
    problem::ApiProblem,
};
use crate::{
    app::{
        holds::{self, Basket},
        refusal::AppError,
    },
    clock,
    db::holds as stored,
    keys::ServerKeys,
    state::AppState,
};

/// A basket.
const BASKET_BYTES_MAX: usize = 64 * 1024;

/// Whose basket it would be.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct QuoteAsked {
    /// The channel, where an operator asks.
    channel: Option<String>,
}

/// Says what could be promised to a basket, and by whom. Nothing is held.
///
/// # Errors
/// `invalid_query`, `wrong_channel`, `invalid_promise`, `unknown_sku`, `unknown_location`, `no_pickup_here`, `unknown_postcode`.
#[utoipa::path(
    post, path = "/api/v1/promises/quote", tag = "atp", operation_id = "quote_promise",
    security(("channel" = []), ("session" = ["operations"])),
    params(QuoteAsked), request_body = NewPromise,
    responses(
        (status = 200, description = "A plan that could be sourced", body = Quote),
        (status = 400, description = "malformed invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 413, description = "too_large"),
        (
            status = 422,
            description = "invalid_promise no_pickup_here unknown_location unknown_postcode unknown_sku"
        ),
    )
)]
pub async fn quote(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    Ask(asked): Ask<QuoteAsked>,
    body: Body,
) -> Result<Json<Quote>, ApiProblem> {
    let channel = whose(&shopping, asked.channel)?;
    let new: NewPromise = extract::json(body, BASKET_BYTES_MAX, "invalid_promise").await?;
    let basket = Basket::of(channel, new, &state.keys).map_err(ApiProblem)?;
    let basket = basket.by(state.settings.transit.clone());
    let now = clock::now();
    Ok(Json(state.db.read(move |tx| holds::quote(tx, &basket, now)).await?))
}

/// The channel of a basket: every basket has one.
fn whose(shopping: &Shopping, asked: Option<String>) -> Result<ChannelId, ApiProblem> {
    let named = shopping.channel(asked)?.and_then(|id| ChannelId::new(id).ok());
    named.ok_or_else(|| {
        let title = "A basket is that of one channel: name it.";
        ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title)
    })
}

/// Holds the goods of a basket for some minutes, all or none. The order presents the token.
///
/// # Errors
/// Those of a quote; `customer_limit`, `not_enough`.
#[utoipa::path(
    post, path = "/api/v1/promises", tag = "atp", operation_id = "make_promise",
    security(("channel" = [])), request_body = NewPromise,
    responses(
        (status = 201, description = "The goods are held", body = Promised),
        (status = 400, description = "malformed"),
        (status = 409, description = "customer_limit not_enough"),
        (status = 413, description = "too_large"),
        (
            status = 422,
            description = "invalid_promise no_pickup_here unknown_location unknown_postcode unknown_sku"
        ),
    )
)]
pub async fn make(
    State(state): State<AppState>,
    Extension(Sender(channel)): Extension<Sender>,
    body: Body,
) -> Result<(StatusCode, Json<Promised>), ApiProblem> {
    let new: NewPromise = extract::json(body, BASKET_BYTES_MAX, "invalid_promise").await?;
    let basket = Basket::of(channel, new, &state.keys).map_err(ApiProblem)?;
    let basket = basket.by(state.settings.transit.clone());
    let made = holds::hold(&state.db, &clock::moment(), &basket).await?;
    state.metrics.add("stockhand_promises_made_total", "", 1);
    Ok((StatusCode::CREATED, Json(promised(&state.keys, made))))
}

/// Holds the goods of several baskets for some minutes, all or none: what a customer picks up, and what is
/// sent home. Each has a token and an order of its own.
///
/// # Errors
/// Those of a promise; fields begin with `baskets[n].`.
#[utoipa::path(
    post, path = "/api/v1/promises/mixed", tag = "atp", operation_id = "make_mixed_promise",
    security(("channel" = [])), request_body = NewMixedPromise,
    responses(
        (status = 201, description = "The goods are held", body = MixedPromised),
        (status = 400, description = "malformed"),
        (status = 409, description = "customer_limit not_enough"),
        (status = 413, description = "too_large"),
        (
            status = 422,
            description = "invalid_promise no_pickup_here unknown_location unknown_postcode unknown_sku"
        ),
    )
)]
pub async fn make_mixed(
    State(state): State<AppState>,
    Extension(Sender(channel)): Extension<Sender>,
    body: Body,
) -> Result<(StatusCode, Json<MixedPromised>), ApiProblem> {
    let new: NewMixedPromise = extract::json(body, BASKET_BYTES_MAX, "invalid_promise").await?;
    let baskets = holds::mixed_baskets(&channel, new.baskets, &state.keys).map_err(ApiProblem)?;
    let by = |basket: Basket| basket.by(state.settings.transit.clone());
    let baskets: Vec<Basket> = baskets.into_iter().map(by).collect();
    let made = holds::hold_mixed(&state.db, &clock::moment(), &baskets).await?;
    state.metrics.add("stockhand_promises_made_total", "", made.len() as u64);
    let promises = made.into_iter().map(|made| promised(&state.keys, made)).collect();
    Ok((StatusCode::CREATED, Json(MixedPromised { promises })))
}

fn promised(keys: &ServerKeys, made: holds::Made) -> Promised {
    let token = token(keys, &made.id);
    let holds::Made { id, expires_at, parts, later } = made;
    Promised { token, id, expires_at, parts, later }
}

/// Gives back what was held.
///
/// # Errors
/// `unknown_promise`, `promise_expired`: it is used, or over already.
#[utoipa::path(
    delete, path = "/api/v1/promises/{id}", tag = "atp", operation_id = "end_promise",
    security(("channel" = [])),
    params(("id" = String, Path, description = "The promise")),
    responses(
        (status = 204, description = "The goods are free again"),
        (status = 404, description = "unknown_promise"),
        (status = 409, description = "promise_expired"),
    )
)]
pub async fn end(
    State(state): State<AppState>,
    Extension(Sender(channel)): Extension<Sender>,
    Named(id): Named<String>,
) -> Result<StatusCode, ApiProblem> {
    let write = state.db.write(move |tx| {
        let found = stored::find(tx, &id)?.filter(|hold| hold.channel == channel.as_str());
        let hold = found.ok_or_else(holds::unknown)?;
        match hold.state == "open" && holds::release(tx, &hold, clock::now())? {
            true => Ok(()),
            false => Err(holds::over().into()),
        }
    });
    write.await.map_err(|error: AppError| error)?;
    state.sourcing.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

/// `<id>.<signature>`: only we can have made it.
fn token(keys: &ServerKeys, id: &str) -> String {
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(keys.promise_mac(id)))
}
