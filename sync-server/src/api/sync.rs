//! What tablets call: the exchange, snapshots and the poke. Thin: authenticate, one call, answer.
//!
//! A poke says only that the feed moved; a device that is revoked while it listens learns no more
//! than that before its next request is refused.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    api::DeviceState,
    limits,
    sync::{ExchangeRequest, ExchangeResponse, SnapshotManifest},
};
use futures_util::stream;

use super::{
    extract::Named,
    problem::ApiProblem,
    signature::{authenticate, inflate, require_active, stopped_problem, unknown_device},
};
use crate::{
    app::exchange::{Asked, Refusal},
    clock,
    db::{DbError, feed},
    state::AppState,
};

/// A silent line says that it is alive this often.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Takes a device's commands and answers with outcomes and its location's feed.
#[utoipa::path(
    post, path = "/sync/v1/exchange", tag = "tablets", operation_id = "exchange",
    security(("device" = [], "device_signature" = [])),
    request_body(
        content = ExchangeRequest,
        description = "Plain, gzip or zstd (Content-Encoding); 256 KiB as sent, 2 MiB unpacked"
    ),
    responses(
        (status = 200, description = "Outcomes and the feed", body = ExchangeResponse),
        (status = 400, description = "malformed"),
        (status = 403, description = "other_device"),
        (status = 409, description = "gap equivocation wrong_epoch"),
        (status = 413, description = "too_many command_too_large"),
        (status = 415, description = "unknown_encoding"),
        (status = 422, description = "not_in_sequence"),
        (status = 426, description = "upgrade_required"),
        (status = 507, description = "disk_full"),
    )
)]
pub async fn exchange(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<ExchangeResponse>, ApiProblem> {
    let (bearer, headers, body) = authenticate(&state, request).await?;
    let asked = Asked::read(clock::moment(), bearer.device, read(&headers, body)?)?;
    let answered = state.sync.exchanges.ask(&state.db, (), asked).await;
    Ok(Json(answered??))
}

fn read(headers: &HeaderMap, body: axum::body::Bytes) -> Result<ExchangeRequest, ApiProblem> {
    let plain = inflate(headers, body, limits::EXCHANGE_INFLATED_BYTES_MAX)?;
    serde_json::from_slice(&plain).map_err(|error| ApiProblem::malformed(&error))
}

impl From<Refusal> for ApiProblem {
    fn from(refusal: Refusal) -> Self {
        let title = refusal.to_string();
        let problem = |status, code| Self::new(status, code, title.clone());
        match refusal {
            Refusal::Quarantined => stopped_problem(DeviceState::Quarantined),
            Refusal::Revoked => stopped_problem(DeviceState::Revoked),
            Refusal::UnknownDevice => unknown_device(),
            Refusal::OtherDevice => problem(StatusCode::FORBIDDEN, "other_device"),
            Refusal::WrongEpoch { .. } => problem(StatusCode::CONFLICT, "wrong_epoch")
                .advise("Pair the tablet again: its identity was enrolled anew since."),
            Refusal::WrongProtocol => {
                problem(StatusCode::UPGRADE_REQUIRED, "upgrade_required").advise("Update the app.")
            }
            Refusal::Gap { expected_seq } => {
                let mut gap = problem(StatusCode::CONFLICT, "gap")
                    .advise("Send again from expected_seq; never renumber.");
                gap.0.expected_seq = Some(expected_seq);
                gap
            }
            Refusal::Equivocation { .. } => problem(StatusCode::CONFLICT, "equivocation")
                .advise("The tablet is quarantined. Ask an administrator."),
            Refusal::TooMany => problem(StatusCode::PAYLOAD_TOO_LARGE, "too_many")
                .advise("Send the rest in the next exchange."),
            Refusal::CommandTooLarge { .. } => {
                problem(StatusCode::PAYLOAD_TOO_LARGE, "command_too_large")
            }
            Refusal::NotInSequence { .. } => {
                problem(StatusCode::UNPROCESSABLE_ENTITY, "not_in_sequence")
            }
        }
    }
}

/// Says what a snapshot of the device's location consists of.
#[utoipa::path(
    get, path = "/sync/v1/snapshot", tag = "tablets", operation_id = "show_snapshot",
    security(("device" = [], "device_signature" = [])),
    responses(
        (status = 200, description = "Its chunks", body = SnapshotManifest),
    )
)]
pub async fn snapshot(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<SnapshotManifest>, ApiProblem> {
    let (bearer, ..) = authenticate(&state, request).await?;
    require_active(&state, &bearer).await?;
    let (db, mut moment) = (&state.db, clock::moment());
    let (key, location) = (bearer.location_key, &bearer.location);
    let snapshot = state.sync.snapshots.newest(db, &mut moment, key, location).await?;
    Ok(Json(snapshot.manifest.clone()))
}

/// One chunk of a snapshot: zstd of lines of JSON, each a FeedRow.
#[utoipa::path(
    get, path = "/sync/v1/snapshot/{id}/{index}", tag = "tablets", operation_id = "fetch_chunk",
    security(("device" = [], "device_signature" = [])),
    params(
        ("id" = String, Path, description = "From the manifest"),
        ("index" = u32, Path, description = "From 0")
    ),
    responses(
        (status = 200, description = "The chunk", body = Vec<u8>, content_type = "application/zstd"),
        (status = 404, description = "snapshot_gone unknown_route"),
    )
)]
pub async fn chunk(
    State(state): State<AppState>,
    Named((id, index)): Named<(String, usize)>,
    request: Request,
) -> Result<Response, ApiProblem> {
    let (bearer, ..) = authenticate(&state, request).await?;
    require_active(&state, &bearer).await?;
    let found = state.sync.snapshots.find(&bearer.location, &id, clock::now());
    let chunk = found.as_ref().and_then(|snapshot| snapshot.chunks.get(index));
    let Some(chunk) = chunk else {
        let title = "This snapshot is no longer kept.";
        return Err(ApiProblem::new(StatusCode::NOT_FOUND, "snapshot_gone", title)
            .advise("Ask for a new manifest."));
    };
    // Not a content encoding: the hash of the manifest is that of these bytes.
    Ok(([(header::CONTENT_TYPE, "application/zstd")], chunk.clone()).into_response())
}

/// Tells a listening device that its location's feed moved. A hint: losing one costs latency only.
#[utoipa::path(
    get, path = "/sync/v1/events", tag = "tablets", operation_id = "listen",
    security(("device" = [], "device_signature" = [])),
    responses(
        (status = 200, description = "`poke` events", body = String, content_type = "text/event-stream"),
    )
)]
pub async fn events(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiProblem> {
    let (bearer, ..) = authenticate(&state, request).await?;
    require_active(&state, &bearer).await?;
    let moved = state.pokes.watch(&bearer.location);
    let key = bearer.location_key;
    let head = state.db.read(move |tx| feed::head(tx, key)).await;
    let head = head.map_err(|error: DbError| error)?;
    let location = bearer.location.clone();
    // The first poke comes at once: what moved before the line was open is not missed.
    let start = (Some(head), moved, state.stopping.clone());
    let pokes = stream::unfold(start, move |(first, mut moved, mut stopping)| {
        let location = location.clone();
        async move {
            let cursor = match first {
                Some(cursor) => cursor,
                None => tokio::select! {
                    changed = moved.changed() => {
                        changed.ok()?;
                        *moved.borrow_and_update()
                    }
                    // A sender that is gone says nothing any more: this arm is then disabled.
                    Ok(_) = stopping.wait_for(|stopping| *stopping) => return None,
                },
            };
            let data = format!("{{\"location\":\"{location}\",\"cursor\":{cursor}}}");
            let event = Event::default().event("poke").id(cursor.to_string()).data(data);
            Some((Ok::<_, Infallible>(event), (None, moved, stopping)))
        }
    });
    let alive = KeepAlive::new().interval(HEARTBEAT).text("alive");
    let mut response = Sse::new(pokes).keep_alive(alive).into_response();
    let unbuffered = header::HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", unbuffered);
    Ok(response)
}
