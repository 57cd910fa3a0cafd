//! What is wrong now: the overview and the open exceptions.

use axum::{Extension, Json, extract::State};
use domain::{
    api::{ExceptionRow, Overview, Page},
    clock::TimeMs,
    ids::LocationId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Paging},
    guard::Caller,
    locations::{seek, visible_key},
    problem::ApiProblem,
};
use crate::{
    app::{order, refusal::AppError, risk},
    clock,
    db::queue::{self, OpenException},
    state::AppState,
};

/// A tablet is silent after this time without contact.
const SILENT_MS: i64 = 10 * 60_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// Fulfillments that the overview shows.
const WORST_MAX: u32 = 10;

/// Says what is wrong now.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "orders", operation_id = "show_overview",
    security(("session" = ["store_manager"])),
    responses(
        (status = 200, description = "The numbers", body = Overview),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Overview>, ApiProblem> {
    let now = clock::now();
    let read = state.db.read(move |tx| {
        let only = caller.only();
        let (silent, day) = (now.plus_ms(-SILENT_MS), now.plus_ms(-DAY_MS));
        let counts = queue::counts(tx, only, now, silent, day)?;
        let old = now.plus_ms(-risk::OLD_MS);
        let first = (TimeMs(i64::MIN), "");
        let worst = queue::at_risk(tx, only, now, old, first, WORST_MAX)?;
        Ok::<_, AppError>((counts, worst))
    });
    let (counts, worst) = read.await?;
    Ok(Json(Overview {
        unsourced: counts.unsourced,
        late: counts.late,
        at_risk: counts.at_risk,
        open: counts.open,
        ready: counts.ready,
        exceptions: counts.exceptions,
        parked: counts.parked,
        devices_silent: counts.devices_silent,
        devices: counts.devices,
        locations: counts.locations,
        orders_day: counts.orders_day,
        worst: worst.iter().map(|open| risk::row(open, now)).collect(),
    }))
}

/// What a list of exceptions is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExceptionsAsked {
    /// Only there.
    location: Option<LocationId>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists open exceptions, the oldest first.
///
/// # Errors
/// `unknown_location`, `invalid_query`.
#[utoipa::path(
    get, path = "/api/v1/exceptions", tag = "orders", operation_id = "list_exceptions",
    security(("session" = ["store_manager"])),
    params(ExceptionsAsked),
    responses(
        (status = 200, description = "A page of exceptions", body = Page<ExceptionRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn exceptions(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<ExceptionsAsked>,
) -> Result<Json<Page<ExceptionRow>>, ApiProblem> {
    let paging = Paging { after: asked.after, limit: asked.limit };
    let (after, rows, location) = (seek(&paging)?, paging.rows(), asked.location);
    let found = state.db.read(move |tx| {
        let only = match &location {
            Some(location) => Some(visible_key(tx, &caller, location)?),
            None => caller.only(),
        };
        Ok::<_, AppError>(queue::exceptions(tx, only, (after.0, &after.1), rows + 1)?)
    });
    let found = found.await?.iter().map(row).collect();
    Ok(Json(extract::page(found, rows, |row: &ExceptionRow| {
        format!("{}_{}", row.raised_at.0, row.id)
    })))
}

fn row(open: &OpenException) -> ExceptionRow {
    order::exception_row(&open.exception, open.order, &open.location)
}
