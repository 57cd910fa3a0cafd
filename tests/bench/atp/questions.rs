//! Questions of shops, inside the process.

use std::hint::black_box;

use domain::{fulfillment::Method, location::Coordinates};
use serde_json::json;
use sync_server::atp::near::near;
use tests::{sample::Sample, stopwatch::timed};

use crate::{
    network::{LOCATIONS, Network, POOLS, scattered, sku},
    round,
};

const QUESTIONS: u64 = 200_000;
/// Items of a list.
const LIST: u64 = 20;
/// Locations near a customer.
const NEAR: usize = 20;
/// Lines of a cart.
const CART: u64 = 5;

pub fn ask(network: &Network) {
    let index = &network.index;
    let item = |n: u64| u32::try_from(scattered(n) % u64::from(network.items())).unwrap_or(0);
    let pool = |n: u64| usize::try_from(n).unwrap_or(0) % POOLS;

    let lists = each("PLP: 20 SKUs", 1.0, |n| {
        let view = index.view();
        (0..LIST).map(|at| index.number(&view, item(n * LIST + at), pool(n))).sum()
    });
    let (_, whole) = timed(|| {
        let view = index.view();
        let numbers = (0..QUESTIONS * LIST).map(|n| index.number(&view, item(n), pool(n / LIST)));
        black_box(numbers.sum::<i64>())
    });
    let plain = plain_reads(network);
    let a_second = (QUESTIONS * LIST) as f64 / whole.as_secs_f64();
    let line = json!({ "what": "PLP answers a second on one core", "millions": round(a_second / 1e6),
        "limit_millions": 50, "of_plain_random_reads": round(a_second / plain),
        "p50_us_of_lists": lists });
    println!("{line}");

    let directory = index.directory();
    let around: Vec<Vec<u16>> = (0..64)
        .map(|n| {
            let lat_e6 = 25_000_000 + i64::try_from(scattered(n) % 24_000_000).unwrap_or(0);
            let point = Coordinates { lat_e6, lon_e6: -100_000_000 };
            let near = near(
                &directory.locations,
                &directory.points,
                Method::Pickup,
                point,
                u64::MAX,
                NEAR,
            );
            near.into_iter().map(|near| near.location).collect()
        })
        .collect();
    each("PDP: 1 SKU at 20 near stores", 2.0, |n| {
        let (view, item) = (index.view(), item(n));
        let stores = &around[usize::try_from(n).unwrap_or(0) % around.len()];
        let pickup = POOLS / 2 + pool(n) / 2;
        let at = stores.iter().map(|store| index.number_at(&view, item, pickup, *store));
        index.number(&view, item, pool(n)) + at.sum::<i64>()
    });
    each("cart: 5 lines, delivery and pickup at one store", 3.0, |n| {
        let view = index.view();
        let store = u16::try_from(scattered(n) % u64::from(LOCATIONS)).unwrap_or(0);
        (0..CART)
            .map(|line| {
                let item = item(n * CART + line);
                let pickup = POOLS / 2 + usize::from(store) % (POOLS / 2);
                index.number(&view, item, pool(n)) + index.number_at(&view, item, pickup, store)
            })
            .sum()
    });
    let skus: Vec<String> = (0..10_000).map(|n| sku(item(n))).collect();
    each("PLP: 20 SKUs by name", f64::NAN, |n| {
        let view = index.view();
        let of = |at: u64| &skus[usize::try_from(n * LIST + at).unwrap_or(0) % skus.len()];
        let items = (0..LIST).filter_map(|at| directory.items.number(of(at)));
        items.map(|item| index.number(&view, item, pool(n))).sum()
    });
    each("nearest 20 of 2,000 locations", f64::NAN, |n| {
        let point = Coordinates { lat_e6: 25_000_000 + i64::try_from(n).unwrap_or(0), lon_e6: -1 };
        let near =
            near(&directory.locations, &directory.points, Method::Pickup, point, u64::MAX, NEAR);
        near.iter().map(|near| i64::from(near.location)).sum()
    });
}

/// Times every question, and prints the percentiles in microseconds; the median.
fn each(what: &str, limit_us: f64, question: impl Fn(u64) -> i64) -> f64 {
    let mut sample = Sample::default();
    let count = if limit_us.is_nan() { QUESTIONS / 10 } else { QUESTIONS };
    for n in 0..count {
        let (answer, took) = timed(|| question(n));
        black_box(answer);
        sample.add(took);
    }
    let [p50, p99] = [50, 99].map(|percent| round(sample.percentile_ms(percent) * 1_000.0));
    let line = json!({ "what": what, "p50_us": p50, "p99_us": p99,
        "limit_us": (!limit_us.is_nan()).then_some(limit_us) });
    println!("{line}");
    p50
}

/// Random reads a second of an array that is as large as the sums, with the same random numbers.
fn plain_reads(network: &Network) -> f64 {
    let stride = POOLS;
    let sums = vec![1i32; network.items() as usize * stride];
    let (_, took) = timed(|| {
        let at = |n: u64| {
            let item = scattered(n) % u64::from(network.items());
            usize::try_from(item).unwrap_or(0) * stride
                + usize::try_from(n / LIST).unwrap_or(0) % stride
        };
        black_box((0..QUESTIONS * LIST).map(|n| i64::from(sums[at(n)])).sum::<i64>())
    });
    (QUESTIONS * LIST) as f64 / took.as_secs_f64()
}
