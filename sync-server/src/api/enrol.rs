//! Pairing a tablet by its code. Open to strangers, so it is small and slow: a wrong code costs the
//! whole server one of a few tries a minute.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use domain::sync::{RedeemRequest, RedeemResponse};

use super::{problem::ApiProblem, signature::limited};
use crate::{
    app::enrol::{self, EnrolRefusal},
    clock,
    db::DbError,
    state::AppState,
};

/// A name, a key and a code.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Pairs a tablet with the location of its pairing code.
#[utoipa::path(
    post, path = "/enrol/v1/redeem", tag = "tablets", operation_id = "redeem_pairing_code",
    security(()),
    request_body(content = RedeemRequest, description = "At most 16 KiB"),
    responses(
        (status = 200, description = "Paired", body = RedeemResponse),
        (status = 400, description = "malformed cut_off"),
        (status = 403, description = "wrong_code spent_code"),
        (status = 409, description = "other_location"),
        (status = 413, description = "too_large"),
        (status = 422, description = "bad_key bad_text"),
        (status = 429, description = "slow_down"),
        (status = 500, description = "internal"),
        (status = 503, description = "slow_down"),
        (status = 507, description = "disk_full"),
    )
)]
pub async fn redeem(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<RedeemResponse>, ApiProblem> {
    let now = clock::now();
    if !state.sync.wrong_codes.may_try(now) {
        return Err(ApiProblem::slow_down(StatusCode::TOO_MANY_REQUESTS));
    }
    let body = limited(request.into_body(), BODY_BYTES_MAX).await?;
    let request: RedeemRequest =
        serde_json::from_slice(&body).map_err(|error| ApiProblem::malformed(&error))?;
    let (keys, moment) = (state.keys.clone(), clock::moment());
    let done =
        state.db.write(move |tx| enrol::redeem(tx, &mut moment.clone(), &keys, &request)).await;
    match done.map_err(|error: DbError| error)? {
        Ok(paired) => {
            tracing::info!(device = %paired.device, location = %paired.location, "tablet paired");
            Ok(Json(paired))
        }
        Err(refusal) => {
            if matches!(refusal, EnrolRefusal::WrongCode | EnrolRefusal::SpentCode) {
                state.sync.wrong_codes.note(now);
            }
            Err(refusal.into())
        }
    }
}

impl From<EnrolRefusal> for ApiProblem {
    fn from(refusal: EnrolRefusal) -> Self {
        let (status, code, advice) = match refusal {
            EnrolRefusal::WrongCode => {
                (StatusCode::FORBIDDEN, "wrong_code", "Check the code, letter by letter.")
            }
            EnrolRefusal::SpentCode => {
                (StatusCode::FORBIDDEN, "spent_code", "Ask an administrator for a new code.")
            }
            EnrolRefusal::BadKey => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad_key", "Make a new key pair.")
            }
            EnrolRefusal::BadText => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad_text", "Choose a shorter name.")
            }
            EnrolRefusal::OtherLocation => {
                let advice = "Send its unsent work, reset it, then pair it as a new tablet.";
                (StatusCode::CONFLICT, "other_location", advice)
            }
        };
        Self::new(status, code, refusal.to_string()).advise(advice)
    }
}
