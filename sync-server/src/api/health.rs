//! Whether the server lives, whether it can work, and what it counts.

use std::sync::atomic::Ordering::Relaxed;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde::Serialize;

use super::problem::ApiProblem;
use crate::{
    clock,
    db::{DbError, feed},
    state::AppState,
};

/// What the server says of itself.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
    version: &'static str,
    /// RFC 3339; tells a person at once that two clocks differ.
    time: String,
}

fn health(status: &'static str) -> Json<Health> {
    let version = env!("CARGO_PKG_VERSION");
    Json(Health { status, version, time: clock::now().to_rfc3339() })
}

/// The process answers; says nothing about the database.
pub async fn live() -> Json<Health> {
    health("alive")
}

/// The database answers too.
///
/// # Errors
/// `slow_down` or `internal`: send no requests here now.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Health>, ApiProblem> {
    let read = state.db.read(feed::known_epoch).await;
    read.map_err(|error: DbError| error)?;
    Ok(health("ready"))
}

/// Counters, times and gauges in Prometheus' text form. Holds nothing of a customer.
pub async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let counters = state.db.counters();
    let gauges = [
        ("stockhand_db_commits_total", counters.commits.load(Relaxed)),
        ("stockhand_db_requests_total", counters.requests.load(Relaxed)),
        ("stockhand_db_retries_total", counters.retries.load(Relaxed)),
    ];
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.render(&gauges))
}
