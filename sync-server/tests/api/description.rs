//! The API's description: complete, consistent, and its examples real.

use std::collections::BTreeSet;

use domain::{
    api::{
        BasketQuestion, CancelOrder, DiscardRow, ImportAnswer, ItemTerms, LocationCalendar,
        NewMixedPromise, NewPairingCode, NewPromise, NewWebhook, OperatorRole, OrderAccepted,
        ReplayRow, StockDoubt,
    },
    ids, limits,
    order::{Destination, PlacedOrder},
    problem::Problem,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sync_server::{
    api::{atp, events::stream::StreamTaken, guard::Policy, openapi},
    app::import::{associates, items, locations, postcodes, stock},
};

use crate::{conforms, shop::Shop};

/// Operations that have no way to fail.
const CANNOT_FAIL: [&str; 4] = ["server_alive", "server_metrics", "describe_api", "make_nonce"];

type Reads = fn(Value) -> Result<(), serde_json::Error>;

/// The Rust type of every schema that has an example.
fn examples() -> [(&'static str, Reads); 24] {
    fn as_a<T: DeserializeOwned>(value: Value) -> Result<(), serde_json::Error> {
        serde_json::from_value::<T>(value).map(drop)
    }
    [
        ("AtpQuestion", as_a::<atp::Question>),
        ("BasketQuestion", as_a::<BasketQuestion>),
        ("CancelOrder", as_a::<CancelOrder>),
        ("Destination", as_a::<Destination>),
        ("DiscardRow", as_a::<DiscardRow>),
        ("ImportAnswer", as_a::<ImportAnswer>),
        ("ImportAssociate", as_a::<associates::Row>),
        ("ImportItem", as_a::<items::Row>),
        ("ImportLocation", as_a::<locations::Row>),
        ("ImportPostcode", as_a::<postcodes::Row>),
        ("ImportStock", as_a::<stock::Row>),
        ("ItemTerms", as_a::<ItemTerms>),
        ("LocationCalendar", as_a::<LocationCalendar>),
        ("NewAtpRules", as_a::<atp::rules::NewRules>),
        ("NewMixedPromise", as_a::<NewMixedPromise>),
        ("NewPairingCode", as_a::<NewPairingCode>),
        ("NewPromise", as_a::<NewPromise>),
        ("NewWebhook", as_a::<NewWebhook>),
        ("OrderAccepted", as_a::<OrderAccepted>),
        ("PlacedOrder", as_a::<PlacedOrder>),
        ("Problem", as_a::<Problem>),
        ("ReplayRow", as_a::<ReplayRow>),
        ("StockDoubt", as_a::<StockDoubt>),
        ("StreamTaken", as_a::<StreamTaken>),
    ]
}

pub fn document() -> Value {
    serde_json::from_str(openapi::text()).expect("JSON")
}

/// The example of a schema.
pub fn example(schema: &str) -> Value {
    let example = document()["components"]["schemas"][schema]["example"].take();
    assert!(!example.is_null(), "{schema} has no example");
    example
}

/// Every operation with its method, in capitals, and its path.
pub fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("operations").iter();
            item.map(move |(method, one)| (method.to_uppercase(), path.as_str(), one))
        })
        .collect()
}

/// The schema of a JSON answer, where the operation describes one.
pub fn answer<'a>(operation: &'a Value, status: u16, content_type: &str) -> Option<&'a Value> {
    let response = operation["responses"].get(status.to_string())?;
    response.get("content")?.get(content_type)?.get("schema")
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let (shop, document) = (Shop::open(), document());
    let described: BTreeSet<_> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| (method, path.to_owned()))
        .collect();
    let table = shop.table();
    let known: BTreeSet<_> =
        table.iter().map(|known| (known.method.to_owned(), known.path.to_owned())).collect();
    assert_eq!(described, known);
    assert_eq!(known.len(), table.len(), "a route stands in the table twice");
    for known in table {
        let all = operations(&document);
        let (.., operation) = all
            .iter()
            .find(|(method, path, _)| method == known.method && *path == known.path)
            .expect("compared above");
        assert_eq!(
            operation["security"],
            security(known.policy),
            "{} {}",
            known.method,
            known.path
        );
    }
}

/// How the description says a policy.
fn security(policy: Policy) -> Value {
    let role = |role| match role {
        OperatorRole::StoreManager => "store_manager",
        OperatorRole::Operations => "operations",
        OperatorRole::Admin => "admin",
    };
    match policy {
        Policy::Public => json!([{}]),
        Policy::Channel => json!([{ "channel": [] }]),
        Policy::Device => json!([{ "device": [], "device_signature": [] }]),
        Policy::Source => json!([
            { "source": [] },
            { "session": ["admin"] },
            { "session_cookie": ["admin"] },
        ]),
        Policy::Shop => json!([
            { "channel": [] },
            { "session": ["operations"] },
            { "session_cookie": ["operations"] },
        ]),
        Policy::Operator(least) => {
            json!([{ "session": [role(least)] }, { "session_cookie": [role(least)] }])
        }
    }
}

#[test]
fn it_is_openapi_3_1() {
    let document = document();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    walk(&document, "#", &mut |place, value| {
        assert!(!value.is_null() || place.contains("/example"), "{place} is null");
        if let Some(to) = value.get("$ref").and_then(Value::as_str) {
            let target = to.strip_prefix('#').and_then(|to| document.pointer(to));
            assert!(target.is_some(), "{place}: {to} is nowhere");
        }
        if let Some(text) = value.get("description").and_then(Value::as_str) {
            let rust = ["[`", "::", "# Errors"].into_iter().find(|rust| text.contains(rust));
            assert_eq!(rust, None, "{place}: {text}");
        }
    });
}

fn walk<'a>(value: &'a Value, place: &str, look: &mut impl FnMut(&str, &'a Value)) {
    look(place, value);
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| walk(value, &format!("{place}/{name}"), look));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| walk(value, &format!("{place}/{at}"), look));
        }
        _ => {}
    }
}

#[test]
fn every_operation_says_all_that_a_caller_needs() {
    let document = document();
    let schemes = document["components"]["securitySchemes"].as_object().expect("schemes");
    let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (method, path, operation) in operations(&document) {
        let what = format!("{method} {path}");
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id), "{id} is there twice");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{what}");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{what}");

        let ways = operation["security"].as_array().expect("who may call");
        assert!(!ways.is_empty(), "{what}");
        used.extend(ways.iter().filter_map(Value::as_object).flat_map(|way| way.keys()));

        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}: no success");
        let problems: Vec<_> = responses.iter().filter(|(s, _)| s.as_str() >= "400").collect();
        assert_eq!(problems.is_empty(), CANNOT_FAIL.contains(&id), "{what}: its problems");
        for (status, problem) in problems {
            let schema = &problem["content"]["application/problem+json"]["schema"];
            let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array();
            assert!(codes.is_some_and(|codes| !codes.is_empty()), "{what}: {status} has no code");
        }
        assert_eq!(in_path(operation), in_braces(path), "{what}: its path");
        assert!(method != "GET" || operation.get("requestBody").is_none(), "{what}");
    }
    assert_eq!(used, schemes.keys().collect(), "the schemes are those in use");
}

fn in_path(operation: &Value) -> BTreeSet<&str> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|one| one["in"] == "path" && one["required"] == true);
    parameters.filter_map(|one| one["name"].as_str()).collect()
}

fn in_braces(path: &str) -> BTreeSet<&str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

#[test]
fn every_example_is_real() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let with: Vec<_> = schemas
        .iter()
        .filter(|(_, schema)| schema.get("example").or(schema.get("examples")).is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(with, examples().map(|(name, _)| name), "schemas with an example");
    for (name, reads) in examples() {
        let (schema, example) = (&schemas[name], example(name));
        conforms::check(&document, schema, &example).unwrap_or_else(|why| panic!("{name}: {why}"));
        reads(example).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn bounds_are_those_that_are_enforced() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let order = &schemas["PlacedOrder"]["properties"];
    assert_eq!(order["lines"]["maxItems"], json!(limits::ORDER_LINES_MAX));
    assert_eq!(order["note"]["maxLength"], json!(limits::TEXT_MAX));
    let line = &schemas["PlacedLine"]["properties"]["line"];
    assert_eq!(line["maximum"].as_f64(), Some(limits::ORDER_LINES_MAX as f64));
    let lengths = [
        ("Sku", ids::Sku::LENGTH_MAX),
        ("LocationId", ids::LocationId::LENGTH_MAX),
        ("AssociateId", ids::AssociateId::LENGTH_MAX),
        ("ChannelId", ids::ChannelId::LENGTH_MAX),
        ("ExternalNumber", ids::ExternalNumber::LENGTH_MAX),
        ("ToteId", ids::ToteId::LENGTH_MAX),
        ("SlotId", ids::SlotId::LENGTH_MAX),
    ];
    for (name, length) in lengths {
        let pattern = schemas[name]["pattern"].as_str().expect("a pattern");
        assert!(pattern.ends_with(&format!("{{1,{length}}}$")), "{name}: {pattern}");
    }
}
