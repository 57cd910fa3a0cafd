//! The page's clock, corrected by the engine's, and times of day as the store's people read them.
//!
//! Nothing is ordered or decided by it: screens count down, that is all.

use domain::clock::TimeMs;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Date)]
    type Date;
    #[wasm_bindgen(constructor, js_class = "Date")]
    fn new(ms: f64) -> Date;
    #[wasm_bindgen(method, catch, js_class = "Date", js_name = toLocaleTimeString)]
    fn time(this: &Date, locale: &str, options: &JsValue) -> Result<String, JsValue>;
}

/// What the machine's clock says.
pub fn machine_now() -> TimeMs {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit in 53 bits")]
    TimeMs(js_sys::Date::now() as i64)
}

/// The time of day at the location, as `10:42`; in the machine's zone where the location's is unknown.
pub fn time_of_day(at: TimeMs, zone: Option<&str>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit in 53 bits")]
    let date = Date::new(at.0 as f64);
    let format = |zone: Option<&str>| {
        let options = js_sys::Object::new();
        let set = |key: &str, value: &str| Reflect::set(&options, &key.into(), &value.into());
        set("hour", "2-digit").and(set("minute", "2-digit")).and(set("hourCycle", "h23")).ok()?;
        if let Some(zone) = zone {
            set("timeZone", zone).ok()?;
        }
        date.time("en-GB", &options).ok()
    };
    // A zone that this browser does not know is refused by it.
    format(zone).or_else(|| format(None)).unwrap_or_default()
}
