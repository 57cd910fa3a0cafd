//! A source as somebody writes it down, before it is stated.
//!
//! Decides only what is a number and what is JSON: what a source may be, the server says, field by field.

use domain::{
    api::{SourceDetail, SourceKind, Transport},
    order::FieldError,
    problem::Problem,
};
use serde_json::{Value, json};

use crate::{failure::Failure, link, rules};

/// Every kind of system, in the order of the list.
pub const KINDS: [SourceKind; 5] = [
    SourceKind::Erp,
    SourceKind::Warehouse,
    SourceKind::Till,
    SourceKind::Supplier,
    SourceKind::ThirdParty,
];

/// The texts as they were typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewSource {
    /// Its number, in routes.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// Units above which a count waits; empty: none does.
    pub hold_above: String,
    /// How it writes, as JSON; empty: our own names, in CSV.
    pub profile: String,
    /// The word of its transport; empty: it sends by itself.
    pub transport: String,
    /// Its folder in the inbox.
    pub folder: String,
    /// Its stream in NATS.
    pub stream: String,
    /// Its subject in the stream.
    pub subject: String,
    /// The durable consumer; empty: the server's choice.
    pub consumer: String,
}

impl NewSource {
    /// A source that there is, to be changed.
    #[must_use]
    pub fn of(detail: &SourceDetail) -> Self {
        let source = &detail.source;
        let mut new = Self {
            id: source.id.clone(),
            name: source.name.clone(),
            kind: source.kind.clone(),
            hold_above: source.hold_above.map(|units| units.to_string()).unwrap_or_default(),
            profile: format!("{:#}", detail.profile),
            transport: source.transport.kind().to_owned(),
            ..Self::default()
        };
        match &source.transport {
            Transport::Upload => {}
            Transport::Folder { name } => new.folder.clone_from(name),
            Transport::Nats { stream, subject, consumer } => {
                new.stream.clone_from(stream);
                new.subject.clone_from(subject);
                new.consumer = consumer.clone().unwrap_or_default();
            }
        }
        new
    }

    /// The call that asks for it and states it.
    #[must_use]
    pub fn call(&self) -> String {
        format!("/api/v1/sources/{}", link::encoded(self.id.trim()))
    }

    /// What is sent.
    ///
    /// # Errors
    /// Fields that cannot be written as the API's JSON.
    pub fn body(&self) -> Result<Value, Vec<FieldError>> {
        let wrong = |field: &str, message: String| FieldError { field: field.into(), message };
        let mut errors = Vec::new();
        let hold_above = self.units().unwrap_or_else(|()| {
            errors.push(wrong("hold_above", "a whole number of units, or nothing".into()));
            None
        });
        let profile = self.read_profile().unwrap_or_else(|at| {
            errors.push(wrong("profile", format!("this is not JSON. {at}")));
            None
        });
        if self.id.trim().is_empty() {
            // It would be another address.
            errors.push(wrong("id", "a number is needed".into()));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (name, kind) = (&self.name, &self.kind);
        Ok(json!({ "name": name, "kind": kind, "hold_above": hold_above, "profile": profile,
            "transport": self.read_transport() }))
    }

    /// Whether its names are right, the server says.
    fn read_transport(&self) -> Transport {
        let text = |text: &String| text.trim().to_owned();
        match self.transport.as_str() {
            "folder" => Transport::Folder { name: text(&self.folder) },
            "nats" => Transport::Nats {
                stream: text(&self.stream),
                subject: text(&self.subject),
                consumer: Some(text(&self.consumer)).filter(|name| !name.is_empty()),
            },
            _ => Transport::Upload,
        }
    }

    fn units(&self) -> Result<Option<u32>, ()> {
        let text = self.hold_above.trim();
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| ()) }
    }

    fn read_profile(&self) -> Result<Option<Value>, String> {
        let text = self.profile.trim();
        if text.is_empty() { Ok(None) } else { rules::parse(&self.profile).map(Some) }
    }
}

/// What cannot be written cannot be sent.
#[must_use]
pub fn unwritable(errors: Vec<FieldError>) -> Failure {
    refused("The source cannot be sent like this.", errors)
}

/// A refusal of this console, in the form of the server's.
fn refused(title: &str, errors: Vec<FieldError>) -> Failure {
    let mut problem = Problem::new(422, "invalid_source", title);
    problem.errors = errors;
    Failure::Refused(problem)
}

/// There is a source of this number already: a new one would take its place.
#[must_use]
pub fn taken(id: &str) -> Failure {
    let message = format!("{id} is a source already; change it on its page, or choose another");
    refused("There is such a source.", vec![FieldError { field: "id".into(), message }])
}

/// What is wrong with one field, or with a part of it: the place inside it, and the message.
#[must_use]
pub fn wrong_with(failure: &Failure, field: &str) -> Vec<(String, String)> {
    let part = |wrong: &FieldError| {
        let rest = wrong.field.strip_prefix(field)?;
        let inside = if rest.is_empty() { Some("") } else { rest.strip_prefix('.') };
        Some((inside?.to_owned(), crate::failure::plain(&wrong.message).to_owned()))
    };
    failure.fields().iter().filter_map(part).collect()
}

/// The line for a shell that sends a first batch.
#[must_use]
pub fn first_batch(origin: &str, id: &str, token: &str, file: &str) -> String {
    let url = format!("{origin}/api/v1/sources/{}/batches/first", link::encoded(id));
    format!("curl --upload-file {file} --header 'Authorization: Bearer {token}' '{url}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> NewSource {
        NewSource {
            id: "erp".into(),
            name: "Books".into(),
            kind: "erp".into(),
            hold_above: "50".into(),
            profile: "{\"version\": 1}".into(),
            ..NewSource::default()
        }
    }

    #[test]
    fn how_it_gets_here_is_sent_with_its_names() {
        let of = |transport: &str| NewSource {
            transport: transport.into(),
            folder: " acme ".into(),
            stream: "TILLS".into(),
            subject: "tills.>".into(),
            ..source()
        };
        let sent = |transport: &str| of(transport).body().expect("writable")["transport"].clone();
        assert_eq!(sent(""), json!({ "kind": "upload" }));
        assert_eq!(sent("folder"), json!({ "kind": "folder", "name": "acme" }));
        let nats = json!({ "kind": "nats", "stream": "TILLS", "subject": "tills.>" });
        assert_eq!(sent("nats"), nats);
    }

    #[test]
    fn what_is_typed_is_what_is_sent() {
        let body = source().body().expect("writable");
        assert_eq!(body["hold_above"], 50);
        assert_eq!(body["profile"]["version"], 1);
        let bare = NewSource { hold_above: " ".into(), profile: String::new(), ..source() };
        let body = bare.body().expect("writable");
        assert!(body["hold_above"].is_null() && body["profile"].is_null());
        assert_eq!(source().call(), "/api/v1/sources/erp");
    }

    #[test]
    fn every_slip_is_told_with_its_field() {
        let wrong =
            NewSource { id: " ".into(), hold_above: "few".into(), profile: "{".into(), ..source() };
        let failure = unwritable(wrong.body().expect_err("three slips"));
        assert_eq!(failure.fields().len(), 3);
        assert_eq!(wrong_with(&failure, "hold_above").len(), 1);
    }

    #[test]
    fn a_part_of_a_field_is_told_with_its_place() {
        let error = |field: &str| FieldError { field: field.into(), message: "wrong".into() };
        let failure = refused("No.", ["profile.fields.sku", "profile", "name"].map(error).into());
        let places: Vec<_> =
            wrong_with(&failure, "profile").into_iter().map(|(at, _)| at).collect();
        assert_eq!(places, ["fields.sku", ""]);
        assert_eq!(wrong_with(&taken("erp"), "id").len(), 1);
        assert!(wrong_with(&failure, "nam").is_empty());
    }

    #[test]
    fn a_source_that_there_is_can_be_changed() {
        let detail: SourceDetail = serde_json::from_value(json!({
            "source": { "id": "till", "name": "Tills", "kind": "till", "format": "csv",
                "profile_version": 2, "hold_above": null, "last": null,
                "transport": { "kind": "folder", "name": "acme" } },
            "profile": { "version": 1 }, "batches": []
        }))
        .expect("the public form");
        let source = NewSource::of(&detail);
        assert_eq!((source.id.as_str(), source.hold_above.as_str()), ("till", ""));
        assert_eq!((source.transport.as_str(), source.folder.as_str()), ("folder", "acme"));
        assert_eq!(source.body().expect("writable")["profile"], detail.profile);
    }

    #[test]
    fn the_line_has_the_address_and_the_token() {
        let line = first_batch("https://x.test", "erp", "t0ken", "counts.csv");
        assert!(line.contains("'https://x.test/api/v1/sources/erp/batches/first'"), "{line}");
        assert!(
            line.contains("--upload-file counts.csv") && line.contains("Bearer t0ken"),
            "{line}"
        );
    }
}
