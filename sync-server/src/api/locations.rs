//! Locations: the list, one with its calendar, and a location's queue.

use axum::{Extension, Json, body::Body, extract::State};
use domain::{
    api::{LocationCalendar, LocationDetail, LocationRow, Page, QueueRow},
    clock::TimeMs,
    ids::LocationId,
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
    app::{
        locations as app,
        refusal::{AppError, not_found},
        risk,
    },
    clock,
    db::{Tx, locations, queue},
    state::AppState,
};

/// A calendar with as many holidays as it may have.
const CALENDAR_BYTES_MAX: usize = 128 * 1024;

fn unknown() -> Problem {
    not_found("unknown_location", "There is no such location.")
}

/// The key of a location that the caller may see; to a store's manager others do not exist.
///
/// # Errors
/// `unknown_location`.
pub fn visible_key(tx: &mut Tx, caller: &Caller, location: &LocationId) -> Result<i64, AppError> {
    let found = locations::find(tx, location)?;
    let found = found.filter(|found| caller.only().is_none_or(|only| only == found.key));
    Ok(found.ok_or_else(unknown)?.key)
}

/// What a list of locations is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct LocationsAsked {
    /// Number, name, city or region.
    search: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists locations by number.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/locations", tag = "network", operation_id = "list_locations",
    security(("session" = ["store_manager"])),
    params(LocationsAsked),
    responses(
        (status = 200, description = "A page of locations", body = Page<LocationRow>),
        (status = 400, description = "invalid_query"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<LocationsAsked>,
) -> Result<Json<Page<LocationRow>>, ApiProblem> {
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let now = clock::now();
    let found = state.db.read(move |tx| {
        let (search, after) = (asked.search.as_deref(), asked.after.as_deref());
        let (search, after) = (search.unwrap_or_default(), after.unwrap_or_default());
        Ok::<_, AppError>(locations::list(tx, search, caller.only(), after, rows + 1, now)?)
    });
    Ok(Json(extract::page(found.await?, rows, |row| row.id.to_string())))
}

/// Shows a location with its calendar: when it works, and how its next days are taken.
///
/// # Errors
/// `unknown_location`.
#[utoipa::path(
    get, path = "/api/v1/locations/{id}", tag = "network", operation_id = "show_location",
    security(("session" = ["store_manager"])),
    params(("id" = LocationId, Path, description = "The location")),
    responses(
        (status = 200, description = "The location", body = LocationDetail),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(location): Named<String>,
) -> Result<Json<LocationDetail>, ApiProblem> {
    let location: LocationId = location.parse().map_err(|_| unknown())?;
    let now = clock::now();
    let found = state.db.read(move |tx| {
        let key = visible_key(tx, &caller, &location)?;
        Ok::<_, AppError>(app::detail(tx, key, now)?)
    });
    Ok(Json(found.await?))
}

/// States when a location works, all of it: hours, holidays, cut-off, picking time, orders a day. What is
/// promised from now on obeys it; orders that have their day keep it.
///
/// # Errors
/// `unknown_location`, `invalid_calendar`.
#[utoipa::path(
    put, path = "/api/v1/locations/{id}/calendar", tag = "network", operation_id = "put_calendar",
    security(("session" = ["store_manager"])), request_body = LocationCalendar,
    params(("id" = LocationId, Path, description = "The location")),
    responses(
        (status = 200, description = "The location", body = LocationDetail),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_location"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_calendar"),
    )
)]
pub async fn put_calendar(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(location): Named<String>,
    body: Body,
) -> Result<Json<LocationDetail>, ApiProblem> {
    let location: LocationId = location.parse().map_err(|_| unknown())?;
    let (seer, known) = (caller.clone(), location.clone());
    let found = state.db.read(move |tx| visible_key(tx, &seer, &known));
    let key = found.await.map_err(|error: AppError| error)?;
    let stated: LocationCalendar =
        extract::json(body, CALENDAR_BYTES_MAX, "invalid_calendar").await?;
    let now = clock::now();
    let write = state.db.write(move |tx| {
        let poke = app::change(tx, key, &stated)?;
        Ok::<_, AppError>((app::detail(tx, key, now)?, poke))
    });
    let (detail, poke) = write.await?;
    if let Some((location, cursor)) = poke {
        state.pokes.poke(&location, cursor);
        state.promises.network_changed();
        tracing::info!(location = location.as_str(), by = caller.name(), "calendar put");
    }
    // Who was full may have places again.
    state.sourcing.notify_one();
    Ok(Json(detail))
}

/// Lists a location's open work, the most urgent first.
///
/// # Errors
/// `unknown_location`, `invalid_query`.
#[utoipa::path(
    get, path = "/api/v1/locations/{id}/queue", tag = "network", operation_id = "show_queue",
    security(("session" = ["store_manager"])),
    params(("id" = LocationId, Path, description = "The location"), Paging),
    responses(
        (status = 200, description = "A page of open work", body = Page<QueueRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn queue(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(location): Named<String>,
    Ask(paging): Ask<Paging>,
) -> Result<Json<Page<QueueRow>>, ApiProblem> {
    let location: LocationId = location.parse().map_err(|_| unknown())?;
    let (after, rows, now) = (seek(&paging)?, paging.rows(), clock::now());
    let found = state.db.read(move |tx| {
        let key = visible_key(tx, &caller, &location)?;
        Ok::<_, AppError>(queue::of_location(tx, key, (after.0, &after.1), rows + 1)?)
    });
    Ok(Json(queue_page(&found.await?, rows, now)))
}

/// What is at risk, everywhere or at one location.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AtRiskAsked {
    /// Only there.
    location: Option<LocationId>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists open work that is late, will be late within the hour, or is old; the most urgent first.
///
/// # Errors
/// `unknown_location`, `invalid_query`.
#[utoipa::path(
    get, path = "/api/v1/at-risk", tag = "orders", operation_id = "list_at_risk",
    security(("session" = ["store_manager"])),
    params(AtRiskAsked),
    responses(
        (status = 200, description = "A page of open work", body = Page<QueueRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn at_risk(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<AtRiskAsked>,
) -> Result<Json<Page<QueueRow>>, ApiProblem> {
    let paging = Paging { after: asked.after, limit: asked.limit };
    let (after, rows, now) = (seek(&paging)?, paging.rows(), clock::now());
    let location = asked.location;
    let found = state.db.read(move |tx| {
        let only = match &location {
            Some(location) => Some(visible_key(tx, &caller, location)?),
            None => caller.only(),
        };
        let old = now.plus_ms(-risk::OLD_MS);
        Ok::<_, AppError>(queue::at_risk(tx, only, now, old, (after.0, &after.1), rows + 1)?)
    });
    Ok(Json(queue_page(&found.await?, rows, now)))
}

pub(super) fn seek(paging: &Paging) -> Result<(TimeMs, String), ApiProblem> {
    let after = extract::seek_time(paging.after.as_deref())?;
    Ok(after.map_or((TimeMs(i64::MIN), String::new()), |(at, id)| (TimeMs(at), id)))
}

fn queue_page(found: &[queue::Open], rows: u32, now: TimeMs) -> Page<QueueRow> {
    let found = found.iter().map(|open| risk::row(open, now)).collect();
    extract::page(found, rows, |row: &QueueRow| format!("{}_{}", row.promise_at.0, row.fulfillment))
}
