//! How what a source writes reaches the server, and whether it does.
//!
//! Decides which names are allowed; does not look whether there is such a folder or stream.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    order::FieldError,
};

/// Characters of the name of a folder, a stream or a consumer.
pub const NAME_CHARS_MAX: usize = 50;
/// Characters of a subject.
pub const SUBJECT_CHARS_MAX: usize = 200;

/// How what a source writes reaches the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Transport {
    /// It sends batches and events itself, with its token. So may the others.
    #[default]
    Upload,
    /// It lays files into a folder below the server's inbox.
    Folder {
        /// The folder: 1 to 50 letters, digits, `-` or `_`.
        name: String,
    },
    /// It publishes into a stream of NATS JetStream.
    Nats {
        /// The stream, as its administrator made it: 1 to 50 letters, digits, `-` or `_`.
        stream: String,
        /// Which of its subjects; `*` and `>` as NATS reads them.
        subject: String,
        /// The durable consumer, which remembers what was taken; absent: `stockhand-` and the source's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consumer: Option<String>,
    },
}

impl Transport {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Folder { .. } => "folder",
            Self::Nats { .. } => "nats",
        }
    }

    /// What is wrong with its names, each by its field; empty when it may be stored.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut check = |fine: bool, field: &str, message: &str| {
            if !fine {
                let field = format!("transport.{field}");
                wrong.push(FieldError { field, message: message.to_owned() });
            }
        };
        let message = "1 to 50 letters, digits, - or _";
        match self {
            Self::Upload => {}
            Self::Folder { name } => check(is_name(name), "name", message),
            Self::Nats { stream, subject, consumer } => {
                check(is_name(stream), "stream", message);
                let message = "words with dots between them; * is one word, > the rest";
                check(is_subject(subject), "subject", message);
                let fine = consumer.as_deref().is_none_or(is_name);
                check(fine, "consumer", "1 to 50 letters, digits, - or _, or nothing");
            }
        }
        wrong
    }

    /// The durable consumer's name, for a source.
    #[must_use]
    pub fn consumer_of(&self, source: &str) -> String {
        match self {
            Self::Nats { consumer: Some(consumer), .. } => consumer.clone(),
            _ => format!("stockhand-{source}"),
        }
    }
}

/// No dot and no slash: never a path to somewhere else.
fn is_name(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(is_word)
}

fn is_subject(subject: &str) -> bool {
    let mut words = subject.split('.').peekable();
    let mut fine = subject.len() <= SUBJECT_CHARS_MAX;
    while let Some(word) = words.next() {
        fine &= match word {
            "*" => true,
            ">" => words.peek().is_none(),
            _ => is_subject_word(word),
        };
    }
    fine
}

fn is_subject_word(word: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_graphic() && !matches!(c, '*' | '>' | '$');
    !word.is_empty() && word.chars().all(is_fine)
}

/// Whether what a source writes reaches this server, as far as it has looked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TransportState {
    /// Whether its folder can be read, or its stream's consumer is there.
    pub is_up: bool,
    /// Why not; empty when it is up, or nobody has looked yet.
    pub trouble: String,
    /// Files or messages that were there at the last look and had not been taken.
    pub waiting: u64,
    /// When a file or a message was last taken by this process.
    #[serde(default, with = "rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub last_at: Option<TimeMs>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folder(name: &str) -> Transport {
        Transport::Folder { name: name.into() }
    }

    fn subject(subject: &str) -> Transport {
        Transport::Nats { stream: "SALES".into(), subject: subject.into(), consumer: None }
    }

    #[test]
    fn names_stay_within_their_folder() {
        for fine in ["a", "acme_3PL-night", &"x".repeat(NAME_CHARS_MAX)] {
            assert!(folder(fine).problems().is_empty(), "{fine}");
        }
        for wrong in ["", ".", "..", "../x", "a/b", "a\\b", "a.b", "é", &"x".repeat(51)] {
            assert_eq!(folder(wrong).problems()[0].field, "transport.name", "{wrong}");
        }
    }

    #[test]
    fn subjects_are_those_of_nats() {
        for fine in ["sales", "sales.*.till", "sales.>", ">", "*"] {
            assert!(subject(fine).problems().is_empty(), "{fine}");
        }
        let long = "x".repeat(SUBJECT_CHARS_MAX + 1);
        for wrong in ["", ".", "a..b", "a.", ">.a", "a b", "a*", "$JS.API", "a\n", &long] {
            assert_eq!(subject(wrong).problems()[0].field, "transport.subject", "{wrong}");
        }
    }

    #[test]
    fn it_is_written_as_its_kind_and_facts() {
        let read: Transport = serde_json::from_str(r#"{"kind":"upload"}"#).expect("known");
        assert_eq!(read, Transport::Upload);
        let text = serde_json::to_string(&folder("acme")).expect("plain data");
        assert_eq!(text, r#"{"kind":"folder","name":"acme"}"#);
        assert!(serde_json::from_str::<Transport>(r#"{"kind":"folder","path":"/"}"#).is_err());
        assert_eq!(subject("a").consumer_of("till"), "stockhand-till");
    }

    proptest! {
        #[test]
        fn a_name_that_is_taken_is_one_step_of_a_path(name in ".{0,60}") {
            if folder(&name).problems().is_empty() {
                let path = std::path::Path::new(&name);
                let mut steps = path.components();
                let is_plain = matches!(steps.next(), Some(std::path::Component::Normal(_)));
                prop_assert!(is_plain && steps.next().is_none());
            }
        }

        #[test]
        fn a_subject_that_is_taken_has_no_empty_word(text in "[a-c.*> $]{0,12}") {
            if subject(&text).problems().is_empty() {
                prop_assert!(text.split('.').all(|word| !word.is_empty()));
                prop_assert!(!text.contains(char::is_whitespace));
            }
        }
    }
}
