//! Counters and times for Prometheus, in its text form. A small registry of our own: a name, fixed
//! labels, a number. Holds no label whose values a caller could choose, so it cannot grow.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// Upper bounds of the duration buckets, in microseconds.
const BOUNDS_US: [u64; 12] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000,
];

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    counters: Mutex<BTreeMap<Key, u64>>,
    times: Mutex<BTreeMap<Key, Histogram>>,
}

/// Name, and labels in Prometheus' form without the braces.
type Key = (&'static str, String);

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; BOUNDS_US.len()],
    count: u64,
    sum_us: u64,
}

impl Metrics {
    /// Adds to a counter. `labels` as `kind="x",code="y"`, of values that we chose.
    pub fn add(&self, name: &'static str, labels: &str, by: u64) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry((name, labels.to_owned())).or_default() += by;
    }

    /// Records how long something took.
    pub fn time(&self, name: &'static str, labels: &str, took_us: u64) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = times.entry((name, labels.to_owned())).or_default();
        histogram.count += 1;
        histogram.sum_us += took_us;
        if let Some(at) = BOUNDS_US.iter().position(|&bound| took_us <= bound) {
            histogram.buckets[at] += 1;
        }
    }

    /// The text that Prometheus reads; `gauges` are numbers of this moment.
    #[must_use]
    pub fn render(&self, gauges: &[(&'static str, u64)]) -> String {
        let mut out = String::new();
        let mut last = "";
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for ((name, labels), value) in &*counters {
            head(&mut out, &mut last, name, "counter");
            line(&mut out, name, labels, &value.to_string());
        }
        drop(counters);
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        for ((name, labels), histogram) in &*times {
            head(&mut out, &mut last, name, "histogram");
            histogram.render(&mut out, name, labels);
        }
        drop(times);
        for (name, value) in gauges {
            head(&mut out, &mut last, name, "gauge");
            line(&mut out, name, "", &value.to_string());
        }
        out
    }
}

impl Histogram {
    fn render(&self, out: &mut String, name: &str, labels: &str) {
        let mut below = 0;
        let comma = if labels.is_empty() { "" } else { "," };
        let mut bucket = |bound: &str, count: u64| {
            let labels = format!("{labels}{comma}le=\"{bound}\"");
            line(out, &format!("{name}_bucket"), &labels, &count.to_string());
        };
        for (bound, count) in BOUNDS_US.iter().zip(self.buckets) {
            below += count;
            bucket(&seconds(*bound), below);
        }
        bucket("+Inf", self.count);
        line(out, &format!("{name}_sum"), labels, &seconds(self.sum_us));
        line(out, &format!("{name}_count"), labels, &self.count.to_string());
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

fn head<'a>(out: &mut String, last: &mut &'a str, name: &'a str, kind: &str) {
    if *last != name {
        writeln!(out, "# TYPE {name} {kind}").expect("writing to a string cannot fail");
        *last = name;
    }
}

fn line(out: &mut String, name: &str, labels: &str, value: &str) {
    let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    writeln!(out, "{name}{labels} {value}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.add("orders_total", "channel=\"web\"", 2);
        metrics.add("orders_total", "channel=\"app\"", 1);
        metrics.time("http_seconds", "", 700);
        metrics.time("http_seconds", "", 9_000_000);
        let text = metrics.render(&[("db_commits", 7)]);
        assert!(text.starts_with("# TYPE orders_total counter\norders_total{channel=\"app\"} 1\n"));
        assert_eq!(text.matches("# TYPE orders_total").count(), 1);
        assert!(text.contains("http_seconds_bucket{le=\"0.000500\"} 0\n"));
        assert!(text.contains("http_seconds_bucket{le=\"5.000000\"} 1\n"));
        assert!(text.contains("http_seconds_bucket{le=\"+Inf\"} 2\n"));
        assert!(text.contains("http_seconds_sum 9.000700\n"));
        assert!(text.ends_with("# TYPE db_commits gauge\ndb_commits 7\n"));
    }
}
