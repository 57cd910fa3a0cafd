//! Calls of the public API: the only way to the data.
//!
//! Tells the session about the connection and about a lost sign-in; knows no page.

use domain::{clock::TimeMs, problem::Problem};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestCache, RequestInit, Response};

use console::failure::Failure;

use crate::{
    browser, clock,
    session::{Console, Session},
};

/// A server that takes longer is as good as gone; the next beat tries again.
const ANSWER_MS_MAX: u32 = 15_000;

/// Fetches.
pub async fn get<T: DeserializeOwned>(console: Console, url: &str) -> Result<T, Failure> {
    call(console, "GET", url, None).await
}

/// Sends a body.
pub async fn post<T: DeserializeOwned>(
    console: Console,
    url: &str,
    body: &impl Serialize,
) -> Result<T, Failure> {
    let body = serde_json::to_string(body).expect("the API's bodies have only text keys");
    call(console, "POST", url, Some(body)).await
}

/// Puts something in the place of what was there.
pub async fn put<T: DeserializeOwned>(
    console: Console,
    url: &str,
    body: &impl Serialize,
) -> Result<T, Failure> {
    let body = serde_json::to_string(body).expect("the API's bodies have only text keys");
    call(console, "PUT", url, Some(body)).await
}

/// Ends something.
pub async fn delete<T: DeserializeOwned>(console: Console, url: &str) -> Result<T, Failure> {
    call(console, "DELETE", url, None).await
}

async fn call<T: DeserializeOwned>(
    console: Console,
    method: &str,
    url: &str,
    body: Option<String>,
) -> Result<T, Failure> {
    let answered = exchange(method, url, body).await;
    note_connection(console, answered.is_ok());
    let (status, text) = answered.map_err(|_| Failure::Offline)?;
    if (200..300).contains(&status) {
        let text = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(text).map_err(|e| Failure::Broken(format!("{url}: {e}.")));
    }
    let failure = Failure::of_answer(status, serde_json::from_str::<Problem>(&text).ok());
    if failure == Failure::SignedOut && url != "/api/v1/session" {
        console.session.set(Session::SignedOut);
    }
    note_connection(console, failure != Failure::Offline);
    Err(failure)
}

fn note_connection(console: Console, is_reached: bool) {
    let since_ms = console.offline_since_ms;
    if is_reached == since_ms.get_untracked().is_some() {
        since_ms.set((!is_reached).then(clock::now_ms));
    }
}

async fn exchange(method: &str, url: &str, body: Option<String>) -> Result<(u16, String), JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    // Shops may keep an answer for a moment; here everything is as the server has it now.
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(ANSWER_MS_MAX)));
    if let Some(body) = &body {
        init.set_body(&JsValue::from_str(body));
    }
    let request = Request::new_with_str_and_init(url, &init)?;
    let headers = request.headers();
    headers.set("accept", "application/json")?;
    if method != "GET" {
        // A page of another origin cannot set this header: it proves that the call is ours.
        headers.set("x-stockhand", "1")?;
    }
    if body.is_some() {
        headers.set("content-type", "application/json")?;
    }
    let answer = JsFuture::from(browser::window().fetch_with_request(&request)).await?;
    let answer: Response = answer.dyn_into()?;
    if let Ok(Some(date)) = answer.headers().get("date") {
        clock::learn(&date);
    }
    let text = JsFuture::from(answer.text()?).await?;
    Ok((answer.status(), text.as_string().unwrap_or_default()))
}

/// Since when the connection is lost, in words.
pub fn offline_words(since_ms: i64) -> String {
    format!(
        "Offline since {}. You see what was known then; trying again every ten seconds.",
        crate::intl::clock(TimeMs(since_ms))
    )
}
