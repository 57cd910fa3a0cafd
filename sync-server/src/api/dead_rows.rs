//! Rows of sources that were refused or held: listed, corrected and replayed, or discarded.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use domain::api::{DeadRow, DiscardRow, Page, ReplayRow, ReplayedRow};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Named, Paging},
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::{
        ingest::replay,
        refusal::{AppError, not_found},
    },
    clock,
    db::{
        DbError,
        dead_rows::{self, Kept, Which},
    },
    state::AppState,
};

/// A corrected row.
const ROW_BYTES_MAX: usize = 64 * 1024;

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct DeadAsked {
    /// `open`, `replayed` or `discarded`; absent: `open`.
    state: Option<String>,
    /// Of one source.
    source: Option<String>,
    /// Of one batch.
    batch: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists rows that were refused or held, the oldest first.
///
/// # Errors
/// `invalid_query`.
#[utoipa::path(
    get, path = "/api/v1/dead-rows", tag = "sources", operation_id = "list_dead_rows",
    security(("session" = ["operations"])), params(DeadAsked),
    responses(
        (status = 200, description = "A page of rows", body = Page<DeadRow>),
        (status = 400, description = "invalid_query"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Ask(asked): Ask<DeadAsked>,
) -> Result<Json<Page<DeadRow>>, ApiProblem> {
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let after = match asked.after.as_deref().filter(|after| !after.is_empty()) {
        Some(after) => after.parse().map_err(|_| extract::no_page())?,
        None => 0,
    };
    let which = Which {
        state: asked.state.unwrap_or_else(|| "open".into()),
        source: asked.source.unwrap_or_default(),
        batch: asked.batch.unwrap_or_default(),
    };
    let read = state.db.read(move |tx| dead_rows::list(tx, &which, after, rows + 1)).await;
    let found = read.map_err(|error: DbError| error)?.into_iter().map(row).collect();
    Ok(Json(extract::page(found, rows, |row: &DeadRow| row.key.to_string())))
}

fn row(kept: Kept) -> DeadRow {
    let Kept { key, source, batch, state, at, settled_by, note, row, .. } = kept;
    DeadRow {
        key,
        source,
        batch,
        line: row.line,
        field: row.field,
        code: row.code,
        message: row.message,
        raw: row.raw,
        fields: serde_json::from_str(&row.fields).unwrap_or_default(),
        state,
        at,
        settled_by,
        note,
    }
}

fn key(text: &str) -> Result<i64, ApiProblem> {
    text.parse().map_err(|_| not_found("unknown_row", "There is no such row.").into())
}

/// Reads a row again with the fields that were corrected; a held row is believed.
///
/// # Errors
/// `unknown_row`, `row_settled`, `still_refused`.
#[utoipa::path(
    post, path = "/api/v1/dead-rows/{key}/replay", tag = "sources", operation_id = "replay_row",
    security(("session" = ["operations"])), request_body = ReplayRow,
    params(("key" = i64, Path, description = "The row")),
    responses(
        (status = 200, description = "What became of it", body = ReplayedRow),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_row"),
        (status = 409, description = "row_settled"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body still_refused"),
    )
)]
pub async fn replay(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(row): Named<String>,
    body: Body,
) -> Result<Json<ReplayedRow>, ApiProblem> {
    let key = key(&row)?;
    let corrected: ReplayRow = extract::json(body, ROW_BYTES_MAX, "invalid_body").await?;
    let by = caller.name();
    let write =
        state.db.write(move |tx| replay::replay(tx, key, &corrected.fields, &by, clock::now()));
    let (replayed, pokes) = write.await.map_err(|error: AppError| error)?;
    for (location, cursor) in pokes {
        state.pokes.poke(&location, cursor);
    }
    state.sourcing.notify_one();
    Ok(Json(replayed))
}

/// Leaves a row out for good.
///
/// # Errors
/// `unknown_row`, `row_settled`, `reason_missing`.
#[utoipa::path(
    post, path = "/api/v1/dead-rows/{key}/discard", tag = "sources", operation_id = "discard_row",
    security(("session" = ["operations"])), request_body = DiscardRow,
    params(("key" = i64, Path, description = "The row")),
    responses(
        (status = 204, description = "It is left out"),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_row"),
        (status = 409, description = "row_settled"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body reason_missing"),
    )
)]
pub async fn discard(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(row): Named<String>,
    body: Body,
) -> Result<StatusCode, ApiProblem> {
    let key = key(&row)?;
    let asked: DiscardRow = extract::json(body, ROW_BYTES_MAX, "invalid_body").await?;
    let reason = asked.reason.trim().to_owned();
    if !(1..=200).contains(&reason.chars().count()) || reason.contains('\0') {
        let title = "A reason of 1 to 200 characters is needed.";
        return Err(ApiProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "reason_missing", title));
    }
    let by = caller.name();
    let write = state.db.write(move |tx| replay::discard(tx, key, &reason, &by, clock::now()));
    write.await.map_err(|error: AppError| error)?;
    Ok(StatusCode::NO_CONTENT)
}
