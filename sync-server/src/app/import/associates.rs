//! Rows of the people of a location. A PIN is hashed and then forgotten.

use std::collections::BTreeMap;

use domain::{
    clock::TimeMs,
    ids::{AssociateId, LocationId},
    people::{Role, check_new_pin},
    sync::{Op, kind},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, text, up};
use crate::{
    app::secrets::{self, HashCost},
    db::{
        DbError, Tx, cards, devices,
        feed::Entry,
        imports::{self, KnownAssociate},
        locations,
    },
    moment::Moment,
};

/// A person of a location as it is sent.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = ImportAssociate, example = json!({
    "location": "S0001", "id": "1007", "name": "Grace", "role": "associate", "pin": "481526"
}))]
pub struct Row {
    /// Where.
    location: LocationId,
    /// Personal number.
    id: AssociateId,
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
    /// What the person may do.
    role: Role,
    /// 6 to 12 digits that are not easy to guess. Hashed, then forgotten.
    #[schema(pattern = "^[0-9]{6,12}$")]
    pin: String,
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Row, Refused> {
    text("name", &row.name, false)?;
    check_new_pin(&row.pin).map_err(|why| Refused::new("weak_pin", why.to_string()))?;
    Ok(row)
}

/// People by personal number.
pub type Known = BTreeMap<AssociateId, KnownAssociate>;

/// Those of the rows' people who are known.
///
/// # Errors
/// [`DbError`].
pub fn known(tx: &mut Tx, rows: &[Numbered<Row>]) -> Result<Known, DbError> {
    let mut known = Known::new();
    for (_, row) in rows {
        if let Some(found) = imports::associate(tx, &row.id)? {
            known.insert(row.id.clone(), found);
        }
    }
    Ok(known)
}

/// A row whose PIN is hashed.
#[derive(Debug, Clone)]
pub struct Hashed {
    id: AssociateId,
    person: KnownAssociate,
    /// Whether it says what is known already.
    unchanged: bool,
}

/// Hashes PINs, except those that are known already. Slow: a tenth of a second for each.
#[must_use]
pub fn hash(
    moment: &mut Moment,
    cost: HashCost,
    rows: Vec<Numbered<Row>>,
    known: &Known,
) -> Vec<Numbered<Hashed>> {
    let mut hash_one = |row: Row| {
        let before = known.get(&row.id);
        let same_pin = before.filter(|b| secrets::verify(&row.pin, &b.pin_verifier));
        let pin_verifier = match same_pin {
            Some(before) => before.pin_verifier.clone(),
            None => secrets::hash(&row.pin, cost, moment),
        };
        let Row { location, id, name, role, .. } = row;
        let person = KnownAssociate { location, name, role, pin_verifier };
        let unchanged = before == Some(&person);
        Hashed { id, person, unchanged }
    };
    rows.into_iter().map(|(line, row)| (line, hash_one(row))).collect()
}

/// Writes people, and tells the tablets of their locations.
///
/// # Errors
/// [`DbError`].
pub fn write(tx: &mut Tx, rows: &[Numbered<Hashed>], now: TimeMs) -> Result<Written, DbError> {
    let mut written = Written::default();
    let mut feeds: BTreeMap<i64, Vec<Entry>> = BTreeMap::new();
    for (line, Hashed { id, person, unchanged }) in rows {
        let Some(found) = locations::find(tx, &person.location)? else {
            let message = format!("there is no location {}", person.location);
            written.refused.push((*line, Refused::new("unknown_location", message)));
            continue;
        };
        if *unchanged {
            continue;
        }
        written.accepted += 1;
        let left = imports::put_associate(tx, found.key, id, person, now)?;
        if let Some(left) = left {
            feeds.entry(left).or_default().push(gone(id));
        }
        let (card, rev) = cards::associates(tx, found.key)?
            .into_iter()
            .find(|(card, _)| card.id == *id)
            .expect("has just been written");
        let row = up(kind::ASSOCIATE, id.to_string(), Some(rev), &card);
        feeds.entry(found.key).or_default().push(row);
    }
    for (key, entries) in feeds {
        devices::move_roster(tx, key)?;
        written.pokes.extend(append(tx, key, &entries)?);
    }
    Ok(written)
}

fn gone(id: &AssociateId) -> Entry {
    let (id, body, cause) = (id.to_string(), String::new(), "import".to_owned());
    Entry { kind: kind::ASSOCIATE, id, rev: None, op: Op::Delete, body, cause }
}
