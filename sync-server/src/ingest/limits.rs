//! What bounds one input, whatever a source sends. Nothing here depends on the input's size: a reader
//! holds one row, one chunk and a few counters.

/// Characters of one code (SKU, location, event, reference) after translation.
pub const CODE_CHARS_MAX: usize = 100;
/// The most units of one row, in both directions.
pub const UNITS_MAX: i64 = 1_000_000_000;
/// Lines that one row of CSV may span between quotes: an unbalanced quote must not swallow a file.
pub const QUOTED_LINES_MAX: usize = 100;
/// Names or keys of one JSON path, and nesting of what is read (not of what is skipped).
pub const PATH_KEYS_MAX: usize = 8;
/// Characters of a value that a message quotes.
pub const QUOTED_CHARS_MAX: usize = 40;
/// Bytes read from the source at a time, at most.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// Bounds of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes read from the source at a time.
    pub chunk_bytes: usize,
    /// Bytes (UTF-8) of one row, line, JSON element, XML event or segment. At most 64 MiB.
    pub row_bytes_max: usize,
    /// Columns of one row.
    pub columns_max: usize,
    /// Bytes after decompression.
    pub inflated_bytes_max: u64,
    /// Bytes out for each byte in: above it, the input is a bomb.
    pub ratio_max: u64,
    /// Inflated bytes up to which the ratio is not looked at.
    pub ratio_from_bytes: u64,
    /// Nesting of JSON and XML.
    pub depth_max: usize,
    /// Bytes of a refused row that are kept.
    pub raw_bytes_max: usize,
    /// Lines of one till transaction.
    pub transaction_lines_max: usize,
    /// Locations whose rows are counted, for "everything absent is zero".
    pub locations_max: usize,
}

impl Limits {
    /// The same for an input that is in memory: a single event needs no more room than it is long.
    #[must_use]
    pub fn for_bytes(self, bytes: usize) -> Self {
        Self { chunk_bytes: bytes.clamp(64, CHUNK_BYTES), ..self }
    }
}

impl Default for Limits {
    /// A nightly file of hundreds of millions of rows fits; a row is a row, not a document.
    fn default() -> Self {
        Self {
            chunk_bytes: CHUNK_BYTES,
            row_bytes_max: 256 * 1024,
            columns_max: 1_000,
            inflated_bytes_max: 64 << 30,
            ratio_max: 200,
            ratio_from_bytes: 64 << 20,
            depth_max: 64,
            raw_bytes_max: 8 * 1024,
            transaction_lines_max: 10_000,
            locations_max: 100_000,
        }
    }
}
