//! Where a customer is, and the locations around them where goods can be picked up.

use axum::http::StatusCode;
use domain::{fulfillment::Method, location::Coordinates, order::FieldError};

use crate::{
    api::problem::ApiProblem,
    app::refusal::invalid,
    atp::{
        directory::Directory,
        near::{Near, near},
    },
    db::{DbError, postcodes},
    state::AppState,
};

/// Locations around a customer, where the question does not say.
const NEAR: usize = 20;
/// The most that can be asked for.
pub(super) const NEAR_MAX: usize = 100;
const RADIUS_KM: u32 = 100;
const RADIUS_KM_MAX: u32 = 20_000;

/// How a question says where the customer is.
pub(super) struct Place {
    /// Latitude and longitude in degrees.
    pub at: Option<String>,
    /// A postcode in the market, instead.
    pub postcode: Option<String>,
    pub market: Option<String>,
}

impl Place {
    /// Where that is; `None` where the question does not say.
    ///
    /// # Errors
    /// `invalid_query`, `unknown_postcode`.
    pub async fn find(self, state: &AppState) -> Result<Option<Coordinates>, ApiProblem> {
        if let Some(at) = &self.at {
            let title = "at is latitude and longitude in degrees, as 52.52,13.405.";
            let wrong = || ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title);
            return degrees(at).map(Some).ok_or_else(wrong);
        }
        let Some(postcode) = self.postcode else { return Ok(None) };
        let Some(country) = self.market else {
            let title = "A postcode needs its market.";
            return Err(ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title));
        };
        let found = state.db.read(move |tx| postcodes::find(tx, &country, &postcode)).await;
        let found = found.map_err(|error: DbError| error)?;
        found.map(Some).ok_or_else(|| {
            let message = "is not known in this country".to_owned();
            let errors = vec![FieldError { field: "postcode".into(), message }];
            invalid("unknown_postcode", "Nobody knows where this postcode is.", errors).into()
        })
    }
}

fn degrees(text: &str) -> Option<Coordinates> {
    let (lat, lon) = text.split_once(',')?;
    let e6 = |text: &str, max: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= max).then(|| (degrees * 1e6).round() as i64)
    };
    Some(Coordinates { lat_e6: e6(lat, 90.0)?, lon_e6: e6(lon, 180.0)? })
}

/// How far a question looks around the customer.
pub(super) struct Around {
    pub radius_km: Option<u32>,
    pub limit: Option<u32>,
}

impl Around {
    /// How many locations the answer may have.
    pub fn limit(&self) -> usize {
        self.limit.map_or(NEAR, |limit| limit as usize).clamp(1, NEAR_MAX)
    }

    /// The locations for pickup, nearest first.
    pub fn of(&self, directory: &Directory, point: Coordinates, count: usize) -> Vec<Near> {
        let radius_m = u64::from(self.radius_km.unwrap_or(RADIUS_KM).min(RADIUS_KM_MAX)) * 1_000;
        let Directory { locations, points, .. } = directory;
        near(locations, points, Method::Pickup, point, radius_m, count)
    }
}
