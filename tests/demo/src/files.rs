//! Reads and writes rows as lines of JSON, compressed with Zstandard when the name ends in `.zst`.
//!
//! The same rows always give the same bytes (with one version of the compressor).

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DemoError;

/// Slow to write, small in the repository; reading costs the same at every level.
const COMPRESSION_LEVEL: i32 = 19;

/// Lines of JSON, one row each, as sent in an import.
pub fn to_lines<T: Serialize>(rows: &[T]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(rows.len() * 128);
    for row in rows {
        serde_json::to_writer(&mut lines, row).expect("our own rows have only text keys");
        lines.push(b'\n');
    }
    lines
}

/// Writes `rows` to `path` and returns the size of the file in bytes.
pub fn write<T: Serialize>(path: &Path, rows: &[T]) -> Result<usize, DemoError> {
    let mut bytes = to_lines(rows);
    if is_compressed(path) {
        bytes = compress(&bytes, COMPRESSION_LEVEL);
    }
    fs::write(path, &bytes).map_err(DemoError::write(path))?;
    Ok(bytes.len())
}

/// The text of `path`, decompressed.
pub fn read_text(path: &Path) -> Result<String, DemoError> {
    let mut bytes = fs::read(path).map_err(DemoError::read(path))?;
    if is_compressed(path) {
        bytes = zstd::decode_all(bytes.as_slice()).map_err(DemoError::read(path))?;
    }
    String::from_utf8(bytes).map_err(|_| DemoError::data(path.display().to_string(), "not UTF-8"))
}

/// Every row of `path`.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, DemoError> {
    let parse = |(at, line): (usize, &str)| {
        let what = || format!("{} line {}", path.display(), at + 1);
        serde_json::from_str(line).map_err(|source| DemoError::Json { what: what(), source })
    };
    read_text(path)?.lines().enumerate().map(parse).collect()
}

/// `bytes` as one Zstandard frame.
pub fn compress(bytes: &[u8], level: i32) -> Vec<u8> {
    zstd::encode_all(bytes, level).expect("memory takes every write, and the level is in range")
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "zst")
}
