//! Kits in orders and baskets: the kit is what the customer buys, its components are what locations are
//! asked for. A kit is given whole by one location; what that location does not find of it is asked of
//! others alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    limits,
    order::{FieldError, PlacedLine, PlacedOrder},
};

use super::refusal::{AppError, invalid};
use crate::{
    db::{
        DbError, Tx,
        holds::Held,
        orders::NewLine,
        sourcing::Waiting,
        terms::{self, Part},
    },
    sourcing::{Assignment, Kits, Plan, Wanted},
};

/// The lines of an order as locations are asked for them, and its kits.
///
/// # Errors
/// `invalid_order`: with the components it would be too large.
pub fn taken_apart(
    tx: &mut Tx,
    placed: &PlacedOrder,
    item_keys: &[i64],
) -> Result<(Vec<NewLine>, Vec<NewLine>), AppError> {
    let keys: Vec<i64> = item_keys.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut parts = BTreeMap::<i64, Vec<_>>::new();
    for (kit, part, sku) in terms::named_parts_of(tx, &keys)? {
        parts.entry(kit).or_default().push((part, sku));
    }
    let (mut lines, mut kits, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = placed.lines.iter().map(|line| line.line).max().unwrap_or_default();
    for (at, (of, item_key)) in placed.lines.iter().zip(item_keys).enumerate() {
        let Some(parts) = parts.get(item_key) else {
            lines.push(as_placed(of, *item_key));
            continue;
        };
        kits.push(as_placed(of, *item_key));
        for (Part { item_key, units }, sku) in parts {
            next += 1;
            let units = of.quantity.units().saturating_mul(*units);
            if units > limits::LINE_QUANTITY_MAX {
                let message = format!("at most {} of {sku} in all", limits::LINE_QUANTITY_MAX);
                faults.push(FieldError { field: format!("lines[{at}].quantity"), message });
            }
            let (line, kit_line, price_minor) = (next, Some(of.line), 0);
            let (item_key, sku) = (*item_key, sku.clone());
            lines.push(NewLine { line, item_key, sku, units, price_minor, kit_line });
        }
    }
    if lines.len() > limits::ORDER_LINES_MAX {
        let message = format!("at most {} with those of its kits", limits::ORDER_LINES_MAX);
        faults.push(FieldError { field: "lines".into(), message });
    }
    match faults.is_empty() {
        true => Ok((lines, kits)),
        false => Err(invalid("invalid_order", "The order is not valid.", faults).into()),
    }
}

fn as_placed(placed: &PlacedLine, item_key: i64) -> NewLine {
    NewLine {
        line: placed.line,
        item_key,
        sku: placed.sku.clone(),
        units: placed.quantity.units(),
        price_minor: placed.price_minor,
        kit_line: None,
    }
}

/// What those of these items are made of that are kits.
///
/// # Errors
/// [`DbError`].
pub fn of_items(tx: &mut Tx, lines: &[Wanted]) -> Result<Kits, DbError> {
    let keys: Vec<i64> = lines.iter().map(|line| line.item).collect();
    let parts = terms::parts_of(tx, &keys)?.into_iter();
    let of = |part: Part| (part.item_key, part.units);
    Ok(parts.map(|(kit, parts)| (kit, parts.into_iter().map(of).collect())).collect())
}

/// The items that locations are asked for: no kits, but their components.
#[must_use]
pub fn items(lines: &[Wanted], kits: &Kits) -> BTreeSet<i64> {
    let items = lines.iter().map(|line| line.item).filter(|item| !kits.contains_key(item));
    items.chain(kits.values().flatten().map(|(part, _)| *part)).collect()
}

/// Units of a kit that one location gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Item key of the kit.
    pub kit: i64,
    /// The location.
    pub location_key: i64,
    /// Kits.
    pub units: u32,
}

/// The kits of a plan, each location's by itself.
#[must_use]
pub fn given(
    plan: &Plan,
    lines: &[Wanted],
    kits: &Kits,
    key_of: impl Fn(&Assignment) -> i64,
) -> Vec<Given> {
    let mut given = BTreeMap::<(i64, i64), u32>::new();
    for assignment in &plan.assignments {
        for (line, units) in &assignment.lines {
            let wanted = lines.iter().find(|wanted| wanted.line == *line);
            let Some(item) = wanted.map(|of| of.item).filter(|item| kits.contains_key(item)) else {
                continue;
            };
            *given.entry((item, key_of(assignment))).or_default() += units;
        }
    }
    let one = |((kit, location_key), units)| Given { kit, location_key, units };
    given.into_iter().map(one).collect()
}

/// Units that a location gives of an item: of a kit, of each component.
#[must_use]
pub fn held(kits: &Kits, item: i64, location_key: i64, units: u32) -> Vec<Held> {
    let Some(parts) = kits.get(&item) else {
        return vec![Held { location_key, item_key: item, units }];
    };
    let part = |(item_key, per_kit): &(i64, u32)| Held {
        location_key,
        item_key: *item_key,
        units: units.saturating_mul(*per_kit),
    };
    parts.iter().map(part).collect()
}

impl Waiting {
    /// What its kits are made of.
    #[must_use]
    pub fn made_of(&self) -> Kits {
        let parts = |of: &[(u32, i64, u32)]| of.iter().map(|of| (of.1, of.2)).collect();
        self.kits.iter().map(|kit| (kit.item, parts(&kit.parts))).collect()
    }

    /// What it wants of a plan: whole kits as such, and by themselves components of which some were given
    /// without the others.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut open: BTreeMap<u32, Wanted> = self.lines.iter().map(|of| (of.line, *of)).collect();
        let mut wanted = Vec::new();
        for kit in &self.kits {
            let left = |line| open.get(&line).map_or(0, |of: &Wanted| of.units);
            let whole = kit.parts.iter().map(|(line, _, each)| left(*line) / each).min();
            let units = whole.unwrap_or_default();
            for (line, _, each) in &kit.parts {
                open.entry(*line).and_modify(|of| of.units -= units * each);
            }
            wanted.push(Wanted { line: kit.part_of.line, item: kit.item, units });
        }
        wanted.extend(open.into_values());
        wanted.retain(|of| of.units > 0);
        wanted.sort_unstable_by_key(|of| of.line);
        wanted
    }

    /// A plan of [`Self::wanted`] as one of the order's lines.
    #[must_use]
    pub fn taken_apart(&self, mut plan: Plan) -> Plan {
        for assignment in &mut plan.assignments {
            assignment.lines = self.lines_of(&assignment.lines);
        }
        plan.unsourced = self.lines_of(&plan.unsourced);
        plan
    }

    fn lines_of(&self, planned: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let mut lines = BTreeMap::<u32, u32>::new();
        for (line, units) in planned {
            match self.kits.iter().find(|kit| kit.part_of.line == *line) {
                None => *lines.entry(*line).or_default() += units,
                Some(kit) => {
                    for (line, _, each) in &kit.parts {
                        *lines.entry(*line).or_default() += units * each;
                    }
                }
            }
        }
        lines.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::fulfillment::PartOf;

    use super::*;
    use crate::db::sourcing::WaitingKit;

    /// Two kits on line 1, of one of item 10 (line 2) and two of item 20 (line 3), of which so many wait.
    fn waiting(ten: u32, twenty: u32) -> Waiting {
        let line = |line, item, units| Wanted { line, item, units };
        let part_of = PartOf { line: 1, sku: "KIT".parse().expect("valid"), name: "A kit".into() };
        let kit = WaitingKit { item: 9, part_of, parts: vec![(2, 10, 1), (3, 20, 2)] };
        let lines = [line(2, 10, ten), line(3, 20, twenty)];
        Waiting {
            channel: "web".parse().expect("valid"),
            external_number: "W-1".parse().expect("valid"),
            method: domain::fulfillment::Method::Ship,
            pickup_at: None,
            to: None,
            market: "US".into(),
            customer: String::new(),
            promise_at: domain::clock::TimeMs(0),
            promised_by: crate::db::orders::PromisedBy::Server,
            attempts: 0,
            lines: lines.into_iter().filter(|of| of.units > 0).collect(),
            skus: Vec::new(),
            kits: vec![kit],
        }
    }

    #[test]
    fn what_is_left_of_a_kit_is_wanted_by_itself() {
        let wanted = |ten, twenty| -> Vec<_> {
            waiting(ten, twenty).wanted().iter().map(|of| (of.line, of.item, of.units)).collect()
        };
        assert_eq!(wanted(2, 4), [(1, 9, 2)]);
        assert_eq!(wanted(2, 3), [(1, 9, 1), (2, 10, 1), (3, 20, 1)]);
        assert_eq!(wanted(0, 1), [(3, 20, 1)]);
        assert_eq!(waiting(2, 4).lines_of(&[(1, 2)]), [(2, 2), (3, 4)]);
        assert_eq!(waiting(2, 3).lines_of(&[(1, 1), (3, 1)]), [(2, 1), (3, 3)]);
    }
}
