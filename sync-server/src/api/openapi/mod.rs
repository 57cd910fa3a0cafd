//! The API's description, OpenAPI 3.1, made from the handlers themselves.
//!
//! A handler says its path, its bodies, who may call it and, instead of a description, the codes of
//! the problems that it answers with; what follows from these is filled in here. Describes nothing
//! that is not in `router.rs`: a test compares the two.

mod problems;
mod security;
mod shapes;
mod words;

use std::sync::OnceLock;

use axum::{http::header, response::IntoResponse};
use domain::{command::Command, problem::Problem};
use serde_json::Value;
use utoipa::OpenApi;

use crate::app::import::Kind;

use super::{
    atp, batches, dead_rows, device_auth, devices, doubts, enrol, events, feeds, health, imports,
    items, locations, orders, overview, promises, session, sources, sync, terms, webhooks,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stockhand",
        description = "Orders, stock and tablets of a store network. Channels place orders with \
            their token, operators look after them, tablets do the work.\n\n\
            Times are RFC 3339 in UTC, or milliseconds since 1970 where a field is a number. Lists \
            come in pages: pass `next` as `after`. Whatever is refused is a problem document (RFC \
            9457) with a stable `code`. Sending the same order or the same rows again changes nothing.",
    ),
    tags(
        (name = "orders", description = "Placing orders, and looking after them"),
        (name = "network", description = "Locations, items, stock, imports"),
        (name = "sources", description = "Stock from other systems: who sends it, and how"),
        (name = "atp", description = "What can be promised, to shops: answers, never promises"),
        (name = "webhooks", description = "Who is told when what can be promised changes"),
        (name = "devices", description = "Tablets as operators see them"),
        (name = "session", description = "Signing in and out"),
        (name = "tablets", description = "What tablets call: pairing, proof of their key, sync"),
        (name = "server", description = "Whether the server works"),
    ),
    paths(
        health::live,
        health::ready,
        health::metrics,
        document,
        orders::place,
        orders::list,
        orders::show,
        orders::cancel,
        locations::at_risk,
        overview::exceptions,
        overview::show,
        locations::list,
        locations::put_calendar,
        locations::queue,
        locations::show,
        items::list,
        items::stock,
        items::movements,
        terms::show,
        terms::put,
        doubts::list,
        imports::load,
        atp::list,
        atp::ask,
        atp::basket,
        atp::show,
        atp::why,
        feeds::read,
        promises::quote,
        promises::make,
        promises::make_mixed,
        promises::end,
        atp::rules::show,
        atp::rules::put,
        atp::rules::try_out,
        atp::rules::versions,
        atp::rules::version,
        webhooks::list,
        webhooks::add,
        webhooks::show,
        webhooks::put,
        webhooks::remove,
        webhooks::test,
        webhooks::again,
        webhooks::rotate,
        sources::put,
        sources::list,
        sources::show,
        sources::token,
        sources::refused,
        sources::differences,
        batches::send,
        events::send,
        events::stream::open,
        dead_rows::list,
        dead_rows::replay,
        dead_rows::discard,
        devices::list,
        devices::pair,
        devices::revoke,
        devices::parked,
        session::begin,
        session::show,
        session::end,
        enrol::redeem,
        device_auth::nonce,
        device_auth::token,
        sync::exchange,
        sync::snapshot,
        sync::chunk,
        sync::events,
    ),
    components(schemas(Problem, Command, Kind))
)]
struct Document;

/// The description as text; made once.
#[must_use]
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        serde_json::to_string_pretty(&description()).expect("a description is plain data")
    })
}

fn description() -> Value {
    let mut document = serde_json::to_value(Document::openapi()).expect("plain data");
    shapes::complete(&mut document);
    // Before security: it reads who may call as the handlers say it.
    operations(&mut document, problems::complete);
    operations(&mut document, security::complete);
    document["components"]["securitySchemes"] = security::schemes();
    words::clean(&mut document);
    document
}

/// Calls `work` with the method and the description of every operation.
fn operations(document: &mut Value, work: impl Fn(&str, &mut Value)) {
    let paths = document["paths"].as_object_mut().expect("a description has paths");
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        for (method, operation) in item {
            work(method, operation);
        }
    }
}

/// Answers with this description.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "server", operation_id = "describe_api",
    security(()),
    responses(
        (status = 200, description = "An OpenAPI document", body = Object),
    )
)]
pub async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
