//! Many items at once, for lists of products.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api::{AtpBand, AtpItem, AtpList},
    clock::TimeMs,
    fulfillment::Method,
    limits,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{FRESH, Whom, backorder, seen, stamp};
use crate::{
    api::{
        extract::{self, Ask},
        guard::Shopping,
        problem::ApiProblem,
    },
    atp::{index::Index, terms::Terms},
    state::AppState,
};

/// Bytes of a question.
const QUESTION_BYTES_MAX: usize = 256 * 1024;

/// Items asked about in the query.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ItemsAsked {
    /// SKUs with commas between them, at most 1,000.
    skus: String,
    /// How the goods shall reach the customer: `ship` or `pickup`; absent: `ship`.
    #[param(value_type = Option<String>)]
    method: Option<Method>,
    /// The country of the customer, two letters.
    market: Option<String>,
    /// The customer's region of sale.
    region: Option<String>,
    /// When they must be there; absent: now. What is expected by then counts, too.
    #[serde(with = "domain::clock::rfc3339::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    on: Option<TimeMs>,
    /// The channel, where an operator asks.
    channel: Option<String>,
}

/// The same with many items, as a body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AtpQuestion, example = json!({ "skus": ["100023"], "method": "ship", "market": "US" }))]
pub struct Question {
    /// SKUs, at most 1,000.
    skus: Vec<String>,
    /// How the goods shall reach the customer; absent: `ship`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    method: Option<Method>,
    /// The country of the customer, two letters.
    #[serde(default)]
    market: Option<String>,
    /// The customer's region of sale.
    #[serde(default)]
    region: Option<String>,
    /// When they must be there; absent: now. What is expected by then counts, too.
    #[serde(default, with = "domain::clock::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    on: Option<TimeMs>,
    /// The channel, where an operator asks.
    #[serde(default)]
    channel: Option<String>,
}

/// Says what can be promised of many items, for lists. `304` where nothing has changed since the
/// answer with this `ETag`.
///
/// # Errors
/// `invalid_query`, `no_pool`, `wrong_channel`.
#[utoipa::path(
    get, path = "/api/v1/atp", tag = "atp", operation_id = "list_atp",
    security(("channel" = []), ("session" = ["operations"])),
    params(ItemsAsked),
    responses(
        (status = 200, description = "Units and bands", body = AtpList),
        (status = 304, description = "As the answer with this ETag"),
        (status = 400, description = "invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 422, description = "no_pool"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    headers: HeaderMap,
    Ask(asked): Ask<ItemsAsked>,
) -> Result<Response, ApiProblem> {
    let ItemsAsked { skus, method, market, region, on, channel } = asked;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let skus: Vec<&str> = skus.split(',').filter(|sku| !sku.is_empty()).collect();
    let list = answer(&state, &skus, method, on, &whom)?;
    let mut hasher = DefaultHasher::new();
    for item in &list.items {
        (item.sku.as_str(), item.units).hash(&mut hasher);
        let backorder = item.backorder.map(|of| (of.from, of.limit));
        (item.release, backorder).hash(&mut hasher);
    }
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let same = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let tag = HeaderValue::from_str(&tag).expect("letters and digits");
    let fresh = [(header::ETAG, tag), (header::CACHE_CONTROL, FRESH)];
    Ok(match same {
        true => (StatusCode::NOT_MODIFIED, fresh).into_response(),
        false => (fresh, Json(list)).into_response(),
    })
}

/// Says what can be promised of up to 1,000 items.
///
/// # Errors
/// `invalid_query`, `no_pool`, `wrong_channel`.
#[utoipa::path(
    post, path = "/api/v1/atp", tag = "atp", operation_id = "ask_atp",
    security(("channel" = []), ("session" = ["operations"])),
    request_body = Question,
    responses(
        (status = 200, description = "Units and bands", body = AtpList),
        (status = 400, description = "malformed invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body no_pool"),
    )
)]
pub async fn ask(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    body: Body,
) -> Result<Json<AtpList>, ApiProblem> {
    let asked: Question = extract::json(body, QUESTION_BYTES_MAX, "invalid_body").await?;
    let Question { skus, method, market, region, on, channel } = asked;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let skus: Vec<&str> = skus.iter().map(String::as_str).collect();
    Ok(Json(answer(&state, &skus, method, on, &whom)?))
}

fn answer(
    state: &AppState,
    skus: &[&str],
    method: Option<Method>,
    on: Option<TimeMs>,
    whom: &Whom,
) -> Result<AtpList, ApiProblem> {
    if skus.is_empty() || skus.len() > limits::ATP_ITEMS_MAX {
        let title = format!("skus names 1 to {} items.", limits::ATP_ITEMS_MAX);
        return Err(ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title));
    }
    let index = &state.promises.index;
    let (seen, view) = (seen(index)?, index.view());
    let method = method.unwrap_or(Method::Ship);
    let pool = whom.pool(&view, method)?;
    let directory = index.directory();
    let (mut items, mut unknown) = (Vec::with_capacity(skus.len()), Vec::new());
    let number = |item| match on {
        Some(at) => index.number_on(&view, item, pool, at),
        None => index.number(&view, item, pool),
    };
    for sku in skus {
        match directory.items.number(sku) {
            Some(item) => items.push(told(index, item, sku, number(item))),
            None => unknown.push((*sku).to_owned()),
        }
    }
    let pool = view.set().pools[pool].id.clone();
    Ok(AtpList { seen: stamp(seen, &view), pool, items, unknown })
}

fn told(index: &Index, item: u32, sku: &str, units: i64) -> AtpItem {
    // Most are there, and nobody asks how else they could be had.
    let sold = if units > 0 { Terms::default() } else { index.terms(item) };
    AtpItem {
        sku: super::sku(sku),
        units,
        band: AtpBand::of(units),
        release: sold.release,
        backorder: backorder(&sold),
    }
}
