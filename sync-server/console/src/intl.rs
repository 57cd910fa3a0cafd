//! Dates and money in the reader's language, by the browser's own `Intl`.
//!
//! Formatters cost a hundred times their use, so each is made once and kept.

use std::{cell::RefCell, collections::HashMap};

use domain::clock::TimeMs;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    #[derive(Clone)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new_date(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;
    #[wasm_bindgen(method, js_name = format)]
    fn format_date(this: &DateTimeFormat, at_ms: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl)]
    #[derive(Clone)]
    type NumberFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new_number(locales: &JsValue, options: &JsValue) -> Result<NumberFormat, JsValue>;
    #[wasm_bindgen(method, js_name = format)]
    fn format_number(this: &NumberFormat, number: f64) -> String;
    #[wasm_bindgen(method, js_name = resolvedOptions)]
    fn resolved_options(this: &NumberFormat) -> JsValue;
}

thread_local! {
    static DATES: RefCell<HashMap<(String, bool), Option<DateTimeFormat>>> = RefCell::default();
    static MONEY: RefCell<HashMap<String, Option<(NumberFormat, i32)>>> = RefCell::default();
}

fn options(pairs: &[(&str, &str)]) -> JsValue {
    let object = Object::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let set = Reflect::set(&object, &(*key).into(), &(*value).into());
        debug_assert!(set.is_ok(), "a plain object takes every key");
    }
    object.into()
}

fn make_date(zone: &str, with_day: bool) -> Option<DateTimeFormat> {
    let (weekday, day, month) = if with_day { ("short", "numeric", "short") } else { ("", "", "") };
    let options = options(&[
        ("weekday", weekday),
        ("day", day),
        ("month", month),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", if with_day { "short" } else { "" }),
        ("timeZone", zone),
    ]);
    DateTimeFormat::new_date(&JsValue::UNDEFINED, &options).ok()
}

fn date(at: TimeMs, zone: Option<&str>, with_day: bool) -> String {
    let zone = zone.unwrap_or_default();
    let format = DATES.with_borrow_mut(|dates| {
        let key = (zone.to_owned(), with_day);
        dates.entry(key).or_insert_with(|| make_date(zone, with_day)).clone()
    });
    format.map_or_else(|| at.to_rfc3339(), |format| format.format_date(at.0 as f64))
}

/// Day, time and the zone's name; in the reader's own zone where none is given or known.
pub fn exact(at: TimeMs, zone: Option<&str>) -> String {
    date(at, zone, true)
}

/// Hours and minutes in the reader's own zone.
pub fn clock(at: TimeMs) -> String {
    date(at, None, false)
}

fn make_money(currency: &str) -> Option<(NumberFormat, i32)> {
    let options = options(&[("style", "currency"), ("currency", currency)]);
    let format = NumberFormat::new_number(&JsValue::UNDEFINED, &options).ok()?;
    let digits = Reflect::get(&format.resolved_options(), &"maximumFractionDigits".into()).ok()?;
    Some((format, digits.as_f64()? as i32))
}

/// Money in its currency, with the decimals that the currency has.
pub fn money(minor: i64, currency: &str) -> String {
    let format = MONEY.with_borrow_mut(|known| {
        known.entry(currency.to_owned()).or_insert_with(|| make_money(currency)).clone()
    });
    match format {
        Some((format, digits)) => format.format_number(minor as f64 / 10_f64.powi(digits)),
        None => format!("{minor} {currency}"),
    }
}
