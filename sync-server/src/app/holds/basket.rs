//! A basket that a shop asks about: what it wants, who may give it, and the plan.

use std::collections::BTreeMap;

use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    clock::TimeMs,
    fulfillment::Method,
    ids::{ChannelId, LocationId, Sku},
    limits::{self, TEXT_MAX},
    location::Coordinates,
    measure::Quantity,
    order::FieldError,
    problem::Problem,
};

use super::{fingerprint, ship_to};
use crate::{
    app::{
        bounds::{Behind, Bounds, Most, Promisee, narrow},
        capacity, kits,
        refusal::{AppError, invalid},
    },
    calendar::transit::Transit,
    db::{
        DbError, Tx,
        holds::{self, Hold},
        items, locations, postcodes,
        sourcing::{self, Keyed},
    },
    keys::ServerKeys,
    sourcing::{Assignment, Kits, OrderWorld, Plan, Policy, Wanted, plan},
};

const MINUTES: u32 = 15;
const MINUTES_MAX: u32 = 60;

/// A basket that was checked.
#[derive(Clone)]
pub struct Basket {
    pub(super) channel: ChannelId,
    pub(super) new: NewPromise,
    /// Who it is for, as a keyed hash.
    customer: Option<String>,
    pub(super) transit: Transit,
}

/// Everything that is read for a plan.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) pickup_at: Option<LocationId>,
    pub(super) to: Option<Coordinates>,
    pub(super) lines: Vec<Wanted>,
    /// What those that are kits are made of.
    pub(super) kits: Kits,
    pub(super) candidates: Vec<Keyed>,
    pub(super) bounds: Bounds,
    at_most: BTreeMap<i64, u32>,
    /// What rules that count leave.
    pub(super) most: BTreeMap<i64, Most>,
    /// What the same basket holds already.
    pub(super) old: Option<(Hold, Vec<holds::Held>)>,
}

impl Basket {
    /// Checks what a shop asks for.
    ///
    /// # Errors
    /// `invalid_promise`.
    pub fn of(
        channel: ChannelId,
        mut new: NewPromise,
        keys: &ServerKeys,
    ) -> Result<Self, Box<Problem>> {
        let mut wrong = Vec::new();
        let mut check = |ok: bool, field: &str, message: &str| {
            if !ok {
                wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
            }
        };
        let name = new.basket.chars().count();
        let printable = !new.basket.chars().any(char::is_control);
        check((1..=100).contains(&name) && printable, "basket", "1 to 100 characters");
        check((1..=limits::BASKET_LINES_MAX).contains(&new.lines.len()), "lines", "1 to 200 items");
        let mut skus: Vec<&Sku> = new.lines.iter().map(|line| &line.sku).collect();
        skus.sort_unstable();
        check(skus.windows(2).all(|two| two[0] != two[1]), "lines", "each item once");
        let minutes = new.minutes.unwrap_or(MINUTES);
        check((1..=MINUTES_MAX).contains(&minutes), "minutes", "1 to 60");
        let customer = new.customer.as_ref().map_or(1, |customer| customer.trim().chars().count());
        check((1..=TEXT_MAX).contains(&customer), "customer", "1 to 200 characters");
        if !wrong.is_empty() {
            return Err(Box::new(invalid("invalid_promise", "The basket is not valid.", wrong)));
        }
        let customer = new.customer.take().map(|customer| keys.customer(&customer));
        Ok(Self { channel, new, customer, transit: Transit::default() })
    }

    /// The same, where parcels take so long.
    #[must_use]
    pub fn by(self, transit: Transit) -> Self {
        Self { transit, ..self }
    }

    pub(super) fn method(&self) -> Method {
        match self.new.to {
            PromiseTo::Pickup { .. } => Method::Pickup,
            PromiseTo::Ship { .. } => Method::Ship,
        }
    }

    /// When a hold that begins now ends.
    pub(super) fn until(&self, now: TimeMs) -> TimeMs {
        now.plus_ms(i64::from(self.new.minutes.unwrap_or(MINUTES)) * 60_000)
    }

    pub(super) fn asked(&self) -> Vec<u8> {
        let to = match &self.new.to {
            PromiseTo::Pickup { location } => format!("pickup {location}"),
            PromiseTo::Ship { country, postcode } => ship_to(country, postcode),
        };
        let mut lines: Vec<_> =
            self.new.lines.iter().map(|line| (&line.sku, line.quantity.units())).collect();
        lines.sort_unstable();
        fingerprint(&to, lines.into_iter())
    }

    /// Reads who might give what, within what the rules leave.
    pub(super) fn read(&self, tx: &mut Tx, now: TimeMs) -> Result<Read, AppError> {
        let (pickup_at, to) = self.destination(tx)?;
        let lines = self.wanted(tx)?;
        let old = holds::of_basket(tx, self.channel.as_str(), &self.new.basket)?;
        let old = match old {
            Some(hold) if hold.state == "open" => {
                let units = holds::units(tx, &hold.id)?;
                Some((hold, units))
            }
            _ => None,
        };
        let held = old.as_ref().map_or(&[][..], |(_, units)| units);
        let kits = kits::of_items(tx, &lines)?;
        let items = kits::items(&lines, &kits);
        let mut candidates = sourcing::candidates(tx, &items, pickup_at.as_ref(), held)?;
        let own = old.as_ref().map_or(String::new(), |(hold, _)| hold.id.clone());
        let promisee = self.promisee(tx, Behind::All(own.clone()))?;
        let bounds = Bounds::read(tx, &promisee, &items, &kits, now)?;
        let mut at_most = bounds.look(tx, held)?.keep(&mut candidates);
        let most = bounds.counted.most(tx, &lines, &kits, &candidates)?;
        narrow(&mut at_most, &most);
        capacity::keep(tx, &mut candidates, &own, now)?;
        Ok(Read { pickup_at, to, lines, kits, candidates, bounds, at_most, most, old })
    }

    fn promisee(&self, tx: &mut Tx, behind: Behind) -> Result<Promisee, DbError> {
        let market = match &self.new.to {
            PromiseTo::Ship { country, .. } => Some(country.clone()),
            PromiseTo::Pickup { location } => locations::country_of(tx, location)?,
        };
        Ok(Promisee {
            channel: self.channel.clone(),
            market,
            region: self.new.region.clone(),
            method: self.method(),
            customer: self.customer.clone(),
            behind,
        })
    }

    fn destination(
        &self,
        tx: &mut Tx,
    ) -> Result<(Option<LocationId>, Option<Coordinates>), AppError> {
        let refuse = |code: &str, field: &str, message: String| {
            let errors = vec![FieldError { field: field.to_owned(), message: message.clone() }];
            AppError::from(invalid(code, &message, errors))
        };
        match &self.new.to {
            PromiseTo::Pickup { location } => match locations::find(tx, location)? {
                Some(found) if found.pickup => Ok((Some(location.clone()), None)),
                Some(_) => {
                    let message = format!("Customers cannot pick up at {location}.");
                    Err(refuse("no_pickup_here", "to.location", message))
                }
                None => {
                    let message = format!("There is no location {location}.");
                    Err(refuse("unknown_location", "to.location", message))
                }
            },
            PromiseTo::Ship { country, postcode } => {
                let found = postcodes::find(tx, country, postcode)?;
                let message = "This postcode is not known in this country.".to_owned();
                let unknown = || refuse("unknown_postcode", "to.postcode", message);
                Ok((None, Some(found.ok_or_else(unknown)?)))
            }
        }
    }

    fn wanted(&self, tx: &mut Tx) -> Result<Vec<Wanted>, AppError> {
        let skus: Vec<&str> = self.new.lines.iter().map(|line| line.sku.as_str()).collect();
        let keys: BTreeMap<String, i64> = items::keys(tx, &skus)?.into_iter().collect();
        let (mut wanted, mut wrong) = (Vec::new(), Vec::new());
        for (at, line) in (0u32..).zip(&self.new.lines) {
            match keys.get(line.sku.as_str()) {
                Some(item) => {
                    wanted.push(Wanted { line: at, item: *item, units: line.quantity.units() });
                }
                None => wrong.push(FieldError {
                    field: format!("lines[{at}].sku"),
                    message: format!("There is no item {}.", line.sku),
                }),
            }
        }
        match wrong.is_empty() {
            true => Ok(wanted),
            false => Err(invalid("unknown_sku", "Some items are not known.", wrong).into()),
        }
    }
}

impl Read {
    /// The number of what the same basket holds already; empty for none.
    pub(super) fn own_id(&self) -> &str {
        self.old.as_ref().map_or("", |(hold, _)| &hold.id)
    }

    /// What the same basket holds already.
    pub(super) fn own(&self) -> &[holds::Held] {
        self.old.as_ref().map_or(&[], |(_, units)| units)
    }

    pub(super) fn plan(&self, method: Method) -> Plan {
        let world = OrderWorld {
            method,
            pickup_at: self.pickup_at.clone(),
            to: self.to,
            lines: self.lines.clone(),
            candidates: self.candidates.iter().map(|keyed| keyed.candidate.clone()).collect(),
            at_most: self.at_most.clone(),
            kits: self.kits.clone(),
        };
        plan(&Policy::default(), &world)
    }

    pub(super) fn held(&self, plan: &Plan) -> Vec<holds::Held> {
        let mut held = BTreeMap::<(i64, i64), u32>::new();
        for assignment in &plan.assignments {
            let location_key = self.key_of(assignment);
            for (line, units) in &assignment.lines {
                let item = self.lines[*line as usize].item;
                for part in kits::held(&self.kits, item, location_key, *units) {
                    *held.entry((location_key, part.item_key)).or_default() += part.units;
                }
            }
        }
        let one = |((location_key, item_key), units)| holds::Held { location_key, item_key, units };
        held.into_iter().map(one).collect()
    }
}

impl Read {
    /// The kits of a plan.
    pub(super) fn kits_of(&self, plan: &Plan) -> Vec<kits::Given> {
        kits::given(plan, &self.lines, &self.kits, |assignment| self.key_of(assignment))
    }

    fn key_of(&self, assignment: &Assignment) -> i64 {
        let of = |keyed: &&Keyed| keyed.candidate.location == assignment.location;
        self.candidates.iter().find(of).expect("a candidate").key
    }
}

pub(super) fn lines(basket: &Basket, units: &[(u32, u32)]) -> Vec<BasketLine> {
    let line = |(line, units): &(u32, u32)| BasketLine {
        sku: basket.new.lines[*line as usize].sku.clone(),
        quantity: Quantity::new(i64::from(*units)).expect("a part of a line"),
    };
    units.iter().map(line).collect()
}
