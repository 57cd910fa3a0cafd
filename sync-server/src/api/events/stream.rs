//! Events in one request that stays open, as long as a till is: it sends a line for each, and is told as
//! soon as they are durable. What it was not told of, because the line broke, it sends again: events are
//! known by their ids.
//!
//! What it deliberately does not do: hold more than a group of lines in memory. Nothing is read while a
//! group is on its way to the disk, so a till that sends faster is slowed down by its own connection.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, BodyDataStream, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use super::{FEW_BYTES_MAX, Rows, open_day, take};
use crate::{
    api::{
        batches::packing,
        extract::Named,
        guard::{Feeder, Signs, feeder},
        problem::ApiProblem,
    },
    clock::{self, Stopwatch},
    db::batches::Counts,
    ingest::Packing,
    state::AppState,
};

/// Bytes of one line.
const LINE_BYTES_MAX: usize = 256 * 1024;
/// Whoever is told nothing for so long is told the same again: both sides then know that the other is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a sender is believed to be who he was.
const BELIEVED: Duration = Duration::from_secs(10);

/// A line of the answer: all rows of this stream so far are durable, or refused for good, and what became of
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({ "rows": 17, "accepted": 15, "unchanged": 0, "ignored": 1, "refused": 1, "held": 0 }))]
pub struct StreamTaken {
    /// Rows so far.
    pub rows: u64,
    /// Rows that changed something.
    pub accepted: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows that had been taken before, or are older than what is known.
    pub ignored: u64,
    /// Rows that are wrong.
    pub refused: u64,
    /// Rows that a person must look at first.
    pub held: u64,
}

/// Takes events over a request that stays open: NDJSON, a row a line. The answer begins at once, and is a
/// line for each group of rows as soon as they are durable, with the counts of all so far. A last line with a
/// `code` says why it ends; without one the server stops, or the sender has ended. What was not answered is
/// sent again, over another stream or in any other way: rows with an id are taken once.
///
/// # Errors
/// `unknown_source`, `unknown_encoding`, `not_lines`, `slow_down`; as the last line also `too_large`,
/// `signed_out`, `unreadable_batch`.
#[utoipa::path(
    post, path = "/api/v1/sources/{id}/events/stream", tag = "sources", operation_id = "stream_events",
    security(("source" = []), ("session" = ["admin"])),
    params(("id" = String, Path, description = "The source")),
    request_body(
        content_type = "application/x-ndjson",
        description = "One row a line, plain, at most 256 KiB each, for as long as the sender likes"
    ),
    responses(
        (status = 200, description = "A line for each group of rows that was taken", body = StreamTaken,
            content_type = "application/x-ndjson"),
        (status = 404, description = "unknown_source"),
        (status = 415, description = "unknown_encoding"),
        (status = 422, description = "not_lines"),
        (status = 503, description = "slow_down"),
    )
)]
pub async fn open(
    State(state): State<AppState>,
    Extension(feeder): Extension<Feeder>,
    Named(id): Named<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiProblem> {
    if packing(&headers)? != Packing::Detect {
        let title = "A stream of events is plain.";
        return Err(ApiProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_encoding", title)
            .advise("Send it without a content encoding."));
    }
    if !open_day(&state, &feeder, &id, clock::now()).await?.plan.profile.is_lines() {
        let title = "The rows of this source are not lines.";
        return Err(ApiProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_lines", title)
            .advise("Give it a profile of NDJSON in UTF-8, or send batches."));
    }
    let seat = Arc::clone(&state.tills.seats).try_acquire_owned();
    let seat = seat.map_err(|_| ApiProblem::slow_down(StatusCode::SERVICE_UNAVAILABLE))?;
    let open = Stream {
        signs: Signs { method: Method::POST, headers },
        believed: Stopwatch::start(),
        lines: Lines { body: body.into_data_stream(), text: Vec::new(), is_over: false },
        taken: StreamTaken::default(),
        lines_before: 0,
        _seat: seat,
        state,
        feeder,
        id,
    };
    let answers = stream::unfold(Some(open), |open| async {
        let mut open = open?;
        match open.next().await {
            Ok(more) => more.then(|| (open.said(), Some(open))),
            Err(problem) => Some((line(&problem.0), None)),
        }
    });
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((head, Body::from_stream(answers.map(Ok::<_, std::convert::Infallible>))).into_response())
}

/// Bytes of a line of the answer.
fn line(of: &impl Serialize) -> Bytes {
    let mut text = serde_json::to_vec(of).expect("plain data");
    text.push(b'\n');
    text.into()
}

/// An open stream.
struct Stream {
    state: AppState,
    feeder: Feeder,
    /// What the sender is known by, and when that was found to be so.
    signs: Signs,
    believed: Stopwatch,
    id: String,
    lines: Lines,
    taken: StreamTaken,
    lines_before: u64,
    _seat: OwnedSemaphorePermit,
}

impl Stream {
    fn said(&self) -> Bytes {
        line(&self.taken)
    }

    /// Takes the next lines, or finds after a while that there are none; `false` when no more come.
    async fn next(&mut self) -> Result<bool, ApiProblem> {
        let mut stopping = self.state.stopping.clone();
        let lines = tokio::select! {
            // Whoever never pauses hears it, too.
            biased;
            // A sender that is gone says nothing any more: this arm is then disabled.
            Ok(_) = stopping.wait_for(|stopping| *stopping) => None,
            lines = self.lines.next() => lines?,
            () = tokio::time::sleep(HEARTBEAT) => Some(Bytes::new()),
        };
        if self.believed.elapsed() > BELIEVED {
            self.feeder = feeder(&self.state, self.signs.clone()).await?;
            self.believed = Stopwatch::start();
        }
        match lines {
            Some(lines) if !lines.is_empty() => self.take(lines).await.map(|()| true),
            lines => Ok(lines.is_some()),
        }
    }

    async fn take(&mut self, bytes: Bytes) -> Result<(), ApiProblem> {
        let (now, lines_before) = (clock::now(), self.lines_before);
        self.lines_before += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        let open = open_day(&self.state, &self.feeder, &self.id, now).await?;
        let rows = Rows { bytes, packing: Packing::Plain, lines_before };
        self.count(take(&self.state, &open, rows, now).await?);
        Ok(())
    }

    fn count(&mut self, of: Counts) {
        let StreamTaken { rows, accepted, unchanged, ignored, refused, held } = &mut self.taken;
        *rows += of.done;
        *accepted += of.accepted;
        *unchanged += of.unchanged;
        *ignored += of.ignored;
        *refused += of.refused;
        *held += of.held;
    }
}

/// A body, line by line.
struct Lines {
    body: BodyDataStream,
    /// What has come and was not given.
    text: Vec<u8>,
    is_over: bool,
}

impl Lines {
    /// Whole lines, as many as have come, up to a few; `None` where there are no more. A connection that
    /// breaks takes its last line with it where that was not whole; a body that ends may leave out the last
    /// line's end.
    ///
    /// # Errors
    /// `too_large`: a line is.
    async fn next(&mut self) -> Result<Option<Bytes>, ApiProblem> {
        loop {
            let is_enough = |text: &[u8]| text.len() >= FEW_BYTES_MAX;
            while !self.is_over && !is_enough(&self.text) {
                match self.body.next().now_or_never() {
                    Some(piece) => self.push(piece),
                    None => break,
                }
            }
            match memchr::memrchr(b'\n', &self.text) {
                Some(end) => {
                    let rest = self.text.split_off(end + 1);
                    return Ok(Some(std::mem::replace(&mut self.text, rest).into()));
                }
                None if self.text.len() > LINE_BYTES_MAX => {
                    let title = format!("A line is over {LINE_BYTES_MAX} bytes.");
                    let problem =
                        ApiProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", title);
                    return Err(problem.advise("Send one row a line."));
                }
                None if self.is_over && self.text.is_empty() => return Ok(None),
                None if self.is_over => return Ok(Some(std::mem::take(&mut self.text).into())),
                None => {
                    let piece = self.body.next().await;
                    self.push(piece);
                }
            }
        }
    }

    fn push(&mut self, piece: Option<Result<Bytes, axum::Error>>) {
        match piece {
            Some(Ok(bytes)) => self.text.extend_from_slice(&bytes),
            None => self.is_over = true,
            Some(Err(_)) => {
                self.is_over = true;
                self.text.truncate(memchr::memrchr(b'\n', &self.text).map_or(0, |end| end + 1));
            }
        }
    }
}
