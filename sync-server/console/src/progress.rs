//! Where the units of an order line are, as the segments of a small bar.

use domain::{buckets::Bucket, order::LineProgress};

use crate::tone::Tone;

/// One part of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where the units are.
    pub words: &'static str,
    /// How many; never zero.
    pub units: u32,
    /// Its tone.
    pub tone: Tone,
}

const PLACES: [(Bucket, &str, Tone); 7] = [
    (Bucket::HandedOver, "handed over", Tone::Good),
    (Bucket::Shipped, "with the carrier", Tone::Good),
    (Bucket::Staged, "in a slot", Tone::Good),
    (Bucket::Packed, "packed", Tone::Info),
    (Bucket::Picked, "picked", Tone::Info),
    (Bucket::Sourced, "to pick", Tone::Quiet),
    (Bucket::Cancelled, "cancelled", Tone::Quiet),
];

/// The segments of a line, the furthest first. Rejected units are unsourced again, so they are not
/// counted twice.
#[must_use]
pub fn segments(line: &LineProgress) -> Vec<Segment> {
    let cancelled_early = |bucket| if bucket == Bucket::Cancelled { line.cancelled } else { 0 };
    let placed = PLACES.iter().map(|&(bucket, words, tone)| Segment {
        words,
        units: line.at_locations.get(bucket).saturating_add(cancelled_early(bucket)),
        tone,
    });
    let waiting = Segment { words: "waits for a store", units: line.unsourced, tone: Tone::Warn };
    placed.chain([waiting]).filter(|segment| segment.units > 0).collect()
}

/// The segments in words: `2 picked, 1 to pick`.
#[must_use]
pub fn sentence(segments: &[Segment]) -> String {
    let words: Vec<_> = segments.iter().map(|s| format!("{} {}", s.units, s.words)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::buckets::Buckets;

    #[test]
    fn every_wanted_unit_is_in_one_segment() {
        let mut at_locations = Buckets::sourced(5);
        at_locations.take(Bucket::Sourced, Bucket::Picked, 2);
        at_locations.take(Bucket::Sourced, Bucket::Cancelled, 1);
        at_locations.take(Bucket::Sourced, Bucket::Rejected, 1);
        let line = LineProgress { unsourced: 1, cancelled: 1, at_locations };
        let segments = segments(&line);
        assert_eq!(sentence(&segments), "2 picked, 1 to pick, 2 cancelled, 1 waits for a store");
        assert_eq!(segments.iter().map(|s| s.units).sum::<u32>(), 6);
    }

    #[test]
    fn nothing_is_shown_for_nothing() {
        assert!(segments(&LineProgress::default()).is_empty());
    }
}
