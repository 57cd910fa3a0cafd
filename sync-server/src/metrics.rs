//! Counters and times for Prometheus, in its text form. A small registry of our own: a name, fixed
//! labels, a number. Holds no label whose values a caller could choose, so it cannot grow.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// Upper bounds of the duration buckets, in microseconds.
const BOUNDS_US: [u64; 12] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000,
];

/// Everything that is counted. Counting what was counted before takes no lock that others wait for.
#[derive(Debug, Default)]
pub struct Metrics {
    counters: Registry<AtomicU64>,
    times: Registry<Histogram>,
    routes: RwLock<BTreeMap<Box<str>, Route>>,
}

/// What a route has answered: every request counts here, so nothing is put together for it.
#[derive(Debug, Default)]
struct Route {
    /// By the first digit of the status.
    answers: [AtomicU64; 10],
    times: Histogram,
}

/// Numbers by name, and by labels in Prometheus' form without the braces.
type Named<T> = BTreeMap<&'static str, BTreeMap<String, T>>;

#[derive(Debug)]
struct Registry<T>(RwLock<Named<T>>);

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Default> Registry<T> {
    fn with(&self, name: &'static str, labels: &str, count: impl Fn(&T)) {
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(one) = known.get(name).and_then(|of| of.get(labels)) {
                return count(one);
            }
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        count(known.entry(name).or_default().entry(labels.to_owned()).or_default());
    }

    fn each(&self, mut tell: impl FnMut(&'static str, &str, &T)) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (name, of) in &*known {
            of.iter().for_each(|(labels, one)| tell(name, labels, one));
        }
    }
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [AtomicU64; BOUNDS_US.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Metrics {
    /// Adds to a counter. `labels` as `kind="x",code="y"`, of values that we chose.
    pub fn add(&self, name: &'static str, labels: &str, by: u64) {
        self.counters.with(name, labels, |counter| {
            counter.fetch_add(by, Relaxed);
        });
    }

    /// Records how long something took.
    pub fn time(&self, name: &'static str, labels: &str, took_us: u64) {
        self.times.with(name, labels, |histogram| histogram.note(took_us));
    }

    /// Counts an answer of a route, whose name is one that we chose, and how long it took.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let note = |of: &Route| {
            of.answers[usize::from(status / 100).min(9)].fetch_add(1, Relaxed);
            of.times.note(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        };
        if let Some(of) = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return note(of);
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        note(routes.entry(route.into()).or_default());
    }

    fn render_routes(&self, out: &mut String) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let (count, times) = ("stockhand_http_requests_total", "stockhand_http_seconds");
        let mut last = "";
        for (route, of) in &*routes {
            for (class, answers) in of.answers.iter().enumerate() {
                let answers = answers.load(Relaxed);
                if answers > 0 {
                    head(out, &mut last, count, "counter");
                    let labels = format!("route=\"{route}\",status=\"{class}xx\"");
                    line(out, count, &labels, &answers.to_string());
                }
            }
        }
        for (route, of) in &*routes {
            head(out, &mut last, times, "histogram");
            of.times.render(out, times, &format!("route=\"{route}\""));
        }
    }

    /// The text that Prometheus reads; `gauges` are numbers of this moment.
    #[must_use]
    pub fn render(&self, gauges: &[(&'static str, u64)]) -> String {
        let mut out = String::new();
        self.render_routes(&mut out);
        let mut last = "";
        self.counters.each(|name, labels, value| {
            head(&mut out, &mut last, name, "counter");
            line(&mut out, name, labels, &value.load(Relaxed).to_string());
        });
        self.times.each(|name, labels, histogram| {
            head(&mut out, &mut last, name, "histogram");
            histogram.render(&mut out, name, labels);
        });
        for (name, value) in gauges {
            head(&mut out, &mut last, name, "gauge");
            line(&mut out, name, "", &value.to_string());
        }
        out
    }
}

impl Histogram {
    fn note(&self, took_us: u64) {
        self.count.fetch_add(1, Relaxed);
        self.sum_us.fetch_add(took_us, Relaxed);
        if let Some(at) = BOUNDS_US.iter().position(|&bound| took_us <= bound) {
            self.buckets[at].fetch_add(1, Relaxed);
        }
    }

    fn render(&self, out: &mut String, name: &str, labels: &str) {
        let mut below = 0;
        let comma = if labels.is_empty() { "" } else { "," };
        let mut bucket = |bound: &str, count: u64| {
            let labels = format!("{labels}{comma}le=\"{bound}\"");
            line(out, &format!("{name}_bucket"), &labels, &count.to_string());
        };
        for (bound, count) in BOUNDS_US.iter().zip(&self.buckets) {
            below += count.load(Relaxed);
            bucket(&seconds(*bound), below);
        }
        bucket("+Inf", self.count.load(Relaxed));
        line(out, &format!("{name}_sum"), labels, &seconds(self.sum_us.load(Relaxed)));
        line(out, &format!("{name}_count"), labels, &self.count.load(Relaxed).to_string());
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
        metrics.answered("/orders", 201, Duration::from_micros(700));
        metrics.answered("/orders", 404, Duration::from_micros(600));
        metrics.answered("/atp", 200, Duration::from_micros(50));
        let text = metrics.render(&[("db_commits", 7)]);
        let answers =
            [("/atp", "2xx"), ("/orders", "2xx"), ("/orders", "4xx")].map(|(of, status)| {
                format!("stockhand_http_requests_total{{route=\"{of}\",status=\"{status}\"}} 1\n")
            });
        let counted = "# TYPE stockhand_http_requests_total counter\n".to_owned();
        assert!(text.starts_with(&(counted + &answers.concat())), "{text}");
        assert!(text.contains("_seconds_count{route=\"/orders\"} 2\n"));
        assert_eq!(text.matches("# TYPE stockhand_http_seconds histogram\n").count(), 1);
        assert!(text.contains("# TYPE orders_total counter\norders_total{channel=\"app\"} 1\n"));
        assert_eq!(text.matches("# TYPE orders_total").count(), 1);
        assert!(text.contains("http_seconds_bucket{le=\"0.000500\"} 0\n"));
        assert!(text.contains("http_seconds_bucket{le=\"5.000000\"} 1\n"));
        assert!(text.contains("http_seconds_bucket{le=\"+Inf\"} 2\n"));
        assert!(text.contains("http_seconds_sum 9.000700\n"));
        assert!(text.ends_with("# TYPE db_commits gauge\ndb_commits 7\n"));
    }
}
