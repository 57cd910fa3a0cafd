//! Batches that sources send, which may be as long as they like.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use domain::{api::BatchRow, clock::TimeMs};
use serde::Deserialize;
use tokio::runtime::Handle;
use utoipa::IntoParams;

use super::{
    body::{self, Eager, Pieces},
    extract::{Ask, Named},
    guard::Feeder,
    problem::ApiProblem,
    sources::unknown,
};
use crate::{
    app::{
        ingest::{
            batch,
            load::{Load, Loaded, NotLoaded, Open},
        },
        refusal::AppError,
    },
    clock,
    db::sources,
    ingest::{Packing, Why},
    state::AppState,
};

/// Bytes of one batch, packed as they come.
const BATCH_BYTES_MAX: u64 = 16 << 30;

/// How a batch is to be taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct BatchAsked {
    /// When what it states was so, unless a row says (RFC 3339); now if absent.
    as_of: Option<String>,
}

/// Takes a batch: a file, or a stream that stays open. Rows are committed as they come; one that broke
/// off is sent again under its id and goes on where it was. Sent again whole it changes nothing.
///
/// # Errors
/// `unknown_source`, `invalid_query`, `duplicate_batch`, `batch_overtaken`, `cut_short`, `too_large`,
/// `unknown_encoding`, `unreadable_batch`, `rows_refused`.
#[utoipa::path(
    put, path = "/api/v1/sources/{id}/batches/{batch}", tag = "sources", operation_id = "send_batch",
    security(("source" = []), ("session" = ["admin"])),
    params(
        ("id" = String, Path, description = "The source"),
        ("batch" = String, Path, description = "Chosen by the source: 1 to 100 characters"),
        BatchAsked,
    ),
    request_body(
        content_type = "application/octet-stream",
        description = "Rows as the source's profile says; plain, gzip or zstd"
    ),
    responses(
        (status = 200, description = "What became of its rows", body = BatchRow),
        (status = 400, description = "invalid_query cut_short"),
        (status = 404, description = "unknown_source"),
        (status = 409, description = "duplicate_batch batch_overtaken"),
        (status = 413, description = "too_large"),
        (status = 415, description = "unknown_encoding"),
        (status = 422, description = "unreadable_batch rows_refused"),
    )
)]
pub async fn send(
    State(state): State<AppState>,
    Extension(feeder): Extension<Feeder>,
    Named((id, batch)): Named<(String, String)>,
    Ask(asked): Ask<BatchAsked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BatchRow>, ApiProblem> {
    let as_of = asked.as_of.as_deref().map(TimeMs::from_rfc3339).transpose();
    let as_of = as_of.map_err(|why| invalid_query(format!("as_of: {why}")))?;
    if batch.is_empty() || batch.chars().count() > 100 || batch.chars().any(char::is_control) {
        return Err(invalid_query("A batch's id is 1 to 100 characters.".into()));
    }
    if batch::is_of_events(&batch) {
        let title = "A batch of this id collects the events of a day. Choose another.";
        return Err(invalid_query(title.into()));
    }
    let packing = packing(&headers)?;
    let open = open(&state, &feeder, id, batch, as_of).await?;
    let (sender, pieces) = body::pieces();
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || run(&state, handle, open, packing, pieces));
    body::feed(body, sender, BATCH_BYTES_MAX).await;
    work.await.expect("an intake that panics is a bug, and its transaction was undone").map(Json)
}

fn invalid_query(title: String) -> ApiProblem {
    ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title)
}

pub(super) fn packing(headers: &HeaderMap) -> Result<Packing, ApiProblem> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"" | b"identity") => Ok(Packing::Detect),
        Some(b"gzip") => Ok(Packing::Gzip),
        Some(b"zstd") => Ok(Packing::Zstd),
        Some(_) => {
            let title = "This content encoding is not known.";
            Err(ApiProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_encoding", title)
                .advise("gzip, zstd or none"))
        }
    }
}

pub(super) async fn open(
    state: &AppState,
    feeder: &Feeder,
    id: String,
    batch: String,
    as_of: Option<TimeMs>,
) -> Result<Open, ApiProblem> {
    // To a source, others do not exist.
    if feeder.only().is_some_and(|only| only != id) {
        return Err(unknown().into());
    }
    let begun = state.db.write(move |tx| {
        let source = sources::find(tx, &id)?.ok_or_else(unknown)?;
        Ok::<_, AppError>(Open::begin(tx, source, &batch, as_of, clock::now())?)
    });
    Ok(begun.await?)
}

/// What has come is committed before more is waited for.
fn run(
    state: &AppState,
    handle: Handle,
    open: Open,
    packing: Packing,
    pieces: Pieces,
) -> Result<BatchRow, ApiProblem> {
    let load = Load::new(state.db.clone(), handle, open);
    let load = load.looking_into(Arc::clone(&state.promises.index));
    let input = Eager { pieces, before_wait: load.flusher() };
    let Loaded { end, pokes } = load.run(packing, input);
    for (location, cursor) in &pokes {
        state.pokes.poke(location, *cursor);
    }
    state.sourcing.notify_one();
    Ok(batch::row(end.map_err(problem)?))
}

pub(super) fn problem(why: NotLoaded) -> ApiProblem {
    let title = why.to_string();
    let (status, code, advice) = match why {
        NotLoaded::Db(error) => return error.into(),
        NotLoaded::Overtaken => {
            let advice = "Wait for it to end, then send it again.";
            (StatusCode::CONFLICT, "batch_overtaken", advice.to_owned())
        }
        NotLoaded::Duplicate => {
            let advice = "Give the new contents an id of their own.";
            (StatusCode::CONFLICT, "duplicate_batch", advice.to_owned())
        }
        NotLoaded::RowsRefused { first, .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "rows_refused", first)
        }
        NotLoaded::Stopped(stopped) => {
            let (status, code) = stopped_as(&stopped.why);
            let advice = "What came before was loaded. Send the batch again, whole, under its id.";
            (status, code, advice.to_owned())
        }
    };
    ApiProblem::new(status, code, title).advise(advice)
}

const fn stopped_as(why: &Why) -> (StatusCode, &'static str) {
    match why {
        Why::Truncated | Why::Corrupt(_) | Why::Io(_) => (StatusCode::BAD_REQUEST, "cut_short"),
        Why::TooLarge { .. } | Why::Bomb { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable_batch"),
    }
}
