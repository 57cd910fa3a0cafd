//! Who may call what: every route by every caller, against the server itself. Everything that comes
//! back must also be in the API's description.

use domain::api::OperatorRole;
use serde_json::{Value, json};
use sync_server::api::guard::Policy;

use crate::{
    conforms, description,
    shop::{
        Answer,
        Caller::{self, Admin, Channel, Device, Operations, OtherManager, OwnManager, Source},
        OTHER, OWN, Shop,
    },
};

const EVERYBODY: &[Caller] = &Caller::ALL;
const CHANNELS: &[Caller] = &[Channel];
const TABLETS: &[Caller] = &[Device];
/// A manager of another store gets an answer, about that store.
const OPERATORS: &[Caller] = &[OwnManager, OtherManager, Operations, Admin];
/// To the manager of another store it does not exist.
const OF_THE_STORE: &[Caller] = &[OwnManager, Operations, Admin];
const NETWORK: &[Caller] = &[Operations, Admin];
const ADMINS: &[Caller] = &[Admin];
/// Shops, and operators in their place.
const SHOPS: &[Caller] = &[Channel, Operations, Admin];
const FEEDERS: &[Caller] = &[Source, Admin];

/// Who is let in; everybody else is refused. Ids in braces are of things in [`OWN`].
const ACCESS: [(&str, &str, &[Caller]); 71] = [
    ("GET", "/health", EVERYBODY),
    ("GET", "/ready", EVERYBODY),
    ("GET", "/metrics", EVERYBODY),
    ("GET", "/api/openapi.json", EVERYBODY),
    ("POST", "/api/v1/orders", CHANNELS),
    ("GET", "/api/v1/orders", OPERATORS),
    ("GET", "/api/v1/orders/{id}", OF_THE_STORE),
    ("POST", "/api/v1/orders/{id}/cancel", OF_THE_STORE),
    ("GET", "/api/v1/at-risk", OPERATORS),
    ("GET", "/api/v1/exceptions", OPERATORS),
    ("GET", "/api/v1/overview", OPERATORS),
    ("GET", "/api/v1/locations", OPERATORS),
    ("GET", "/api/v1/locations/{id}", OF_THE_STORE),
    ("PUT", "/api/v1/locations/{id}/calendar", OF_THE_STORE),
    ("GET", "/api/v1/locations/{id}/queue", OF_THE_STORE),
    ("GET", "/api/v1/items", OPERATORS),
    ("GET", "/api/v1/items/{sku}/stock", OPERATORS),
    ("GET", "/api/v1/items/{sku}/movements", OPERATORS),
    ("GET", "/api/v1/items/{sku}/terms", OPERATORS),
    ("PUT", "/api/v1/items/{sku}/terms", ADMINS),
    ("GET", "/api/v1/doubts", NETWORK),
    ("POST", "/api/v1/imports/{kind}", ADMINS),
    ("GET", "/api/v1/sources", NETWORK),
    ("GET", "/api/v1/sources/{id}", NETWORK),
    ("PUT", "/api/v1/sources/{id}", ADMINS),
    ("POST", "/api/v1/sources/{id}/token", ADMINS),
    ("PUT", "/api/v1/sources/{id}/batches/{batch}", FEEDERS),
    ("GET", "/api/v1/sources/{id}/batches/{batch}/refused", NETWORK),
    ("GET", "/api/v1/sources/{id}/batches/{batch}/differences", NETWORK),
    ("POST", "/api/v1/sources/{id}/events", FEEDERS),
    ("POST", "/api/v1/sources/{id}/events/stream", FEEDERS),
    ("GET", "/api/v1/dead-rows", NETWORK),
    ("POST", "/api/v1/dead-rows/{key}/replay", NETWORK),
    ("POST", "/api/v1/dead-rows/{key}/discard", NETWORK),
    ("GET", "/api/v1/atp", SHOPS),
    ("POST", "/api/v1/atp", SHOPS),
    ("POST", "/api/v1/atp/basket", SHOPS),
    ("GET", "/api/v1/atp/items/{sku}", SHOPS),
    ("GET", "/api/v1/atp/items/{sku}/explain", NETWORK),
    ("GET", "/api/v1/feeds/{format}", SHOPS),
    ("POST", "/api/v1/promises/quote", SHOPS),
    ("POST", "/api/v1/promises", CHANNELS),
    ("POST", "/api/v1/promises/mixed", CHANNELS),
    ("DELETE", "/api/v1/promises/{id}", CHANNELS),
    ("GET", "/api/v1/atp/rules", NETWORK),
    ("PUT", "/api/v1/atp/rules", ADMINS),
    ("POST", "/api/v1/atp/rules/trial", NETWORK),
    ("GET", "/api/v1/atp/rules/versions", NETWORK),
    ("GET", "/api/v1/atp/rules/versions/{version}", NETWORK),
    ("GET", "/api/v1/webhooks", NETWORK),
    ("POST", "/api/v1/webhooks", ADMINS),
    ("GET", "/api/v1/webhooks/{id}", NETWORK),
    ("PUT", "/api/v1/webhooks/{id}", ADMINS),
    ("DELETE", "/api/v1/webhooks/{id}", ADMINS),
    ("POST", "/api/v1/webhooks/{id}/test", NETWORK),
    ("POST", "/api/v1/webhooks/{id}/again", NETWORK),
    ("POST", "/api/v1/webhooks/{id}/rotate", ADMINS),
    ("GET", "/api/v1/devices", OPERATORS),
    ("POST", "/api/v1/devices/pairing-codes", NETWORK),
    ("POST", "/api/v1/devices/{id}/revoke", NETWORK),
    ("GET", "/api/v1/parked", NETWORK),
    ("POST", "/api/v1/session", EVERYBODY),
    ("GET", "/api/v1/session", OPERATORS),
    ("DELETE", "/api/v1/session", OPERATORS),
    ("POST", "/enrol/v1/redeem", EVERYBODY),
    ("POST", "/auth/v1/device/nonce", EVERYBODY),
    ("POST", "/auth/v1/device/token", EVERYBODY),
    ("POST", "/sync/v1/exchange", TABLETS),
    ("GET", "/sync/v1/snapshot", TABLETS),
    ("GET", "/sync/v1/snapshot/{id}/{index}", TABLETS),
    ("GET", "/sync/v1/events", TABLETS),
];

/// The status of a refusal. The credential of another kind of caller is none here.
fn refusal(caller: Caller, may: &[Caller]) -> u16 {
    match caller {
        Caller::RevokedDevice if may.contains(&Device) => 403,
        OtherManager if may.contains(&OwnManager) => 404,
        _ if OPERATORS.contains(&caller) && may.contains(&Admin) => 403,
        _ => 401,
    }
}

/// A path of the table with the ids of real things.
fn real(shop: &Shop, path: &str) -> String {
    let id = match path {
        _ if path.starts_with("/api/v1/orders/") => shop.order.expect("placed").to_string(),
        _ if path.starts_with("/api/v1/promises/") => shop.promise(),
        _ if path.starts_with("/api/v1/webhooks/") => shop.webhook(),
        _ if path.starts_with("/api/v1/devices/") => shop.victim().to_string(),
        _ if path.starts_with("/sync/v1/snapshot/") => shop.snapshot(),
        // A new token would end what the others of this test call with.
        "/api/v1/sources/{id}/token" => OTHER.to_owned(),
        _ => OWN.to_owned(),
    };
    let path = path.replace("{id}", &id).replace("{index}", "0").replace("{batch}", "b1");
    path.replace("{kind}", "items")
        .replace("{version}", "1")
        .replace("{key}", "1")
        .replace("{format}", "search")
        .replace("{sku}", "100023")
}

/// A body for what would otherwise be refused before it is known whose it is.
fn body(shop: &Shop, path: &str, caller: Caller) -> String {
    match path {
        "/api/v1/orders/{id}/cancel" => description::example("CancelOrder").to_string(),
        "/api/v1/devices/pairing-codes" => description::example("NewPairingCode").to_string(),
        "/sync/v1/exchange" => shop.exchange(caller),
        _ => String::new(),
    }
}

#[test]
fn every_route_lets_in_who_may_and_nobody_else() {
    let (shop, document) = (Shop::open(), description::document());
    for known in shop.table() {
        let (method, path) = (known.method, known.path);
        let listed = ACCESS.iter().find(|(m, p, _)| (*m, *p) == (method, path));
        let (.., may) = listed.unwrap_or_else(|| panic!("{method} {path}: who may call it?"));
        for caller in Caller::ALL {
            let target = real(&shop, path);
            let answer = shop.call(caller, method, &target, body(&shop, path, caller));
            let what = format!("{method} {path} by {caller:?}: {answer:?}");
            if may.contains(&caller) {
                assert!(!matches!(answer.status, 401 | 403 | 404 | 405 | 500..), "{what}");
            } else {
                assert_eq!(answer.status, refusal(caller, may), "{what}");
            }
            assert_described(&document, method, path, &answer, &what);
        }
    }
    assert_eq!(shop.table().len(), ACCESS.len(), "a route of this table is gone");
}

/// Status, codes and bodies are those of the description.
fn assert_described(document: &Value, method: &str, path: &str, answer: &Answer, what: &str) {
    let operation = &document["paths"][path][method.to_lowercase()];
    let response = operation["responses"].get(answer.status.to_string());
    assert!(response.is_some(), "{what}: its status is not described");
    let content_type = answer.content_type.split(';').next().unwrap_or_default();
    if content_type.is_empty() {
        assert!(answer.body.is_empty() && response.expect("is there").get("content").is_none());
        return;
    }
    let schema = description::answer(operation, answer.status, content_type);
    let schema = schema.unwrap_or_else(|| panic!("{what}: {content_type} is not described"));
    // One document; of lines of JSON only their kind is described.
    if content_type.ends_with("json") && !content_type.ends_with("ndjson") {
        conforms::check(document, schema, &answer.json())
            .unwrap_or_else(|why| panic!("{what}: {why}"));
    }
}

#[test]
fn a_manager_of_another_store_reads_nothing_of_this_one() {
    let shop = Shop::open();
    let order = shop.order.expect("placed").to_string();
    let traces = [order.clone(), shop.victim().to_string(), OWN.into(), "Main Street".into()];
    let lists = shop.table().into_iter().filter(|known| {
        let operators = known.policy == Policy::Operator(OperatorRole::StoreManager);
        operators && known.method == "GET" && !known.path.contains("{id}")
    });
    let mut seen = Vec::new();
    for path in lists.map(|known| real(&shop, known.path)) {
        let read = |caller| shop.call(caller, "GET", &path, String::new()).text();
        let (own, other) = (read(OwnManager), read(OtherManager));
        assert!(!traces.iter().any(|trace| other.contains(trace)), "{path}: {other}");
        if traces.iter().any(|trace| own.contains(trace)) {
            seen.push(path.clone());
        }
        for other in [format!("{path}?location={OWN}"), format!("{path}?location=nowhere")] {
            let asked = shop.call(OtherManager, "GET", &other, String::new());
            let ignores = asked.status == 200 && !traces.iter().any(|t| asked.text().contains(t));
            assert!(ignores || asked.code() == "unknown_location", "{other}: {asked:?}");
        }
    }
    for path in ["/api/v1/orders", "/api/v1/devices", "/api/v1/locations"] {
        assert!(seen.iter().any(|one| one == path), "{path} shows nothing to its own manager");
    }
}

/// Also where the path itself cannot be read, before any handler runs.
#[test]
fn what_is_not_there_is_a_problem() {
    let shop = Shop::open();
    for (caller, method, path) in [
        (Admin, "GET", "/api/v1/nothing"),
        (Admin, "GET", "/api/v1/orders/%ff"),
        (Device, "GET", "/sync/v1/snapshot/x/abc"),
    ] {
        let answer = shop.call(caller, method, path, String::new());
        assert_eq!((answer.status, answer.code().as_str()), (404, "unknown_route"), "{path}");
        assert_eq!(answer.content_type, "application/problem+json", "{path}");
    }
}

#[test]
fn what_is_not_of_a_page_is_refused_as_described() {
    let shop = Shop::open();
    for after in ["nonsense", "soon_x", "1700000000000_no-order"] {
        let path = format!("/api/v1/orders?after={after}");
        let answer = shop.call(Admin, "GET", &path, String::new());
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_query"), "{after}");
    }
}

#[test]
fn a_doubt_is_told_as_described() {
    let (shop, document) = (Shop::open(), description::document());
    let ask = |query: &str| {
        shop.call(Operations, "GET", &format!("/api/v1/doubts{query}"), String::new())
    };
    assert_eq!(ask("").json()["items"], json!([]), "all is well");
    shop.write(|tx| {
        tx.exec("update stock_positions set on_hand = -2, shortage = reserved + 2", &[])
    });
    let told = ask(&format!("?kind=negative&location={OWN}"));
    assert_described(&document, "GET", "/api/v1/doubts", &told, "a doubt");
    let row = &told.json()["items"][0];
    assert_eq!((&row["kind"], &row["sku"]), (&json!("negative"), &json!("100023")), "{row}");
    assert_eq!((&row["on_hand"], &row["confidence"]), (&json!(-2), &json!(50)), "{row}");
    assert_eq!(ask("?kind=short").json()["items"], json!([]), "each has one kind");
    let stock = shop.call(Operations, "GET", "/api/v1/items/100023/stock", String::new()).json();
    assert_eq!(stock["locations"][0]["confidence"], 50, "the item says it, too: {stock}");
    for wrong in ["?kind=odd", "?after=nonsense", "?after=1_x", "?days=many"] {
        let answer = ask(wrong);
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_query"), "{wrong}");
    }
    assert_eq!(ask("?location=nowhere").code(), "unknown_location");
}

/// Its body is still on the way: another request on the same connection would be lost.
#[test]
fn a_request_that_is_refused_unread_ends_its_connection() {
    let shop = Shop::open();
    let ends = |caller, method, path, bytes| {
        let answer = shop.call(caller, method, path, " ".repeat(bytes));
        (answer.status, answer.connection)
    };
    let refused = ends(Caller::Nobody, "POST", "/api/v1/orders", 16 * 1024 + 1);
    assert_eq!(refused, (401, "close".to_owned()));
    let small = ends(Caller::Nobody, "POST", "/api/v1/orders", 16 * 1024);
    assert_eq!(small, (401, String::new()), "it was read");
    assert_eq!(ends(Admin, "GET", "/api/v1/orders", 2), (200, String::new()));
    assert_eq!(ends(Admin, "GET", "/api/v1/nothing", 2), (404, String::new()), "it has no body");
}

#[test]
fn another_site_cannot_use_a_browsers_cookie() {
    let shop = Shop::open();
    let changes = shop
        .table()
        .into_iter()
        .filter(|known| matches!(known.policy, Policy::Operator(_)) && known.method != "GET");
    for known in changes {
        let path = real(&shop, known.path);
        let call = |more: &[(&'static str, &str)]| {
            let mut headers = vec![("cookie", format!("stockhand={}", shop.session(Admin)))];
            headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
            shop.send(known.method, &path, body(&shop, known.path, Admin), &headers)
        };
        let (same, mark) = (("sec-fetch-site", "same-origin"), ("x-stockhand", "1"));
        for forged in [&[][..], &[same], &[mark], &[("sec-fetch-site", "cross-site"), mark]] {
            let refused = call(forged);
            assert_eq!((refused.status, refused.code().as_str()), (403, "cross_site"), "{path}");
        }
        assert_ne!(call(&[same, mark]).status, 403, "{path}");
    }
}
