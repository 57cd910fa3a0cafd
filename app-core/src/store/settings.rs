//! The small settings of both databases: a text by its name, often JSON.

use rusqlite::{Connection, OptionalExtension as _};
use serde::{Serialize, de::DeserializeOwned};

use super::{Doing as _, StoreError};

/// Which table: `setting` in the outbox, `meta` in the replica.
#[derive(Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    pub(super) fn text(self, conn: &Connection, key: &str) -> Result<Option<String>, StoreError> {
        conn.prepare_cached(&format!("select value from {} where key = ?1", self.0))
            .and_then(|mut read| read.query_row([key], |row| row.get(0)).optional())
            .doing("read a setting")
    }

    pub(super) fn json<T: DeserializeOwned>(
        self,
        conn: &Connection,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.text(conn, key)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|e| StoreError::Impossible {
            table: self.0,
            row: key.to_owned(),
            reason: e.to_string(),
        })
    }

    pub(super) fn put<T: Serialize>(
        self,
        conn: &Connection,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).expect("a setting is plain data");
        let sql = format!(
            "insert into {} (key, value) values (?1, ?2) on conflict (key) do update set value = excluded.value",
            self.0
        );
        conn.prepare_cached(&sql)
            .and_then(|mut write| write.execute([key, &text]))
            .map(drop)
            .doing("write a setting")
    }

    pub(super) fn remove(self, conn: &Connection, key: &str) -> Result<(), StoreError> {
        conn.execute(&format!("delete from {} where key = ?1", self.0), [key])
            .map(drop)
            .doing("remove a setting")
    }
}
