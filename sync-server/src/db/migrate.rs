//! Brings a database's schema up to date, and refuses one that this program does not know.
//!
//! Migrations are neutral statements in `migrations/`, in the order of their numbers, each applied once and
//! recorded with a hash: an edited one is found out. They only go forward.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::tx::Session;
use super::{DbError, Dialect, Tx};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "start", sql: include_str!("../../migrations/0001_start.sql") },
    Migration { number: 2, name: "sync", sql: include_str!("../../migrations/0002_sync.sql") },
    Migration {
        number: 3,
        name: "channels",
        sql: include_str!("../../migrations/0003_channels.sql"),
    },
    Migration {
        number: 4,
        name: "inventory",
        sql: include_str!("../../migrations/0004_inventory.sql"),
    },
    Migration {
        number: 5,
        name: "promise",
        sql: include_str!("../../migrations/0005_promise.sql"),
    },
    Migration {
        number: 6,
        name: "dead_rows",
        sql: include_str!("../../migrations/0006_dead_rows.sql"),
    },
    Migration { number: 7, name: "holds", sql: include_str!("../../migrations/0007_holds.sql") },
    Migration { number: 8, name: "dated", sql: include_str!("../../migrations/0008_dated.sql") },
    Migration {
        number: 9,
        name: "webhooks",
        sql: include_str!("../../migrations/0009_webhooks.sql"),
    },
    Migration {
        number: 10,
        name: "transport",
        sql: include_str!("../../migrations/0010_transport.sql"),
    },
    Migration { number: 11, name: "doubts", sql: include_str!("../../migrations/0011_doubts.sql") },
    Migration {
        number: 12,
        name: "calendars",
        sql: include_str!("../../migrations/0012_calendars.sql"),
    },
    Migration {
        number: 13,
        name: "campaigns",
        sql: include_str!("../../migrations/0013_campaigns.sql"),
    },
    Migration { number: 14, name: "terms", sql: include_str!("../../migrations/0014_terms.sql") },
];

/// Applies what is missing, in the caller's transaction.
///
/// # Errors
/// [`DbError::Schema`] when a recorded migration is unknown here, or differs.
pub(super) fn migrate(tx: &mut Tx) -> Result<(), DbError> {
    let dialect = match tx.session() {
        Session::Sqlite(_) => Dialect::Sqlite,
        Session::Postgres(_) => Dialect::Postgres,
    };
    if let Some(lock) = dialect.migration_lock() {
        tx.batch(lock)?;
    }
    tx.batch(&dialect.ddl(
        "create table if not exists schema_migrations (
            number bigint not null primary key,
            name text not null,
            sha256 text not null
        )",
    ))?;
    let recorded =
        tx.query("select number, sha256 from schema_migrations order by number", &[], |row| {
            Ok((row.get("number")?, row.get("sha256")?))
        })?;
    check(&recorded)?;
    MIGRATIONS[recorded.len()..].iter().try_for_each(|migration| apply(tx, dialect, migration))
}

fn check(recorded: &[(i64, String)]) -> Result<(), DbError> {
    for (at, (number, sha256)) in recorded.iter().enumerate() {
        let known = MIGRATIONS.get(at).filter(|known| known.number == *number);
        let Some(known) = known else {
            let newest = MIGRATIONS.last().map_or(0, |known| known.number);
            return Err(DbError::Schema(format!(
                "it has migration {number}, this program knows {newest}; use a newer program"
            )));
        };
        if hash(known.sql) != *sha256 {
            let name = known.name;
            return Err(DbError::Schema(format!(
                "migration {number} ({name}) is not the applied one"
            )));
        }
    }
    Ok(())
}

fn apply(tx: &mut Tx, dialect: Dialect, migration: &Migration) -> Result<(), DbError> {
    for statement in statements(migration.sql) {
        tx.batch(&dialect.ddl(statement))?;
    }
    tx.exec(
        "insert into schema_migrations (number, name, sha256) values ($1, $2, $3)",
        &[&migration.number, &migration.name, &hash(migration.sql)],
    )?;
    tracing::info!(number = migration.number, name = migration.name, "migration applied");
    Ok(())
}

/// Cuts a file at each `;` that ends a line.
fn statements(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(";\n").filter(|statement| !without_comments(statement).trim().is_empty())
}

fn hash(sql: &str) -> String {
    Sha256::digest(sql).iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a string cannot fail");
        out
    })
}

/// Drops what stands behind `--` on each line.
pub(super) fn without_comments(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default().trim_end());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Replaces a whole word, not a part of a longer one.
pub(super) fn replace_word(sql: &str, word: &str, replacement: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(word) {
        let (before, behind) = (&rest[..at], &rest[at + word.len()..]);
        let joined = |c: char| c.is_ascii_alphanumeric() || c == '_';
        out.push_str(before);
        let whole = !out.ends_with(joined) && !behind.starts_with(joined);
        out.push_str(if whole { replacement } else { word });
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_contiguous_from_one() {
        for (at, migration) in (1..).zip(MIGRATIONS) {
            assert_eq!(migration.number, at, "{}", migration.name);
        }
    }

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(
            replace_word("text context text_ texttext (text)", "text", "T"),
            "T context text_ texttext (T)"
        );
    }

    #[test]
    fn a_file_is_cut_into_statements() {
        let cut: Vec<_> =
            statements("-- a\ncreate table a (b text);\n-- c\n\ncreate x;\n").collect();
        assert_eq!(cut.len(), 2);
        assert_eq!(without_comments(cut[0]), "create table a (b text)");
    }
}
