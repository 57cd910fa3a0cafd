//! Whether the server lives, whether it can work, and what it counts.

use std::sync::atomic::Ordering::Relaxed;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::ApiProblem;
use crate::{
    clock,
    db::{DbError, feed},
    state::AppState,
};

/// What the server says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `alive` or `ready`.
    status: &'static str,
    /// Version of the server.
    version: &'static str,
    /// RFC 3339; tells a person at once that two clocks differ.
    #[schema(format = DateTime)]
    time: String,
}

fn health(status: &'static str) -> Json<Health> {
    let version = env!("CARGO_PKG_VERSION");
    Json(Health { status, version, time: clock::now().to_rfc3339() })
}

/// The process answers; says nothing about the database.
#[utoipa::path(
    get, path = "/health", tag = "server", operation_id = "server_alive",
    security(()),
    responses(
        (status = 200, description = "It lives", body = Health),
    )
)]
pub async fn live() -> Json<Health> {
    health("alive")
}

/// The database answers too.
///
/// # Errors
/// `slow_down` or `internal`: send no requests here now.
#[utoipa::path(
    get, path = "/ready", tag = "server", operation_id = "server_ready",
    security(()),
    responses(
        (status = 200, description = "It can work", body = Health),
        (status = 500, description = "internal"),
        (status = 503, description = "slow_down"),
    )
)]
pub async fn ready(State(state): State<AppState>) -> Result<Json<Health>, ApiProblem> {
    let read = state.db.read(feed::known_epoch).await;
    read.map_err(|error: DbError| error)?;
    Ok(health("ready"))
}

/// Counters, times and gauges in Prometheus' text form. Holds nothing of a customer.
#[utoipa::path(
    get, path = "/metrics", tag = "server", operation_id = "server_metrics",
    security(()),
    responses(
        (status = 200, description = "Metrics", body = String, content_type = "text/plain"),
    )
)]
pub async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let (counters, reached) = (state.db.counters(), &state.reached);
    let (events, exchanges) = (state.tills.together.shared(), state.sync.exchanges.shared());
    let gauges = [
        ("stockhand_db_commits_total", counters.commits.load(Relaxed)),
        ("stockhand_db_requests_total", counters.requests.load(Relaxed)),
        ("stockhand_db_retries_total", counters.retries.load(Relaxed)),
        ("stockhand_event_streams_open", state.tills.streams_open()),
        ("stockhand_events_callers_total", events.callers.load(Relaxed)),
        ("stockhand_events_transactions_total", events.transactions.load(Relaxed)),
        ("stockhand_exchange_callers_total", exchanges.callers.load(Relaxed)),
        ("stockhand_exchange_transactions_total", exchanges.transactions.load(Relaxed)),
        ("stockhand_inbox_files_waiting", reached.waiting("folder")),
        ("stockhand_inbox_folders_down", reached.down("folder")),
        ("stockhand_nats_connected", u64::from(reached.is_connected())),
        ("stockhand_nats_messages_pending", reached.waiting("nats")),
        ("stockhand_nats_streams_down", reached.down("nats")),
    ];
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.render(&gauges))
}
