//! I8: a page of the feed follows what was asked for without a gap, and a replica has everything up
//! to its cursor.

use app_core::{Engine, store::Overlay};
use domain::sync::{ExchangeRequest, ExchangeResponse, Op, kind};

use super::{Checks, Held, Invariant, holds};
use crate::{server::Server, tablet::Tablet};

/// The rows of an answer are those behind the cursor, each of them.
pub(super) fn page(request: &ExchangeRequest, answer: &ExchangeResponse) -> Held {
    let page = &answer.feed;
    let cursors: Vec<u64> = page.rows.iter().map(|row| row.cursor).collect();
    let follows = cursors.iter().zip(request.cursor + 1..).all(|(got, wanted)| *got == wanted);
    let ends = page.to == cursors.last().copied().unwrap_or(request.cursor);
    holds(follows && ends, Invariant::Feed, || {
        format!("behind {} come {cursors:?}, up to {}", request.cursor, page.to)
    })
}

impl Checks {
    /// A tablet has taken in an answer or a snapshot: what lies between its old cursor and its new
    /// one is in its replica.
    pub fn pulled(
        &mut self,
        server: &Server,
        tablet: &mut Tablet,
        index: usize,
        before: Option<Overlay>,
    ) -> Held {
        let Some(engine) = tablet.engine.as_ref() else { return Ok(()) };
        let Some(now) = engine.position() else { return Ok(()) };
        let from = before.filter(|before| before.epoch == now.epoch).map_or(0, |at| at.cursor);
        if from < now.cursor {
            self.replica(server, engine, tablet, from, now.cursor)?;
            self.views(tablet, index)?;
        }
        Ok(())
    }

    fn replica(
        &self,
        server: &Server,
        engine: &Engine,
        tablet: &Tablet,
        from: u64,
        to: u64,
    ) -> Held {
        for row in server.feed(&tablet.location, from, to) {
            if row.op != Op::Up || !matches!(row.kind.as_str(), kind::FULFILLMENT | kind::STOCK) {
                continue;
            }
            let have = engine.replica().body(&row.kind, &row.id).expect("readable");
            let have = have.map(|(rev, _)| rev);
            holds(have.is_some_and(|rev| rev >= row.rev), Invariant::Feed, || {
                let (kind, id, rev, cursor) = (&row.kind, &row.id, row.rev, row.cursor);
                format!("at {to}, {kind} {id} is at {have:?}, but {cursor} made it {rev}")
            })?;
        }
        Ok(())
    }
}
