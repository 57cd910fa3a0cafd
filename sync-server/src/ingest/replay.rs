//! A refused row once more, after a person corrected it: by its fields, or as text.

use super::{
    cells::Cells,
    field::Field,
    plan::{Binding, Fields, Plan},
    profile::Format,
    record::Record,
    refused::{Code, Refusal},
};

/// Reads corrected fields by the same profile: the same code maps, units and dates.
///
/// # Errors
/// [`Refusal`], when something is still wrong; a field that is there twice is.
pub fn fields(plan: &Plan, said: &[(Field, String)]) -> Result<Record<'static>, Refusal> {
    let mut cells = Cells::default();
    for (at, (field, text)) in said.iter().enumerate() {
        if said[..at].iter().any(|(earlier, _)| earlier == field) {
            let message = format!("{} stands there twice", field.as_str());
            return Err(Refusal::field(Code::DuplicateField, *field, message));
        }
        cells.push_made(|made| made.push_str(text));
    }
    let binding = Binding::of_fields(said.iter().map(|(field, _)| *field));
    Fields::new(plan, &binding, cells.view("")).record().map(Record::into_owned)
}

/// A small input that holds one corrected row, to be opened with the same plan as plain bytes; `None` for
/// formats whose rows do not stand alone (their fields can be corrected). `header` is
/// [`Reader::header`](super::reader::Reader::header) of the input that the row came from.
///
/// It starts with a byte order mark: whatever the source writes, this is UTF-8.
#[must_use]
pub fn input(plan: &Plan, header: &str, raw: &str) -> Option<String> {
    let text = match &plan.profile.format {
        Format::Csv(csv) => {
            let skipped = "\n".repeat(csv.skip_lines as usize);
            let header = if csv.header { format!("{header}\n") } else { String::new() };
            format!("{skipped}{header}{raw}\n")
        }
        Format::Ndjson => format!("{raw}\n"),
        Format::Json(json) => {
            let keys = json.records.iter().flat_map(|path| path.split('.'));
            let (mut open, mut close) = (String::new(), String::new());
            for key in keys {
                open.push_str(&format!("{{{}:", serde_json::Value::from(key)));
                close.push('}');
            }
            format!("{open}[{raw}]{close}")
        }
        Format::Poslog | Format::X12_846(_) => return None,
    };
    Some(format!("\u{feff}{text}"))
}
