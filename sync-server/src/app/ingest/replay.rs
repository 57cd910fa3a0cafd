//! A row that was refused or held, once more: corrected by a person, read by its source's profile as it
//! is now, and settled like any other. Its batch counts it anew.

use std::collections::BTreeMap;

use domain::{
    api::ReplayedRow, clock::TimeMs, ids::LocationId, order::FieldError, problem::Problem,
};

use super::{
    batch,
    chunk::{Chunk, nothing_wrong},
    keys::Keys,
    look::Look,
    take::{self, Settled},
};
use crate::{
    app::refusal::{AppError, invalid, not_found},
    db::{
        DbError, Tx, batches,
        dead_rows::{self, Kept},
        shelves::Hold,
        sources::{self, Source},
    },
    ingest::{
        Code, Field, Plan, Record, Refusal, RefusedRow, profile::UnknownSkus, refused::Spot, replay,
    },
};

/// What became of it, and feeds to poke.
pub type Replayed = (ReplayedRow, Vec<(LocationId, u64)>);

/// Replays a row with corrected fields.
///
/// # Errors
/// `unknown_row`, `row_settled`, `still_refused`; nothing is written then.
pub fn replay(
    tx: &mut Tx,
    key: i64,
    corrected: &BTreeMap<String, String>,
    by: &str,
    now: TimeMs,
) -> Result<Replayed, AppError> {
    let kept = open(tx, key)?;
    let source = sources::find(tx, &kept.source)?;
    let source = source.ok_or_else(|| DbError::impossible("sources", "id", kept.source.clone()))?;
    let plan = batch::plan(&source)?;
    let said = said(&kept, corrected)?;
    let record = replay::fields(&plan, &said).map_err(|refusal| still(&refusal))?;
    let row = RefusedRow {
        spot: Spot { line: kept.row.line, ..Spot::default() },
        refusal: nothing_wrong(),
        raw: String::new(),
        cut: false,
        fields: said,
    };
    let settled = settle(tx, &source, &plan, &kept, record, row, now)?;
    if let Some(dead) = settled.dead.first() {
        return Err(still(&dead.refusal).into());
    }
    batches::settled(tx, kept.batch_key, was_held(&kept), &settled.counts)?;
    dead_rows::settle(tx, key, "replayed", by, "", now)?;
    let outcome = match settled.counts {
        counts if counts.accepted > 0 => "accepted",
        counts if counts.unchanged > 0 => "unchanged",
        _ => "ignored",
    };
    Ok((ReplayedRow { outcome: outcome.to_owned() }, settled.pokes))
}

/// Leaves a row out for good. Its batch still counts it as refused, or held.
///
/// # Errors
/// `unknown_row`, `row_settled`.
pub fn discard(tx: &mut Tx, key: i64, reason: &str, by: &str, now: TimeMs) -> Result<(), AppError> {
    open(tx, key)?;
    Ok(dead_rows::settle(tx, key, "discarded", by, reason, now)?)
}

fn open(tx: &mut Tx, key: i64) -> Result<Kept, AppError> {
    let unknown = || not_found("unknown_row", "There is no such row.");
    let kept = dead_rows::find(tx, key)?.ok_or_else(unknown)?;
    if kept.state == "open" {
        return Ok(kept);
    }
    let title = format!("{} has {} this row already.", kept.settled_by, kept.state);
    Err(Problem::new(409, "row_settled", title).advise("Look at the list again.").into())
}

fn was_held(kept: &Kept) -> bool {
    kept.row.code == Code::Held.as_str()
}

/// The fields as they came, with those that were corrected.
fn said(
    kept: &Kept,
    corrected: &BTreeMap<String, String>,
) -> Result<Vec<(Field, String)>, AppError> {
    let mut said: Vec<(Field, String)> = serde_json::from_str(&kept.row.fields)
        .map_err(|_| DbError::impossible("dead_rows", "fields", kept.row.fields.clone()))?;
    for (name, text) in corrected {
        let known = Field::ALL.into_iter().find(|field| field.as_str() == name);
        let Some(field) = known else {
            let message = "is no field of a row".to_owned();
            let wrong = vec![FieldError { field: format!("fields.{name}"), message }];
            return Err(invalid("still_refused", "The row cannot be read like this.", wrong).into());
        };
        match said.iter_mut().find(|(known, _)| *known == field) {
            Some((_, old)) => old.clone_from(text),
            None => said.push((field, text.clone())),
        }
    }
    Ok(said)
}

fn still(refusal: &Refusal) -> Problem {
    let field =
        refusal.field.map_or("row".to_owned(), |field| format!("fields.{}", field.as_str()));
    let message = format!("{}: {}", refusal.code.as_str(), refusal.message);
    let wrong = vec![FieldError { field, message }];
    invalid("still_refused", "The row is still not right.", wrong)
}

fn settle(
    tx: &mut Tx,
    source: &Source,
    plan: &Plan,
    kept: &Kept,
    record: Record<'_>,
    row: RefusedRow,
    now: TimeMs,
) -> Result<Settled, DbError> {
    let found = batches::find_by_key(tx, kept.batch_key)?;
    let mut terms = batch::terms(source, plan, &found);
    // A person has looked.
    terms.hold_above = None;
    terms.whole_locations = false;
    let (mut keys, mut chunk) = (Keys::default(), Chunk::default());
    let spot = row.spot;
    chunk.add(&keys, record, spot, || row, true);
    let draft = plan.profile.unknown_skus == UnknownSkus::Draft;
    keys.learn(chunk.asked.find(tx, draft)?);
    chunk.resolve(&keys);
    take::settle(tx, &terms, &chunk, &Look::Now(Hold::Lock), now)
}
