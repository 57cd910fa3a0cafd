//! The work that one location does for an order: the aggregate that every command acts on.
//!
//! [`Fulfillment::act`] is the strict transition, which a tablet asks before it records anything. [`Fulfillment::settle`] is
//! what the server (and a tablet's refold) does: requests may still be refused, facts never are.
//! What it deliberately does not know: stock rows, sourcing, customers' names, screens.

mod act;
mod goods;
mod settle;
mod stage;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use act::Change;
pub use settle::Settled;
pub use stage::Stage;

use crate::{
    buckets::{Bucket, Buckets},
    claim::Claim,
    clock::TimeMs,
    credential::PickupCredential,
    exception::{Exception, ExceptionKind},
    handoff::Handoff,
    ids::{ExternalNumber, FulfillmentId, LocationId, OrderId, PackageId, Sku},
    package::Package,
};

/// How the goods leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The customer comes to the location.
    Pickup,
    /// A carrier takes them.
    Ship,
}

impl Method {
    /// The word that databases and the wire use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pickup => "pickup",
            Self::Ship => "ship",
        }
    }
}

/// One line of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The order line's number.
    pub number: u32,
    /// What is wanted.
    pub sku: Sku,
    /// Units that this location was asked for; the sum of the buckets.
    pub quantity: u32,
    /// Where they are.
    pub buckets: Buckets,
    /// Units picked that nothing wants: they go back to the shelf.
    #[serde(default)]
    pub excess: u32,
    /// The kit that they are part of: what the customer bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kit: Option<PartOf>,
}

/// The kit that a line is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// The order line as the customer bought it.
    pub line: u32,
    /// The kit's number.
    pub sku: Sku,
    /// Its name.
    pub name: String,
}

/// The customer or an operator does not want the goods any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRequest {
    /// When.
    pub at: TimeMs,
    /// Why, in words.
    pub reason: String,
}

/// What sourcing knows when it makes a fulfillment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFulfillment {
    /// Its id.
    pub id: FulfillmentId,
    /// The order.
    pub order: OrderId,
    /// The channel's number of the order.
    pub external_number: ExternalNumber,
    /// The location that does the work.
    pub location: LocationId,
    /// How the goods leave.
    pub method: Method,
    /// When it was made.
    pub at: TimeMs,
    /// When it must be ready.
    pub promise_at: TimeMs,
    /// Lines and units, each reserved already.
    pub lines: Vec<(u32, Sku, u32)>,
    /// The customer's code, for a pickup.
    pub credential: Option<PickupCredential>,
}

/// The aggregate. Its fields change only by the transitions of this module; [`Fulfillment::check`]
/// says what always holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfillment {
    id: FulfillmentId,
    order: OrderId,
    external_number: ExternalNumber,
    location: LocationId,
    method: Method,
    created_at: TimeMs,
    promise_at: TimeMs,
    stage: Stage,
    stage_since: TimeMs,
    lines: Vec<Line>,
    packages: Vec<Package>,
    claim: Option<Claim>,
    claim_generation: u32,
    cancel: Option<CancelRequest>,
    handoff: Option<Handoff>,
    credential: Option<PickupCredential>,
    exceptions: Vec<Exception>,
}

/// A stored fulfillment that cannot be: a bug or a damaged row, never a person's doing.
#[derive(Debug, thiserror::Error)]
pub enum Impossible {
    /// Not the JSON of a fulfillment.
    #[error("not a fulfillment")]
    Unreadable(#[from] serde_json::Error),
    /// The buckets of a line do not add up.
    #[error("line {line}: buckets add up to {sum}, not {quantity}")]
    Sum {
        /// The line.
        line: u32,
        /// Sum of its buckets.
        sum: u32,
        /// Its quantity.
        quantity: u32,
    },
    /// The packages do not hold what the buckets say.
    #[error("line {line}: packages hold {packages} units, buckets say {buckets}")]
    Packages {
        /// The line.
        line: u32,
        /// Units in packages.
        packages: u32,
        /// Units in the packed, staged and gone buckets.
        buckets: u32,
    },
    /// The stage is not the one that the buckets give.
    #[error("stage is {stored:?}, the buckets give {derived:?}")]
    Stage {
        /// As stored.
        stored: Stage,
        /// As derived.
        derived: Stage,
    },
}

impl Fulfillment {
    /// New work, every unit waiting to be picked.
    #[must_use]
    pub fn new(new: NewFulfillment) -> Self {
        let line = |(number, sku, quantity)| Line {
            number,
            sku,
            quantity,
            buckets: Buckets::sourced(quantity),
            excess: 0,
            kit: None,
        };
        Self {
            id: new.id,
            order: new.order,
            external_number: new.external_number,
            location: new.location,
            method: new.method,
            created_at: new.at,
            promise_at: new.promise_at,
            stage: Stage::Accepted,
            stage_since: new.at,
            lines: new.lines.into_iter().map(line).collect(),
            packages: Vec::new(),
            claim: None,
            claim_generation: 0,
            cancel: None,
            handoff: None,
            credential: new.credential,
            exceptions: Vec::new(),
        }
    }

    /// The same work, whose lines are told which kits they are part of.
    #[must_use]
    pub fn in_kits(mut self, kit_of: impl Fn(u32) -> Option<PartOf>) -> Self {
        self.lines.iter_mut().for_each(|line| line.kit = kit_of(line.number));
        self
    }

    /// Reads a stored fulfillment and checks it.
    ///
    /// # Errors
    /// [`Impossible`], to be reported with table, column and row.
    pub fn from_json(text: &str) -> Result<Self, Impossible> {
        let read: Self = serde_json::from_str(text)?;
        read.check()?;
        Ok(read)
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a fulfillment is plain data")
    }

    /// What holds after every transition: sums, packages, stage.
    ///
    /// # Errors
    /// [`Impossible`] names the first thing that does not hold.
    pub fn check(&self) -> Result<(), Impossible> {
        for line in &self.lines {
            let sum = line.buckets.sum();
            if sum != line.quantity {
                return Err(Impossible::Sum { line: line.number, sum, quantity: line.quantity });
            }
            let packages = self.units_in_packages(line.number);
            let buckets = line.buckets.get(Bucket::Packed) + line.buckets.get(Bucket::Staged);
            if packages != buckets {
                return Err(Impossible::Packages { line: line.number, packages, buckets });
            }
        }
        let derived = self.derive_stage();
        if derived != self.stage {
            return Err(Impossible::Stage { stored: self.stage, derived });
        }
        Ok(())
    }

    fn units_in_packages(&self, line: u32) -> u32 {
        let here = self.packages.iter().filter(|p| !p.is_gone());
        here.map(|p| p.units_of(line)).sum()
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> FulfillmentId {
        self.id
    }

    /// The order it works for.
    #[must_use]
    pub const fn order(&self) -> OrderId {
        self.order
    }

    /// The channel's number of the order.
    #[must_use]
    pub const fn external_number(&self) -> &ExternalNumber {
        &self.external_number
    }

    /// The location that does the work.
    #[must_use]
    pub const fn location(&self) -> &LocationId {
        &self.location
    }

    /// How the goods leave.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// When sourcing made it.
    #[must_use]
    pub const fn created_at(&self) -> TimeMs {
        self.created_at
    }

    /// When it must be ready.
    #[must_use]
    pub const fn promise_at(&self) -> TimeMs {
        self.promise_at
    }

    /// Where it stands.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Since when it stands there.
    #[must_use]
    pub const fn stage_since(&self) -> TimeMs {
        self.stage_since
    }

    /// The lines, by ascending number.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// One line.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// The packages, by ascending number.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// One package.
    #[must_use]
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.iter().find(|package| package.id == id)
    }

    /// Who works on it.
    #[must_use]
    pub const fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }

    /// The cancellation, where one was asked for.
    #[must_use]
    pub const fn cancel_request(&self) -> Option<&CancelRequest> {
        self.cancel.as_ref()
    }

    /// The finished handoff.
    #[must_use]
    pub const fn handoff(&self) -> Option<&Handoff> {
        self.handoff.as_ref()
    }

    /// The hashed short code of a pickup.
    #[must_use]
    pub const fn credential(&self) -> Option<&PickupCredential> {
        self.credential.as_ref()
    }

    /// Everything that record and reality ever disagreed on here.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// Units of all lines by bucket.
    #[must_use]
    pub fn totals(&self) -> Buckets {
        let mut totals = Buckets::default();
        self.lines.iter().for_each(|line| totals.add(&line.buckets));
        totals
    }

    /// Units that must go back to the shelf: picked in excess, or in hand after a cancellation.
    #[must_use]
    pub fn units_to_restock(&self) -> u32 {
        let excess: u32 = self.lines.iter().map(|line| line.excess).sum();
        excess + if self.cancel.is_some() { self.totals().in_hand() } else { 0 }
    }

    /// Whether an associate still has something to do here.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.stage.is_final()
            || self.units_to_restock() > 0
            || self.exceptions.iter().any(Exception::is_open)
    }

    /// Four characters that people say aloud: from the end of the order's id, without look-alikes.
    #[must_use]
    pub fn short_code(&self) -> String {
        short_code(self.order)
    }

    /// The same work with one more exception: what a server finds that the work itself cannot know,
    /// such as a person who was not allowed. An id that is known changes nothing.
    #[must_use]
    pub fn flagged(mut self, exception: Exception) -> Self {
        self.raise(exception);
        self
    }

    fn line_mut(&mut self, number: u32) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.number == number)
    }

    fn raise(&mut self, exception: Exception) {
        let known = self.exceptions.iter().any(|e| e.id == exception.id);
        if !known && self.exceptions.len() < crate::limits::EXCEPTIONS_MAX {
            self.exceptions.push(exception);
        }
    }

    fn settle_restocked(&mut self, line: u32, at: TimeMs) {
        let restock =
            |kind| matches!(kind, ExceptionKind::DoubleWork | ExceptionKind::PickedAfterCancel);
        let open = self.exceptions.iter_mut().filter(|e| e.is_open() && restock(e.kind));
        for exception in open.filter(|e| e.line == Some(line)) {
            exception.settled =
                Some(crate::exception::Settlement { at, note: "put back on the shelf".into() });
        }
    }
}

/// Four characters for an order that people say aloud (Crockford's base 32: no I, L, O, U).
#[must_use]
pub fn short_code(order: OrderId) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bytes = order.uuid().into_bytes();
    let tail = u32::from_be_bytes([0, bytes[13], bytes[14], bytes[15]]);
    (0..4).rev().map(|i| char::from(ALPHABET[(tail >> (5 * i)) as usize & 31])).collect()
}
