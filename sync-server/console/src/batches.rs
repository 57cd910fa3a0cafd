//! What became of a batch of a source: its numbers, its state in words, its rows as parts of a bar.
//!
//! Judges nothing: what is taken, refused or held is the server's decision.

use domain::api::BatchRow;

use crate::{progress::Segment, tone::Tone, words};

/// What a number of a batch is about: its heading, the number, and its tone where it is not zero.
pub type Column = (&'static str, fn(&BatchRow) -> u64, Tone);

/// The numbers of a batch, in the order of the columns.
pub const COLUMNS: [Column; 5] = [
    ("Accepted", |batch| batch.accepted, Tone::Good),
    ("Unchanged", |batch| batch.unchanged, Tone::Info),
    ("Ignored", |batch| batch.ignored, Tone::Quiet),
    ("Refused", |batch| batch.refused, Tone::Bad),
    ("Held", |batch| batch.held, Tone::Warn),
];

/// Whether it is being read.
#[must_use]
pub fn is_running(batch: &BatchRow) -> bool {
    batch.state == "running"
}

/// Whether it has rows that can be downloaded: refused ones and held ones.
#[must_use]
pub const fn has_refused(batch: &BatchRow) -> bool {
    batch.refused + batch.held > 0
}

/// Where it stands.
#[must_use]
pub fn state(batch: &BatchRow) -> String {
    match batch.state.as_str() {
        "running" => "Being read".to_owned(),
        "collecting" => "A day\u{2019}s events".to_owned(),
        "done" => "Read".to_owned(),
        "broken" => "Broken off".to_owned(),
        other => words::capitalised(other),
    }
}

/// The tone of where it stands.
#[must_use]
pub fn tone(batch: &BatchRow) -> Tone {
    match batch.state.as_str() {
        "running" => Tone::Info,
        "done" => Tone::Good,
        "broken" => Tone::Bad,
        _ => Tone::Quiet,
    }
}

/// Its rows as parts of a bar, without those that are none.
#[must_use]
pub fn parts(batch: &BatchRow) -> Vec<Segment> {
    let part = |(words, of, tone): Column| {
        let units = u32::try_from(of(batch)).unwrap_or(u32::MAX);
        Segment { words, units, tone }
    };
    COLUMNS.map(part).into_iter().filter(|part| part.units > 0).collect()
}

/// How far a batch has come: `1,200 rows read: 1,000 accepted, 200 refused`.
#[must_use]
pub fn sentence(batch: &BatchRow) -> String {
    let rows = words::count(batch.rows, "row", "rows");
    let part = |part: &Segment| {
        format!("{} {}", words::thousands(part.units.into()), part.words.to_lowercase())
    };
    let parts: Vec<_> = parts(batch).iter().map(part).collect();
    if parts.is_empty() {
        format!("{rows} read")
    } else {
        format!("{rows} read: {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(state: &str) -> BatchRow {
        serde_json::from_value(serde_json::json!({
            "id": "b1", "state": state, "as_of": "2026-01-01T00:00:00Z", "bytes": 4096, "rows": 1_200,
            "accepted": 1_000, "unchanged": 0, "ignored": 0, "refused": 150, "held": 50,
            "started_at": "2026-01-01T00:00:00Z", "touched_at": "2026-01-01T00:00:00Z", "message": ""
        }))
        .expect("the public form")
    }

    #[test]
    fn each_state_has_its_words_and_tone() {
        for (wire, words, tone_of) in [
            ("running", "Being read", Tone::Info),
            ("collecting", "A day\u{2019}s events", Tone::Quiet),
            ("done", "Read", Tone::Good),
            ("broken", "Broken off", Tone::Bad),
            ("paused", "Paused", Tone::Quiet),
        ] {
            let batch = batch(wire);
            assert_eq!((state(&batch).as_str(), tone(&batch)), (words, tone_of));
            assert_eq!(is_running(&batch), wire == "running");
        }
    }

    #[test]
    fn the_sentence_says_only_what_there_is() {
        let some = batch("running");
        assert_eq!(sentence(&some), "1,200 rows read: 1,000 accepted, 150 refused, 50 held");
        assert!(has_refused(&some));
        let none = BatchRow { rows: 1, accepted: 0, refused: 0, held: 0, ..some };
        assert_eq!(sentence(&none), "1 row read");
        assert!(parts(&none).is_empty() && !has_refused(&none));
    }
}
