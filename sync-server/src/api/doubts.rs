//! Stock positions that a person should look at, as a list to work through.

use axum::{Extension, Json, extract::State};
use domain::{
    api::{DoubtKind, Page, StockDoubt},
    ids::LocationId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Paging},
    guard::Caller,
    locations::visible_key,
    problem::ApiProblem,
};
use crate::{
    app::{
        doubts::{self, Asked},
        refusal::AppError,
    },
    clock,
    db::doubts::Place,
    state::AppState,
};

/// Days without a count after which a position is stale when the caller does not say.
const STALE_DAYS: u32 = 30;
/// Ten years.
const STALE_DAYS_MAX: u32 = 3_650;

/// Which positions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct DoubtsAsked {
    /// Why; absent: `negative` and `short`, where the books cannot be right.
    kind: Option<DoubtKind>,
    /// Only there.
    location: Option<LocationId>,
    /// Days without a count after which a position is `stale`, at most 3650; 30 if absent.
    days: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent. A page may have fewer, and still a `next`.
    limit: Option<u32>,
}

/// Lists stock positions that a person should look at, location by location.
///
/// # Errors
/// `invalid_query`, `unknown_location`.
#[utoipa::path(
    get, path = "/api/v1/doubts", tag = "network", operation_id = "list_doubts",
    security(("session" = ["operations"])), params(DoubtsAsked),
    responses(
        (status = 200, description = "A page of positions", body = Page<StockDoubt>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<DoubtsAsked>,
) -> Result<Json<Page<StockDoubt>>, ApiProblem> {
    let after = behind(asked.after.as_deref())?;
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let stale_days = asked.days.unwrap_or(STALE_DAYS).clamp(1, STALE_DAYS_MAX);
    let (kind, location, now) = (asked.kind, asked.location, clock::now());
    let read = state.db.read(move |tx| {
        let only = match &location {
            Some(location) => Some(visible_key(tx, &caller, location)?),
            None => caller.only(),
        };
        let asked = Asked { kind, only, stale_days, after, rows };
        Ok::<_, AppError>(doubts::page(tx, &asked, now)?)
    });
    Ok(Json(read.await?))
}

/// The place behind which a page begins.
fn behind(after: Option<&str>) -> Result<Place, ApiProblem> {
    let Some(after) = after.filter(|after| !after.is_empty()) else {
        return Ok((i64::MIN, i64::MIN));
    };
    let place = after.split_once('_').and_then(|(l, i)| Some((l.parse().ok()?, i.parse().ok()?)));
    place.ok_or_else(extract::no_page)
}
