//! What the server's own database says at the end: its positions, and the same counted again from nothing
//! but the ledger and the lines that wait.

use std::collections::BTreeMap;

use sync_server::db::{Database, DbError, Options, Tx};

use crate::server::Store;

/// An item at a location, by SKU and number.
pub type Place = (String, String);

/// What is on a shelf, and how much of it is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    pub on_hand: i64,
    pub reserved: i64,
}

/// The books of a server that has ended.
pub struct Books {
    pub positions: BTreeMap<Place, Shelf>,
    pub ledger: BTreeMap<Place, Shelf>,
    /// Units that orders wait for, by SKU.
    pub waiting: BTreeMap<String, i64>,
}

const POSITIONS: &str = "select i.sku, l.id, p.on_hand, p.reserved from stock_positions p
     join items i on i.key = p.item_key join locations l on l.key = p.location_key";
const LEDGER: &str = "select i.sku, l.id,
        cast(sum(case when m.to_bucket = 'shelf' then m.quantity
            when m.from_bucket = 'shelf' then -m.quantity else 0 end) as bigint),
        cast(sum(m.reserved_delta) as bigint)
     from stock_movements m join items i on i.key = m.item_key
     join locations l on l.key = m.location_key group by i.sku, l.id";
const WAITING: &str = "select sku, cast(sum(unsourced) as bigint) from order_lines
     where unsourced > 0 group by sku";

impl Books {
    /// Reads them.
    pub fn read(store: &Store) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let read = async {
            let db = Database::open(&store.url, &Options::default()).await?;
            db.read(|tx| {
                Ok::<_, DbError>(Self {
                    positions: shelves(tx, POSITIONS)?,
                    ledger: shelves(tx, LEDGER)?,
                    waiting: tx
                        .query(WAITING, &[], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .into_iter()
                        .collect(),
                })
            })
            .await
        };
        runtime.block_on(read).expect("the books are readable")
    }

    /// What can be promised of each item, by the ledger alone: nobody keeps anything back, and nothing is
    /// on its way.
    pub fn units(&self) -> BTreeMap<String, i64> {
        let mut units = BTreeMap::<String, i64>::new();
        for ((sku, _), shelf) in &self.ledger {
            *units.entry(sku.clone()).or_default() += (shelf.on_hand - shelf.reserved).max(0);
        }
        for (sku, left) in &mut units {
            *left = (*left - self.waiting.get(sku).copied().unwrap_or(0)).max(0);
        }
        units
    }
}

fn shelves(tx: &mut Tx, sql: &'static str) -> Result<BTreeMap<Place, Shelf>, DbError> {
    let rows = tx.query(sql, &[], |row| {
        let shelf = Shelf { on_hand: row.get(2)?, reserved: row.get(3)? };
        Ok(((row.get(0)?, row.get(1)?), shelf))
    })?;
    Ok(rows.into_iter().collect())
}
