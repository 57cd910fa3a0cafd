//! The API's description, OpenAPI 3.1, made from the handlers themselves.

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;

use super::{device_auth, enrol, sync};

#[derive(OpenApi)]
#[openapi(
    info(title = "Stockhand", description = "Orders, stock and tablets of a store network."),
    paths(
        enrol::redeem,
        device_auth::nonce,
        device_auth::token,
        sync::exchange,
        sync::snapshot,
        sync::chunk,
        sync::events,
    )
)]
struct Document;

/// The description as text.
#[must_use]
pub fn text() -> String {
    Document::openapi().to_pretty_json().expect("a description is plain data")
}

/// Answers with the description.
pub async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
