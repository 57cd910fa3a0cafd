//! Parameters on their way to PostgreSQL, with the types that they were declared with.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::db::SqlValue;
use crate::db::bulk::Values;
use crate::db::tx::Call;

/// A plain value, or one whole column of bulk rows.
#[derive(Debug)]
pub(super) enum Param<'a> {
    Value(SqlValue<'a>),
    Column(&'a Values<'a>),
}

/// The plain values, then the columns of the bulk rows.
pub(super) fn params<'a>(call: &Call<'a>) -> Vec<Param<'a>> {
    let columns = call.rows.into_iter().flat_map(|rows| rows.columns()).map(Param::Column);
    call.values.iter().copied().map(Param::Value).chain(columns).collect()
}

impl Param<'_> {
    pub(super) fn kind(&self) -> Type {
        match self {
            Self::Value(SqlValue::I64(_)) => Type::INT8,
            Self::Value(SqlValue::Text(_)) => Type::TEXT,
            Self::Value(SqlValue::Bytes(_)) => Type::BYTEA,
            Self::Column(Values::I64(_)) => Type::INT8_ARRAY,
            Self::Column(Values::Text(_)) => Type::TEXT_ARRAY,
            Self::Column(Values::Bytes(_)) => Type::BYTEA_ARRAY,
        }
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Value(SqlValue::I64(value)) => value.to_sql(kind, out),
            Self::Value(SqlValue::Text(text)) => text.to_sql(kind, out),
            Self::Value(SqlValue::Bytes(bytes)) => bytes.to_sql(kind, out),
            Self::Column(Values::I64(values)) => values.to_sql(kind, out),
            Self::Column(Values::Text(texts)) => texts.to_sql(kind, out),
            Self::Column(Values::Bytes(all)) => all.to_sql(kind, out),
        }
    }

    /// The statement was prepared with these very types.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
