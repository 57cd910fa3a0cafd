//! The overlay: what was done here on top of the server's word, one fulfillment at a time. Pure
//! recomputation; nothing is ever undone in place.

use domain::{
    command::{Command, Envelope, Stamp},
    fulfillment::Fulfillment,
    ids::{AssociateId, FulfillmentId, OrderId},
    people::Associate,
    sync::{CustomerCard, LocationCard, kind},
};

use super::{Alarm, Engine, View};
use crate::{error::Answer, store::StoredCommand};

impl Engine {
    /// Computes the view of one fulfillment again from the replica and the outbox.
    pub(super) fn refold(&mut self, id: FulfillmentId) -> Answer<()> {
        let body = self.replica.body(kind::FULFILLMENT, &id.to_string())?;
        self.fold(id, body)?;
        self.changed.insert(id);
        Ok(())
    }

    pub(super) fn fold(&mut self, id: FulfillmentId, body: Option<(u64, String)>) -> Answer<()> {
        self.views.remove(&id);
        self.unreadable.remove(&id);
        let (Some((base_rev, body)), Some(device)) = (body, self.identity.as_ref()) else {
            return Ok(());
        };
        let device = device.device;
        let Ok(base) = Fulfillment::from_json(&body) else {
            self.unreadable.insert(id);
            return Ok(());
        };
        let commands = self.overlay_of(id)?;
        let stamp = |envelope: &Envelope| Stamp {
            command: envelope.id,
            device,
            associate: envelope.actor.associate.clone(),
            at: envelope.at,
            may_take_over: self.may_take_over(&envelope.actor.associate),
        };
        let now = commands.iter().fold(base, |view, stored| settle_stored(view, stored, &stamp));
        self.views.insert(id, View { now, base_rev });
        Ok(())
    }

    fn overlay_of(&self, id: FulfillmentId) -> Answer<Vec<StoredCommand>> {
        #[cfg(feature = "planted")]
        if self.options.planted.overlay_until_outcome {
            return Ok(self.outbox.overlay_until_outcome(id)?);
        }
        match self.replica.position() {
            Some(position) => Ok(self.outbox.overlay(id, position)?),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn may_take_over(&self, associate: &AssociateId) -> bool {
        self.people.get(associate).is_some_and(|person| person.role.may_take_over())
    }

    pub(super) fn say_unreadable(&mut self) {
        if self.unreadable.is_empty() {
            self.alarms.remove(&Alarm::Unreadable);
        } else {
            let count = self.unreadable.len();
            let sentence = format!("{count} orders cannot be read by this app. Update it.");
            self.raise(Alarm::Unreadable, sentence);
        }
    }

    /// Brings what is kept in memory of one other entity up to date.
    pub(super) fn read_entity(&mut self, kind: &str, id: &str) -> Answer<()> {
        match kind {
            kind::ASSOCIATE => {
                let Ok(number) = AssociateId::new(id) else { return Ok(()) };
                match self.replica.entity::<Associate>(kind::ASSOCIATE, id).ok().flatten() {
                    Some(person) => self.people.insert(number, person),
                    None => self.people.remove(&number),
                };
            }
            kind::CUSTOMER => {
                let Ok(order) = id.parse::<OrderId>() else { return Ok(()) };
                match self.replica.entity::<CustomerCard>(kind::CUSTOMER, id).ok().flatten() {
                    Some(card) => self.initials.insert(order, initials(&card.name)),
                    None => self.initials.remove(&order),
                };
            }
            kind::LOCATION => {
                let card = self.replica.entity::<LocationCard>(kind::LOCATION, id).ok().flatten();
                let own = self.identity.as_ref().is_none_or(|own| own.location.as_str() == id);
                if own {
                    self.place = card;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Settles one stored command; one that this release cannot read changes nothing here.
fn settle_stored(
    view: Fulfillment,
    stored: &StoredCommand,
    stamp: &impl Fn(&Envelope) -> Stamp,
) -> Fulfillment {
    let Ok(envelope) = serde_json::from_str::<Envelope>(&stored.body) else { return view };
    match Command::read(&envelope.kind, envelope.version, &envelope.payload) {
        Ok(command) => view.settle(&command, &stamp(&envelope)).next,
        Err(_) => view,
    }
}

/// At most two letters of a name: the first of its first and of its last word.
pub(super) fn initials(name: &str) -> String {
    let letters: Vec<char> = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphabetic()))
        .collect();
    let first = letters.first().copied();
    let last = letters.last().copied().filter(|_| letters.len() > 1);
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
