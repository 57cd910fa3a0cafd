//! Orders: taken from channels, listed, shown and cancelled for operators.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use domain::{
    api::{CancelOrder, OrderAccepted, OrderDetail, OrderRow, Page},
    clock::TimeMs,
    fulfillment::Method,
    ids::{LocationId, OrderId},
    limits,
    order::{OrderStage, PlacedOrder},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    extract::{self, Ask, Named, Paging},
    guard::{Caller, Sender},
    locations::visible_key,
    problem::ApiProblem,
};
use crate::{
    app::{
        intake,
        order::{self, unknown},
        refusal::AppError,
    },
    clock,
    db::order_list::{self, Filter},
    jobs::source_orders,
    state::AppState,
};

/// Takes an order: 201 the first time, then 200 with the same body.
///
/// # Errors
/// See [`intake::take`].
#[utoipa::path(
    post, path = "/api/v1/orders", tag = "orders", operation_id = "place_order",
    security(("channel" = [])),
    request_body(content = PlacedOrder, description = "At most 512 KiB"),
    responses(
        (status = 201, description = "Taken", body = OrderAccepted),
        (status = 200, description = "The same order was taken before", body = OrderAccepted),
        (status = 400, description = "malformed"),
        (status = 403, description = "wrong_channel"),
        (status = 404, description = "unknown_promise"),
        (status = 409, description = "duplicate_external_number promise_expired"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_order unknown_sku unknown_location no_pickup_here unknown_postcode promise_differs"),
    )
)]
pub async fn place(
    State(state): State<AppState>,
    Extension(Sender(channel)): Extension<Sender>,
    body: Body,
) -> Result<(StatusCode, Json<OrderAccepted>), ApiProblem> {
    let placed: PlacedOrder =
        extract::json(body, limits::ORDER_BODY_BYTES_MAX, "invalid_order").await?;
    let (keys, moment, sender) = (state.keys.clone(), clock::moment(), channel.clone());
    let taken =
        state.db.write(move |tx| intake::take(tx, &mut moment.clone(), &keys, &sender, &placed));
    let taken = taken.await.map_err(|error: AppError| error)?;
    if !taken.new {
        return Ok((StatusCode::OK, Json(taken.accepted)));
    }
    state.metrics.add("stockhand_orders_taken_total", "", 1);
    // The order is safe; if this fails the job sources it.
    source_orders::source_now(&state, taken.accepted.id).await;
    Ok((StatusCode::CREATED, Json(taken.accepted)))
}

/// What a list of orders is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OrdersAsked {
    /// Number, short code, name, e-mail, telephone or SKU.
    search: Option<String>,
    /// An order's stage.
    stage: Option<OrderStage>,
    /// `pickup` or `ship`.
    method: Option<Method>,
    /// Where it is worked on.
    location: Option<LocationId>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    limit: Option<u32>,
}

/// Lists orders, the newest first.
///
/// # Errors
/// `invalid_query`, `unknown_location`.
#[utoipa::path(
    get, path = "/api/v1/orders", tag = "orders", operation_id = "list_orders",
    security(("session" = ["store_manager"])),
    params(OrdersAsked),
    responses(
        (status = 200, description = "A page of orders", body = Page<OrderRow>),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_location"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Ask(asked): Ask<OrdersAsked>,
) -> Result<Json<Page<OrderRow>>, ApiProblem> {
    let after = match extract::seek_time(asked.after.as_deref())? {
        None => None,
        Some((at, id)) => Some((TimeMs(at), id.parse().map_err(|_| extract::no_page())?)),
    };
    let rows = Paging { after: None, limit: asked.limit }.rows();
    let page = state.db.read(move |tx| {
        let location_key = match &asked.location {
            Some(location) => Some(visible_key(tx, &caller, location)?),
            None => caller.only(),
        };
        let search = asked.search.clone().unwrap_or_default();
        let (stage, method) = (asked.stage, asked.method);
        let filter = Filter { search, stage, method, location_key, after };
        Ok::<_, AppError>(order_list::page(tx, &filter, rows + 1)?)
    });
    let page = extract::page(page.await?, rows, |(at, row)| format!("{}_{}", at.0, row.id));
    let items = page.items.into_iter().map(|(_, row)| row).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// Shows an order with everything behind it.
///
/// # Errors
/// `unknown_order`.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", tag = "orders", operation_id = "show_order",
    security(("session" = ["store_manager"])),
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The order", body = OrderDetail),
        (status = 404, description = "unknown_order"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
) -> Result<Json<OrderDetail>, ApiProblem> {
    let id: OrderId = id.parse().map_err(|_| unknown())?;
    Ok(Json(state.db.read(move |tx| order::detail(tx, id, caller.only())).await?))
}

const BODY_BYTES_MAX: usize = 4 * 1024;

/// Cancels what of an order has not left.
///
/// # Errors
/// `unknown_order`, `reason_missing`, `not_open`.
#[utoipa::path(
    post, path = "/api/v1/orders/{id}/cancel", tag = "orders", operation_id = "cancel_order",
    security(("session" = ["store_manager"])),
    params(("id" = OrderId, Path, description = "The order")),
    request_body = CancelOrder,
    responses(
        (status = 200, description = "The order as it is now", body = OrderDetail),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_order"),
        (status = 409, description = "not_open"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_body reason_missing"),
    )
)]
pub async fn cancel(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
    body: Body,
) -> Result<Json<OrderDetail>, ApiProblem> {
    let id: OrderId = id.parse().map_err(|_| unknown())?;
    let cancel: CancelOrder = extract::json(body, BODY_BYTES_MAX, "invalid_body").await?;
    let (moment, actor, only) = (clock::moment(), caller.name(), caller.only());
    let done = state
        .db
        .write(move |tx| order::cancel(tx, &mut moment.clone(), id, &cancel.reason, &actor, only));
    for (location, cursor) in done.await.map_err(|error: AppError| error)? {
        state.pokes.poke(&location, cursor);
    }
    Ok(Json(state.db.read(move |tx| order::detail(tx, id, only)).await?))
}
