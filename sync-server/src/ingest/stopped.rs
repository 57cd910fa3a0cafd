//! Why a reading ends before its input does. One bad row never stops a reading; a broken stream does, and
//! then everything before it was read.

use super::refused::Spot;

/// The reading ended early. What came before was read; what comes after is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reading stopped after {rows} rows (the last in line {}): {why}", spot.line)]
pub struct Stopped {
    /// Rows that were read whole, refused ones included.
    pub rows: u64,
    /// Where the last of them stands.
    pub spot: Spot,
    /// Why.
    pub why: Why,
}

/// Why a reading ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The stream or the document breaks off.
    #[error("the input breaks off")]
    Truncated,
    /// The bytes are not packed as they say.
    #[error("the input is not packed as {0}")]
    Corrupt(&'static str),
    /// More bytes than allowed.
    #[error("the input has more than {max} bytes when unpacked")]
    TooLarge {
        /// The bound.
        max: u64,
    },
    /// It unpacks to far more than it is.
    #[error("the input unpacks to more than {max} times its size")]
    Bomb {
        /// The bound.
        max: u64,
    },
    /// The source of the bytes failed.
    #[error("the input cannot be read: {0}")]
    Io(String),
    /// Nothing came where a header or a document is needed.
    #[error("the input is empty")]
    Empty,
    /// The text is in another encoding than the profile says.
    #[error("the text is not in the encoding of the profile: {0}")]
    WrongEncoding(&'static str),
    /// A column that the profile maps is not in the header.
    #[error("the header has no column “{0}”")]
    MissingColumn(String),
    /// A column that the profile maps is in the header twice.
    #[error("the header has the column “{0}” twice")]
    DuplicateColumn(String),
    /// The header cannot be read.
    #[error("the header cannot be read: {0}")]
    Header(String),
    /// The document around the rows is broken.
    #[error("the document is broken: {0}")]
    Document(String),
    /// XML with a document type: it could define entities.
    #[error("documents with a DTD are not taken")]
    Dtd,
    /// Nested deeper than the bound.
    #[error("the document is nested deeper than {max}")]
    TooDeep {
        /// The bound.
        max: usize,
    },
    /// Something between rows, or a whole transaction, is larger than the bound.
    #[error("one piece of the document has more than {max} bytes or lines")]
    PieceTooLarge {
        /// The bound.
        max: usize,
    },
    /// More locations than can be told apart in one input.
    #[error("the input names more than {max} locations")]
    TooManyLocations {
        /// The bound.
        max: usize,
    },
}

impl Why {
    /// A stable word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Corrupt(_) => "corrupt",
            Self::TooLarge { .. } => "too_large",
            Self::Bomb { .. } => "bomb",
            Self::Io(_) => "unreadable",
            Self::Empty => "empty",
            Self::WrongEncoding(_) => "wrong_encoding",
            Self::MissingColumn(_) => "missing_column",
            Self::DuplicateColumn(_) => "duplicate_column",
            Self::Header(_) => "header",
            Self::Document(_) => "document",
            Self::Dtd => "dtd",
            Self::TooDeep { .. } => "too_deep",
            Self::PieceTooLarge { .. } => "piece_too_large",
            Self::TooManyLocations { .. } => "too_many_locations",
        }
    }
}
