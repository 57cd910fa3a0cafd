//! A refused row once more, after a person corrected its fields.

use super::{
    cells::Cells,
    field::Field,
    plan::{Binding, Fields, Plan},
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
