//! What can be promised, for shops: many items at once, one item or a whole basket around a customer,
//! and why; and the rules behind it. Questions are answered from memory; nothing here promises anything.

mod around;
mod basket;
mod list;
mod place;
pub mod rules;
mod why;

pub use around::{__path_show, AroundAsked, show};
pub use basket::{__path_basket, basket};
pub use list::{__path_ask, __path_list, ItemsAsked, Question, ask, list};
pub use why::{__path_why, WhyAsked, why};

use axum::http::{HeaderValue, StatusCode};
use domain::{
    api::{AtpBackorder, AtpSeen},
    clock::TimeMs,
    fulfillment::Method,
    ids::Sku,
    problem::Problem,
};

use super::problem::ApiProblem;
use crate::{
    app::refusal::not_found,
    atp::{
        index::{Index, Seen},
        pool::Shopper,
        terms::Terms,
        view::View,
    },
};

/// How long a shop may show an answer without asking again.
const FRESH: HeaderValue = HeaderValue::from_static("private, max-age=2");

/// Whose customer asks, and from where.
pub(super) struct Whom {
    pub channel: Option<String>,
    pub market: Option<String>,
    pub region: Option<String>,
}

impl Whom {
    /// The pool for them.
    pub fn pool(&self, view: &View, method: Method) -> Result<usize, ApiProblem> {
        let shopper = Shopper {
            channel: self.channel.as_deref(),
            market: self.market.as_deref(),
            region: self.region.as_deref(),
            method,
        };
        view.pool_of(&shopper).ok_or_else(|| {
            let title = "No pool is for this channel, market, region and method.";
            let problem = Problem::new(422, "no_pool", title);
            problem.advise("Ask an operator to add one to the rules.").into()
        })
    }
}

fn unknown() -> Problem {
    not_found("unknown_sku", "There is no such item.")
}

/// How far the index has come.
pub(super) fn seen(index: &Index) -> Result<Seen, ApiProblem> {
    // Right after a start: what can be promised is still being read.
    index.seen().ok_or_else(|| ApiProblem::slow_down(StatusCode::SERVICE_UNAVAILABLE))
}

fn stamp(seen: Seen, view: &View) -> AtpSeen {
    AtpSeen { as_of: seen.as_of, place: seen.place, rules: view.version() }
}

/// What may be promised beyond all that is there and coming.
fn backorder(sold: &Terms) -> Option<AtpBackorder> {
    sold.backorder.map(|of| AtpBackorder { from: of.from, limit: of.units })
}

/// What one location can promise of an item, now and from when on more: never more than campaigns leave.
fn steps_at(
    (index, view): (&Index, &View),
    item: u32,
    pool: usize,
    location: u16,
) -> Vec<(Option<TimeMs>, i64)> {
    let mut steps = index.steps_at(view, item, pool, location);
    if let Some(left) = view.campaign_left(item, pool) {
        steps.iter_mut().for_each(|(_, units)| *units = (*units).min(left));
        steps.dedup_by_key(|(_, units)| *units);
    }
    steps
}

fn sku(text: &str) -> Sku {
    Sku::new(text).expect("the index has valid ones only")
}
