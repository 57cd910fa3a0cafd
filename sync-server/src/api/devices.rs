//! Tablets as operators see them: the list, pairing codes, revoking, and parked commands.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use domain::{
    api::{DeviceRow, DeviceState, NewPairingCode, Page, PairingCode, ParkedRow},
    ids::{DeviceId, LocationId},
    problem::Problem,
};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Named, Paging},
    guard::Caller,
    locations::visible_key,
    problem::ApiProblem,
};
use crate::{
    app::{
        enrol,
        refusal::{AppError, not_found},
    },
    clock,
    db::{devices, fleet},
    state::AppState,
};

const BODY_BYTES_MAX: usize = 4 * 1024;
/// Parked commands that a list shows.
const PARKED_MAX: u32 = 200;

/// What a list of tablets is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct DevicesAsked {
    /// Only there.
    location: Option<LocationId>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists tablets.
///
/// # Errors
/// `unknown_location`.
#[utoipa::path(
    get, path = "/api/v1/devices", tag = "devices", operation_id = "list_devices",
    security(("session" = ["store_manager"])),
    params(DevicesAsked),
    responses(
        (status = 200, description = "A page of tablets", body = Page<DeviceRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<DevicesAsked>,
) -> Result<Json<Page<DeviceRow>>, ApiProblem> {
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let found = state.db.read(move |tx| {
        let only = match &asked.location {
            Some(location) => Some(visible_key(tx, &caller, location)?),
            None => caller.only(),
        };
        let after = asked.after.as_deref().unwrap_or_default();
        Ok::<_, AppError>(fleet::devices(tx, only, after, rows + 1)?)
    });
    Ok(Json(extract::page(found.await?, rows, |row| row.id.to_string())))
}

/// Makes a code that pairs one tablet.
///
/// # Errors
/// `unknown_location`.
#[utoipa::path(
    post, path = "/api/v1/devices/pairing-codes", tag = "devices", operation_id = "make_pairing_code",
    security(("session" = ["operations"])),
    request_body = NewPairingCode,
    responses(
        (status = 201, description = "The code, shown once", body = PairingCode),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_location"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body"),
    )
)]
pub async fn pair(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<(StatusCode, Json<PairingCode>), ApiProblem> {
    let asked: NewPairingCode = extract::json(body, BODY_BYTES_MAX, "invalid_body").await?;
    let (keys, moment, location) = (state.keys.clone(), clock::moment(), asked.location.clone());
    let issued = state.db.write(move |tx| {
        let key = visible_key(tx, &caller, &location)?;
        let issued = enrol::issue_code(tx, &mut moment.clone(), &keys, key, &caller.name());
        Ok::<_, AppError>(issued?)
    });
    let issued = issued.await?;
    let text = format!("{}#{}", state.settings.public_url, issued.code);
    let code = PairingCode {
        qr_svg: qr_svg(&text),
        code: issued.code,
        location: asked.location,
        expires_at: issued.expires,
    };
    Ok((StatusCode::CREATED, Json(code)))
}

/// A QR symbol as SVG, dark on white with a quiet zone of four modules.
fn qr_svg(text: &str) -> String {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .expect("an address and a code are far below a symbol's limit");
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + 4, y + 4));
        }
    }
    let size = code.size() + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" \
         fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    )
}

fn unknown() -> Problem {
    not_found("unknown_device", "There is no such tablet.")
}

/// Why a tablet is stopped.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Revoke {
    /// In words.
    reason: Option<String>,
}

/// Stops a tablet: its next request is refused.
///
/// # Errors
/// `unknown_device`.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/revoke", tag = "devices", operation_id = "revoke_device",
    security(("session" = ["operations"])),
    params(("id" = DeviceId, Path, description = "The tablet"), Revoke),
    responses(
        (status = 204, description = "Stopped"),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_device"),
    )
)]
pub async fn revoke(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
    Ask(asked): Ask<Revoke>,
) -> Result<StatusCode, ApiProblem> {
    let id: DeviceId = id.parse().map_err(|_| unknown())?;
    let reason = asked.reason.unwrap_or_else(|| format!("revoked by {}", caller.name()));
    let done = state.db.write(move |tx| {
        let found = devices::find(tx, id)?;
        let found = found.filter(|d| caller.only().is_none_or(|only| only == d.location_key));
        let device = found.ok_or_else(unknown)?;
        let reason: String = reason.chars().take(domain::limits::TEXT_MAX).collect();
        devices::set_state(tx, &device, DeviceState::Revoked, Some(&reason))?;
        Ok::<_, AppError>(())
    });
    done.await?;
    tracing::info!(device = %id, "tablet revoked");
    Ok(StatusCode::NO_CONTENT)
}

/// Lists commands that the server could not read.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/parked", tag = "devices", operation_id = "list_parked",
    security(("session" = ["operations"])),
    responses(
        (status = 200, description = "Parked commands", body = Page<ParkedRow>),
    )
)]
pub async fn parked(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Page<ParkedRow>>, ApiProblem> {
    let only = caller.only();
    let found = state.db.read(move |tx| Ok::<_, AppError>(fleet::parked(tx, only, PARKED_MAX)?));
    Ok(Json(Page { items: found.await?, next: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_has_a_quiet_zone() {
        let svg = qr_svg("https://orders.example.com#7K3M-9QXD");
        assert!(svg.contains("viewBox=\"0 0 37 37\"") && svg.contains("M4,4h1v1h-1z"), "{svg}");
    }
}
