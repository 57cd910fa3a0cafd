//! How an item is sold beyond what is there and coming.

use axum::{Extension, Json, body::Body, extract::State};
use domain::{api::ItemTerms, ids::Sku};

use super::{
    extract::{self, Named},
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::{
        refusal::{AppError, not_found},
        terms,
    },
    clock,
    state::AppState,
};

/// Terms of one item.
const BYTES_MAX: usize = 16 * 1024;

fn sku(text: &str) -> Result<Sku, ApiProblem> {
    text.parse().map_err(|_| not_found("unknown_sku", "There is no such item.").into())
}

/// Shows how an item is sold: pre-order, backorder, or as a kit of others.
///
/// # Errors
/// `unknown_sku`.
#[utoipa::path(
    get, path = "/api/v1/items/{sku}/terms", tag = "network", operation_id = "show_terms",
    security(("session" = ["store_manager"])),
    params(("sku" = Sku, Path, description = "The item")),
    responses(
        (status = 200, description = "What holds; what is absent does not", body = ItemTerms),
        (status = 404, description = "unknown_sku"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Named(named): Named<String>,
) -> Result<Json<ItemTerms>, ApiProblem> {
    let sku = sku(&named)?;
    let read = state.db.read(move |tx| terms::show(tx, &sku)).await;
    Ok(Json(read.map_err(|error: AppError| error)?))
}

/// States how an item is sold, in place of what was stated before. What was promised already stays
/// promised; orders that wait for the item are looked at again.
///
/// # Errors
/// `invalid_terms`, `unknown_sku`.
#[utoipa::path(
    put, path = "/api/v1/items/{sku}/terms", tag = "network", operation_id = "put_terms",
    security(("session" = ["admin"])), request_body = ItemTerms,
    params(("sku" = Sku, Path, description = "The item")),
    responses(
        (status = 200, description = "What holds now", body = ItemTerms),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_sku"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_terms"),
    )
)]
pub async fn put(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(named): Named<String>,
    body: Body,
) -> Result<Json<ItemTerms>, ApiProblem> {
    let sku = sku(&named)?;
    let new: ItemTerms = extract::json(body, BYTES_MAX, "invalid_terms").await?;
    let now = clock::now();
    let write = state.db.write(move |tx| terms::put(tx, &sku, &new, now)).await;
    let holds = write.map_err(|error: AppError| error)?;
    tracing::info!(sku = named, by = caller.name(), "terms stated");
    state.sourcing.notify_one();
    Ok(Json(holds))
}
