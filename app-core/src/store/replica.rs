//! `replica.db`: the server's word on this location, one row an entity, and the cursor up to which it
//! is complete. Rows and cursor change in one commit. Knows no overlay: what the associate did and
//! the server has not answered is the engine's.

use std::collections::BTreeSet;

use domain::{
    ids::{DeviceId, FeedEpoch},
    item::Item,
    sync::{FeedRow, Op, SCHEMA, kind},
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Doing as _, Durability, Overlay, StoreError,
    connection::{is_sound, migrate, prepare},
    settings::Table,
};

const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/replica/0001_replica.sql")];
const META: Table = Table("meta");
/// Kinds that this release understands.
const KNOWN: [&str; 6] =
    [kind::FULFILLMENT, kind::CUSTOMER, kind::ASSOCIATE, kind::ITEM, kind::STOCK, kind::LOCATION];

/// The replica of one location.
pub struct Replica {
    conn: Connection,
    position: Option<Overlay>,
}

/// What a page of the feed changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Entities with a new state or none any more, by kind and id.
    pub touched: Vec<(String, String)>,
    /// Whether personal data was forgotten.
    pub purged: bool,
}

impl Replica {
    /// Opens the replica. A damaged one, or one of another schema or release, is not sound: the
    /// caller passes a fresh connection instead.
    ///
    /// # Errors
    /// [`StoreError`]: whatever it is, the remedy is a fresh replica.
    pub fn open(mut conn: Connection) -> Result<Self, StoreError> {
        prepare(&conn, Durability::Normal)?;
        let impossible = |reason: &str| StoreError::Impossible {
            table: "replica.db",
            row: "file".into(),
            reason: reason.into(),
        };
        if !is_sound(&conn) {
            return Err(impossible("it is damaged"));
        }
        migrate(&mut conn, &MIGRATIONS)?;
        match META.json::<u32>(&conn, "schema")? {
            None => META.put(&conn, "schema", &SCHEMA)?,
            Some(schema) if schema == SCHEMA => {}
            Some(_) => return Err(impossible("it is of another schema")),
        }
        let skipped: BTreeSet<String> = META.json(&conn, "skipped_kinds")?.unwrap_or_default();
        if skipped.iter().any(|kind| KNOWN.contains(&kind.as_str())) {
            return Err(impossible("it lacks kinds that this release understands"));
        }
        let position = read_position(&conn)?;
        Ok(Self { conn, position })
    }

    /// Up to where it is complete; `None` before the first snapshot.
    #[must_use]
    pub const fn position(&self) -> Option<Overlay> {
        self.position
    }

    /// Applies rows that follow the current position, and moves it, in one commit.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply(&mut self, rows: &[FeedRow], to: Overlay) -> Result<Applied, StoreError> {
        let tx = self.conn.transaction().doing("begin to apply the feed")?;
        let applied = apply_rows(&tx, rows)?;
        write_position(&tx, to)?;
        tx.commit().doing("apply the feed")?;
        self.position = Some(to);
        self.forget_for_good(&applied);
        Ok(applied)
    }

    /// Adds rows of a snapshot; the position is written when all are there.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn load(&mut self, rows: &[FeedRow]) -> Result<(), StoreError> {
        let tx = self.conn.transaction().doing("begin to load a snapshot")?;
        apply_rows(&tx, rows)?;
        tx.commit().doing("load a snapshot")
    }

    /// The snapshot is whole.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn loaded(&mut self, at: Overlay) -> Result<(), StoreError> {
        let tx = self.conn.transaction().doing("finish a snapshot")?;
        write_position(&tx, at)?;
        tx.commit().doing("finish a snapshot")?;
        self.position = Some(at);
        Ok(())
    }

    /// Moves the position before the rows are there: a planted bug.
    ///
    /// # Errors
    /// [`StoreError`].
    #[cfg(feature = "planted")]
    pub fn move_without_rows(&mut self, to: Overlay) -> Result<(), StoreError> {
        self.loaded(to)
    }

    /// Purged rows are overwritten in the file (`secure_delete`); the log is emptied as well.
    fn forget_for_good(&self, applied: &Applied) {
        if applied.purged {
            // Best effort: a reader in the way only means that the next checkpoint does it.
            let _ = self.conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
        }
    }

    /// Forgets all customers: the tablet has not heard from the server for too long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_customers(&self) -> Result<(), StoreError> {
        self.conn
            .execute("update entity set body = null where kind = ?1", [kind::CUSTOMER])
            .doing("forget customers")?;
        self.forget_for_good(&Applied { purged: true, ..Applied::default() });
        Ok(())
    }

    /// The state of an entity as JSON; `None` when it is gone or never came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn body(&self, kind: &str, id: &str) -> Result<Option<(u64, String)>, StoreError> {
        self.conn
            .prepare_cached(
                "select rev, body from entity where kind = ?1 and id = ?2 and body is not null",
            )
            .and_then(|mut read| {
                read.query_row([kind, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .doing("read an entity")
    }

    /// The state of an entity, read as its type.
    ///
    /// # Errors
    /// [`StoreError::Impossible`] when it has another form.
    pub fn entity<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let Some((_, body)) = self.body(kind, id)? else { return Ok(None) };
        serde_json::from_str(&body).map(Some).map_err(|e| StoreError::Impossible {
            table: kind,
            row: id.to_owned(),
            reason: e.to_string(),
        })
    }

    /// Ids and states of every entity of a kind, by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn bodies(&self, kind: &str) -> Result<Vec<(String, u64, String)>, StoreError> {
        let sql = "select id, rev, body from entity
            where kind = ?1 and body is not null order by id";
        let mut read = self.conn.prepare_cached(sql).doing("read entities")?;
        let rows = read.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.and_then(Iterator::collect).doing("read entities")
    }

    /// SKUs with this GTIN (14 digits).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn skus_of_code(&self, code: &str) -> Result<Vec<String>, StoreError> {
        let mut read = self
            .conn
            .prepare_cached("select sku from item_code where code = ?1 order by sku")
            .doing("find an item")?;
        let rows = read.query_map([code], |row| row.get(0));
        rows.and_then(Iterator::collect).doing("find an item")
    }

    /// A note about the server that may be lost with the file, such as its clock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        META.json(&self.conn, key)
    }

    /// Writes such a note, when it changes something.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_note<T: Serialize + DeserializeOwned + PartialEq>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        if META.json::<T>(&self.conn, key)?.as_ref() == Some(value) {
            return Ok(());
        }
        META.put(&self.conn, key, value)
    }

    /// The location's devices and the version of that list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn roster(&self) -> Result<(u64, Vec<DeviceId>), StoreError> {
        Ok(META.json(&self.conn, "roster")?.unwrap_or_default())
    }

    /// Gives the connection back, to be replaced by another.
    #[must_use]
    pub fn into_connection(self) -> Connection {
        self.conn
    }
}

fn read_position(conn: &Connection) -> Result<Option<Overlay>, StoreError> {
    let epoch: Option<FeedEpoch> = META.json(conn, "feed_epoch")?;
    let cursor: Option<u64> = META.json(conn, "cursor")?;
    Ok(epoch.zip(cursor).map(|(epoch, cursor)| Overlay { epoch, cursor }))
}

fn write_position(tx: &Transaction<'_>, to: Overlay) -> Result<(), StoreError> {
    META.put(tx, "feed_epoch", &to.epoch)?;
    META.put(tx, "cursor", &to.cursor)
}

fn apply_rows(tx: &Transaction<'_>, rows: &[FeedRow]) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    let mut skipped = BTreeSet::new();
    for row in rows {
        if !KNOWN.contains(&row.kind.as_str()) {
            skipped.insert(row.kind.clone());
        } else if apply_row(tx, row)? {
            applied.purged |= row.op == Op::Purge;
            applied.touched.push((row.kind.clone(), row.id.clone()));
        }
    }
    if !skipped.is_empty() {
        let known: BTreeSet<String> = META.json(tx, "skipped_kinds")?.unwrap_or_default();
        META.put(tx, "skipped_kinds", &known.union(&skipped).collect::<Vec<_>>())?;
    }
    Ok(applied)
}

/// Applies a row over a smaller revision. A purge is applied always; it leaves the higher revision,
/// so that an older state does not bring the data back.
fn apply_row(tx: &Transaction<'_>, row: &FeedRow) -> Result<bool, StoreError> {
    let body = match row.op {
        Op::Up => row.body.as_ref().map(|body| body.get()),
        Op::Delete | Op::Purge => None,
    };
    let sql = if row.op == Op::Purge {
        "insert into entity (kind, id, rev, body) values (?1, ?2, ?3, ?4)
            on conflict (kind, id) do update set rev = max(rev, excluded.rev), body = null"
    } else {
        "insert into entity (kind, id, rev, body) values (?1, ?2, ?3, ?4)
            on conflict (kind, id) do update set rev = excluded.rev, body = excluded.body
            where excluded.rev > rev"
    };
    let changed = tx
        .prepare_cached(sql)
        .and_then(|mut write| write.execute(params![row.kind, row.id, row.rev, body]))
        .doing("apply a row of the feed")?;
    if changed > 0 && row.kind == kind::ITEM {
        index_item(tx, &row.id, body)?;
    }
    Ok(changed > 0)
}

/// Keeps the barcodes of an item. One that cannot be read keeps none, and is found by its SKU.
fn index_item(tx: &Transaction<'_>, sku: &str, body: Option<&str>) -> Result<(), StoreError> {
    let doing = "index an item";
    tx.prepare_cached("delete from item_code where sku = ?1")
        .and_then(|mut write| write.execute([sku]))
        .doing(doing)?;
    let item: Option<Item> = body.and_then(|body| serde_json::from_str(body).ok());
    let insert = "insert into item_code (code, sku) values (?1, ?2) on conflict do nothing";
    for code in item.map(|item| item.barcodes).unwrap_or_default() {
        tx.prepare_cached(insert)
            .and_then(|mut write| write.execute([code.as_str(), sku]))
            .doing(doing)?;
    }
    Ok(())
}
