//! A few rows each from many senders of one batch, who come at the same time: settled as if one of them had
//! sent all, in one transaction, and each sender told what became of his own.
//!
//! What it deliberately does not do: take what needs more than one transaction (`intake`), or leave it to a
//! sender, who may be gone, to poke whoever must hear.

use super::{
    chunk::{Chunk, FACTS_MAX},
    look::Look,
    take::{self, NotTaken, Taken, Terms},
};
use crate::{
    app::together::{self, Work},
    clock,
    db::{Database, DbError, Tx, shelves::Hold},
    poke::PokeHub,
};

/// Senders who share, by batch.
pub type Together = together::Together<FewRows>;

/// What a few rows need.
pub struct FewRows {
    /// Whoever waits for a location's feed.
    pub pokes: PokeHub,
}

/// A sender's rows. Each says of when it is: the terms of one sender are those of all.
pub struct Few {
    /// Whose they are.
    pub terms: Terms,
    /// The rows.
    pub chunk: Chunk,
}

impl Few {
    fn size(&self) -> usize {
        self.chunk.rows.len().max(self.chunk.facts.len())
    }
}

/// Rows that are in one transaction already, and how they are to be read.
#[derive(Default)]
pub struct Room {
    taken: usize,
    terms: Option<Terms>,
}

impl Work for FewRows {
    type Lane = i64;
    type Asked = Few;
    type Room = Room;
    type Done = Taken;
    type Answer = Taken;
    type Error = NotTaken;

    fn joins(room: &mut Room, next: &Few) -> bool {
        let is_alike = room.terms.as_ref().is_none_or(|terms| *terms == next.terms);
        let joins = is_alike && room.taken + next.size() <= FACTS_MAX;
        if joins {
            room.taken += next.size();
            room.terms.get_or_insert_with(|| next.terms.clone());
        }
        joins
    }

    fn write(&self, tx: &mut Tx, asked: &[Few], attempt: u32) -> Result<Taken, NotTaken> {
        // Who was overtaken once does not try his luck again.
        let look = Look::Now(if attempt == 0 { Hold::Watch } else { Hold::Lock });
        match asked {
            [] => Ok(Taken::default()),
            [one] => take::take(tx, &one.terms, &one.chunk, None, &look, clock::now()),
            [first, ..] => {
                let mut all = Chunk::default();
                asked.iter().for_each(|few| all.append(few.chunk.clone()));
                take::take(tx, &first.terms, &all, None, &look, clock::now())
            }
        }
    }

    async fn tell(
        &self,
        _: &Database,
        asked: Vec<Few>,
        done: Taken,
    ) -> Vec<Result<Taken, NotTaken>> {
        for (location, cursor) in &done.pokes {
            self.pokes.poke(location, *cursor);
        }
        let mut row = 0;
        let own = asked.iter().map(|Few { chunk, .. }| {
            let first = row;
            row += chunk.rows.len();
            let fates = done.fates[first..row].to_vec();
            Ok(Taken { counts: take::tally(chunk, &fates), fates, ..Taken::default() })
        });
        own.collect()
    }

    fn may_be_of_one(error: &NotTaken) -> bool {
        !matches!(
            error,
            NotTaken::Db(DbError::Busy | DbError::Closed | DbError::CommitUnknown { .. })
        )
    }
}
