//! What operators see of a running server: one structured line a request that matters, times and
//! counts by route. Logs hold no customer data: paths have ids only, bodies are never logged.

use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use crate::{clock, metrics::Metrics};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogForm {
    /// For machines, one JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// Starts logging to standard error; `STOCKHAND_LOG` filters as `info,sync_server=debug`.
pub fn start(form: LogForm) {
    let filter =
        EnvFilter::try_from_env("STOCKHAND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call, as tests make it, changes nothing.
    let _ = match form {
        LogForm::Json => builder.json().flatten_event(true).try_init(),
        LogForm::Text => builder.with_ansi(false).try_init(),
    };
}

tokio::task_local! {
    static TRACE_ID: String;
}

/// The id of the request that is being answered, for its problem document.
#[must_use]
pub fn trace_id() -> Option<String> {
    TRACE_ID.try_with(Clone::clone).ok()
}

/// Gives a request its trace id, measures how `answer` does it, and logs what is slow or broken.
pub async fn observe<A>(
    metrics: &Metrics,
    request: Request,
    answer: impl FnOnce(Request) -> A,
) -> Response
where
    A: Future<Output = Response>,
{
    let started = clock::Stopwatch::start();
    let id = clock::trace_id();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("pages", MatchedPath::as_str);
    let method = request.method().as_str();
    let span = tracing::info_span!("request", trace = id, method, route);
    let answer = answer(request).instrument(span.clone());
    let mut response = TRACE_ID.scope(id.clone(), answer).await;
    let took = started.elapsed();
    metrics.answered(route, response.status().as_u16(), took);
    log(&span, response.status(), took);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-trace-id", id);
    }
    response
}

/// Longer than this is worth a line; a poke's stream returns its head at once.
const SLOW: Duration = Duration::from_millis(500);

fn log(span: &tracing::Span, status: StatusCode, took: Duration) {
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1_000.0);
    let _in_span = span.enter();
    if status >= 500 {
        tracing::error!(status, ms, "answered");
    } else if took >= SLOW {
        tracing::warn!(status, ms, "slow");
    } else {
        tracing::debug!(status, ms, "answered");
    }
}
