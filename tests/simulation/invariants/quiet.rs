//! I7 when all is quiet: every tablet has what the server has, shows just that, and waits for
//! nothing. And everything else once more, from the databases alone.

use std::collections::{BTreeMap, BTreeSet};

use app_core::Engine;
use domain::{
    clock::TimeMs,
    outcome::Outcome,
    sync::{FeedRow, kind},
};

use super::{Checks, Held, Invariant, Violation, holds};
use crate::{server::Server, tablet::Tablet};

impl Checks {
    /// What a tablet still waits for; `None` once it has come to rest.
    pub fn waits(&self, server: &Server, tablet: &Tablet, index: usize) -> Option<String> {
        if self.cloned.contains(&index) {
            return None;
        }
        let Some(engine) = tablet.engine.as_ref() else { return Some("it is off".into()) };
        let (head, position) = (server.head(&tablet.location), engine.position());
        if position.is_none_or(|position| position.cursor != head) {
            return Some(format!("it is at {position:?} of {head}"));
        }
        if let Some(entry) = engine.print_due().expect("readable") {
            return Some(format!("a label is to be printed at {entry:?}"));
        }
        let pending = engine.pending().expect("readable");
        (pending > 0).then(|| format!("{pending} commands are pending"))
    }

    /// Everything, once nothing moves any more.
    pub fn all_quiet(&mut self, server: &mut Server, tablets: &mut [Tablet], now: TimeMs) -> Held {
        self.settled(server)?;
        self.ledger(server)?;
        self.logged(server)?;
        for (tablet, index) in tablets.iter_mut().zip(0..) {
            let Some(engine) = tablet.engine.as_ref() else { continue };
            self.kept(engine, index)?;
            if self.cloned.contains(&index) {
                continue;
            }
            self.converged(server, tablet, index, now)?;
            self.views(tablet, index)?;
        }
        Ok(())
    }

    /// Every decided command is in the log once, with its bytes.
    fn logged(&self, server: &Server) -> Held {
        let log = server.command_log();
        for (command, decision) in &self.decided {
            let found = log.get(&command.to_string());
            let same = found.is_some_and(|(body, _)| *body == decision.body);
            holds(same, Invariant::NothingLost, || {
                format!("{command} was decided, and the log has {found:?}")
            })?;
        }
        for known in self.promised.values().flat_map(|promised| promised.commands.keys()) {
            let somewhere = self.decided.contains_key(known) || !self.cloned.is_empty();
            holds(somewhere, Invariant::NothingLost, || format!("{known} was never decided"))?;
        }
        Ok(())
    }

    fn converged(&self, server: &mut Server, tablet: &Tablet, index: usize, now: TimeMs) -> Held {
        let engine = tablet.engine.as_ref().expect("it runs");
        let differs = |what: String| Violation::of(Invariant::Converges, what);
        let wanted = server.projection_rows(&tablet.location, now);
        for kind in [kind::FULFILLMENT, kind::STOCK, kind::CUSTOMER, kind::ASSOCIATE] {
            let have = engine.replica().bodies(kind).expect("readable");
            let want: BTreeMap<String, String> =
                wanted.iter().filter(|row| row.kind == kind).filter_map(body_of).collect();
            let have: BTreeMap<String, String> =
                have.into_iter().map(|(id, _, body)| (id, body)).collect();
            if have != want {
                return Err(differs(difference(index, kind, &have, &want)));
            }
        }
        items(engine, index, &wanted)?;
        for id in engine.fulfillments() {
            let base = engine.base(id).expect("readable").map(|(_, base)| base);
            holds(engine.view(id) == base.as_ref(), Invariant::Converges, || {
                format!("tablet {index} shows {id} otherwise than its base")
            })?;
        }
        same_outcomes(server, engine, index)
    }
}

/// Items: those that the work names, as the server has them. A tablet may know others, of work that
/// is long gone, and need not know those that another location packs for the same order.
fn items(engine: &Engine, index: usize, wanted: &[FeedRow]) -> Held {
    let of_server: BTreeMap<String, String> =
        wanted.iter().filter(|row| row.kind == kind::ITEM).filter_map(body_of).collect();
    let named: BTreeSet<String> = engine
        .fulfillments()
        .filter_map(|id| engine.view(id))
        .flat_map(|view| view.lines().iter().map(|line| line.sku.to_string()))
        .collect();
    for (sku, body) in &of_server {
        let have = engine.replica().body(kind::ITEM, sku).expect("readable").map(|(_, body)| body);
        let fine = have.as_ref().map_or(!named.contains(sku), |have| have == body);
        holds(fine, Invariant::Converges, || {
            format!("tablet {index} has item {sku} as {have:?}\nand not {body}")
        })?;
    }
    let unknown = named.iter().find(|sku| !of_server.contains_key(*sku));
    holds(unknown.is_none(), Invariant::Converges, || {
        format!("a snapshot leaves out item {unknown:?} of tablet {index}")
    })
}

fn body_of(row: &FeedRow) -> Option<(String, String)> {
    row.body.as_ref().map(|body| (row.id.clone(), body.get().to_owned()))
}

fn difference(
    index: usize,
    kind: &str,
    have: &BTreeMap<String, String>,
    want: &BTreeMap<String, String>,
) -> String {
    let id = have.keys().chain(want.keys()).find(|id| have.get(*id) != want.get(*id));
    let id = id.expect("they differ");
    format!("tablet {index} has {kind} {id} as {:?}\nand not {:?}", have.get(id), want.get(id))
}

/// What the tablet tells people about their commands is what the server says now.
fn same_outcomes(server: &Server, engine: &Engine, index: usize) -> Held {
    let log = server.command_log();
    for unread in engine.outbox().attention().expect("readable") {
        let said = log.get(&unread.command.to_string()).map(|(_, outcome)| outcome);
        let said = said.and_then(|text| serde_json::from_str::<Outcome>(text).ok());
        holds(said.as_ref() == Some(&unread.outcome), Invariant::Converges, || {
            format!("tablet {index} tells of {}: {unread:?}, the server: {said:?}", unread.command)
        })?;
    }
    Ok(())
}
