//! Events one by one, or a few: whatever is answered is durable. In a request of their own, or in one that
//! stays open ([`stream`]).

pub mod stream;

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::HeaderMap,
};
use domain::{api::BatchRow, clock::TimeMs};
use tokio::runtime::Handle;

use super::{
    batches::{self, packing, problem},
    extract::Named,
    guard::Feeder,
    problem::ApiProblem,
    sources::unknown,
};
use crate::{
    app::{
        ingest::{
            batch,
            intake::{self, Ended, Intake},
            load::Open,
        },
        refusal::AppError,
    },
    clock,
    db::{
        batches::{Batch, Counts},
        sources,
    },
    ingest::{Limits, Packing, Plan, Reader},
    state::AppState,
};

/// Bytes of one request with events.
const EVENTS_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a few events: read at once, without a thread of their own.
const FEW_BYTES_MAX: usize = 16 * 1024;

/// Takes events one by one, or a few: whatever is answered is durable.
///
/// # Errors
/// `unknown_source`, `too_large`, `unreadable_batch`.
#[utoipa::path(
    post, path = "/api/v1/sources/{id}/events", tag = "sources", operation_id = "send_events",
    security(("source" = []), ("session" = ["admin"])),
    params(("id" = String, Path, description = "The source")),
    request_body(
        content_type = "application/octet-stream",
        description = "Rows as the source's profile says, at most 1 MiB"
    ),
    responses(
        (status = 200, description = "What became of its rows; the batch is that of the day", body = BatchRow),
        (status = 404, description = "unknown_source"),
        (status = 413, description = "too_large"),
        (status = 415, description = "unknown_encoding"),
        (status = 422, description = "unreadable_batch"),
    )
)]
pub async fn send(
    State(state): State<AppState>,
    Extension(feeder): Extension<Feeder>,
    Named(id): Named<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BatchRow>, ApiProblem> {
    let packing = packing(&headers)?;
    let bytes = to_bytes(body, EVENTS_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| ApiProblem::too_large(EVENTS_BYTES_MAX))?;
    let now = clock::now();
    let open = open_day(&state, &feeder, &id, now).await?;
    let counts = take(&state, &open, Rows { bytes, packing, lines_before: 0 }, now).await?;
    Ok(Json(batch::row(Batch { as_of: now, counts, ..open.batch.clone() })))
}

/// Rows that lie in memory.
struct Rows {
    bytes: Bytes,
    packing: Packing,
    /// Lines of the same input that came before them.
    lines_before: u64,
}

/// Takes rows, pokes tablets, and says what became of them.
async fn take(
    state: &AppState,
    open: &Arc<Open>,
    rows: Rows,
    now: TimeMs,
) -> Result<Counts, ApiProblem> {
    let begin = {
        // They are of now, not of the day's first.
        let batch = Batch { as_of: now, ..open.batch.clone() };
        let terms = batch::terms(&open.source, &open.plan, &batch);
        let (unknown, names) = (open.plan.profile.unknown_skus, Arc::clone(&state.tills.names));
        let (db, handle, before) = (state.db.clone(), Handle::current(), rows.lines_before);
        move || Intake::new(db, handle, terms, unknown, None).sharing(names).behind(before)
    };
    let taken = if rows.bytes.len() <= FEW_BYTES_MAX && rows.packing.is_plain(&rows.bytes) {
        let few = begin.clone()().few(Arc::clone(&state.tills.together));
        take_few(&rows, &open.plan, few).await?
    } else {
        None
    };
    let (intake, ended) = match taken {
        Some(intake) => (intake, Ok(())),
        None => {
            let plan = Arc::clone(&open.plan);
            let work = tokio::task::spawn_blocking(move || take_many(&rows, &plan, begin()));
            work.await.expect("an intake that panics is a bug, and its transaction was undone")
        }
    };
    // What came before an end that is wrong is taken, too.
    for (location, cursor) in &intake.pokes {
        state.pokes.poke(location, *cursor);
    }
    ended.map(|()| intake.counts).map_err(|ended| problem(ended.into()))
}

/// Takes a few events; `None` where they are too many for that.
async fn take_few(
    rows: &Rows,
    plan: &Arc<Plan>,
    mut intake: Intake,
) -> Result<Option<Intake>, ApiProblem> {
    let stopped = |ended: Ended| problem(ended.into());
    read(rows, plan, &mut intake).map_err(stopped)?;
    Ok(intake.finish().await.map_err(stopped)?.then_some(intake))
}

fn take_many(rows: &Rows, plan: &Arc<Plan>, mut intake: Intake) -> (Intake, Result<(), Ended>) {
    let ended = match read(rows, plan, &mut intake) {
        Ok(()) => intake.flush(),
        Err(ended) => intake.settle().and(Err(ended)),
    };
    (intake, ended)
}

fn read(rows: &Rows, plan: &Arc<Plan>, intake: &mut Intake) -> Result<(), Ended> {
    let limits = Limits::default().for_bytes(rows.bytes.len());
    let mut reader = Reader::open(&rows.bytes[..], Arc::clone(plan), rows.packing, limits)?;
    intake::read_all(&mut reader, |row| intake.row(row))
}

/// The batch of a day's events, which all but the first of them find: so they cost one commit, and not two.
async fn open_day(
    state: &AppState,
    feeder: &Feeder,
    id: &str,
    now: TimeMs,
) -> Result<Arc<Open>, ApiProblem> {
    if feeder.only().is_some_and(|only| only != id) {
        return Err(unknown().into());
    }
    let day = batch::of_events(now);
    let known = state.tills.days.find(&id.to_owned(), now).filter(|open| open.batch.id == day);
    if let Some(open) = known {
        return Ok(open);
    }
    let open = Arc::new(find_day(state, feeder, id.to_owned(), day).await?);
    state.tills.days.keep(id.to_owned(), Arc::clone(&open), now);
    Ok(open)
}

async fn find_day(
    state: &AppState,
    feeder: &Feeder,
    id: String,
    day: String,
) -> Result<Open, ApiProblem> {
    let (source, batch) = (id.clone(), day.clone());
    let known = state.db.read(move |tx| {
        let source = sources::find(tx, &source)?.ok_or_else(unknown)?;
        Ok::<_, AppError>(Open::find(tx, source, &batch)?)
    });
    match known.await? {
        Some(open) => Ok(open),
        None => batches::open(state, feeder, id, day, None).await,
    }
}
