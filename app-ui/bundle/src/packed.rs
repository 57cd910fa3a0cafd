//! Compressed copies (`.br`, `.gz`) beside what a server sends, made once instead of per request.
//!
//! Leaves alone what is compressed already: fonts, pictures.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{BundleError, file};
use crate::tree;

const KINDS: [&str; 6] = ["html", "js", "css", "wasm", "svg", "json"];

/// Writes the copies of every file under `out`; `smallest` takes seconds instead of milliseconds.
pub fn write(out: &Path, smallest: bool) -> Result<(), BundleError> {
    for path in tree::files(out)? {
        let kind = path.extension().and_then(|kind| kind.to_str());
        if kind.is_some_and(|kind| KINDS.contains(&kind)) {
            let content = fs::read(&path).map_err(file("read", &path))?;
            write_beside(&path, "br", &brotli(&content, smallest))?;
            write_beside(&path, "gz", &gzip(&content, smallest))?;
        }
    }
    Ok(())
}

fn write_beside(path: &Path, suffix: &str, content: &[u8]) -> Result<(), BundleError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    let to = PathBuf::from(name);
    fs::write(&to, content).map_err(file("write", &to))
}

fn brotli(content: &[u8], smallest: bool) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: if smallest { 11 } else { 4 },
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &params).expect("memory takes everything");
    packed
}

fn gzip(content: &[u8], smallest: bool) -> Vec<u8> {
    let level = if smallest { Compression::best() } else { Compression::fast() };
    let mut packed = GzEncoder::new(Vec::new(), level);
    packed.write_all(content).expect("memory takes everything");
    packed.finish().expect("memory takes everything")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn text_is_packed_twice_and_a_font_not_at_all() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let text = "order ".repeat(500);
        fs::write(dir.path().join("a.js"), &text).expect("writable");
        fs::write(dir.path().join("f.woff2"), &text).expect("writable");
        write(dir.path(), true).expect("packs");

        let mut back = String::new();
        let br = fs::read(dir.path().join("a.js.br")).expect("written");
        brotli::Decompressor::new(&*br, 4096).read_to_string(&mut back).expect("brotli");
        assert_eq!(back, text);
        back.clear();
        let gz = fs::read(dir.path().join("a.js.gz")).expect("written");
        flate2::read::GzDecoder::new(&*gz).read_to_string(&mut back).expect("gzip");
        assert_eq!(back, text);
        assert!(!dir.path().join("f.woff2.br").exists());
    }
}
