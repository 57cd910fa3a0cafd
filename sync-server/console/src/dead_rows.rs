//! Rows of sources that wait for a person: their words, their fields as a small form, and what became of
//! them.
//!
//! Judges nothing: whether a row can be taken now is the server's decision.

use std::collections::BTreeMap;

use domain::api::DeadRow;

use crate::{failure::Failure, tone::Tone, words};

/// What a row can say, by its word in the API, in the order of our own CSV.
pub const FIELDS: [(&str, &str); 22] = [
    ("kind", "Kind"),
    ("sku", "SKU"),
    ("location", "Location"),
    ("quantity", "Quantity"),
    ("unit", "Unit"),
    ("bucket", "Bucket"),
    ("sellable", "Sellable"),
    ("display", "On display"),
    ("damaged", "Damaged"),
    ("quality_hold", "Held for quality"),
    ("at", "When"),
    ("sequence", "Sequence"),
    ("event_id", "Number of the event"),
    ("receipt", "Receipt"),
    ("order", "Order"),
    ("voids", "Voids the event"),
    ("weighed", "Weighed"),
    ("reference", "Reference"),
    ("line", "Line"),
    ("from", "From"),
    ("expected", "Expected"),
    ("cancelled", "Cancelled"),
];

/// The reasons that people give most for leaving a row out.
pub const REASONS: [&str; 4] = [
    "The source has sent it right since",
    "The item is not ours",
    "The location is closed",
    "Sent by mistake",
];

/// What people call a field.
#[must_use]
pub fn field_words(field: &str) -> String {
    let known = FIELDS.iter().find(|(word, _)| *word == field);
    known.map_or_else(|| words::capitalised(&field.replace('_', " ")), |(_, words)| (*words).into())
}

/// Whether it may be right and only waits for somebody who says so.
#[must_use]
pub fn is_held(row: &DeadRow) -> bool {
    row.code == "held"
}

/// Whether nobody has dealt with it.
#[must_use]
pub fn is_open(row: &DeadRow) -> bool {
    row.state == "open"
}

/// How it stands, in a word.
#[must_use]
pub fn state(row: &DeadRow) -> String {
    match row.state.as_str() {
        "open" if is_held(row) => "Held".to_owned(),
        "open" => "Refused".to_owned(),
        other => words::capitalised(other),
    }
}

/// The tone of how it stands.
#[must_use]
pub fn tone(row: &DeadRow) -> Tone {
    match row.state.as_str() {
        "open" if is_held(row) => Tone::Warn,
        "open" => Tone::Bad,
        "replayed" => Tone::Good,
        _ => Tone::Quiet,
    }
}

/// A field that can be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its word in the API.
    pub field: String,
    /// What it says.
    pub text: String,
}

/// The fields of a row as they came; the wrong one is there even where the row did not have it.
#[must_use]
pub fn inputs(row: &DeadRow) -> Vec<Input> {
    let input =
        |(field, text): &(String, String)| Input { field: field.clone(), text: text.clone() };
    let mut inputs: Vec<_> = row.fields.iter().map(input).collect();
    add(&mut inputs, &row.field);
    inputs
}

/// Makes sure that a field is there; the whole row is none.
pub fn add(inputs: &mut Vec<Input>, field: &str) {
    if !field.is_empty() && inputs.iter().all(|input| input.field != field) {
        inputs.push(Input { field: field.to_owned(), text: String::new() });
    }
}

/// Fields that the row does not have yet.
#[must_use]
pub fn missing(inputs: &[Input]) -> Vec<(&'static str, &'static str)> {
    let is_missing = |(word, _): &(&str, &str)| inputs.iter().all(|input| input.field != *word);
    FIELDS.into_iter().filter(is_missing).collect()
}

/// The fields that say something else than what came.
#[must_use]
pub fn changed(row: &DeadRow, inputs: &[Input]) -> BTreeMap<String, String> {
    let before = |field: &str| row.fields.iter().find(|(known, _)| known == field);
    let is_changed = |input: &&Input| {
        before(&input.field).map_or(!input.text.is_empty(), |(_, text)| *text != input.text)
    };
    inputs.iter().filter(is_changed).map(|i| (i.field.clone(), i.text.clone())).collect()
}

/// What is wrong with a field; with none, what is wrong with the whole row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wrong {
    /// Its word; empty for the whole row.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl Wrong {
    /// As the row came.
    #[must_use]
    pub fn of_row(row: &DeadRow) -> Self {
        Self { field: row.field.clone(), message: row.message.clone() }
    }

    /// As the server says after a try; none where it is about something else than the row.
    #[must_use]
    pub fn of_refusal(failure: &Failure) -> Option<Self> {
        let wrong = failure.fields().first().filter(|_| failure.code() == "still_refused")?;
        let field = wrong.field.strip_prefix("fields.").unwrap_or_default().to_owned();
        Some(Self { field, message: without_code(&wrong.message).to_owned() })
    }
}

/// The message without the stable word before it.
fn without_code(message: &str) -> &str {
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    message.split_once(": ").filter(|(code, _)| is_code(code)).map_or(message, |(_, plain)| plain)
}

/// How somebody dealt with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the books.
    Accepted,
    /// It said what the books said.
    Unchanged,
    /// Something newer is known.
    Ignored,
    /// It is left out.
    Discarded,
}

impl Outcome {
    /// By the word of the API.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word {
            "accepted" => Self::Accepted,
            "unchanged" => Self::Unchanged,
            _ => Self::Ignored,
        }
    }

    /// In a word, with its tone.
    #[must_use]
    pub const fn badge(self) -> (&'static str, Tone) {
        match self {
            Self::Accepted => ("Accepted", Tone::Good),
            Self::Unchanged => ("Unchanged", Tone::Info),
            Self::Ignored => ("Ignored", Tone::Quiet),
            Self::Discarded => ("Discarded", Tone::Quiet),
        }
    }

    /// In a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Accepted => "The books have it now.",
            Self::Unchanged => "The books said so already; nothing changed.",
            Self::Ignored => "Something newer is known by now, so it was ignored.",
            Self::Discarded => "It is left out for good.",
        }
    }

    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Ignored => "ignored",
            Self::Discarded => "discarded",
        }
    }
}

/// The row to go on with: the first one behind `after` that nobody has dealt with, else the first above it.
#[must_use]
pub fn next(rows: &[(i64, bool)], after: i64) -> Option<i64> {
    let here = rows.iter().position(|(key, _)| *key == after).unwrap_or_default();
    let (above, below) = rows.split_at(here);
    let is_open = |(key, open): &&(i64, bool)| *open && *key != after;
    below.iter().chain(above).find(is_open).map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use domain::{order::FieldError, problem::Problem};

    use super::*;

    fn row(field: &str, code: &str) -> DeadRow {
        serde_json::from_value(serde_json::json!({
            "key": 7, "source": "erp", "batch": "b", "line": 2, "field": field, "code": code,
            "message": "“1o” is not a number", "raw": "A,S1,1o", "state": "open", "at": "2026-01-01T00:00:00Z",
            "fields": [["sku", "A"], ["location", "S1"], ["quantity", "1o"]]
        }))
        .expect("the public form")
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let row = row("quantity", "invalid_number");
        let mut inputs = inputs(&row);
        assert_eq!((inputs.len(), changed(&row, &inputs).len()), (3, 0));
        inputs[2].text = "10".into();
        assert_eq!(changed(&row, &inputs), [("quantity".to_owned(), "10".to_owned())].into());
    }

    #[test]
    fn a_field_that_is_missing_can_be_filled_in() {
        let row = row("unit", "missing_field");
        let mut inputs = inputs(&row);
        assert_eq!(inputs.last().map(|input| input.field.as_str()), Some("unit"));
        assert!(changed(&row, &inputs).is_empty(), "an empty one says nothing");
        assert!(!missing(&inputs).iter().any(|(word, _)| *word == "unit"));
        add(&mut inputs, "unit");
        add(&mut inputs, "");
        assert_eq!(inputs.len(), 4);
    }

    #[test]
    fn a_refusal_is_about_a_field_or_the_row() {
        let refused = |field: &str, message: &str| {
            let mut problem = Problem::new(422, "still_refused", "The row is still not right.");
            problem.errors = vec![FieldError { field: field.into(), message: message.into() }];
            Wrong::of_refusal(&Failure::Refused(problem)).expect("about the row")
        };
        let wrong = refused("fields.sku", "unknown_sku: “X: 1” is no item");
        assert_eq!((wrong.field.as_str(), wrong.message.as_str()), ("sku", "“X: 1” is no item"));
        let wrong = refused("row", "It says: nothing");
        assert_eq!((wrong.field.as_str(), wrong.message.as_str()), ("", "It says: nothing"));
        assert_eq!(Wrong::of_refusal(&Failure::Offline), None);
    }

    #[test]
    fn held_rows_are_told_from_refused_ones() {
        let (held, refused) = (row("", "held"), row("sku", "unknown_sku"));
        assert_eq!((state(&held).as_str(), tone(&held)), ("Held", Tone::Warn));
        assert_eq!((state(&refused).as_str(), tone(&refused)), ("Refused", Tone::Bad));
        let done = DeadRow { state: "replayed".into(), ..refused };
        assert_eq!((state(&done).as_str(), is_open(&done)), ("Replayed", false));
    }

    #[test]
    fn the_work_goes_on_below_and_then_above() {
        let rows = [(1, true), (2, false), (3, true), (4, false)];
        assert_eq!(next(&rows, 1), Some(3));
        assert_eq!(next(&rows, 3), Some(1));
        assert_eq!(next(&[(1, true), (2, false)], 1), None);
        assert_eq!(next(&[], 1), None);
    }

    #[test]
    fn every_outcome_has_its_words() {
        for outcome in [Outcome::Accepted, Outcome::Unchanged, Outcome::Ignored] {
            assert_eq!(Outcome::of_word(outcome.as_str()), outcome);
            assert!(outcome.sentence().ends_with('.'));
        }
        assert_eq!((field_words("sku"), field_words("new_one")), ("SKU".into(), "New one".into()));
    }
}
