//! Who sends a request to /sync: the device's token and its signature over method, path and body as
//! sent; and how large a body may be, before and after it is inflated.

use std::io::Read;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{OriginalUri, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{api::DeviceState, limits};

use super::problem::ApiProblem;
use crate::{
    app::device_auth::{AuthRefusal, Bearer, SignedRequest},
    clock,
    db::{DbError, devices},
    state::AppState,
};

/// Carries `ts=<ms>,nonce=<hex>,sig=<base64>`.
const SIGNATURE: &str = "stockhand-signature";

/// Reads a request and finds the device that signed it. Whether the device may still sync is for the
/// use case to see, or for [`require_active`].
pub async fn authenticate(
    state: &AppState,
    request: Request,
) -> Result<(Bearer, HeaderMap, Bytes), ApiProblem> {
    let (parts, body) = request.into_parts();
    let access = header(&parts.headers, header::AUTHORIZATION.as_str());
    let access = access.and_then(|text| text.strip_prefix("Device ")).unwrap_or_default();
    if access.is_empty() {
        // Before the body is read: strangers cost us nothing.
        return Err(AuthRefusal::Token.into());
    }
    let body = limited(body, limits::EXCHANGE_BYTES_MAX).await?;
    let signed = SignedRequest {
        access,
        signature: header(&parts.headers, SIGNATURE).unwrap_or_default(),
        method: parts.method.as_str(),
        path: &path(&parts),
        body: &body,
    };
    let bearer = state.sync.auth.check(clock::now(), &signed)?;
    Ok((bearer, parts.headers, body))
}

/// Path and query as they were sent, also when a router cut something off.
fn path(parts: &Parts) -> String {
    let sent = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
    sent.path_and_query().map_or_else(|| sent.path().to_owned(), ToString::to_string)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Refuses a device that was stopped since it got its token.
pub async fn require_active(state: &AppState, bearer: &Bearer) -> Result<(), ApiProblem> {
    let id = bearer.device;
    let found = state.db.read(move |tx| devices::find(tx, id)).await;
    match found.map_err(|error: DbError| error)?.map(|device| device.state) {
        Some(DeviceState::Active) => Ok(()),
        Some(stopped) => Err(stopped_problem(stopped)),
        None => Err(unknown_device()),
    }
}

/// 403 for a device that may not sync any more.
#[must_use]
pub fn stopped_problem(state: DeviceState) -> ApiProblem {
    match state {
        DeviceState::Quarantined => {
            let title = "This tablet is stopped: two tablets use its identity.";
            ApiProblem::new(StatusCode::FORBIDDEN, "quarantined", title)
                .advise("Ask an administrator; pair it again when all work is settled.")
        }
        DeviceState::Revoked | DeviceState::Active => {
            ApiProblem::new(StatusCode::FORBIDDEN, "revoked", "This tablet was revoked.")
                .advise("Ask an administrator for a pairing code.")
        }
    }
}

/// 401 for a device that is not enrolled here.
#[must_use]
pub fn unknown_device() -> ApiProblem {
    let title = "This tablet is not paired with this server.";
    ApiProblem::new(StatusCode::UNAUTHORIZED, "unknown_device", title)
        .advise("Ask an administrator for a pairing code.")
}

impl From<AuthRefusal> for ApiProblem {
    fn from(refusal: AuthRefusal) -> Self {
        let (code, advice) = match refusal {
            AuthRefusal::Token => ("token", "Get a new access token."),
            AuthRefusal::Nonce => ("nonce", "Get a new nonce and sign it within two minutes."),
            AuthRefusal::Signature => ("signature", "Sign with the key that was enrolled."),
            AuthRefusal::Clock => ("clock", "Correct by the server_time of a new access token."),
            AuthRefusal::Replay => ("replay", "Sign every request with a new nonce."),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, refusal.to_string()).advise(advice)
    }
}

/// Reads a body of at most `max` bytes.
pub async fn limited(body: Body, max: usize) -> Result<Bytes, ApiProblem> {
    to_bytes(body, max).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        match source.is_some_and(|source| source.to_string().contains("length limit")) {
            true => ApiProblem::too_large(max),
            false => ApiProblem::new(StatusCode::BAD_REQUEST, "cut_off", "The body broke off."),
        }
    })
}

/// Undoes gzip or zstd; never gives out more than `max` bytes, however small the body is.
pub fn inflate(headers: &HeaderMap, body: Bytes, max: usize) -> Result<Bytes, ApiProblem> {
    let broken = |_| {
        ApiProblem::new(StatusCode::BAD_REQUEST, "malformed", "The body cannot be decompressed.")
    };
    let bound = max as u64 + 1;
    let mut out = Vec::new();
    match header(headers, header::CONTENT_ENCODING.as_str()).unwrap_or("identity") {
        "identity" | "" => return Ok(body),
        "gzip" => {
            let decoder = flate2::read::GzDecoder::new(body.as_ref());
            decoder.take(bound).read_to_end(&mut out).map_err(broken)?;
        }
        "zstd" => {
            let decoder = zstd::Decoder::new(body.as_ref()).map_err(broken)?;
            decoder.take(bound).read_to_end(&mut out).map_err(broken)?;
        }
        _ => {
            let title = "Bodies are sent plain, as gzip or as zstd.";
            return Err(ApiProblem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unknown_encoding",
                title,
            ));
        }
    }
    if out.len() > max { Err(ApiProblem::too_large(max)) } else { Ok(out.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn headers(encoding: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("content-encoding", encoding.parse().expect("a header"));
        headers
    }

    fn gzip(plain: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory").into()
    }

    #[test]
    fn bodies_are_inflated_up_to_the_limit_and_not_a_byte_more() {
        let plain = vec![b'x'; 1_000];
        let zstd: Bytes = zstd::bulk::compress(&plain, 3).expect("memory").into();
        for (encoding, body) in [("gzip", gzip(&plain)), ("zstd", zstd)] {
            let whole = inflate(&headers(encoding), body.clone(), 1_000).expect("fits");
            assert_eq!(whole, plain);
            let bomb = inflate(&headers(encoding), body, 999).expect_err("does not fit");
            assert_eq!(bomb.0.code, "too_large");
        }
    }

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        let junk = Bytes::from_static(b"junk");
        for (encoding, code) in
            [("gzip", "malformed"), ("zstd", "malformed"), ("br", "unknown_encoding")]
        {
            let refused = inflate(&headers(encoding), junk.clone(), 10).expect_err("refused");
            assert_eq!(refused.0.code, code);
        }
        assert_eq!(inflate(&HeaderMap::new(), junk.clone(), 10).expect("plain"), junk);
    }
}
