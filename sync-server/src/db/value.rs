//! The only values that cross into and out of a statement: integers, text, bytes, and none.

/// A parameter. Its kind is known even when it is null, so that PostgreSQL never has to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlValue<'a> {
    /// `bigint`
    I64(Option<i64>),
    /// `text`
    Text(Option<&'a str>),
    /// `bytea`
    Bytes(Option<&'a [u8]>),
}

/// A type that can be a parameter.
pub trait ToSqlValue {
    /// The value as the database will see it.
    fn to_sql_value(&self) -> SqlValue<'_>;

    /// The null of this type's kind.
    fn null() -> SqlValue<'static>
    where
        Self: Sized;
}

macro_rules! to_sql_value {
    ($($type:ty => $kind:ident(|$value:ident| $read:expr);)*) => {$(
        impl ToSqlValue for $type {
            fn to_sql_value(&self) -> SqlValue<'_> {
                let $value = self;
                SqlValue::$kind(Some($read))
            }
            fn null() -> SqlValue<'static> {
                SqlValue::$kind(None)
            }
        }
    )*};
}

to_sql_value! {
    i64 => I64(|value| *value);
    &str => Text(|value| *value);
    String => Text(|value| value.as_str());
    &[u8] => Bytes(|value| *value);
    Vec<u8> => Bytes(|value| value.as_slice());
    [u8; 32] => Bytes(|value| value.as_slice());
}

impl<T: ToSqlValue> ToSqlValue for Option<T> {
    fn to_sql_value(&self) -> SqlValue<'_> {
        self.as_ref().map_or(T::null(), T::to_sql_value)
    }

    fn null() -> SqlValue<'static> {
        T::null()
    }
}

/// One value of a row, as either engine hands it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// `bigint`
    I64(i64),
    /// `text`
    Text(&'a str),
    /// `bytea`
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    /// Names the kind and not the content: errors must not carry customers' data.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::I64(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// A type that can be read from a column.
pub trait FromSqlValue: Sized {
    /// What it reads, in words.
    const WANTED: &'static str;

    /// `None` when the cell holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! from_sql_value {
    ($($type:ty, $wanted:literal, $pattern:pat => $value:expr;)*) => {$(
        impl FromSqlValue for $type {
            const WANTED: &'static str = $wanted;
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                if let $pattern = cell { Some($value) } else { None }
            }
        }
    )*};
}

from_sql_value! {
    i64, "an integer", Cell::I64(value) => value;
    String, "text", Cell::Text(value) => value.to_owned();
    Vec<u8>, "bytes", Cell::Bytes(value) => value.to_vec();
}

impl<T: FromSqlValue> FromSqlValue for Option<T> {
    const WANTED: &'static str = T::WANTED;

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}
