//! What a label in a public place may show of a customer's name.
//!
//! A staging label takes this type and not a name, so that a full name cannot get onto it by mistake.

use unicode_segmentation::UnicodeSegmentation;

/// At most two letters of a person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initials(String);

impl Initials {
    /// The first letter of the first and of the last word of `name`, in capitals; empty for no letters.
    pub fn of(name: &str) -> Self {
        let letters: Vec<&str> = name
            .split_whitespace()
            .filter_map(|word| word.graphemes(true).find(|g| g.chars().any(char::is_alphabetic)))
            .collect();
        let mut chosen = String::new();
        chosen.extend(letters.first().copied());
        if letters.len() > 1 {
            chosen.extend(letters.last().copied());
        }
        Self(chosen.to_uppercase())
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_names() {
        for (name, initials) in [
            ("Ada Lovelace", "AL"),
            ("  ada  king  lovelace ", "AL"),
            ("Cher", "C"),
            ("王小明", "王"),
            ("Łukasz żak", "ŁŻ"),
            ("(Dr) O'Neil", "DO"),
            ("^XZ", "X"),
            ("42", ""),
            ("", ""),
        ] {
            assert_eq!(Initials::of(name).as_str(), initials, "{name}");
        }
    }
}
