//! One item: by delivery, and for pickup around the customer.

use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api::{AtpBand, AtpDelivery, AtpDetail, AtpLater, AtpPickup},
    clock::TimeMs,
    fulfillment::Method,
    ids::{LocationId, Sku},
    location::Coordinates,
    order::FieldError,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{FRESH, Whom, seen, stamp, unknown};
use crate::{
    api::{
        extract::{Ask, Named},
        guard::Shopping,
        problem::ApiProblem,
    },
    app::refusal::invalid,
    atp::{
        directory::Directory,
        index::Index,
        near::{Near, near},
        view::View,
    },
    calendar::transit::Transit,
    clock,
    db::{DbError, postcodes},
    state::AppState,
};

/// Locations around a customer, where the question does not say.
const NEAR: usize = 20;
const NEAR_MAX: usize = 100;
const RADIUS_KM: u32 = 100;
const RADIUS_KM_MAX: u32 = 20_000;

/// Where the customer is, and whose they are.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AroundAsked {
    /// Latitude and longitude in degrees, as `52.52,13.405`.
    at: Option<String>,
    /// A postcode in their market, instead.
    postcode: Option<String>,
    /// Locations within so many kilometres; 100 if absent.
    radius_km: Option<u32>,
    /// At most so many locations, 1 to 100; 20 if absent.
    limit: Option<u32>,
    /// The country of the customer, two letters.
    market: Option<String>,
    /// The customer's region of sale.
    region: Option<String>,
    /// The channel, where an operator asks.
    channel: Option<String>,
}

/// Says what can be promised of one item: by delivery, and for pickup around the customer.
///
/// # Errors
/// `invalid_query`, `no_pool`, `unknown_postcode`, `unknown_sku`, `wrong_channel`.
#[utoipa::path(
    get, path = "/api/v1/atp/items/{sku}", tag = "atp", operation_id = "show_atp",
    security(("channel" = []), ("session" = ["operations"])),
    params(("sku" = Sku, Path, description = "The item"), AroundAsked),
    responses(
        (status = 200, description = "Delivery and pickup", body = AtpDetail),
        (status = 400, description = "invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 404, description = "unknown_sku"),
        (status = 422, description = "no_pool unknown_postcode"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    Named(sku): Named<String>,
    Ask(asked): Ask<AroundAsked>,
) -> Result<Response, ApiProblem> {
    let from = place(&state, &asked).await?;
    let AroundAsked { radius_km, limit, market, region, channel, .. } = asked;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let index = &state.promises.index;
    let (seen, view) = (seen(index)?, index.view());
    let (directory, now) = (index.directory(), clock::now());
    let item = directory.items.number(&sku).ok_or_else(unknown)?;
    let ships = whom.pool(&view, Method::Ship)?;
    let (ship_units, ship_later) = by_date(index.steps(&view, item, ships));
    let asked = Asked { index, view: &view, directory: &directory, item, now };
    let delivery = from
        .filter(|_| ship_units > 0)
        .and_then(|point| asked.delivery(ships, point, &state.settings.transit));
    let pickup = match from {
        Some(point) => {
            let radius_m = u64::from(radius_km.unwrap_or(RADIUS_KM).min(RADIUS_KM_MAX)) * 1_000;
            let limit = limit.map_or(NEAR, |limit| limit as usize).clamp(1, NEAR_MAX);
            let around = near(
                &directory.locations,
                &directory.points,
                Method::Pickup,
                point,
                radius_m,
                limit,
            );
            let pool = whom.pool(&view, Method::Pickup)?;
            around.into_iter().map(|near| asked.at(pool, near)).collect()
        }
        None => Vec::new(),
    };
    let detail = AtpDetail {
        seen: stamp(seen, &view),
        sku: super::sku(&sku),
        ship_units,
        ship: AtpBand::of(ship_units),
        ship_later,
        delivery,
        pickup,
    };
    Ok(([(header::CACHE_CONTROL, FRESH)], Json(detail)).into_response())
}

/// One item, as it is asked about now.
struct Asked<'a> {
    index: &'a Index,
    view: &'a View,
    directory: &'a Directory,
    item: u32,
    now: TimeMs,
}

impl Asked<'_> {
    /// What can be picked up at a location near the customer.
    fn at(&self, pool: usize, near: Near) -> AtpPickup {
        let steps = self.index.steps_at(self.view, self.item, pool, near.location);
        let (units, later) = by_date(steps);
        let location = u32::from(near.location);
        let facts = self.directory.locations.facts(location);
        let due = self.directory.calendars.due(location, self.now).filter(|_| units > 0);
        AtpPickup {
            location: LocationId::new(&*facts.id).expect("the index has valid ones only"),
            name: facts.name.to_string(),
            distance_m: near.distance_m,
            units,
            band: AtpBand::of(units),
            ready_at: due.map(|due| due.ready_at),
            later,
        }
    }

    /// When one unit would be sent and arrive: as sourcing would choose, from the nearest that has it,
    /// one that is not put off before one that is.
    fn delivery(&self, pool: usize, to: Coordinates, transit: &Transit) -> Option<AtpDelivery> {
        let (locations, calendars) = (&self.directory.locations, &self.directory.calendars);
        let mut having = Vec::new();
        self.index.stock().each(self.item, |location, units| {
            if units.on_hand > units.reserved && self.view.gives(location, pool) {
                having.push(location);
            }
        });
        let rank = |location: u16| {
            let number = u32::from(location);
            let distance_m = locations.facts(number).coordinates.distance_m(to);
            (calendars.is_put_off(number, self.now), distance_m, location)
        };
        let mut ranked: Vec<_> = having.into_iter().map(rank).collect();
        ranked.sort_unstable();
        let gives = |location| self.index.number_at(self.view, self.item, pool, location) > 0;
        let (_, distance_m, location) = ranked.into_iter().find(|(.., at)| gives(*at))?;
        let due = calendars.due(location.into(), self.now)?;
        let deliver_by = transit.arrives(due.day, distance_m).to_string();
        Some(AtpDelivery { ship_by: due.leaves_at, deliver_by })
    }
}

/// Units of now, and those of later.
fn by_date(steps: Vec<(Option<TimeMs>, i64)>) -> (i64, Vec<AtpLater>) {
    let now = steps.first().map_or(0, |(_, units)| *units);
    let later = steps.into_iter().filter_map(|(from, units)| Some(AtpLater { from: from?, units }));
    (now, later.collect())
}

/// Where the customer is, if the question says so.
async fn place(state: &AppState, asked: &AroundAsked) -> Result<Option<Coordinates>, ApiProblem> {
    if let Some(at) = &asked.at {
        let title = "at is latitude and longitude in degrees, as 52.52,13.405.";
        let wrong = || ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title);
        return degrees(at).map(Some).ok_or_else(wrong);
    }
    let Some(postcode) = asked.postcode.clone() else { return Ok(None) };
    let Some(country) = asked.market.clone() else {
        let title = "A postcode needs its market.";
        return Err(ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title));
    };
    let found = state.db.read(move |tx| postcodes::find(tx, &country, &postcode)).await;
    let found = found.map_err(|error: DbError| error)?;
    found.map(Some).ok_or_else(|| {
        let message = "is not known in this country".to_owned();
        let errors = vec![FieldError { field: "postcode".into(), message }];
        invalid("unknown_postcode", "Nobody knows where this postcode is.", errors).into()
    })
}

fn degrees(text: &str) -> Option<Coordinates> {
    let (lat, lon) = text.split_once(',')?;
    let e6 = |text: &str, max: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= max).then(|| (degrees * 1e6).round() as i64)
    };
    Some(Coordinates { lat_e6: e6(lat, 90.0)?, lon_e6: e6(lon, 180.0)? })
}
