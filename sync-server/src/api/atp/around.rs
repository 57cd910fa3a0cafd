//! One item: by delivery, and for pickup around the customer.

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    api::{AtpBand, AtpDelivery, AtpDetail, AtpLater, AtpPickup},
    clock::TimeMs,
    fulfillment::Method,
    ids::{LocationId, Sku},
    location::Coordinates,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    FRESH, Whom, backorder,
    place::{Around, Place},
    seen, stamp, steps_at, unknown,
};
use crate::{
    api::{
        extract::{Ask, Named},
        guard::Shopping,
        problem::ApiProblem,
    },
    atp::{directory::Directory, index::Index, near::Near, view::View},
    calendar::transit::Transit,
    clock,
    state::AppState,
};

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
    let AroundAsked { at: point, postcode, radius_km, limit, market, region, channel } = asked;
    let place = Place { at: point, postcode, market: market.clone() };
    let around = Around { radius_km, limit };
    let from = place.find(&state).await?;
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
            let pool = whom.pool(&view, Method::Pickup)?;
            let around = around.of(&directory, point, around.limit());
            around.into_iter().map(|near| asked.at(pool, near)).collect()
        }
        None => Vec::new(),
    };
    let sold = index.terms(item);
    let detail = AtpDetail {
        seen: stamp(seen, &view),
        sku: super::sku(&sku),
        ship_units,
        ship: AtpBand::of(ship_units),
        ship_later,
        delivery,
        pickup,
        release: sold.release,
        backorder: backorder(&sold),
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
        let from = (self.index, self.view);
        let (units, later) = by_date(steps_at(from, self.item, pool, near.location));
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

    /// Locations of a pool that may have some of it.
    fn having(&self, pool: usize) -> Vec<u16> {
        let stock = self.index.stock();
        if let Some(kit) = stock.kit(self.item) {
            return self.view.places(stock, &kit, pool);
        }
        let mut having = Vec::new();
        stock.each(self.item, |location, units| {
            if units.on_hand > units.reserved && self.view.gives(location, pool) {
                having.push(location);
            }
        });
        having
    }

    /// When one unit would be sent and arrive: as sourcing would choose, from the nearest that has it,
    /// one that is not put off before one that is.
    fn delivery(&self, pool: usize, to: Coordinates, transit: &Transit) -> Option<AtpDelivery> {
        let (locations, calendars) = (&self.directory.locations, &self.directory.calendars);
        let having = self.having(pool);
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
