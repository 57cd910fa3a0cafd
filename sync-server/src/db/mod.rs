//! The database: SQLite or PostgreSQL behind one transaction handle and one set of statements.
//!
//! A use case is a closure over [`Tx`]; [`Database`] runs it in a transaction of whichever engine
//! the URL names. This file is the only place where the two engines' words differ: placeholders,
//! bulk rows, column types, and how a transaction begins. It holds no statement of the product;
//! those live one noun a file beside it.
//!
//! Statements are neutral: `$n` placeholders, `bigint`, `text` and `bytea` columns, sums cast
//! (`cast(sum(x) as bigint)`), no booleans in results; a `select` that locks ends in `{lock}`, or in
//! `{lock by a, b}` where the order in which it locks is all that its order is for. Text holds no NUL
//! character and sorts by bytes on both engines.

pub mod atp_rules;
pub mod atp_world;
pub mod batches;
mod bulk;
pub mod calendars;
pub mod capacity;
pub mod cards;
pub mod channels;
pub mod commands;
mod database;
pub mod dated;
pub mod dead_rows;
pub mod deliveries;
pub mod devices;
mod direct;
pub mod doubts;
mod error;
pub mod feed;
pub mod fleet;
pub mod fulfillments;
pub mod gates;
pub mod history;
pub mod holds;
pub mod imports;
pub mod items;
pub mod ledger;
pub mod locations;
pub mod migrate;
pub mod operators;
pub mod order_list;
pub mod orders;
pub mod pairing;
pub mod plain_counts;
pub mod plain_moves;
pub mod positions;
pub mod postcodes;
mod postgres;
pub mod queue;
mod request;
mod row;
pub mod rule_counts;
pub mod search;
pub mod sessions;
pub mod shelves;
pub mod snapshot;
pub mod sources;
pub mod sourcing;
mod sqlite;
pub mod sscc;
pub mod stock;
pub mod stock_log;
pub mod supplies;
pub mod terms;
mod tx;
mod value;
pub mod webhooks;
mod workers;

pub use bulk::{BULK_ROWS_MAX, Rows};
pub use database::{Database, Options};
pub use direct::SqliteDirect;
pub use error::{DbError, Failure};
pub use row::{Column, Row};
pub use tx::Tx;
pub use value::{Cell, FromSqlValue, SqlValue, ToSqlValue};

use bulk::ColumnKind;

/// Where a bulk statement's rows stand in its text: `select … from {rows}`.
const ROWS_MARKER: &str = "{rows}";

/// Behind a `select`: locks what it finds until the transaction ends. Weak enough to let others
/// insert rows that refer to the locked one. SQLite's one writer needs no lock.
const LOCK_MARKER: &str = "{lock}";
const LOCK_BY_MARKER: &str = "{lock by ";

/// Words for the log of stock changes, see `stock_log.rs`: a row's place in it, the place behind the
/// last that can be read, the places that one reading covers, and for how many milliseconds the oldest transaction that writes has run.
const LOG_MARKERS: [&str; 4] = ["{log_place}", "{log_end}", "{log_step}", "{log_age}"];

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Several statements over one snapshot, no writes.
    Read,
    /// The one kind that changes anything.
    Write,
    /// The same for many callers, who do not all wait long for a row that one of them needs.
    WriteForMany,
}

impl Access {
    fn writes(self) -> bool {
        self != Self::Read
    }
}

/// Which engine's words a statement is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Opens a transaction. A write takes SQLite's one write lock at once, so that it never fails
    /// half way for want of it; a read sees one snapshot on both.
    fn begin(self, access: Access) -> &'static str {
        match (self, access) {
            (Self::Sqlite, Access::Read) => "begin deferred",
            (Self::Sqlite, Access::Write | Access::WriteForMany) => "begin immediate",
            (Self::Postgres, Access::Read) => "begin isolation level repeatable read, read only",
            (Self::Postgres, Access::Write) => "begin isolation level read committed, read write",
            (Self::Postgres, Access::WriteForMany) => {
                "begin isolation level read committed, read write; set local lock_timeout = '1s'"
            }
        }
    }

    /// Puts a neutral statement into the engine's words. `params` counts the plain parameters;
    /// those of the bulk rows follow them.
    fn statement(self, sql: &str, params: usize, rows: Option<&Rows<'_>>) -> String {
        let sql = match rows {
            Some(_) if self == Self::Sqlite => &rows_first(sql),
            _ => sql,
        };
        let sql = match rows {
            Some(rows) => sql.replace(ROWS_MARKER, &self.rows_source(params + 1, rows)),
            None => sql.to_owned(),
        };
        let marked = LOG_MARKERS.into_iter().zip(self.log_words());
        let sql = marked.fold(sql, |sql, (marker, word)| sql.replace(marker, word));
        match self {
            Self::Sqlite => or_fail(&numbered_placeholders(&self.locking(&sql))),
            Self::Postgres => self.locking(&sql),
        }
    }

    fn locking(self, sql: &str) -> String {
        let word = if self == Self::Postgres { "for no key update" } else { "" };
        let Some((before, rest)) = sql.split_once(LOCK_BY_MARKER) else {
            return sql.replacen(LOCK_MARKER, word, 1);
        };
        let (order, after) = rest.split_once('}').expect("the marker is closed");
        match self {
            Self::Sqlite => format!("{before}{after}"),
            Self::Postgres => format!("{before}order by {order} {word}{after}"),
        }
    }

    /// What [`LOG_MARKERS`] stand for. A transaction of PostgreSQL may hold ten thousand rows.
    fn log_words(self) -> [&'static str; 4] {
        match self {
            Self::Sqlite => {
                let end = "(select coalesce(max(id), 0) + 1 from stock_movements)";
                ["id", end, "20000", "0"]
            }
            Self::Postgres => {
                let oldest =
                    "cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint)";
                let age = "(select cast(coalesce(extract(epoch from
                    max(clock_timestamp() - xact_start)) * 1000, 0) as bigint)
                    from pg_stat_activity where backend_xid is not null)";
                ["tx", oldest, "cast(200 as bigint)", age]
            }
        }
    }

    /// The table expression that a bulk statement's marker stands for.
    fn rows_source(self, first_param: usize, rows: &Rows<'_>) -> String {
        match self {
            Self::Sqlite => sqlite::bulk_source(first_param, rows.shape().map(|(name, _)| name)),
            Self::Postgres => {
                let names = rows.shape().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
                let arrays = rows.shape().enumerate().map(|(at, (_, kind))| {
                    let element = match kind {
                        ColumnKind::I64 => "bigint",
                        ColumnKind::Text => "text",
                        ColumnKind::Bytes => "bytea",
                    };
                    format!("${}::{element}[]", first_param + at)
                });
                let arrays = arrays.collect::<Vec<_>>().join(", ");
                format!("unnest({arrays}) as rows({names})")
            }
        }
    }

    /// Maps one neutral `create table` or `create index` to the engine's column types.
    ///
    /// `identity` is a surrogate key that the database draws. Markers stand in a comment behind
    /// the opening parenthesis: `-- without rowid` clusters a SQLite table by its key, `-- hot`
    /// leaves room in PostgreSQL's pages for rows that are updated in place. A statement behind
    /// `-- postgres only` is nothing on SQLite.
    fn ddl(self, neutral: &str) -> String {
        let (clustered, hot) = (neutral.contains("-- without rowid"), neutral.contains("-- hot"));
        if self == Self::Sqlite && neutral.contains("-- postgres only") {
            return String::new();
        }
        let mut sql = migrate::without_comments(neutral);
        let table = sql.starts_with("create table");
        for (word, sqlite, postgres) in [
            (
                "identity",
                "integer primary key",
                "bigint generated by default as identity primary key",
            ),
            ("bigint", "integer", "bigint"),
            ("bytea", "blob", "bytea"),
            // Byte order on both, whatever the cluster's locale.
            ("text", "text", "text collate \"C\""),
            // The transaction that wrote the row: with one writer the row's own number says more.
            (
                "transaction_id",
                "integer",
                "bigint default cast(cast(pg_current_xact_id() as text) as bigint)",
            ),
        ] {
            let replacement = if self == Self::Sqlite { sqlite } else { postgres };
            sql = migrate::replace_word(&sql, word, replacement);
        }
        match self {
            Self::Sqlite if table && clustered => sql + " strict, without rowid",
            Self::Sqlite if table => sql + " strict",
            Self::Postgres if table && hot => sql + " with (fillfactor = 70)",
            _ => sql,
        }
    }

    /// Keeps two servers that start at once from migrating at once. SQLite's write lock does so
    /// by itself.
    fn migration_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => {
                Some("set local statement_timeout = 0; select pg_advisory_xact_lock(5362001)")
            }
        }
    }
}

/// Rewrites `$n` to `?n`: SQLite takes `$2` for a *name* and numbers names by first appearance.
/// Text in quotes is left alone.
fn numbered_placeholders(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        let digit_follows = chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if quote.is_none() && c == '$' && digit_follows { '?' } else { c });
    }
    out
}

/// Spares a statement the copy of every page that it changes, for undoing it alone: one that fails ends
/// its transaction (see [`Tx`]).
fn or_fail(sql: &str) -> String {
    let sql = sql.trim_start();
    for word in ["insert", "update"] {
        if let Some(rest) = sql.strip_prefix(word)
            && rest.starts_with(char::is_whitespace)
        {
            return format!("{word} or fail{rest}");
        }
    }
    sql.to_owned()
}

/// Joins from the rows, which are few, to the table, whose key they have. SQLite cannot count them,
/// and would rather read a whole table in the order of its key; it reorders no `cross join`.
fn rows_first(sql: &str) -> String {
    let mut parts = sql.split(ROWS_MARKER);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for after in parts {
        out.push_str(ROWS_MARKER);
        match after.trim_start().strip_prefix("join ") {
            Some(joined) => out.extend([" cross join ", joined]),
            None => out.push_str(after),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_outside_quotes_are_numbered() {
        assert_eq!(
            numbered_placeholders("select $2, '$1', \"$3\", $10 where a = $1"),
            "select ?2, '$1', \"$3\", ?10 where a = ?1",
        );
    }

    #[test]
    fn sqlite_takes_a_dollar_for_a_name() {
        let conn = rusqlite::Connection::open_in_memory().expect("memory");
        let (plain, numbered) = ("select $2 as b, $1 as a", "select ?2 as b, ?1 as a");
        let first = |sql: &str| -> i64 {
            let mut statement = conn.prepare(sql).expect("valid");
            statement.query_row([10, 20], |row| row.get(0)).expect("a row")
        };
        assert_eq!(first(plain), 10, "the name `$2` appears first, so it is parameter 1");
        assert_eq!(first(numbered), 20);
        assert_eq!(first(&numbered_placeholders(plain)), 20);
    }

    #[test]
    fn rows_may_stand_in_a_statement_twice() {
        let rows = Rows::new().i64("key", [1]);
        let sql = "select a from {rows} join t on t.a = key union select key from {rows}";
        let postgres = Dialect::Postgres.statement(sql, 0, Some(&rows));
        let source = "from unnest($1::bigint[]) as rows(key)";
        let twice = format!("select a {source} join t on t.a = key union select key {source}");
        assert_eq!(postgres, twice);
        let sqlite = Dialect::Sqlite.statement(sql, 0, Some(&rows));
        assert_eq!(sqlite.matches("from (select c0 as key from bulk_rows(?1)) as rows").count(), 2);
        assert!(sqlite.contains("as rows cross join t on"), "{sqlite}");
    }

    #[test]
    fn locks_are_taken_in_order_where_there_are_some() {
        let sql = "select a from t {lock by a, b}";
        assert_eq!(Dialect::Sqlite.locking(sql), "select a from t ");
        let postgres = Dialect::Postgres.locking(sql);
        assert_eq!(postgres, "select a from t order by a, b for no key update");
        assert_eq!(Dialect::Postgres.locking("select a {lock}"), "select a for no key update");
    }

    #[test]
    fn changes_fail_without_being_undone_alone() {
        assert_eq!(or_fail("\n insert into t values (1)"), "insert or fail into t values (1)");
        assert_eq!(or_fail("update t set a = 1"), "update or fail t set a = 1");
        for other in ["select updated from t", "delete from t", "updates"] {
            assert_eq!(or_fail(other), other);
        }
    }

    #[test]
    fn types_are_mapped_word_by_word() {
        let neutral = "create table t ( -- without rowid\n  a bigint not null, -- the text\n  \
                       context text, b bytea, primary key (a)\n)";
        let sqlite = Dialect::Sqlite.ddl(neutral);
        assert!(sqlite.contains("a integer not null"), "{sqlite}");
        assert!(sqlite.contains("context text, b blob"), "{sqlite}");
        assert!(sqlite.ends_with(") strict, without rowid"), "{sqlite}");
        let postgres = Dialect::Postgres.ddl(neutral);
        assert!(postgres.contains("context text collate \"C\", b bytea"), "{postgres}");
        assert!(postgres.ends_with(')'), "{postgres}");
    }

    #[test]
    fn sqlite_joins_from_the_rows() {
        let conn = sqlite::open_memory().expect("memory");
        // Both would serve: by the item for each row, or all of a place with the rows inside.
        let schema = "create table stock (item, place, units, primary key (item, place));
            create index stock_place on stock (place, item)";
        conn.execute_batch(schema).expect("made");
        let rows = Rows::new().i64("item", [3, 1]);
        let sql = "select units from {rows}\n  join stock s on s.item = rows.item and s.place = $1
            order by s.item";
        let sql = Dialect::Sqlite.statement(sql, 1, Some(&rows));
        let mut plan = conn.prepare(&format!("explain query plan {sql}")).expect("valid");
        let first = plan.query_row((7, rusqlite::types::Null), |row| row.get::<_, String>(3));
        assert!(first.as_ref().is_ok_and(|first| first.contains("bulk_rows")), "{first:?}");
    }
}
