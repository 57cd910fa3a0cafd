//! The console's files out of the binary, and the headers that keep a browser safe.
//!
//! Does not decide which page is shown: every address that is neither a file nor the API's gets the
//! one page, and the program in it reads the address.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::problem::ApiProblem;
use crate::state::AppState;

/// Name and content, sorted by name; `.br` and `.gz` are copies of the file before the ending.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

const PAGE: &str = "index.html";
/// Below these there are no pages.
const NOT_PAGES: [&str; 6] = ["/api", "/sync", "/enrol", "/auth", "/metrics", "/health"];

fn file(name: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(FILES[at].1)
}

/// A file of the console, or its page.
pub async fn show(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let is_api = |start: &str| path.strip_prefix(start).is_some_and(is_end_or_slash);
    if !matches!(method, Method::GET | Method::HEAD) || NOT_PAGES.iter().any(|start| is_api(start))
    {
        let title = "There is nothing at this address.";
        return ApiProblem::new(StatusCode::NOT_FOUND, "unknown_route", title)
            .advise("See /api/openapi.json for what there is.")
            .into_response();
    }
    let name = path.trim_start_matches('/');
    let asset = !name.is_empty() && file(name).is_some();
    send(if asset { name } else { PAGE }, &headers)
}

fn is_end_or_slash(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

fn send(name: &str, asked: &HeaderMap) -> Response {
    let (content, encoding) = packed(name, asked);
    let kind = HeaderValue::from_static(content_type(name));
    let mut response = ([(header::CONTENT_TYPE, kind)], content).into_response();
    let headers = response.headers_mut();
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Names of files follow their content; the page's does not.
    let keep = if name == PAGE { "no-cache" } else { "public, max-age=31536000, immutable" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// The smallest copy that the browser takes.
fn packed(name: &str, asked: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let takes = |word: &str| {
        let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        accepted.is_some_and(|text| text.split(',').any(|one| one.trim() == word))
    };
    for (word, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if takes(word)
            && let Some(content) = file(&format!("{name}{ending}"))
        {
            return (content, Some(word));
        }
    }
    (file(name).expect("the page and known files are in the table"), None)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; \
    font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Sets what protects a browser on every answer; data is never cached, unless its handler says so. What
/// only matters to a page is not said of JSON.
pub fn secure(state: &AppState, headers: &mut HeaderMap) {
    let kind = headers.get(header::CONTENT_TYPE);
    let is_data = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if !is_data {
        set(header::CONTENT_SECURITY_POLICY, POLICY);
        set(header::REFERRER_POLICY, "no-referrer");
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    if state.settings.is_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(encodings: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, encodings.parse().expect("a header"));
        headers
    }

    #[tokio::test]
    async fn every_address_but_the_apis_has_the_page() {
        for path in ["/", "/orders/17", "/apiary"] {
            let shown = show(Method::GET, path.parse().expect("a path"), asked("")).await;
            assert_eq!(shown.status(), StatusCode::OK, "{path}");
            assert_eq!(shown.headers()[header::CACHE_CONTROL], "no-cache");
        }
        for (method, path) in [(Method::GET, "/api/v1/nothing"), (Method::POST, "/orders")] {
            let shown = show(method, path.parse().expect("a path"), asked("")).await;
            assert_eq!(shown.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn files_are_sorted_and_sent_packed_where_that_is_taken() {
        assert!(FILES.is_sorted_by_key(|(name, _)| *name));
        for (name, _) in FILES.iter().filter(|(name, _)| name.ends_with(".br")) {
            let plain = name.trim_end_matches(".br");
            assert_eq!(packed(plain, &asked("gzip, br")).1, Some("br"), "{plain}");
            assert_eq!(packed(plain, &asked("identity")).1, None, "{plain}");
        }
    }
}
