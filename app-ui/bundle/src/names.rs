//! File names that change when their content does, so that a browser may keep them for ever.
//!
//! Does not touch files.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// `stem-<16 hex digits of the content's SHA-256>.extension`.
pub fn hashed(stem: &str, extension: &str, content: &[u8]) -> String {
    let digest = hex(&Sha256::digest(content));
    format!("{stem}-{}.{extension}", &digest[..16])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_its_content_and_nothing_else() {
        assert_eq!(hashed("app", "css", b"abc"), "app-ba7816bf8f01cfea.css");
        assert_ne!(hashed("app", "css", b"abd"), hashed("app", "css", b"abc"));
    }
}
