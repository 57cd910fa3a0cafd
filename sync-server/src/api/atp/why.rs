//! Every term behind a number.

use axum::{Json, extract::State};
use domain::{api::AtpExplained, fulfillment::Method, ids::Sku};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Whom, backorder, seen, stamp, unknown};
use crate::{
    api::{
        extract::{Ask, Named},
        problem::ApiProblem,
    },
    atp::explain::explain,
    state::AppState,
};

/// Whose number shall be explained.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WhyAsked {
    /// How the goods shall reach the customer: `ship` or `pickup`; absent: `ship`.
    #[param(value_type = Option<String>)]
    method: Option<Method>,
    /// The country of the customer, two letters.
    market: Option<String>,
    /// The customer's region of sale.
    region: Option<String>,
    /// The channel.
    channel: Option<String>,
}

/// Explains a number: every term, rule and version behind it.
///
/// # Errors
/// `no_pool`, `unknown_sku`.
#[utoipa::path(
    get, path = "/api/v1/atp/items/{sku}/explain", tag = "atp", operation_id = "explain_atp",
    security(("session" = ["operations"])),
    params(("sku" = Sku, Path, description = "The item"), WhyAsked),
    responses(
        (status = 200, description = "Every term of the number", body = AtpExplained),
        (status = 400, description = "invalid_query"),
        (status = 404, description = "unknown_sku"),
        (status = 422, description = "no_pool"),
    )
)]
pub async fn why(
    State(state): State<AppState>,
    Named(sku): Named<String>,
    Ask(asked): Ask<WhyAsked>,
) -> Result<Json<AtpExplained>, ApiProblem> {
    let WhyAsked { method, market, region, channel } = asked;
    let whom = Whom { channel, market, region };
    let index = &state.promises.index;
    let (seen, view) = (seen(index)?, index.view());
    let directory = index.directory();
    let item = directory.items.number(&sku).ok_or_else(unknown)?;
    let pool = whom.pool(&view, method.unwrap_or(Method::Ship))?;
    let terms = explain(index, &view, &directory, item, pool);
    Ok(Json(AtpExplained {
        seen: stamp(seen, &view),
        sku: super::sku(&sku),
        pool: view.set().pools[pool].id.clone(),
        locations: terms.locations,
        sum: terms.sum,
        least_at: terms.least.at,
        unreleased: terms.sum - terms.least.there,
        coming: terms.least.coming,
        waiting: terms.least.waiting,
        threshold: terms.least.outer.threshold,
        others: terms.least.outer.others,
        own: terms.least.outer.own,
        cap: terms.least.outer.cap,
        campaign: terms.least.outer.campaign,
        rules: terms.rules,
        dated: terms.dated,
        components: terms.components,
        release: terms.sold.release,
        backorder: backorder(&terms.sold),
        units: terms.least.outer.number,
    }))
}
