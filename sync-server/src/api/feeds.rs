//! Feeds of what can be promised: everything once, then what has changed since.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::fulfillment::Method;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{
    atp::{Whom, seen},
    extract::{Ask, Named},
    guard::Shopping,
    problem::ApiProblem,
};
use crate::{
    app::refusal::not_found,
    atp::feed::{Changed, Place, changed},
    clock,
    feeds::{Format, Made, amazon::Seller},
    state::AppState,
};

/// Whose numbers, and since when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct FeedAsked {
    /// `stockhand-feed-next` of the file before; absent: everything.
    after: Option<String>,
    /// How the goods shall reach the customer: `ship` or `pickup`; absent: `ship`, or `pickup` for a
    /// format by location.
    #[param(value_type = Option<String>)]
    method: Option<Method>,
    /// Units of each number that are not told; 0 if absent.
    buffer: Option<u32>,
    /// The country of the customers, two letters.
    market: Option<String>,
    /// The customers' region of sale.
    region: Option<String>,
    /// The channel, where an operator asks.
    channel: Option<String>,
    /// For `amazon`, where it must be there: the merchant account or vendor code.
    seller: Option<String>,
    /// For `amazon`: the product type of the listings; `PRODUCT` if absent.
    product_type: Option<String>,
    /// For `amazon`: in which language it names problems, as `en_US`.
    locale: Option<String>,
}

/// A question that can be answered.
struct Question {
    format: Format,
    after: Option<Place>,
    whom: Whom,
    method: Method,
    buffer: i64,
    seller: Seller,
}

/// A file of what can be promised: everything, or what has changed since the file before. Its headers say
/// its number among the files that were asked one behind the other (`stockhand-feed-sequence`, from 1,
/// without a gap), how many rows it has (`stockhand-feed-rows`), its SHA-256 (`stockhand-feed-sha256`),
/// whether it begins with everything (`stockhand-feed-full`: forget what you knew), whether it was cut and
/// goes on at once (`stockhand-feed-more`), and what to ask with the next time (`stockhand-feed-next`).
///
/// # Errors
/// `unknown_feed`, `invalid_query`, `no_pool`, `wrong_channel`.
#[utoipa::path(
    get, path = "/api/v1/feeds/{format}", tag = "atp", operation_id = "read_feed",
    security(("channel" = []), ("session" = ["operations"])),
    params(
        (
            "format" = String, Path,
            description = "`search`, `marketplace`, `amazon`, `google_local` or `google_local_json`"
        ),
        FeedAsked,
    ),
    responses(
        (status = 200, description = "The rows", content(
            (String = "application/json"),
            (String = "application/x-ndjson"),
            (String = "text/csv"),
            (String = "text/tab-separated-values"),
        )),
        (status = 204, description = "Nothing has changed, and the format has no empty file"),
        (status = 400, description = "invalid_query"),
        (status = 403, description = "wrong_channel"),
        (status = 404, description = "unknown_feed"),
        (status = 422, description = "no_pool"),
    )
)]
pub async fn read(
    State(state): State<AppState>,
    Extension(shopping): Extension<Shopping>,
    Named(format): Named<String>,
    Ask(asked): Ask<FeedAsked>,
) -> Result<Response, ApiProblem> {
    let question = question(&shopping, &format, asked)?;
    seen(&state.promises.index)?;
    // As long as the catalogue: not on a thread that answers others.
    let work = move || file(&state, &question);
    tokio::task::spawn_blocking(work).await.expect("writing does not panic and is never aborted")
}

fn question(shopping: &Shopping, format: &str, asked: FeedAsked) -> Result<Question, ApiProblem> {
    let unknown = || not_found("unknown_feed", "There is no feed of this format.");
    let format = Format::of(format).ok_or_else(unknown)?;
    let FeedAsked { after, method, buffer, market, region, channel, .. } = asked;
    let by_location = matches!(format, Format::GoogleLocal | Format::GoogleLocalJson);
    let method = method.unwrap_or(if by_location { Method::Pickup } else { Method::Ship });
    let seller = match format {
        Format::Amazon => Seller::new(asked.seller, asked.product_type, asked.locale),
        _ => Ok(Seller::default()),
    };
    Ok(Question {
        format,
        after: place(after.as_deref())?,
        whom: Whom { channel: shopping.channel(channel)?, market, region },
        method,
        buffer: i64::from(buffer.unwrap_or(0)),
        seller: seller.map_err(wrong)?,
    })
}

fn place(after: Option<&str>) -> Result<Option<Place>, ApiProblem> {
    let Some(text) = after.filter(|text| !text.is_empty()) else { return Ok(None) };
    let title = "after is not the stockhand-feed-next of a file.";
    text.parse().map(Some).map_err(|_| wrong(title))
}

fn wrong(title: &str) -> ApiProblem {
    ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title)
}

fn file(state: &AppState, question: &Question) -> Result<Response, ApiProblem> {
    let Question { format, after, whom, method, buffer, seller } = question;
    let (index, buffer) = (&state.promises.index, *buffer);
    let view = index.view();
    let Changed { next, full, items } = changed(index, &view, *after, format.items_max());
    let pool = whom.pool(&view, *method)?;
    let (text, rows) = {
        let directory = &index.directory();
        let at = clock::now();
        let made = Made { index, view: &view, directory, pool, buffer, at, seller };
        format.write(&made, &items)
    };
    let none = *format == Format::Amazon && rows == 0;
    let status = if none { StatusCode::NO_CONTENT } else { StatusCode::OK };
    let head = head(*format, next, full, rows, &text);
    Ok((status, head, text).into_response())
}

fn head(format: Format, next: Place, full: bool, rows: u64, text: &str) -> HeaderMap {
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut head = HeaderMap::new();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    for (name, value) in [
        ("stockhand-feed-sequence", next.sequence.to_string()),
        ("stockhand-feed-more", next.rest.is_some().to_string()),
        ("stockhand-feed-next", next.to_string()),
        ("stockhand-feed-full", full.to_string()),
        ("stockhand-feed-rows", rows.to_string()),
        ("stockhand-feed-sha256", hash),
    ] {
        let value = HeaderValue::from_str(&value).expect("letters and digits");
        head.insert(HeaderName::from_static(name), value);
    }
    head
}
