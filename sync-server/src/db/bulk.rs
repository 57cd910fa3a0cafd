//! Many rows in one statement: the values, and nothing about how an engine takes them.

/// The most rows in one statement: keeps a parameter well under an engine's limits and a lock's
/// time short. Callers cut longer work into pieces.
pub const BULK_ROWS_MAX: usize = 10_000;

/// Rows given column by column, used in a statement as the table `{rows}`.
///
/// All columns have the same length, at most [`BULK_ROWS_MAX`]. An `insert … select` with
/// `on conflict` needs `where true` behind `{rows}`: SQLite would take `on` for a join.
///
/// ```
/// use sync_server::db::Rows;
/// let (keys, names) = ([1_i64, 2], ["mug", "bowl"]);
/// let rows = Rows::new().i64("key", keys).text("name", names);
/// // tx.exec_bulk("insert into items (key, name) select key, name from {rows}", &[], &rows)?;
/// assert_eq!(rows.len(), 2);
/// ```
#[derive(Debug, Default)]
pub struct Rows<'a> {
    columns: Vec<(&'static str, Values<'a>)>,
}

#[derive(Debug)]
pub(super) enum Values<'a> {
    I64(Vec<Option<i64>>),
    Text(Vec<Option<&'a str>>),
    Bytes(Vec<Option<&'a [u8]>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    I64,
    Text,
    Bytes,
}

impl<'a> Rows<'a> {
    /// No columns yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a `bigint` column.
    pub fn i64<T: Into<Option<i64>>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.column(name, Values::I64(values.into_iter().map(Into::into).collect()))
    }

    /// Adds a `text` column.
    pub fn text<T: Into<Option<&'a str>>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.column(name, Values::Text(values.into_iter().map(Into::into).collect()))
    }

    /// Adds a `bytea` column.
    pub fn bytes<T: Into<Option<&'a [u8]>>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.column(name, Values::Bytes(values.into_iter().map(Into::into).collect()))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn column(mut self, name: &'static str, values: Values<'a>) -> Self {
        assert!(
            self.columns.is_empty() || values.len() == self.len(),
            "bulk columns have one length: {name} has {}, not {}",
            values.len(),
            self.len(),
        );
        self.columns.push((name, values));
        self
    }

    pub(super) fn shape(&self) -> impl Iterator<Item = (&'static str, ColumnKind)> {
        self.columns.iter().map(|(name, values)| (*name, values.kind()))
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &Values<'a>> {
        self.columns.iter().map(|(_, values)| values)
    }

    pub(super) fn any_text(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.columns().any(|values| match values {
            Values::Text(values) => values.iter().flatten().any(|text| wanted(text)),
            Values::I64(_) | Values::Bytes(_) => false,
        })
    }
}

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Self::I64(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }

    fn kind(&self) -> ColumnKind {
        match self {
            Self::I64(_) => ColumnKind::I64,
            Self::Text(_) => ColumnKind::Text,
            Self::Bytes(_) => ColumnKind::Bytes,
        }
    }
}
