//! Codes of items and locations, from a source's way of writing them to ours: a short list of rules, applied
//! in order. No expressions: a rule can be shown to a person and cannot run for long.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    field::Field,
    limits::CODE_CHARS_MAX,
    record::Text,
    refused::{Code, Refusal},
};

/// One change of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CodeRule {
    /// `000123` becomes `123`; `000` becomes `0`.
    StripLeadingZeros,
    /// `123` becomes `000123`; longer codes stay.
    PadZeros {
        /// Characters afterwards.
        length: usize,
    },
    /// Takes a prefix away where it stands.
    StripPrefix {
        /// The prefix.
        text: String,
    },
    /// Takes a suffix away where it stands.
    StripSuffix {
        /// The suffix.
        text: String,
    },
    /// Puts something before it.
    AddPrefix {
        /// The prefix.
        text: String,
    },
    /// Puts something after it.
    AddSuffix {
        /// The suffix.
        text: String,
    },
    /// Capital letters.
    Uppercase,
    /// Appends the GS1 check digit. Digits only.
    AddCheckDigit,
    /// Takes the GS1 check digit away, after checking it. Digits only.
    DropCheckDigit,
}

impl CodeRule {
    /// Whether the rule can do what it says.
    #[must_use]
    pub fn is_sensible(&self) -> bool {
        match self {
            Self::PadZeros { length } => (1..=CODE_CHARS_MAX).contains(length),
            Self::StripPrefix { text }
            | Self::StripSuffix { text }
            | Self::AddPrefix { text }
            | Self::AddSuffix { text } => !text.is_empty() && text.len() <= CODE_CHARS_MAX,
            _ => true,
        }
    }

    fn apply<'a>(&self, code: Text<'a>, field: Field) -> Result<Text<'a>, Refusal> {
        Ok(match self {
            Self::StripLeadingZeros => strip(code, |c| {
                let zeros = c.len() - c.trim_start_matches('0').len();
                zeros.min(c.len().saturating_sub(1))..c.len()
            }),
            Self::StripPrefix { text } => strip(code, |c| {
                let cut = if c.starts_with(text.as_str()) { text.len() } else { 0 };
                cut..c.len()
            }),
            Self::StripSuffix { text } => strip(code, |c| {
                0..c.len() - if c.ends_with(text.as_str()) { text.len() } else { 0 }
            }),
            Self::PadZeros { length } => {
                let missing = length.saturating_sub(code.chars().count());
                if missing == 0 { code } else { Cow::Owned("0".repeat(missing) + &code) }
            }
            Self::AddPrefix { text } => Cow::Owned(format!("{text}{code}")),
            Self::AddSuffix { text } => Cow::Owned(format!("{code}{text}")),
            Self::Uppercase => uppercase(code),
            Self::AddCheckDigit => {
                let digit = check_digit(digits(&code, field)?);
                Cow::Owned(format!("{code}{digit}"))
            }
            Self::DropCheckDigit => drop_check_digit(code, field)?,
        })
    }
}

/// Applies the rules, and checks what comes out: 1 to [`CODE_CHARS_MAX`] characters, none of control.
///
/// # Errors
/// [`Refusal`] of `field`.
pub fn translate<'a>(
    code: Text<'a>,
    rules: &[CodeRule],
    field: Field,
) -> Result<Text<'a>, Refusal> {
    let mut code = code;
    for rule in rules {
        code = rule.apply(code, field)?;
    }
    check(&code, field)?;
    Ok(code)
}

/// Checks a code as it is.
///
/// # Errors
/// [`Refusal`] of `field`.
pub fn check(code: &str, field: Field) -> Result<(), Refusal> {
    if code.is_empty() {
        return Err(Refusal::field(Code::MissingField, field, "nothing is left of the code"));
    }
    if code.len() > CODE_CHARS_MAX && code.chars().count() > CODE_CHARS_MAX {
        let wrong = format!("has more than {CODE_CHARS_MAX} characters");
        return Err(Refusal::value(Code::InvalidCode, field, code, &wrong));
    }
    let plain = code.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !plain && code.chars().any(char::is_control) {
        return Err(Refusal::value(Code::InvalidCode, field, code, "holds a control character"));
    }
    Ok(())
}

fn strip<'a>(code: Text<'a>, keep: impl Fn(&str) -> std::ops::Range<usize>) -> Text<'a> {
    let keep = keep(&code);
    match code {
        Cow::Borrowed(code) => Cow::Borrowed(&code[keep]),
        Cow::Owned(code) => Cow::Owned(code[keep].to_owned()),
    }
}

fn uppercase(code: Text<'_>) -> Text<'_> {
    if code.chars().any(char::is_lowercase) { Cow::Owned(code.to_uppercase()) } else { code }
}

fn digits(code: &str, field: Field) -> Result<&[u8], Refusal> {
    if !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(code.as_bytes());
    }
    Err(Refusal::value(Code::InvalidCode, field, code, "is not all digits"))
}

/// The GS1 check digit of digits (General Specifications, 7.9): weights 3 and 1 from the right.
fn check_digit(digits: &[u8]) -> u32 {
    let weights = [3, 1].into_iter().cycle();
    let sum: u32 = digits.iter().rev().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
    (10 - sum % 10) % 10
}

fn drop_check_digit<'a>(code: Text<'a>, field: Field) -> Result<Text<'a>, Refusal> {
    let Some((given, rest)) = digits(&code, field)?.split_last() else { return Ok(code) };
    if check_digit(rest) != u32::from(given - b'0') {
        let wrong = format!("needs the check digit {}", check_digit(rest));
        return Err(Refusal::value(Code::CheckDigit, field, &code, &wrong));
    }
    Ok(strip(code, |c| 0..c.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(code: &str, rules: &[CodeRule]) -> Result<String, Code> {
        translate(Cow::Borrowed(code), rules, Field::Sku)
            .map(Cow::into_owned)
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn rules_apply_in_order() {
        use CodeRule::{
            AddCheckDigit, AddPrefix, AddSuffix, DropCheckDigit, PadZeros, StripLeadingZeros,
            StripPrefix, StripSuffix, Uppercase,
        };
        let text = |text: &str| text.to_owned();
        for (code, rules, expected) in [
            ("000123", vec![StripLeadingZeros], Ok("123")),
            ("000", vec![StripLeadingZeros], Ok("0")),
            ("ACME-9-x", vec![StripPrefix { text: text("ACME-") }, Uppercase], Ok("9-X")),
            ("9-x", vec![StripPrefix { text: text("ACME-") }], Ok("9-x")),
            ("9.0", vec![StripSuffix { text: text(".0") }, PadZeros { length: 4 }], Ok("0009")),
            ("400638133393", vec![AddCheckDigit], Ok("4006381333931")),
            (
                "4006381333931",
                vec![DropCheckDigit, AddPrefix { text: text("G") }],
                Ok("G400638133393"),
            ),
            ("4006381333932", vec![DropCheckDigit], Err(Code::CheckDigit)),
            ("40o6", vec![AddCheckDigit], Err(Code::InvalidCode)),
            ("x", vec![StripPrefix { text: text("x") }], Err(Code::MissingField)),
            ("", vec![StripLeadingZeros], Err(Code::MissingField)),
            ("é", vec![AddSuffix { text: text("ß") }], Ok("éß")),
            ("a\0b", vec![], Err(Code::InvalidCode)),
            ("a\u{85}b", vec![], Err(Code::InvalidCode)),
        ] {
            assert_eq!(run(code, &rules), expected.map(str::to_owned), "{code} {rules:?}");
        }
    }

    #[test]
    fn a_code_has_a_length() {
        assert!(run(&"é".repeat(CODE_CHARS_MAX), &[]).is_ok());
        assert_eq!(run(&"x".repeat(CODE_CHARS_MAX + 1), &[]), Err(Code::InvalidCode));
    }

    #[test]
    fn what_needs_no_change_is_not_copied() {
        let rules = [CodeRule::StripLeadingZeros, CodeRule::Uppercase];
        let code = translate(Cow::Borrowed("0012"), &rules, Field::Sku).expect("a code");
        assert!(matches!(code, Cow::Borrowed("12")));
    }
}
