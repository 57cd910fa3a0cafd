//! Imports: lines of JSON, plain, gzip or zstd. The body is read, inflated and written a batch at a
//! time; it is never held whole.

use std::io::{BufRead, BufReader, Read};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use domain::{api::ImportAnswer, limits};
use tokio::runtime::Handle;

use super::{
    body::{self, Broken, Pieces},
    extract::Named,
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::import::{BATCH_ROWS, ImportRow, Kind, Run},
    clock,
    db::{DbError, imports},
    state::AppState,
};

/// The longest line.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// Loads rows of one kind.
///
/// # Errors
/// `unknown_import`, `too_large`, `unknown_encoding`, `cut_short`; what was loaded before stays.
#[utoipa::path(
    post, path = "/api/v1/imports/{kind}", tag = "network", operation_id = "import_rows",
    security(("session" = ["admin"])),
    params(("kind" = Kind, Path, description = "What the rows are")),
    request_body(
        content = ImportRow,
        content_type = "application/x-ndjson",
        description = "Lines of JSON, each a row of the kind; plain, gzip or zstd (Content-Encoding)"
    ),
    responses(
        (status = 200, description = "What became of the rows", body = ImportAnswer),
        (status = 400, description = "cut_short"),
        (status = 404, description = "unknown_import"),
        (status = 413, description = "too_large"),
        (status = 415, description = "unknown_encoding"),
    )
)]
pub async fn load(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(kind): Named<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ImportAnswer>, ApiProblem> {
    let kind: Kind = kind.parse().map_err(|()| {
        let title = "There is no such import.";
        ApiProblem::new(StatusCode::NOT_FOUND, "unknown_import", title)
            .advise("locations, items, stock, postcodes or associates")
    })?;
    let encoding = Encoding::of(&headers)?;
    let (sender, pieces) = body::pieces();
    let source = caller.name();
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let lines = Lines::new(encoding, pieces)?;
        run(&state, &handle, kind, &source, lines)
    });
    body::feed(body, sender, limits::IMPORT_BODY_BYTES_MAX as u64).await;
    work.await.expect("an import that panics is a bug, and its transaction was undone")
}

fn run(
    state: &AppState,
    handle: &Handle,
    kind: Kind,
    source: &str,
    mut lines: Lines,
) -> Result<Json<ImportAnswer>, ApiProblem> {
    let mut moment = clock::moment();
    let started_at = moment.now;
    let mut run = Run::new(&mut moment);
    let ended = loop {
        let (batch, end) = lines.batch();
        if !batch.is_empty() {
            let cost = state.settings.hash_cost;
            let now = clock::moment();
            handle.block_on(run.take(&state.db, kind, batch, &now, cost))?;
        }
        if let Some(end) = end {
            break end;
        }
    };
    for (location, cursor) in run.pokes.drain(..) {
        state.pokes.poke(&location, cursor);
    }
    let (id, source, answer) = (run.id, source.to_owned(), run.answer);
    tracing::info!(
        kind = kind.as_str(),
        accepted = answer.accepted,
        unchanged = answer.unchanged,
        refused = answer.refused_total,
        "import"
    );
    let counts = answer.clone();
    let record = state.db.write(move |tx| {
        let run = imports::Run {
            id: &id,
            kind: kind.as_str(),
            source: &source,
            accepted: counts.accepted,
            unchanged: counts.unchanged,
            refused: counts.refused_total,
            started_at,
            finished_at: clock::now(),
        };
        imports::record(tx, &run)
    });
    handle.block_on(record).map_err(|error: DbError| error)?;
    state.sourcing.notify_one();
    if matches!(kind, Kind::Items | Kind::Locations) {
        state.promises.network_changed();
    }
    ended?;
    Ok(Json(answer))
}

/// How the body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Result<Self, ApiProblem> {
        match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
            None | Some(b"" | b"identity") => Ok(Self::Plain),
            Some(b"gzip") => Ok(Self::Gzip),
            Some(b"zstd") => Ok(Self::Zstd),
            Some(_) => {
                let title = "This content encoding is not known.";
                Err(ApiProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_encoding", title)
                    .advise("gzip, zstd or none"))
            }
        }
    }
}

/// Lines of the inflated body, numbered from 1.
struct Lines {
    reader: BufReader<Box<dyn Read>>,
    number: u64,
    inflated: u64,
}

/// The end of the body: well, or not.
type End = Option<Result<(), ApiProblem>>;

impl Lines {
    fn new(encoding: Encoding, pieces: Pieces) -> Result<Self, ApiProblem> {
        let reader: Box<dyn Read> = match encoding {
            Encoding::Plain => Box::new(pieces),
            Encoding::Gzip => Box::new(flate2::read::MultiGzDecoder::new(pieces)),
            Encoding::Zstd => {
                Box::new(zstd::Decoder::new(pieces).map_err(|error| cut_short(&error))?)
            }
        };
        Ok(Self { reader: BufReader::new(reader), number: 0, inflated: 0 })
    }

    /// Up to [`BATCH_ROWS`] lines; empty ones are skipped.
    fn batch(&mut self) -> (Vec<(u64, Vec<u8>)>, End) {
        let mut batch = Vec::new();
        while batch.len() < BATCH_ROWS {
            match self.next() {
                Ok(Some(line)) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(line)) => batch.push((self.number, line)),
                Ok(None) => return (batch, Some(Ok(()))),
                Err(problem) => return (batch, Some(Err(problem))),
            }
        }
        (batch, None)
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, ApiProblem> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let read = read.map_err(|error| cut_short(&error))? as u64;
        self.number += 1;
        self.inflated += read;
        if self.inflated > limits::IMPORT_INFLATED_BYTES_MAX as u64 {
            return Err(ApiProblem::too_large(limits::IMPORT_INFLATED_BYTES_MAX));
        }
        if read == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
            let title = format!("Line {} is over {LINE_BYTES_MAX} bytes.", self.number);
            return Err(ApiProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", title)
                .advise("One row of JSON a line. The lines before it were loaded."));
        }
        Ok((read > 0).then_some(line))
    }
}

fn cut_short(error: &std::io::Error) -> ApiProblem {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
        Some(Broken::TooLarge) => ApiProblem::too_large(limits::IMPORT_BODY_BYTES_MAX),
        _ => {
            let title = "The body ended early, or is not packed as it says.";
            ApiProblem::new(StatusCode::BAD_REQUEST, "cut_short", title)
                .advise("What came before was loaded. Send the same rows again.")
        }
    }
}
