//! Addresses with a query: of pages (the URL is the state) and of the API.
//!
//! Reads no address: the router does.

use std::fmt::Write as _;

/// `path?key=value&…`, leaving out what has no value.
#[must_use]
pub fn to(path: &str, query: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    let mut mark = '?';
    for (key, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        write!(link, "{mark}{key}={}", encoded(value)).expect("a String takes everything");
        mark = '&';
    }
    link
}

/// The text as it may stand in one segment of a path or one value of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes everything");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_leave_no_trace() {
        assert_eq!(to("/orders", &[("search", ""), ("stage", "ready")]), "/orders?stage=ready");
        assert_eq!(to("/orders", &[("search", "")]), "/orders");
    }

    #[test]
    fn a_value_cannot_become_another_parameter() {
        let link = to("/orders", &[("search", "a&b=c #é"), ("after", "1/2")]);
        assert_eq!(link, "/orders?search=a%26b%3Dc%20%23%C3%A9&after=1%2F2");
    }
}
