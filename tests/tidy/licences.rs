//! Every crate we build with has a licence that lets this product be given to anybody.
//!
//! Believes what a crate's manifest says; does not read licence texts.

use serde_json::Value;

use crate::workspace::{packages, text};

const ALLOWED: [&str; 9] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// Single crates looked at by a person: name, licence, why it may stay.
const LOOKED_AT: [(&str, &str, &str); 5] = [
    ("base16", "CC0-1.0", "given to the public; no conditions"),
    ("borrow-or-share", "MIT-0", "MIT without its one condition; under a test's validator"),
    ("libfuzzer-sys", "(MIT OR Apache-2.0) AND NCSA", "only for fuzzing, under a test's renderer"),
    ("webpki-root-certs", "CDLA-Permissive-2.0", "a list of certificates; data, freely shared"),
    ("xxhash-rust", "BSL-1.0", "Boost: permissive, without a notice in binaries"),
];

#[test]
fn every_crate_may_be_shipped() {
    let refused: Vec<String> = packages()
        .filter(|package| !is_allowed(text(package, "license")) && !was_looked_at(package))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences to look at: {refused:#?}");
}

fn was_looked_at(package: &Value) -> bool {
    let (name, licence) = (text(package, "name"), text(package, "license"));
    LOOKED_AT.iter().any(|(of, read, _)| (*of, *read) == (name, licence))
}

/// Whether an SPDX expression can be met with the allowed licences alone.
fn is_allowed(expression: &str) -> bool {
    // An older form of OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allowed = any(&mut words);
    allowed && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `all OR all …`
fn any(words: &mut Words<'_>) -> bool {
    let mut allowed = all(words);
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all(words);
    }
    allowed
}

/// `one AND one …`
fn all(words: &mut Words<'_>) -> bool {
    let mut allowed = one(words);
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words);
    }
    allowed
}

/// A licence, perhaps with an exception, or an expression in parentheses.
fn one(words: &mut Words<'_>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        return any(words) && words.next() == Some(")");
    }
    if words.next_if_eq(&"WITH").is_some() {
        let exception = words.next().unwrap_or_default();
        return ALLOWED.contains(&format!("{word} WITH {exception}").as_str());
    }
    ALLOWED.contains(&word)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    assert!(is_allowed("MIT OR GPL-3.0-only"));
    assert!(is_allowed("MIT/Apache-2.0"));
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only"));
    assert!(!is_allowed("MIT AND GPL-3.0-only"));
    assert!(!is_allowed("(GPL-2.0-only OR OSL-3.0) AND MIT"));
    assert!(!is_allowed("GPL-2.0-only WITH Classpath-exception-2.0"));
    assert!(!is_allowed("(MIT"));
    assert!(!is_allowed(""));
}
