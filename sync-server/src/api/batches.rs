//! What sources send: batches that may be as long as they like, and single events.

use std::{
    cell::RefCell,
    io::{Read, Seek, SeekFrom},
    rc::Rc,
    sync::Arc,
};

use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use domain::{api::BatchRow, clock::TimeMs};
use serde::Deserialize;
use sha2::{Digest, Sha256};
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
            intake::{self, Ended, Intake},
        },
        refusal::AppError,
    },
    clock,
    db::{DbError, batches, batches::End, sources},
    ingest::{Limits, Packing, Plan, Reader, Stopped, Why, profile::BadRows},
    state::AppState,
};

/// Bytes of one batch, packed as they come.
const BATCH_BYTES_MAX: u64 = 16 << 30;
/// Bytes of one request with events.
const EVENTS_BYTES_MAX: usize = 1024 * 1024;

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
    let packing = packing(&headers)?;
    let open = open(&state, &feeder, id, batch, as_of).await?;
    let (sender, pieces) = body::pieces();
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || run(&state, &handle, open, packing, pieces));
    body::feed(body, sender, BATCH_BYTES_MAX).await;
    work.await.expect("an intake that panics is a bug, and its transaction was undone").map(Json)
}

fn invalid_query(title: String) -> ApiProblem {
    ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title)
}

fn packing(headers: &HeaderMap) -> Result<Packing, ApiProblem> {
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

/// A batch that is being taken.
struct Open {
    source: sources::Source,
    plan: Arc<Plan>,
    batch: batches::Batch,
}

async fn open(
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
        let plan = Arc::new(batch::plan(&source)?);
        let batch = batch::begin(tx, &source, &batch, as_of, clock::now())?;
        Ok::<_, AppError>(Open { source, plan, batch })
    });
    Ok(begun.await?)
}

fn run(
    state: &AppState,
    handle: &Handle,
    open: Open,
    packing: Packing,
    pieces: Pieces,
) -> Result<BatchRow, ApiProblem> {
    if open.batch.state == "done" {
        return repeat(open, pieces);
    }
    let terms = batch::terms(&open.source, &open.plan, &open.batch);
    let unknown = open.plan.profile.unknown_skus;
    let done = Some(open.batch.counts.done);
    let intake = Intake::new(state.db.clone(), handle.clone(), terms, unknown, done);
    let (sha, bytes) = (Rc::new(RefCell::new(Sha256::new())), Rc::new(RefCell::new(0)));
    let hashed = Hashed { inner: pieces, sha: Rc::clone(&sha), bytes: Rc::clone(&bytes) };
    let intake = Rc::new(RefCell::new(intake));
    let ended = match open.plan.profile.bad_rows {
        BadRows::Skip => stream(&open, packing, hashed, &intake),
        BadRows::RefuseWhole => whole(&open, packing, hashed, &intake),
    };
    let intake = Rc::into_inner(intake).expect("the reader is gone").into_inner();
    for (location, cursor) in &intake.pokes {
        state.pokes.poke(location, *cursor);
    }
    state.sourcing.notify_one();
    let sha: [u8; 32] =
        Rc::into_inner(sha).expect("the reader is gone").into_inner().finalize().into();
    let message = match &ended {
        Ok(()) if intake.uncovered.is_empty() => String::new(),
        Ok(()) => format!(
            "Rows of {} were refused: what is absent there was not set to zero.",
            intake.uncovered.join(", ")
        ),
        Err(problem) => problem.0.title.clone(),
    };
    let (is_done, bytes) = (ended.is_ok(), *bytes.borrow());
    let Open { source, batch, .. } = open;
    let written = state.db.write(move |tx| {
        let state = if is_done { "done" } else { "broken" };
        let end = End { state, sha: is_done.then_some(&sha), bytes, message: &message };
        batch::end(tx, &source, &batch, &end, clock::now())
    });
    let row = batch::row(handle.block_on(written).map_err(|error: DbError| error)?);
    tracing::info!(
        batch = row.id,
        rows = row.rows,
        accepted = row.accepted,
        state = row.state,
        "batch"
    );
    ended.map(|()| row)
}

/// Commits rows as they come; what has come is committed before more is waited for.
fn stream(
    open: &Open,
    packing: Packing,
    hashed: Hashed<Pieces>,
    intake: &Rc<RefCell<Intake>>,
) -> Result<(), ApiProblem> {
    let waiting = Rc::clone(intake);
    let failed = Rc::new(RefCell::new(None));
    let note = Rc::clone(&failed);
    let Hashed { inner, sha, bytes } = hashed;
    let before_wait = move || {
        if let Err(error) = waiting.borrow_mut().flush() {
            note.borrow_mut().get_or_insert(error);
        }
    };
    let eager = Hashed { inner: Eager { pieces: inner, before_wait }, sha, bytes };
    let read = read(eager, &open.plan, packing, intake);
    match failed.borrow_mut().take() {
        Some(error) => Err(problem(error)),
        None => read.map_err(problem),
    }
}

fn read<R: Read>(
    mut input: R,
    plan: &Arc<Plan>,
    packing: Packing,
    intake: &Rc<RefCell<Intake>>,
) -> Result<(), Ended> {
    {
        let mut reader = Reader::open(&mut input, Arc::clone(plan), packing, Limits::default())?;
        intake::read_all(&mut reader, |row| intake.borrow_mut().row(row))?;
    }
    intake.borrow_mut().flush()?;
    // What follows the last row belongs to the batch as well.
    let _ = std::io::copy(&mut input, &mut std::io::sink());
    Ok(())
}

/// Reads everything before anything is written: one bad row refuses them all.
fn whole(
    open: &Open,
    packing: Packing,
    mut hashed: Hashed<Pieces>,
    intake: &Rc<RefCell<Intake>>,
) -> Result<(), ApiProblem> {
    let unreadable = |error: std::io::Error| {
        problem(Ended::Stopped(Stopped {
            rows: 0,
            spot: crate::ingest::refused::Spot::default(),
            why: Why::Io(error.to_string()),
        }))
    };
    let mut spool = tempfile::tempfile().map_err(unreadable)?;
    std::io::copy(&mut hashed, &mut spool).map_err(unreadable)?;
    drop(hashed);
    spool.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut bad = 0_u64;
    let mut first = None;
    {
        let opened = Reader::open(&mut spool, Arc::clone(&open.plan), packing, Limits::default());
        let mut reader = opened.map_err(|stopped| problem(stopped.into()))?;
        let seen = intake::read_all(&mut reader, |row| {
            if let Err(refusal) = row.read {
                bad += 1;
                let spot = row.origin.spot;
                first.get_or_insert_with(|| format!("line {}: {}", spot.line, refusal.message));
            }
            Ok(())
        });
        seen.map_err(problem)?;
    }
    if let Some(first) = first {
        let title = format!("{bad} rows are not valid, so none was loaded.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(ApiProblem::new(status, "rows_refused", title).advise(first));
    }
    spool.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    read(spool, &open.plan, packing, intake).map_err(problem)
}

/// A batch that is done is not taken again; another content under its id is refused.
fn repeat(open: Open, mut pieces: Pieces) -> Result<BatchRow, ApiProblem> {
    let mut sha = Sha256::new();
    std::io::copy(&mut pieces, &mut sha).map_err(|_| cut_short())?;
    if open.batch.sha.as_deref() == Some(sha.finalize().as_slice()) {
        return Ok(batch::row(open.batch));
    }
    let title = "This batch was sent before, with other contents.";
    Err(ApiProblem::new(StatusCode::CONFLICT, "duplicate_batch", title)
        .advise("Give the new contents an id of their own."))
}

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
pub async fn events(
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
    let today = format!("events-{}", &now.to_rfc3339()[..10]);
    let mut open = open(&state, &feeder, id, today, None).await?;
    // They are of now, not of the day's first.
    open.batch.as_of = now;
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let terms = batch::terms(&open.source, &open.plan, &open.batch);
        let unknown = open.plan.profile.unknown_skus;
        let intake = Intake::new(state.db.clone(), handle, terms, unknown, None);
        let intake = Rc::new(RefCell::new(intake));
        let ended = read(&bytes[..], &open.plan, packing, &intake);
        let intake = Rc::into_inner(intake).expect("the reader is gone").into_inner();
        for (location, cursor) in &intake.pokes {
            state.pokes.poke(location, *cursor);
        }
        ended.map_err(problem)?;
        Ok::<_, ApiProblem>(batch::row(batches::Batch { counts: intake.counts, ..open.batch }))
    });
    work.await.expect("an intake that panics is a bug, and its transaction was undone").map(Json)
}

fn problem(ended: Ended) -> ApiProblem {
    let stopped = match ended {
        Ended::Db(error) => return error.into(),
        Ended::Overtaken => {
            let title = "This batch is being sent by somebody else.";
            return ApiProblem::new(StatusCode::CONFLICT, "batch_overtaken", title)
                .advise("Wait for it to end, then send it again.");
        }
        Ended::Stopped(stopped) => stopped,
    };
    let title = format!("Reading stopped after {} rows: {}.", stopped.rows, stopped.why);
    let (status, code) = match &stopped.why {
        Why::Truncated | Why::Corrupt(_) | Why::Io(_) => (StatusCode::BAD_REQUEST, "cut_short"),
        Why::TooLarge { .. } | Why::Bomb { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable_batch"),
    };
    ApiProblem::new(status, code, title)
        .advise("What came before was loaded. Send the batch again, whole, under its id.")
}

fn cut_short() -> ApiProblem {
    ApiProblem::new(StatusCode::BAD_REQUEST, "cut_short", "The body ended early.")
        .advise("Send the batch again.")
}

/// Hashes and counts what is read.
struct Hashed<R> {
    inner: R,
    sha: Rc<RefCell<Sha256>>,
    bytes: Rc<RefCell<u64>>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(to)?;
        self.sha.borrow_mut().update(&to[..read]);
        *self.bytes.borrow_mut() += read as u64;
        Ok(read)
    }
}
