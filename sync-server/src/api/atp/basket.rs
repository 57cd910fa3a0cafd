//! A whole basket, for the page that shows it: by delivery, and for pickup around the customer, line by
//! line. Whoever decides then asks for a promise; nothing here holds anything.

use std::cmp::Reverse;

use axum::{Extension, Json, body::Body, extract::State};
use domain::{
    api::{BasketLine, BasketOption, BasketOptions, BasketPickup, BasketQuestion, LineOption},
    clock::TimeMs,
    fulfillment::Method,
    ids::{LocationId, Sku},
    limits,
    order::FieldError,
};

use super::{
    Whom,
    place::{Around, NEAR_MAX, Place},
    seen, stamp, steps_at,
};
use crate::{
    api::{extract, guard::Shopping, problem::ApiProblem},
    app::refusal::invalid,
    atp::{directory::Directory, index::Index, near::Near, view::View},
    clock,
    state::AppState,
};

/// Bytes of a question.
const QUESTION_BYTES_MAX: usize = 64 * 1024;

/// Says what a basket could have, by every way. Nothing is held.
///
/// # Errors
/// `invalid_body`, `invalid_query`, `no_pool`, `unknown_postcode`, `unknown_sku`, `wrong_channel`.
#[utoipa::path(
    post, path = "/api/v1/atp/basket", tag = "atp", operation_id = "ask_basket",
    security(("channel" = []), ("session" = ["operations"])),
    request_body = BasketQuestion,
    responses(
        (status = 200, description = "Delivery and pickup, line by line", body = BasketOptions),
        (status = 400, description = "malformed invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body no_pool unknown_postcode unknown_sku"),
    )
)]
pub async fn basket(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    body: Body,
) -> Result<Json<BasketOptions>, ApiProblem> {
    let asked: BasketQuestion = extract::json(body, QUESTION_BYTES_MAX, "invalid_body").await?;
    check(&asked.lines)?;
    let BasketQuestion { lines, at, postcode, radius_km, limit, market, region, channel } = asked;
    let place = Place { at, postcode, market: market.clone() };
    let around = Around { radius_km, limit };
    let from = place.find(&state).await?;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let index = &state.promises.index;
    let (seen, view) = (seen(index)?, index.view());
    let directory = index.directory();
    let (lines, now) = (known(&directory, lines)?, clock::now());
    let basket = Basket { index, view: &view, directory: &directory, lines, now };
    let ship = basket.ship(whom.pool(&view, Method::Ship)?);
    let pickup = match from {
        Some(point) => {
            let pool = whom.pool(&view, Method::Pickup)?;
            // Who has all of it may not be among the nearest.
            let near = around.of(&directory, point, NEAR_MAX);
            best(near.into_iter().map(|near| basket.at(pool, near)).collect(), around.limit())
        }
        None => Vec::new(),
    };
    Ok(Json(BasketOptions { seen: stamp(seen, &view), ship, pickup }))
}

fn check(lines: &[BasketLine]) -> Result<(), ApiProblem> {
    let mut skus: Vec<&Sku> = lines.iter().map(|line| &line.sku).collect();
    skus.sort_unstable();
    let is_twice = skus.windows(2).any(|two| two[0] == two[1]);
    if is_twice || !(1..=limits::BASKET_LINES_MAX).contains(&lines.len()) {
        let message = format!("1 to {} items, each once", limits::BASKET_LINES_MAX);
        let errors = vec![FieldError { field: "lines".into(), message }];
        return Err(invalid("invalid_body", "The basket is not valid.", errors).into());
    }
    Ok(())
}

/// A line whose item the index knows.
struct Line {
    sku: Sku,
    item: u32,
    asked: i64,
}

fn known(directory: &Directory, lines: Vec<BasketLine>) -> Result<Vec<Line>, ApiProblem> {
    let (mut found, mut unknown) = (Vec::with_capacity(lines.len()), Vec::new());
    for (at, BasketLine { sku, quantity }) in lines.into_iter().enumerate() {
        let asked = i64::from(quantity.units());
        match directory.items.number(sku.as_str()) {
            Some(item) => found.push(Line { sku, item, asked }),
            None => {
                let message = format!("there is no item {sku}");
                unknown.push(FieldError { field: format!("lines[{at}].sku"), message });
            }
        }
    }
    match unknown.is_empty() {
        true => Ok(found),
        false => Err(invalid("unknown_sku", "Some items are not known.", unknown).into()),
    }
}

struct Basket<'a> {
    index: &'a Index,
    view: &'a View,
    directory: &'a Directory,
    lines: Vec<Line>,
    now: TimeMs,
}

impl Basket<'_> {
    fn ship(&self, pool: usize) -> BasketOption {
        self.option(|item| self.index.steps(self.view, item, pool))
    }

    fn at(&self, pool: usize, near: Near) -> BasketPickup {
        let location = u32::from(near.location);
        let facts = self.directory.locations.facts(location);
        let from = (self.index, self.view);
        let option = self.option(|item| steps_at(from, item, pool, near.location));
        let due = self.directory.calendars.due(location, self.now).filter(|_| option.whole);
        BasketPickup {
            location: LocationId::new(&*facts.id).expect("the index has valid ones only"),
            name: facts.name.to_string(),
            distance_m: near.distance_m,
            ready_at: due.map(|due| due.ready_at),
            option,
        }
    }

    fn option(&self, steps: impl Fn(u32) -> Vec<(Option<TimeMs>, i64)>) -> BasketOption {
        let of = |line: &Line| line_option(line, &steps(line.item));
        let lines: Vec<LineOption> = self.lines.iter().map(of).collect();
        let whole = lines.iter().zip(&self.lines).all(|(had, line)| had.units == line.asked);
        BasketOption { whole, lines }
    }
}

fn line_option(line: &Line, steps: &[(Option<TimeMs>, i64)]) -> LineOption {
    let units = steps.first().map_or(0, |(_, units)| *units).min(line.asked);
    let rest = steps.iter().find(|(_, units)| *units >= line.asked);
    LineOption { sku: line.sku.clone(), units, rest_from: rest.and_then(|(from, _)| *from) }
}

/// The locations that have something of it: all of it first, then most lines, then the nearest.
fn best(mut all: Vec<BasketPickup>, limit: usize) -> Vec<BasketPickup> {
    let lines = |at: &BasketPickup| at.option.lines.iter().filter(|line| line.units > 0).count();
    let has_some =
        |at: &BasketPickup| at.option.lines.iter().any(|l| l.units > 0 || l.rest_from.is_some());
    all.retain(has_some);
    all.sort_by_key(|at| (Reverse(at.option.whole), Reverse(lines(at)), at.distance_m));
    all.truncate(limit);
    all
}
