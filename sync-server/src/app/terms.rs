//! How items are sold beyond what is there and coming: stated by a person or with the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    api::{ItemTerms, KitComponent},
    clock::TimeMs,
    ids::Sku,
    order::FieldError,
};

use super::refusal::{AppError, invalid, not_found};
use crate::{
    atp::terms::Stated,
    db::{
        DbError, Tx, items, positions, sourcing,
        terms::{self, Part},
    },
};

/// Shows the terms of an item.
///
/// # Errors
/// `unknown_sku`; [`AppError::Broken`].
pub fn show(tx: &mut Tx, sku: &Sku) -> Result<ItemTerms, AppError> {
    let key = key(tx, sku)?;
    Ok(of_item(tx, key)?)
}

/// The terms of an item.
///
/// # Errors
/// [`DbError`].
pub fn of_item(tx: &mut Tx, key: i64) -> Result<ItemTerms, DbError> {
    let Stated { backorder, pre_order } =
        terms::of_items(tx, &[key])?.remove(&key).unwrap_or_default();
    let components = terms::skus_of(tx, key)?;
    let component = |(sku, quantity)| KitComponent { sku, quantity };
    let components = components.into_iter().map(component).collect();
    Ok(ItemTerms { backorder, pre_order, components })
}

/// States the terms of an item, all of them; says what holds now.
///
/// # Errors
/// `unknown_sku`, `invalid_terms`; [`AppError::Broken`].
pub fn put(tx: &mut Tx, sku: &Sku, new: &ItemTerms, now: TimeMs) -> Result<ItemTerms, AppError> {
    let key = key(tx, sku)?;
    let rev = terms::begin(tx)?;
    match state(tx, (sku, key), new, rev)? {
        Ok(true) => sourcing::hurry(tx, &[key], now)?,
        Ok(false) => {}
        Err(faults) => {
            let title = "The item cannot be sold like this.";
            return Err(invalid("invalid_terms", title, faults).into());
        }
    }
    Ok(of_item(tx, key)?)
}

fn key(tx: &mut Tx, sku: &Sku) -> Result<i64, AppError> {
    let found = positions::item(tx, sku.as_str())?;
    let unknown = || not_found("unknown_sku", "There is no such item.");
    Ok(found.ok_or_else(unknown)?.key)
}

/// States the terms of an item behind [`terms::begin`]: whether they are others than before, or what is
/// wrong with them.
///
/// # Errors
/// [`DbError`].
pub fn state(
    tx: &mut Tx,
    (sku, key): (&Sku, i64),
    new: &ItemTerms,
    rev: i64,
) -> Result<Result<bool, Vec<FieldError>>, DbError> {
    let mut faults = new.faults(sku);
    let parts = parts(tx, key, new, &mut faults)?;
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let stated = Stated { backorder: new.backorder, pre_order: new.pre_order };
    terms::put(tx, key, &stated, &parts, rev).map(Ok)
}

/// The components of a kit by key. None is a kit itself, and the kit is no part of another.
fn parts(
    tx: &mut Tx,
    kit_key: i64,
    new: &ItemTerms,
    faults: &mut Vec<FieldError>,
) -> Result<Vec<Part>, DbError> {
    if new.components.is_empty() {
        return Ok(Vec::new());
    }
    let mut fault = |field: String, message: String| faults.push(FieldError { field, message });
    if let Some(other) = terms::kit_with(tx, kit_key)? {
        fault("components".into(), format!("the item is part of the kit {other}"));
    }
    let skus: BTreeSet<&str> = new.components.iter().map(|of| of.sku.as_str()).collect();
    let skus: Vec<&str> = skus.into_iter().collect();
    let keys: BTreeMap<String, i64> = items::keys(tx, &skus)?.into_iter().collect();
    let all: Vec<i64> = keys.values().copied().collect();
    let kits = terms::parts_of(tx, &all)?;
    let mut parts = Vec::new();
    for (at, KitComponent { sku, quantity }) in new.components.iter().enumerate() {
        let field = || format!("components[{at}].sku");
        match keys.get(sku.as_str()) {
            None => fault(field(), format!("there is no item {sku}")),
            Some(key) if kits.contains_key(key) => fault(field(), format!("{sku} is a kit itself")),
            Some(key) => parts.push(Part { item_key: *key, units: *quantity }),
        }
    }
    Ok(parts)
}
