//! Items: search, and the stock of a SKU.

use axum::{Extension, Json, extract::State};
use domain::{
    api::{ItemRow, Page, SkuStock},
    ids::Sku,
    problem::Problem,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Named, Paging},
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::refusal::{AppError, not_found},
    db::{items, positions},
    state::AppState,
};

/// What a list of items is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ItemsAsked {
    /// Name, SKU or barcode.
    search: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists items by SKU.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/items", tag = "network", operation_id = "list_items",
    security(("session" = ["store_manager"])),
    params(ItemsAsked),
    responses(
        (status = 200, description = "A page of items", body = Page<ItemRow>),
        (status = 400, description = "invalid_query"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Ask(asked): Ask<ItemsAsked>,
) -> Result<Json<Page<ItemRow>>, ApiProblem> {
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let found = state.db.read(move |tx| {
        let (search, after) = (asked.search.as_deref(), asked.after.as_deref());
        let (search, after) = (search.unwrap_or_default(), after.unwrap_or_default());
        Ok::<_, AppError>(items::find(tx, search, after, rows + 1)?)
    });
    Ok(Json(extract::page(found.await?, rows, |row| row.sku.to_string())))
}

fn unknown() -> Problem {
    not_found("unknown_sku", "There is no such item.")
}

/// Shows where a SKU is.
///
/// # Errors
/// `unknown_sku`.
#[utoipa::path(
    get, path = "/api/v1/items/{sku}/stock", tag = "network", operation_id = "show_stock",
    security(("session" = ["store_manager"])),
    params(("sku" = Sku, Path, description = "The item"), Paging),
    responses(
        (status = 200, description = "Where it is", body = SkuStock),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_sku"),
    )
)]
pub async fn stock(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(sku): Named<String>,
    Ask(paging): Ask<Paging>,
) -> Result<Json<SkuStock>, ApiProblem> {
    let sku: Sku = sku.parse().map_err(|_| unknown())?;
    let rows = paging.rows();
    let read = state.db.read(move |tx| {
        let item = positions::item(tx, sku.as_str())?.ok_or_else(unknown)?;
        let (total, locations_total) = positions::totals(tx, item.key, caller.only())?;
        let locations = positions::by_location(tx, item.key, caller.only(), rows)?;
        Ok::<_, AppError>(SkuStock {
            sku: sku.clone(),
            name: item.name,
            barcodes: item.barcodes,
            picture: Some(item.picture).filter(|picture| !picture.is_empty()),
            total,
            locations,
            locations_total,
        })
    });
    Ok(Json(read.await?))
}
