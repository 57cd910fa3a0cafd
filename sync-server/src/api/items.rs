//! Items: search, and the stock of a SKU.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{
    api::{ItemRow, MovementRow, Page, SkuStock},
    ids::{LocationId, Sku},
    limits,
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
    clock,
    db::{Tx, items, ledger, locations, positions},
    state::AppState,
};

/// Locations of one item where the question does not say.
const LOCATIONS: u32 = 50;

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

/// How much of an answer.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StockAsked {
    /// Locations wanted, at most 5,000; 50 if absent.
    limit: Option<u32>,
}

impl StockAsked {
    fn locations(&self) -> u32 {
        self.limit.unwrap_or(LOCATIONS).clamp(1, limits::STOCK_LOCATIONS_MAX)
    }
}

/// Shows where a SKU is.
///
/// # Errors
/// `unknown_sku`.
#[utoipa::path(
    get, path = "/api/v1/items/{sku}/stock", tag = "network", operation_id = "show_stock",
    security(("session" = ["store_manager"])),
    params(("sku" = Sku, Path, description = "The item"), StockAsked),
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
    Ask(asked): Ask<StockAsked>,
) -> Result<Json<SkuStock>, ApiProblem> {
    let sku: Sku = sku.parse().map_err(|_| unknown())?;
    let (rows, now) = (asked.locations(), clock::now());
    let read = state.db.read(move |tx| {
        let item = positions::item(tx, sku.as_str())?.ok_or_else(unknown)?;
        let (total, locations_total) = positions::totals(tx, item.key, caller.only())?;
        let locations = positions::by_location(tx, item.key, caller.only(), rows, now)?;
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

/// Which rows of the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MovementsAsked {
    /// The location; a store's manager sees that store's without saying so.
    location: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Shows the ledger behind an item's numbers at a location, the newest first.
///
/// # Errors
/// `invalid_query`, `unknown_sku`, `unknown_location`.
#[utoipa::path(
    get, path = "/api/v1/items/{sku}/movements", tag = "network", operation_id = "list_movements",
    security(("session" = ["store_manager"])),
    params(("sku" = Sku, Path, description = "The item"), MovementsAsked),
    responses(
        (status = 200, description = "A page of movements", body = Page<MovementRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_sku unknown_location"),
    )
)]
pub async fn movements(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(sku): Named<String>,
    Ask(asked): Ask<MovementsAsked>,
) -> Result<Json<Page<MovementRow>>, ApiProblem> {
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let before = match asked.after.as_deref().filter(|after| !after.is_empty()) {
        Some(after) => after.parse().map_err(|_| extract::no_page())?,
        None => i64::MAX,
    };
    if asked.location.is_none() && caller.only().is_none() {
        let title = "The ledger is that of one location: name it.";
        return Err(ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title));
    }
    let read = state.db.read(move |tx| {
        let item = positions::item(tx, &sku)?.ok_or_else(unknown)?;
        let location = at(tx, &caller, asked.location.as_deref())?;
        Ok::<_, AppError>(ledger::of_position(tx, (item.key, location), before, rows + 1)?)
    });
    Ok(Json(extract::page(read.await?, rows, |row| row.id.to_string())))
}

/// The key of the location that is asked about, if the caller sees it.
fn at(tx: &mut Tx, caller: &Caller, asked: Option<&str>) -> Result<i64, AppError> {
    let unknown = || not_found("unknown_location", "There is no such location.");
    let Some(asked) = asked else { return Ok(caller.only().ok_or_else(unknown)?) };
    let id: LocationId = asked.parse().map_err(|_| unknown())?;
    let found = locations::find(tx, &id)?.map(|found| found.key);
    let seen = found.filter(|key| caller.only().is_none_or(|only| only == *key));
    Ok(seen.ok_or_else(unknown)?)
}
