//! Every refusal over HTTP is an RFC 9457 problem document with a stable code. What broke inside is
//! logged, never sent.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::problem::Problem;

use super::codes;
use crate::{
    db::{DbError, Failure},
    telemetry,
};

/// Seconds after which a client may try again when we are busy; clients add their own jitter.
const RETRY_AFTER_S: &str = "2";

/// A problem on its way out; boxed, since most answers are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiProblem(pub Box<Problem>);

impl ApiProblem {
    /// A problem without details.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, title: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(status.as_u16(), code, title)))
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn advise(self, detail: impl Into<String>) -> Self {
        Self(Box::new(self.0.advise(detail)))
    }

    /// Too much at once; try again.
    #[must_use]
    pub fn slow_down(status: StatusCode) -> Self {
        Self::new(status, "slow_down", "The server is busy.").advise("Try again in some seconds.")
    }

    /// The body is over a limit, in bytes.
    #[must_use]
    pub fn too_large(max: usize) -> Self {
        let title = format!("The body is over {max} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", title).advise("Send less at once.")
    }

    /// The body is not what this route takes; `why` quotes no data.
    #[must_use]
    pub fn malformed(why: &serde_json::Error) -> Self {
        let at =
            format!("{:?} error in line {}, column {}", why.classify(), why.line(), why.column());
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The body cannot be read.").advise(at)
    }
}

impl From<DbError> for ApiProblem {
    fn from(error: DbError) -> Self {
        match &error {
            DbError::Busy | DbError::Closed => {
                return Self::slow_down(StatusCode::SERVICE_UNAVAILABLE);
            }
            other => tracing::error!(error = %other, source = ?source(other), "a request failed"),
        }
        match error.failure() {
            Failure::Contention | Failure::Locked | Failure::Disconnected => {
                Self::slow_down(StatusCode::SERVICE_UNAVAILABLE)
            }
            Failure::Full => {
                let status = StatusCode::INSUFFICIENT_STORAGE;
                Self::new(status, "disk_full", "The server has no space left.")
                    .advise("Nothing was changed. Tell the operators; try again later.")
            }
            _ => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "internal", "Something is wrong with the server.")
                    .advise("Nothing was changed. Try again; tell the operators if it stays.")
            }
        }
    }
}

fn source(error: &DbError) -> Option<String> {
    std::error::Error::source(error).map(ToString::to_string)
}

impl IntoResponse for ApiProblem {
    fn into_response(mut self) -> Response {
        debug_assert!(codes::meaning(&self.0.code).is_some(), "{} is not listed", self.0.code);
        if self.0.status >= 500 {
            self.0.trace_id = telemetry::trace_id();
        }
        let status = StatusCode::from_u16(self.0.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self.0).expect("plain data");
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if self.0.code == "slow_down" {
            let after = HeaderValue::from_static(RETRY_AFTER_S);
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        if status == StatusCode::UNAUTHORIZED
            && !response.headers().contains_key("www-authenticate")
        {
            let scheme = HeaderValue::from_static("Device, Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
