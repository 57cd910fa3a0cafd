//! The index of what can be promised, in memory: its size, how long its sums take from nothing, and
//! questions inside the process.
//!
//! `atp [items]`, 1,000,000 if absent, each at 48 of 2,000 locations, with 16 pools and rules over them.
//! Prints JSON lines; first compares numbers with a count that knows nothing of the index, and ends
//! where they differ.

mod network;
mod questions;

use serde_json::json;
use tests::{memory, stopwatch::timed};

use network::Network;

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let items: u32 = asked.unwrap_or(1_000_000);
    let before = memory::resident(std::process::id()).now;
    let (network, filled) = timed(|| Network::of(items));
    network.assert_right();
    let index = &network.index;
    let positions = index.stock().positions();
    let parts: usize = index.bytes().iter().map(|(_, bytes)| bytes).sum();
    let per = |bytes: u64| bytes as f64 / positions as f64;
    let resident = memory::resident(std::process::id()).now - before;
    println!(
        "{}",
        json!({
            "what": "memory", "items": items, "positions": positions,
            "pools": network::POOLS, "rules": network.rules(),
            "bytes_a_position": round(per(parts as u64)),
            "resident_bytes_a_position_with_dictionary": round(per(resident)),
            "fill_s": round(filled.as_secs_f64()),
        })
    );
    rebuild(&network);
    questions::ask(&network);
    network.assert_right();
}

/// All sums from nothing, against one pass over the same bytes.
fn rebuild(network: &Network) {
    let index = &network.index;
    let view = index.view();
    let (_, count) = timed(|| view.count_all(index.stock()));
    let (units, read) = timed(|| network.read_all());
    println!(
        "{}",
        json!({
            "what": "rebuild of all sums", "s": round(count.as_secs_f64()), "limit_s": 1,
            "one_pass_over_the_positions_s": round(read.as_secs_f64()), "units": units,
        })
    );
}

/// To three digits behind the point.
pub fn round(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
