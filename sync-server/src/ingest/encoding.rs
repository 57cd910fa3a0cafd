//! The encodings a source may write in, by their names on the web. A byte order mark wins over the name.

use encoding_rs::{Encoding, REPLACEMENT};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A text encoding; UTF-8 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// By a name such as `utf-8`, `utf-16le`, `windows-1252`, `latin-1`, `shift_jis`.
    ///
    /// `latin-1` is read as windows-1252, as browsers do: the two differ only in bytes that nobody means.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim();
        let latin = ["latin-1", "iso-latin-1"].iter().any(|known| known.eq_ignore_ascii_case(name));
        let found = Encoding::for_label(if latin { b"latin1" } else { name.as_bytes() })?;
        (found != REPLACEMENT).then_some(Self(found))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Reads this encoding, or the one that a byte order mark names.
    #[must_use]
    pub fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder()
    }
}

impl Default for TextEncoding {
    fn default() -> Self {
        Self(encoding_rs::UTF_8)
    }
}

/// What becomes of bytes that are no text in the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// The row is refused.
    #[default]
    Refuse,
    /// They are read as U+FFFD.
    Replace,
}

impl Serialize for TextEncoding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name().to_ascii_lowercase())
    }
}

impl<'de> Deserialize<'de> for TextEncoding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::of(&name).ok_or_else(|| D::Error::custom(format!("no encoding is called {name:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_trade_are_known() {
        for (name, found) in [
            ("utf8", "UTF-8"),
            ("Latin-1", "windows-1252"),
            ("ISO-8859-15", "ISO-8859-15"),
            ("UTF-16", "UTF-16LE"),
            ("cp1252", "windows-1252"),
        ] {
            assert_eq!(TextEncoding::of(name).map(TextEncoding::name), Some(found));
        }
        assert_eq!(TextEncoding::of("utf-7"), None);
        assert_eq!(TextEncoding::of("hz-gb-2312"), None);
    }
}
