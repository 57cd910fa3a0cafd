//! One item: by delivery, and for pickup around the customer.

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    api::{AtpBand, AtpDetail, AtpLater, AtpPickup},
    clock::TimeMs,
    fulfillment::Method,
    ids::{LocationId, Sku},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    FRESH, Whom, backorder,
    place::{Around, Place},
    seen, stamp, unknown,
};
use crate::{
    api::{
        extract::{Ask, Named},
        guard::Shopping,
        problem::ApiProblem,
    },
    atp::{directory::Directory, index::Index, near::Near, view::View},
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
    let directory = index.directory();
    let item = directory.items.number(&sku).ok_or_else(unknown)?;
    let (ship_units, ship_later) =
        by_date(index.steps(&view, item, whom.pool(&view, Method::Ship)?));
    let pickup = match from {
        Some(point) => {
            let pool = whom.pool(&view, Method::Pickup)?;
            let around = around.of(&directory, point, around.limit());
            around.into_iter().map(|near| at(index, &view, &directory, item, pool, near)).collect()
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
        pickup,
        release: sold.release,
        backorder: backorder(&sold),
    };
    Ok(([(header::CACHE_CONTROL, FRESH)], Json(detail)).into_response())
}

/// What can be picked up at a location near the customer.
fn at(
    index: &Index,
    view: &View,
    directory: &Directory,
    item: u32,
    pool: usize,
    near: Near,
) -> AtpPickup {
    let mut steps = index.steps_at(view, item, pool, near.location);
    if let Some(left) = view.campaign_left(item, pool) {
        steps.iter_mut().for_each(|(_, units)| *units = (*units).min(left));
        steps.dedup_by_key(|(_, units)| *units);
    }
    let (units, later) = by_date(steps);
    let facts = directory.locations.facts(near.location.into());
    AtpPickup {
        location: LocationId::new(&*facts.id).expect("the index has valid ones only"),
        name: facts.name.to_string(),
        distance_m: near.distance_m,
        units,
        band: AtpBand::of(units),
        later,
    }
}

/// Units of now, and those of later.
fn by_date(steps: Vec<(Option<TimeMs>, i64)>) -> (i64, Vec<AtpLater>) {
    let now = steps.first().map_or(0, |(_, units)| *units);
    let later = steps.into_iter().filter_map(|(from, units)| Some(AtpLater { from: from?, units }));
    (now, later.collect())
}
