//! A store's day: its delivery, its tills, what gets lost, and the ERP's counts in between.

use std::fmt::Write as _;

use demo_network::api::Api;
use serde_json::json;

use super::{
    Sent,
    documents::{Document, Kind},
};

/// Units of each item in the morning.
const MORNING: i64 = 60;
/// Documents from one count to the next.
const COUNT_EVERY: usize = 4;

/// A store, its tills and the ERP that counts it.
pub struct Store {
    id: String,
    erp: Api,
    till: Api,
    skus: Vec<String>,
    /// What is on each shelf in truth, by the item's rank.
    shelves: Vec<i64>,
    /// What the ERP said last.
    counted: Vec<i64>,
    days: usize,
    counts: usize,
}

impl Store {
    pub fn open(id: &str, erp: &Api, till: &Api, skus: &[String]) -> Self {
        Self {
            id: id.to_owned(),
            erp: erp.apart(),
            till: till.apart(),
            skus: skus.to_vec(),
            shelves: vec![0; skus.len()],
            counted: Vec::new(),
            days: 0,
            counts: 0,
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn shelves(&self) -> &[i64] {
        &self.shelves
    }

    /// Takes the morning's delivery and whatever the day brings.
    pub fn day(&mut self, documents: &[(usize, &Document)]) -> Sent {
        self.days += 1;
        for units in self.shelves.iter_mut().filter(|units| **units < MORNING / 2) {
            *units = MORNING;
        }
        let mut sent = self.count();
        for (n, (at, document)) in documents.iter().enumerate() {
            sent = sent.and(match document.kind {
                Kind::Bought => self.ring_up(*at, document, "sale"),
                Kind::BroughtBack => self.ring_up(*at, document, "return"),
                Kind::Adjusted => self.lose_or_find(document),
            });
            if n % COUNT_EVERY == COUNT_EVERY - 1 {
                sent = sent.and(self.count());
            }
        }
        sent.and(self.count())
    }

    /// One receipt of a till; some tills send everything twice.
    fn ring_up(&mut self, at: usize, document: &Document, kind: &str) -> Sent {
        let (mut events, mut lines) = (String::new(), 0_u64);
        for (item, units) in &document.lines {
            let units = match kind {
                // Nobody buys what is not on the shelf.
                "sale" => (*units).min(self.shelves[*item]),
                _ => units.abs(),
            };
            if units == 0 {
                continue;
            }
            let event_id = format!("{}-{}-{item}", self.days, document.number);
            let event = json!({ "kind": kind, "event_id": event_id, "sku": self.skus[*item],
                "location": self.id, "quantity": units });
            let _ = writeln!(events, "{event}");
            self.shelves[*item] += if kind == "sale" { -units } else { units };
            // What the till has told is no news to the ERP.
            self.counted[*item] += if kind == "sale" { -units } else { units };
            lines += 1;
        }
        if lines > 0 {
            for again in 0..=at % 2 {
                let answer = self.till.send_events("till", events.as_bytes()).expect("taken");
                let taken = if again == 0 { (lines, 0) } else { (0, lines) };
                assert_eq!((answer.accepted, answer.ignored), taken, "{answer:?}");
            }
        }
        Sent { events: lines, ..Sent::default() }
    }

    /// Nobody tells; the next count finds it.
    fn lose_or_find(&mut self, document: &Document) -> Sent {
        for (item, units) in &document.lines {
            self.shelves[*item] = (self.shelves[*item] + units).max(0);
        }
        Sent::default()
    }

    /// The ERP's snapshot of the store, whole.
    fn count(&mut self) -> Sent {
        self.counts += 1;
        let mut rows = String::from("sku,location,quantity,kind\n");
        for (sku, units) in self.skus.iter().zip(&self.shelves) {
            let _ = writeln!(rows, "{sku},{},{units},", self.id);
        }
        let _ = writeln!(rows, ",{},,location_end", self.id);
        let id = format!("{}-{}", self.id, self.counts);
        let taken = self.erp.send_batch("erp", &id, None, None, rows.as_bytes()).expect("taken");
        assert_eq!((taken.refused, taken.held, taken.state.as_str()), (0, 0, "done"), "{taken:?}");
        let differs = |(at, units): (usize, &i64)| self.counted.get(at) != Some(units);
        let news = self.shelves.iter().enumerate().filter(|one| differs(*one)).count() as u64;
        assert_eq!(taken.accepted, news, "{taken:?}");
        self.counted.clone_from(&self.shelves);
        Sent { counted: taken.rows, ..Sent::default() }
    }
}
