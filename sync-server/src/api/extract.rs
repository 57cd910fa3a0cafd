//! What handlers read from a request, each fault as a problem that names the field.

use std::convert::Infallible;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Path, Query},
    http::{HeaderValue, StatusCode, header, request::Parts},
};
use domain::{order::FieldError, problem::Problem};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::problem::ApiProblem;
use crate::app::refusal::{AppError, invalid};

impl From<AppError> for ApiProblem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(problem) => Self(problem),
            AppError::Broken(error) => error.into(),
        }
    }
}

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

/// The query of a request.
pub struct Ask<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        Query::try_from_uri(&parts.uri).map(|Query(ask)| Self(ask)).map_err(|why| {
            let title = "The query cannot be read.";
            ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title).advise(why.body_text())
        })
    }
}

/// The answer that the caller has already, by its tag.
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfNoneMatch {
    /// Whether it is this one.
    #[must_use]
    pub fn is(&self, tag: &str) -> bool {
        self.0.as_ref().is_some_and(|known| known == tag)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get(header::IF_NONE_MATCH).cloned()))
    }
}

/// Parts of a request's path.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        Path::from_request_parts(parts, state).await.map(|Path(names)| Self(names)).map_err(|_| {
            ApiProblem::new(StatusCode::NOT_FOUND, "unknown_route", "Nothing is at this path.")
                .advise("See /api/openapi.json for what there is.")
        })
    }
}

/// Rows that a page has when the caller does not say.
const PAGE_ROWS: u32 = 50;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Paging {
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted, at most 200; 50 if absent.
    pub limit: Option<u32>,
}

impl Paging {
    /// Rows to answer with.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.limit.unwrap_or(PAGE_ROWS).clamp(1, domain::limits::PAGE_ROWS_MAX)
    }
}

/// A page, from one row more than it may have; `seek` names a row for the next page.
pub fn page<T>(
    mut rows: Vec<T>,
    rows_max: u32,
    seek: impl Fn(&T) -> String,
) -> domain::api::Page<T> {
    let rows_max = rows_max as usize;
    let more = rows.len() > rows_max;
    rows.truncate(rows_max);
    let next = if more { rows.last().map(seek) } else { None };
    domain::api::Page { items: rows, next }
}

/// Splits what [`page`] made of a time and an id.
///
/// # Errors
/// `invalid_query`.
pub fn seek_time(after: Option<&str>) -> Result<Option<(i64, String)>, ApiProblem> {
    let Some(after) = after.filter(|after| !after.is_empty()) else { return Ok(None) };
    let read = after.split_once('_').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    read.map(Some).ok_or_else(no_page)
}

/// What `after` names is no row of a page.
pub fn no_page() -> ApiProblem {
    let title = "after is not the next of a page.";
    ApiProblem::new(StatusCode::BAD_REQUEST, "invalid_query", title)
}

/// Reads a body of JSON. A value that is not allowed is named by its path.
///
/// # Errors
/// `too_large`, `malformed` or `code`.
pub async fn json<T: DeserializeOwned>(
    body: Body,
    bytes_max: usize,
    code: &str,
) -> Result<T, ApiProblem> {
    let bytes = to_bytes(body, bytes_max).await.map_err(|_| ApiProblem::too_large(bytes_max))?;
    let mut read = serde_json::Deserializer::from_slice(&bytes);
    let value = serde_path_to_error::deserialize(&mut read).map_err(|why| {
        let (field, inner) = (why.path().to_string(), why.into_inner());
        if inner.classify() != serde_json::error::Category::Data {
            return ApiProblem::malformed(&inner);
        }
        let errors = vec![FieldError { field, message: inner.to_string() }];
        invalid(code, "The body is not valid.", errors).into()
    })?;
    read.end().map_err(|why| ApiProblem::malformed(&why))?;
    Ok(value)
}
