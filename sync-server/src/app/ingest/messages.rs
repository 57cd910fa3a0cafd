//! Messages that came together, each a document of its own, in one intake: what one says wrong is no
//! matter of the others. They may come again, whole, until somebody has heard that they were taken.
//!
//! Does not know a broker, and acknowledges nothing.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use domain::{clock::TimeMs, ids::LocationId};
use tokio::runtime::Handle;

use super::{
    batch,
    intake::{self, Ended, Intake},
    load::Open,
};
use crate::{
    db::{Database, DbError, batches::Counts},
    ingest::{
        Code, Limits, Packing, Plan, Reader, Refusal, RefusedRow, Stopped,
        refused::{Spot, cut},
    },
};

/// Bytes of one message, as it comes and unpacked.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// One message.
#[derive(Debug, Clone)]
pub struct Message<B> {
    /// Its number in the stream: where a row of it is said to stand.
    pub number: u64,
    /// When it was published: what it says was so then, unless a row says otherwise.
    pub at: TimeMs,
    /// What it says.
    pub body: B,
}

/// What became of messages.
#[derive(Debug, Default)]
pub struct Taken {
    /// Their rows.
    pub counts: Counts,
    /// Numbers of the messages that could not be read to their end; their rows are with the dead.
    pub unreadable: Vec<u64>,
    /// Feeds that moved; poke them.
    pub pokes: HashMap<LocationId, u64>,
}

/// Takes messages, in one transaction unless they are very long. Taken again they change nothing.
///
/// # Errors
/// [`DbError`]: none of the last transaction's was taken; send them again.
pub fn take<B: AsRef<[u8]>>(
    db: Database,
    handle: Handle,
    open: &Open,
    messages: &[Message<B>],
) -> Result<Taken, DbError> {
    let mut terms = batch::terms(&open.source, &open.plan, &open.batch);
    terms.may_repeat = true;
    let unknown = open.plan.profile.unknown_skus;
    let intake = RefCell::new(Intake::new(db, handle, terms, unknown, None));
    let mut unreadable = Vec::new();
    for message in messages {
        intake.borrow_mut().message(message.number, message.at);
        match read(message.body.as_ref(), &open.plan, &intake) {
            Ok(()) => {}
            Err(Ended::Stopped(stopped)) => {
                unreadable.push(message.number);
                let row = refused(message.body.as_ref(), message.number, &stopped);
                intake.borrow_mut().refuse(row).map_err(failed)?;
            }
            Err(ended) => return Err(failed(ended)),
        }
    }
    let mut intake = intake.into_inner();
    intake.flush().map_err(failed)?;
    Ok(Taken { counts: intake.counts, unreadable, pokes: intake.pokes })
}

/// A message that cannot be taken at all becomes a dead row.
///
/// # Errors
/// [`DbError`].
pub fn refuse<B: AsRef<[u8]>>(
    db: Database,
    handle: Handle,
    open: &Open,
    message: &Message<B>,
    why: &str,
) -> Result<(), DbError> {
    let mut terms = batch::terms(&open.source, &open.plan, &open.batch);
    terms.may_repeat = true;
    let mut intake = Intake::new(db, handle, terms, open.plan.profile.unknown_skus, None);
    let row = dead(message.body.as_ref(), message.number, Refusal::row(Code::Malformed, why));
    intake.refuse(row).map_err(failed)?;
    intake.flush().map_err(failed)
}

fn read(body: &[u8], plan: &Arc<Plan>, intake: &RefCell<Intake>) -> Result<(), Ended> {
    let limits = Limits { inflated_bytes_max: MESSAGE_BYTES_MAX as u64, ..Limits::default() };
    let limits = limits.for_bytes(body.len());
    let mut reader = Reader::open(body, Arc::clone(plan), Packing::Detect, limits)?;
    intake::read_all(&mut reader, |row| intake.borrow_mut().row(row))
}

fn refused(body: &[u8], number: u64, stopped: &Stopped) -> RefusedRow {
    let message = format!("after {} rows: {}", stopped.rows, stopped.why);
    dead(body, number, Refusal::row(Code::Malformed, message))
}

fn dead(body: &[u8], number: u64, refusal: Refusal) -> RefusedRow {
    let text = String::from_utf8_lossy(&body[..body.len().min(2 * RAW_BYTES_MAX)]);
    let (raw, is_cut) = cut(&text, RAW_BYTES_MAX);
    let is_cut = is_cut || body.len() > 2 * RAW_BYTES_MAX;
    let spot = Spot { line: number, ..Spot::default() };
    RefusedRow { spot, refusal, raw: raw.to_owned(), cut: is_cut, fields: Vec::new() }
}

/// Bytes of a message that are kept for a person.
const RAW_BYTES_MAX: usize = 8 * 1024;

fn failed(ended: Ended) -> DbError {
    match ended {
        Ended::Db(error) => error,
        Ended::Stopped(_) | Ended::Overtaken => {
            unreachable!("reading was told apart, and messages have no place to be overtaken at")
        }
    }
}
