//! I1 and I2: units are conserved, positions say what the work says, the ledger explains them, and
//! nothing is promised that is not there.

use std::collections::BTreeMap;

use domain::{
    buckets::Bucket,
    ids::{LocationId, Sku},
    stock::Position,
};

use super::{Checks, Held, Invariant, holds};
use crate::server::Server;

type Place = (LocationId, Sku);

impl Checks {
    /// Every position, against itself and against the work in our books.
    pub(super) fn shelves(&self, server: &Server) -> Held {
        let mut of_work: BTreeMap<Place, Position> = BTreeMap::new();
        for known in self.work.values() {
            for line in known.now.lines() {
                let place = (known.now.location().clone(), line.sku.clone());
                let sum = of_work.entry(place).or_default();
                let units = |bucket| i64::from(line.buckets.get(bucket));
                sum.reserved += units(Bucket::Sourced);
                sum.picked +=
                    units(Bucket::Picked) + units(Bucket::Packed) + i64::from(line.excess);
                sum.staged += units(Bucket::Staged);
                sum.handed_over += units(Bucket::HandedOver);
                sum.shipped += units(Bucket::Shipped);
            }
        }
        for (place, position) in positions(server) {
            holds(position.is_conserved(), Invariant::Conserved, || {
                format!("{place:?} is not conserved: {position:?}")
            })?;
            let work = of_work.remove(&place).unwrap_or_default();
            let figures = |p: &Position| [p.picked, p.staged, p.handed_over, p.shipped];
            holds(figures(&position) == figures(&work), Invariant::Conserved, || {
                format!("{place:?} has {position:?}, its work has {work:?}")
            })?;
            let promised = position.reserved == work.reserved
                && position.shortage == (position.reserved - position.on_hand).max(0);
            holds(promised, Invariant::NotOversold, || {
                format!("{place:?} has {position:?}, its work was promised {work:?}")
            })?;
        }
        holds(of_work.is_empty(), Invariant::Conserved, || format!("no position of {of_work:?}"))
    }

    /// The ledger and the reservations give the positions.
    pub(super) fn ledger(&self, server: &Server) -> Held {
        let wrong = server.read(|tx| {
            let sql = "select l.id, i.sku from stock_positions p
                join locations l on l.key = p.location_key join items i on i.key = p.item_key
                where p.reserved <> (select coalesce(sum(quantity), 0) from reservations r
                    where r.item_key = p.item_key and r.location_key = p.location_key)
                or p.reserved <> (select coalesce(sum(reserved_delta), 0) from stock_movements m
                    where m.item_key = p.item_key and m.location_key = p.location_key)
                or p.on_hand <> (select coalesce(sum(case when to_bucket = 'shelf' then quantity
                    when from_bucket = 'shelf' then -quantity else 0 end), 0)
                    from stock_movements m
                    where m.item_key = p.item_key and m.location_key = p.location_key)
                or p.picked <> (select coalesce(sum(case when to_bucket = 'picked' then quantity
                    when from_bucket = 'picked' then -quantity else 0 end), 0)
                    from stock_movements m
                    where m.item_key = p.item_key and m.location_key = p.location_key)
                or p.staged <> (select coalesce(sum(case when to_bucket = 'staged' then quantity
                    when from_bucket = 'staged' then -quantity else 0 end), 0)
                    from stock_movements m
                    where m.item_key = p.item_key and m.location_key = p.location_key)";
            tx.query(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))
        });
        holds(wrong.is_empty(), Invariant::Conserved, || {
            format!("the ledger does not explain {wrong:?}")
        })
    }

    /// Where something is promised that is not there, facts have shown it: sourcing never does.
    pub(super) fn promises_kept(&mut self, server: &Server) -> Held {
        let now: BTreeMap<Place, Position> = positions(server).into_iter().collect();
        for (place, position) in &now {
            let before = self.promised_before.get(place).map_or(0, |before| before.reserved);
            let more = position.reserved > before;
            holds(!more || position.available() >= 0, Invariant::NotOversold, || {
                format!("{place:?} was promised beyond what is there: {position:?}")
            })?;
        }
        self.promised_before = now;
        Ok(())
    }

    /// What is promised before the next sourcing.
    pub fn before_sourcing(&mut self, server: &Server) {
        self.promised_before = positions(server).into_iter().collect();
    }
}

fn positions(server: &Server) -> Vec<(Place, Position)> {
    server.read(|tx| {
        let sql =
            "select l.id, i.sku, on_hand, reserved, safety, shortage, damaged, picked, staged,
                handed_over, shipped, sold, received, returned, adjusted_out,
                display, quality
            from stock_positions p join locations l on l.key = p.location_key
            join items i on i.key = p.item_key order by l.id, i.sku";
        tx.query(sql, &[], |row| {
            let (location, sku): (String, String) = (row.get(0)?, row.get(1)?);
            let place = (LocationId::new(location).expect("valid"), Sku::new(sku).expect("valid"));
            let position = Position {
                on_hand: row.get(2)?,
                reserved: row.get(3)?,
                safety: row.get(4)?,
                shortage: row.get(5)?,
                damaged: row.get(6)?,
                picked: row.get(7)?,
                staged: row.get(8)?,
                handed_over: row.get(9)?,
                shipped: row.get(10)?,
                sold: row.get(11)?,
                received: row.get(12)?,
                returned: row.get(13)?,
                adjusted_out: row.get(14)?,
                display: row.get(15)?,
                quality: row.get(16)?,
            };
            Ok((place, position))
        })
    })
}
