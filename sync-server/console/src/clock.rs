//! The only file that reads a clock: the browser's, corrected by the server's.

use std::cell::Cell;

/// The `Date` header has whole seconds, and an answer takes time: less than this is no difference.
const SKEW_MS_MIN: i64 = 30_000;

thread_local! {
    static SKEW_MS: Cell<i64> = const { Cell::new(0) };
}

fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Now, in milliseconds since 1970 UTC, by the server's clock where the browser's is off.
pub fn now_ms() -> i64 {
    browser_ms().saturating_add(SKEW_MS.get())
}

/// Learns the server's clock from the `Date` header of an answer.
pub fn learn(date_header: &str) {
    let server_ms = js_sys::Date::parse(date_header);
    if server_ms.is_finite() {
        let skew_ms = (server_ms as i64).saturating_sub(browser_ms());
        SKEW_MS.set(if skew_ms.abs() < SKEW_MS_MIN { 0 } else { skew_ms });
    }
}
