//! I6 and I10 on the server: work changes as the domain says and in no other way, a finished
//! fulfillment stays finished, and the generation of claims only grows.

use domain::{
    clock::TimeMs,
    command::{Command, Stamp},
    fulfillment::Fulfillment,
    ids::{CommandId, FulfillmentId, OrderId},
};

use super::{Checks, Held, Invariant, Known, Violation, holds};
use crate::server::Server;

impl Known {
    /// New work.
    fn of(now: Fulfillment, json: String, rev: u64) -> Self {
        Self { was: now.stage(), now, json, rev, generation: 0, is_seen: true }
    }

    /// The next state, in our own books.
    pub(super) fn put(&mut self, next: Fulfillment) {
        self.json = next.to_json();
        self.now = next;
        self.is_seen = false;
    }

    /// What may never happen between two states, whoever decided it.
    fn follows(&mut self) -> Held {
        let (was, is, id) = (self.was, self.now.stage(), self.now.id());
        holds(!was.is_final() || was == is, Invariant::Legal, || {
            format!("{id} was {was:?} for good and is {is:?}")
        })?;
        let before = self.generation;
        let now = self.now.claim().map_or(before, |claim| claim.generation);
        holds(now >= before, Invariant::Claims, || format!("{id}: {before}, then {now}"))?;
        (self.was, self.generation, self.is_seen) = (is, now, true);
        Ok(())
    }
}

/// A stored fulfillment.
type Row = (FulfillmentId, u64, String);

impl Checks {
    /// The server's work is the one in our books; what differs is blamed on `blame`.
    pub(super) fn same_work(&mut self, server: &Server, blame: Invariant) -> Held {
        for (id, rev, body) in rows(server) {
            let Some(known) = self.work.get_mut(&id) else {
                return Err(Violation::of(blame, format!("{id} came from nowhere")));
            };
            holds(known.json == body, blame, || {
                format!("{id} must be {}\nand is {body}", known.json)
            })?;
            holds(known.rev <= rev, Invariant::Feed, || format!("{id} went back to {rev}"))?;
            known.rev = rev;
            if !known.is_seen {
                Fulfillment::from_json(&body)
                    .map_err(|e| Violation::of(Invariant::Legal, format!("{id}: {e}")))?;
                known.follows()?;
            }
        }
        Ok(())
    }

    /// Orders were sourced: there may be new work, all of it untouched.
    pub fn sourced(&mut self, server: &Server) -> Held {
        for (id, rev, body) in rows(server) {
            if self.work.contains_key(&id) {
                continue;
            }
            let now = Fulfillment::from_json(&body)
                .map_err(|e| Violation::of(Invariant::Legal, format!("{id}: {e}")))?;
            let fresh = now.totals().sum() == now.totals().get(domain::buckets::Bucket::Sourced);
            holds(fresh, Invariant::Legal, || format!("{id} begins in the middle: {body}"))?;
            self.work.insert(id, Known::of(now, body, rev));
        }
        self.settled(server)?;
        self.promises_kept(server)
    }

    /// Something happened that changes no work.
    pub fn settled(&mut self, server: &Server) -> Held {
        self.same_work(server, Invariant::Legal)?;
        self.shelves(server)
    }

    /// An order was cancelled.
    pub fn cancelled(
        &mut self,
        server: &Server,
        order: OrderId,
        reason: &str,
        now: TimeMs,
    ) -> Held {
        for known in self.work.values_mut().filter(|known| known.now.order() == order) {
            if let Ok(change) = known.now.clone().cancel(now, reason.to_owned()) {
                known.put(change.next);
            }
        }
        self.settled(server)
    }

    /// Claims of silent tablets were freed.
    pub fn expired(&mut self, server: &Server, now: TimeMs) -> Held {
        for (id, _, body) in rows(server) {
            let Some(known) = self.work.get_mut(&id).filter(|known| known.json != body) else {
                continue;
            };
            let Some(claim) = known.now.claim().cloned() else { continue };
            let stamp = Stamp {
                command: CommandId::new(now, [0; 10]),
                device: claim.device,
                associate: claim.associate,
                at: now,
                may_take_over: false,
            };
            if let Ok(change) = known.now.clone().act(&Command::Release {}, &stamp) {
                known.put(change.next);
            }
        }
        self.settled(server)
    }
}

fn rows(server: &Server) -> Vec<Row> {
    server.read(|tx| {
        tx.query("select id, rev, body from fulfillments order by id", &[], |row| {
            let id: String = row.get(0)?;
            let id = id.parse().expect("the server writes ids");
            Ok((id, row.get::<i64>(1)?.unsigned_abs(), row.get(2)?))
        })
    })
}
