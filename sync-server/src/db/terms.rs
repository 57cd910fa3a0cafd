//! How items are sold beyond what is there and coming, and what kits are made of.

use std::collections::BTreeMap;

use domain::{
    api::{Backorder, PreOrder},
    clock::TimeMs,
    ids::Sku,
};

use super::{DbError, Row, Rows, Tx, items, search};
use crate::atp::terms::Stated;

/// Terms as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The item.
    pub item_key: i64,
    /// When they were stated, in the order of all terms.
    pub rev: i64,
    /// What was stated; nothing, where it was taken back.
    pub stated: Stated,
}

/// A part of a kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The item.
    pub item_key: i64,
    /// Units in one kit, at least 1.
    pub units: u32,
}

/// Begins to state terms: nobody else does until this transaction ends. Says the number for what is new.
///
/// # Errors
/// [`DbError`].
pub fn begin(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one(
        "insert into item_terms_newest (one, rev) values (1, 1)
         on conflict (one) do update set rev = item_terms_newest.rev + 1 returning rev",
        &[],
        |row| row.get(0),
    )
}

/// States the terms of an item, and what it is made of if it is a kit; `false` where they were so already.
///
/// # Errors
/// [`DbError`].
pub fn put(
    tx: &mut Tx,
    item_key: i64,
    stated: &Stated,
    parts: &[Part],
    rev: i64,
) -> Result<bool, DbError> {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let is_other_kit = parts_of(tx, &[item_key])?.remove(&item_key).unwrap_or_default() != parts;
    if is_other_kit {
        put_parts(tx, item_key, &parts)?;
    }
    let (limit, days) = stated.backorder.map_or((0, 0), |of| (of.limit, of.lead_days));
    let release = stated.pre_order.map(|of| of.release.0);
    let changed = tx.exec(
        "insert into item_terms (item_key, backorder_limit, lead_days, release_at_ms, rev)
         values ($1, $2, $3, $4, $5)
         on conflict (item_key) do update set backorder_limit = excluded.backorder_limit,
            lead_days = excluded.lead_days, release_at_ms = excluded.release_at_ms,
            rev = excluded.rev
         where $6 = 1 or (item_terms.backorder_limit, item_terms.lead_days,
            item_terms.release_at_ms) is distinct from (excluded.backorder_limit,
            excluded.lead_days, excluded.release_at_ms)",
        &[&item_key, &i64::from(limit), &i64::from(days), &release, &rev, &i64::from(is_other_kit)],
    )?;
    Ok(changed == 1)
}

fn put_parts(tx: &mut Tx, kit_key: i64, parts: &[Part]) -> Result<(), DbError> {
    tx.exec("delete from kit_parts where kit_key = $1", &[&kit_key])?;
    for Part { item_key, units } in parts {
        tx.exec(
            "insert into kit_parts (kit_key, item_key, quantity) values ($1, $2, $3)",
            &[&kit_key, item_key, &i64::from(*units)],
        )?;
    }
    Ok(())
}

/// Terms of these items, of those that have some.
///
/// # Errors
/// [`DbError`].
pub fn of_items(tx: &mut Tx, keys: &[i64]) -> Result<BTreeMap<i64, Stated>, DbError> {
    let stored = tx.query_bulk(
        "select t.item_key, t.rev, t.backorder_limit, t.lead_days, t.release_at_ms
         from {rows} join item_terms t on t.item_key = rows.key",
        &[],
        &Rows::new().i64("key", keys.iter().copied()),
        read,
    )?;
    let of = |stored: Stored| (stored.item_key, stored.stated);
    Ok(stored.into_iter().map(of).filter(|(_, of)| *of != Stated::default()).collect())
}

/// Terms that were stated after others.
///
/// # Errors
/// [`DbError`].
pub fn newer(tx: &mut Tx, rev: i64) -> Result<Vec<Stored>, DbError> {
    tx.query(
        "select item_key, rev, backorder_limit, lead_days, release_at_ms from item_terms
         where rev > $1 order by rev",
        &[&rev],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Stored, DbError> {
    let (limit, lead_days) = (search::small(row.get(2)?), search::small(row.get(3)?));
    let release: Option<i64> = row.get(4)?;
    let stated = Stated {
        backorder: (limit > 0).then_some(Backorder { limit, lead_days }),
        pre_order: release.map(|release| PreOrder { release: TimeMs(release) }),
    };
    Ok(Stored { item_key: row.get(0)?, rev: row.get(1)?, stated })
}

/// What these items are made of, of those that are kits; the parts by ascending key.
///
/// # Errors
/// [`DbError`].
pub fn parts_of(tx: &mut Tx, kit_keys: &[i64]) -> Result<BTreeMap<i64, Vec<Part>>, DbError> {
    let found = tx.query_bulk(
        "select k.kit_key, k.item_key, k.quantity
         from {rows} join kit_parts k on k.kit_key = rows.key order by k.kit_key, k.item_key",
        &[],
        &Rows::new().i64("key", kit_keys.iter().copied()),
        |row| {
            let part = Part { item_key: row.get(1)?, units: search::small(row.get(2)?) };
            Ok((row.get::<i64>(0)?, part))
        },
    )?;
    let mut parts = BTreeMap::<i64, Vec<Part>>::new();
    for (kit, part) in found {
        parts.entry(kit).or_default().push(part);
    }
    Ok(parts)
}

/// The parts of kits with their SKUs: the kit's key, the part and its SKU.
///
/// # Errors
/// [`DbError`].
pub fn named_parts_of(tx: &mut Tx, kit_keys: &[i64]) -> Result<Vec<(i64, Part, Sku)>, DbError> {
    tx.query_bulk(
        "select k.kit_key, k.item_key, k.quantity, i.sku
         from {rows} join kit_parts k on k.kit_key = rows.key join items i on i.key = k.item_key
         order by k.kit_key, i.sku",
        &[],
        &Rows::new().i64("key", kit_keys.iter().copied()),
        |row| {
            let part = Part { item_key: row.get(1)?, units: search::small(row.get(2)?) };
            Ok((row.get(0)?, part, items::read_sku(row.get(3)?)?))
        },
    )
}

/// The SKUs of the parts of a kit, with the units in one of it.
///
/// # Errors
/// [`DbError`].
pub fn skus_of(tx: &mut Tx, kit_key: i64) -> Result<Vec<(Sku, u32)>, DbError> {
    tx.query(
        "select i.sku, k.quantity from kit_parts k join items i on i.key = k.item_key
         where k.kit_key = $1 order by i.sku",
        &[&kit_key],
        |row| Ok((items::read_sku(row.get(0)?)?, search::small(row.get(1)?))),
    )
}

/// The SKU of a kit that an item is part of; `None` for most.
///
/// # Errors
/// [`DbError`].
pub fn kit_with(tx: &mut Tx, item_key: i64) -> Result<Option<String>, DbError> {
    tx.query_opt(
        "select i.sku from kit_parts k join items i on i.key = k.kit_key
         where k.item_key = $1 order by k.kit_key limit 1",
        &[&item_key],
        |row| row.get(0),
    )
}
