//! Every route on one page, with who may call it. A route cannot be added without a policy.

use axum::{
    Router,
    body::HttpBody as _,
    extract::{Request, State},
    handler::Handler,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use domain::api::OperatorRole::{Admin, Operations, StoreManager};

use crate::{
    api::{
        atp, batches, dead_rows, device_auth, devices, doubts, enrol, events, feeds,
        guard::{
            Policy::{self, Channel, Device, Operator, Public, Shop, Source},
            guard,
        },
        health, imports, items, locations, openapi, orders, overview, pages,
        problem::ApiProblem,
        promises, session, sources, sync, terms, webhooks,
    },
    state::AppState,
    telemetry,
};

/// One route: what a test of the whole table needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// As axum writes it.
    pub path: &'static str,
    /// Who may call.
    pub policy: Policy,
}

/// Everything that the server answers.
pub fn app(state: AppState) -> Router {
    routes(state).0
}

/// The routes as a table, for the tests and the API's description.
pub fn table(state: AppState) -> Vec<Known> {
    routes(state).1
}

fn routes(state: AppState) -> (Router, Vec<Known>) {
    let mut page = Page { router: Router::new(), known: Vec::new(), state: state.clone() };

    // The server itself.
    page.get("/health", Public, health::live);
    page.get("/ready", Public, health::ready);
    page.get("/metrics", Public, health::metrics);
    page.get("/api/openapi.json", Public, openapi::document);

    // Orders: channels place them, operators look after them.
    page.post("/api/v1/orders", Channel, orders::place);
    page.get("/api/v1/orders", Operator(StoreManager), orders::list);
    page.get("/api/v1/orders/{id}", Operator(StoreManager), orders::show);
    page.post("/api/v1/orders/{id}/cancel", Operator(StoreManager), orders::cancel);
    page.get("/api/v1/at-risk", Operator(StoreManager), locations::at_risk);
    page.get("/api/v1/exceptions", Operator(StoreManager), overview::exceptions);
    page.get("/api/v1/overview", Operator(StoreManager), overview::show);

    // The network.
    page.get("/api/v1/locations", Operator(StoreManager), locations::list);
    page.get("/api/v1/locations/{id}", Operator(StoreManager), locations::show);
    page.put("/api/v1/locations/{id}/calendar", Operator(StoreManager), locations::put_calendar);
    page.get("/api/v1/locations/{id}/queue", Operator(StoreManager), locations::queue);
    page.get("/api/v1/items", Operator(StoreManager), items::list);
    page.get("/api/v1/items/{sku}/stock", Operator(StoreManager), items::stock);
    page.get("/api/v1/items/{sku}/movements", Operator(StoreManager), items::movements);
    page.get("/api/v1/items/{sku}/terms", Operator(StoreManager), terms::show);
    page.put("/api/v1/items/{sku}/terms", Operator(Admin), terms::put);
    page.get("/api/v1/doubts", Operator(Operations), doubts::list);
    page.post("/api/v1/imports/{kind}", Operator(Admin), imports::load);

    // Stock from other systems.
    page.get("/api/v1/sources", Operator(Operations), sources::list);
    page.get("/api/v1/sources/{id}", Operator(Operations), sources::show);
    page.put("/api/v1/sources/{id}", Operator(Admin), sources::put);
    page.post("/api/v1/sources/{id}/token", Operator(Admin), sources::token);
    page.put("/api/v1/sources/{id}/batches/{batch}", Source, batches::send);
    page.get(
        "/api/v1/sources/{id}/batches/{batch}/refused",
        Operator(Operations),
        sources::refused,
    );
    page.get(
        "/api/v1/sources/{id}/batches/{batch}/differences",
        Operator(Operations),
        sources::differences,
    );
    page.post("/api/v1/sources/{id}/events", Source, events::send);
    page.post("/api/v1/sources/{id}/events/stream", Source, events::stream::open);
    page.get("/api/v1/dead-rows", Operator(Operations), dead_rows::list);
    page.post("/api/v1/dead-rows/{key}/replay", Operator(Operations), dead_rows::replay);
    page.post("/api/v1/dead-rows/{key}/discard", Operator(Operations), dead_rows::discard);

    // What can be promised.
    page.get("/api/v1/atp", Shop, atp::list);
    page.post("/api/v1/atp", Shop, atp::ask);
    page.post("/api/v1/atp/basket", Shop, atp::basket);
    page.get("/api/v1/atp/items/{sku}", Shop, atp::show);
    page.get("/api/v1/atp/items/{sku}/explain", Operator(Operations), atp::why);
    page.get("/api/v1/feeds/{format}", Shop, feeds::read);
    page.post("/api/v1/promises/quote", Shop, promises::quote);
    page.post("/api/v1/promises", Channel, promises::make);
    page.post("/api/v1/promises/mixed", Channel, promises::make_mixed);
    page.delete("/api/v1/promises/{id}", Channel, promises::end);
    page.get("/api/v1/atp/rules", Operator(Operations), atp::rules::show);
    page.put("/api/v1/atp/rules", Operator(Admin), atp::rules::put);
    page.post("/api/v1/atp/rules/trial", Operator(Operations), atp::rules::try_out);
    page.get("/api/v1/atp/rules/versions", Operator(Operations), atp::rules::versions);
    page.get("/api/v1/atp/rules/versions/{version}", Operator(Operations), atp::rules::version);

    // Who is told when it changes.
    page.get("/api/v1/webhooks", Operator(Operations), webhooks::list);
    page.post("/api/v1/webhooks", Operator(Admin), webhooks::add);
    page.get("/api/v1/webhooks/{id}", Operator(Operations), webhooks::show);
    page.put("/api/v1/webhooks/{id}", Operator(Admin), webhooks::put);
    page.delete("/api/v1/webhooks/{id}", Operator(Admin), webhooks::remove);
    page.post("/api/v1/webhooks/{id}/test", Operator(Operations), webhooks::test);
    page.post("/api/v1/webhooks/{id}/again", Operator(Operations), webhooks::again);
    page.post("/api/v1/webhooks/{id}/rotate", Operator(Admin), webhooks::rotate);

    // Tablets, as operators see them.
    page.get("/api/v1/devices", Operator(StoreManager), devices::list);
    page.post("/api/v1/devices/pairing-codes", Operator(Operations), devices::pair);
    page.post("/api/v1/devices/{id}/revoke", Operator(Operations), devices::revoke);
    page.get("/api/v1/parked", Operator(Operations), devices::parked);

    // Signing in.
    page.post("/api/v1/session", Public, session::begin);
    page.get("/api/v1/session", Operator(StoreManager), session::show);
    page.delete("/api/v1/session", Operator(StoreManager), session::end);

    // What tablets call. Pairing and proof of possession come before a device has a token.
    page.post("/enrol/v1/redeem", Public, enrol::redeem);
    page.post("/auth/v1/device/nonce", Public, device_auth::nonce);
    page.post("/auth/v1/device/token", Public, device_auth::token);
    page.post("/sync/v1/exchange", Device, sync::exchange);
    page.get("/sync/v1/snapshot", Device, sync::snapshot);
    page.get("/sync/v1/snapshot/{id}/{index}", Device, sync::chunk);
    page.get("/sync/v1/events", Device, sync::events);

    let router = page.router.fallback(pages::show).method_not_allowed_fallback(wrong_method);
    (dress(router, state), page.known)
}

/// What every request goes through, whatever its route: it is measured and named, its answer protects
/// browsers. Public for measuring what a route costs beside a bare one.
pub fn dress(router: Router<AppState>, state: AppState) -> Router {
    router.layer(middleware::from_fn_with_state(state.clone(), answer)).with_state(state)
}

/// One layer and not three: each would be copied and boxed for every request.
async fn answer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut answer =
        telemetry::observe(&state.metrics, request, |request| end_connection(request, next)).await;
    pages::secure(&state, answer.headers_mut());
    answer
}

struct Page {
    router: Router<AppState>,
    known: Vec<Known>,
    state: AppState,
}

impl Page {
    fn get<T: 'static>(
        &mut self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, AppState>,
    ) {
        self.add("GET", path, policy, on(MethodFilter::GET, handler));
    }

    fn post<T: 'static>(
        &mut self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, AppState>,
    ) {
        self.add("POST", path, policy, on(MethodFilter::POST, handler));
    }

    fn put<T: 'static>(
        &mut self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, AppState>,
    ) {
        self.add("PUT", path, policy, on(MethodFilter::PUT, handler));
    }

    fn delete<T: 'static>(
        &mut self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, AppState>,
    ) {
        self.add("DELETE", path, policy, on(MethodFilter::DELETE, handler));
    }

    fn add(
        &mut self,
        method: &'static str,
        path: &'static str,
        policy: Policy,
        handler: MethodRouter<AppState>,
    ) {
        let state = self.state.clone();
        let guarded =
            handler.route_layer(middleware::from_fn(move |request: Request, next: Next| {
                guard(state.clone(), policy, request, next)
            }));
        self.known.push(Known { method, path, policy });
        // The methods of one path are merged.
        self.router = std::mem::take(&mut self.router).route(path, guarded);
    }
}

/// A body of this size is read before anything looks at the request.
const SMALL_BYTES_MAX: u64 = 16 * 1024;

/// Bytes that nobody reads end their connection, which may take the answer with it, or the client's next
/// request. So small bodies are read whole, whoever asks for them; a larger one that is refused unread
/// ends its connection, and says so.
async fn end_connection(request: Request, next: Next) -> Response {
    if *request.method() == Method::GET {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    if body.size_hint().exact().is_some_and(|bytes| bytes <= SMALL_BYTES_MAX) {
        let most = usize::try_from(SMALL_BYTES_MAX).expect("small");
        return match axum::body::to_bytes(body, most).await {
            Ok(bytes) => next.run(Request::from_parts(parts, bytes.into())).await,
            Err(_) => ApiProblem::new(StatusCode::BAD_REQUEST, "malformed", "The body broke off.")
                .advise("Send it again.")
                .into_response(),
        };
    }
    let mut answer = next.run(Request::from_parts(parts, body)).await;
    if answer.status().is_client_error() {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

async fn wrong_method() -> Response {
    let title = "This address does not take this method.";
    ApiProblem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", title)
        .advise("See /api/openapi.json for what it takes.")
        .into_response()
}
