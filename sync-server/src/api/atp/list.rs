//! Many items at once, for lists of products.

use std::hash::{BuildHasher, Hash, Hasher};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api::{AtpBackorder, AtpBand, AtpList, AtpSeen},
    clock::{TimeMs, rfc3339},
    fulfillment::Method,
    limits,
};
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{FRESH, Whom, backorder, seen, stamp};
use crate::{
    api::{
        extract::{self, Ask, IfNoneMatch},
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
    known: IfNoneMatch,
    Ask(asked): Ask<ItemsAsked>,
) -> Result<Response, ApiProblem> {
    let ItemsAsked { skus, method, market, region, on, channel } = asked;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let skus: Vec<&str> = skus.split(',').filter(|sku| !sku.is_empty()).collect();
    let told = tell(&state, &skus, method, on, &whom, |list| (list.tag(), list.to_json()));
    let (tag, body) = told?;
    let same = known.is(&tag);
    let tag = HeaderValue::from_str(&tag).expect("letters and digits");
    let fresh = [(header::ETAG, tag), (header::CACHE_CONTROL, FRESH)];
    Ok(match same {
        true => (StatusCode::NOT_MODIFIED, fresh).into_response(),
        false => (fresh, [(header::CONTENT_TYPE, JSON)], body).into_response(),
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
) -> Result<Response, ApiProblem> {
    let asked: Question = extract::json(body, QUESTION_BYTES_MAX, "invalid_body").await?;
    let Question { skus, method, market, region, on, channel } = asked;
    let whom = Whom { channel: shopping.channel(channel)?, market, region };
    let skus: Vec<&str> = skus.iter().map(String::as_str).collect();
    let body = tell(&state, &skus, method, on, &whom, |list| list.to_json())?;
    Ok(([(header::CONTENT_TYPE, JSON)], body).into_response())
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An [`AtpList`] as it is written: nothing in it is copied, for shops ask thousands of times a second.
struct List<'a> {
    seen: AtpSeen,
    pool: &'a str,
    items: Vec<Told<'a>>,
    unknown: Vec<&'a str>,
}

/// What it begins with.
#[derive(Serialize)]
struct Head<'a> {
    seen: &'a AtpSeen,
    pool: &'a str,
}

/// An [`AtpItem`](domain::api::AtpItem) of it.
#[derive(Serialize)]
struct Told<'a> {
    sku: &'a str,
    units: i64,
    band: AtpBand,
    #[serde(skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    release: Option<TimeMs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backorder: Option<AtpBackorder>,
}

impl List<'_> {
    /// What it says of items, whenever it was asked: the same on every server.
    fn tag(&self) -> String {
        let mut hasher = FixedState::with_seed(0).build_hasher();
        for item in &self.items {
            (item.sku, item.units).hash(&mut hasher);
            let backorder = item.backorder.map(|of| (of.from, of.limit));
            (item.release, backorder).hash(&mut hasher);
        }
        format!("W/\"{:016x}\"", hasher.finish())
    }

    fn to_json(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(192 + 80 * self.items.len());
        let head = Head { seen: &self.seen, pool: self.pool };
        put(&mut body, &head);
        body.pop();
        body.extend_from_slice(b",\"items\":[");
        for (at, item) in self.items.iter().enumerate() {
            if at > 0 {
                body.push(b',');
            }
            item.put(&mut body);
        }
        body.push(b']');
        if !self.unknown.is_empty() {
            body.extend_from_slice(b",\"unknown\":");
            put(&mut body, &self.unknown);
        }
        body.push(b'}');
        body
    }
}

impl Told<'_> {
    /// Most items are there, and take a word and a number: a serialiser takes four times as long.
    fn put(&self, body: &mut Vec<u8>) {
        if self.release.is_some() || self.backorder.is_some() {
            return put(body, self);
        }
        body.extend_from_slice(b"{\"sku\":\"");
        // The index knows it, so it has no sign that JSON would escape.
        body.extend_from_slice(self.sku.as_bytes());
        body.extend_from_slice(b"\",\"units\":");
        body.extend_from_slice(itoa::Buffer::new().format(self.units).as_bytes());
        body.extend_from_slice(b",\"band\":\"");
        body.extend_from_slice(self.band.as_str().as_bytes());
        body.extend_from_slice(b"\"}");
    }
}

fn put(body: &mut Vec<u8>, data: &impl Serialize) {
    serde_json::to_writer(body, data).expect("plain data, into memory");
}

/// Makes the list, and what is wanted of it.
fn tell<T>(
    state: &AppState,
    skus: &[&str],
    method: Option<Method>,
    on: Option<TimeMs>,
    whom: &Whom,
    of: impl FnOnce(&List<'_>) -> T,
) -> Result<T, ApiProblem> {
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
            None => unknown.push(*sku),
        }
    }
    let pool = &view.set().pools[pool].id;
    Ok(of(&List { seen: stamp(seen, &view), pool, items, unknown }))
}

fn told<'a>(index: &Index, item: u32, sku: &'a str, units: i64) -> Told<'a> {
    // Most are there, and nobody asks how else they could be had.
    let sold = if units > 0 { Terms::default() } else { index.terms(item) };
    Told {
        sku,
        units,
        band: AtpBand::of(units),
        release: sold.release,
        backorder: backorder(&sold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_the_public_list() {
        let (at, band) = (TimeMs(1_800_000_000_000), AtpBand::of(3));
        let backorder = Some(AtpBackorder { from: at, limit: 7 });
        let items = vec![
            Told { sku: "A", units: 3, band, release: None, backorder: None },
            Told { sku: "B", units: 0, band: AtpBand::of(0), release: Some(at), backorder },
        ];
        let seen = AtpSeen { as_of: at, place: 9, rules: 2 };
        let list = List { seen, pool: "ship", items, unknown: vec!["no-such"] };
        let read: AtpList = serde_json::from_slice(&list.to_json()).expect("the public form");
        let again = serde_json::to_string(&read).expect("plain data");
        assert_eq!(again.as_bytes(), list.to_json(), "every field, in the same order");
        assert_eq!((read.items.len(), read.unknown.len()), (2, 1));
    }

    #[test]
    fn a_tag_is_of_what_is_said_of_items() {
        let list = |place, units| List {
            seen: AtpSeen { as_of: TimeMs(place), place, rules: 0 },
            pool: "ship",
            items: vec![told_of(units)],
            unknown: Vec::new(),
        };
        assert_eq!(list(1, 5).tag(), list(2, 5).tag(), "others have changed");
        assert_ne!(list(1, 5).tag(), list(1, 6).tag());
    }

    fn told_of(units: i64) -> Told<'static> {
        Told { sku: "A", units, band: AtpBand::of(units), release: None, backorder: None }
    }
}
