//! The person at a tablet. Does what the screens offer, most of the time; now and then something that
//! is wrong, too much, or somebody else's.

use app_core::Engine;
use domain::{
    bridge::{
        Action, Card, Connection, Feedback, InboxEntry, LabelForm, Matter, Printer, Step, Work,
        WorkPackage,
    },
    clock::TimeMs,
    command::ShortReason,
    handoff::Signature,
    ids::{AssociateId, FulfillmentId, SlotId},
};

use crate::{
    customers::PIN,
    invariants::Held,
    random::Random,
    world::{Event, World},
};

/// Some slots of every location.
const SLOTS: [&str; 4] = ["P1", "P2", "P3", "P12"];

impl World {
    /// Somebody does something, and something else a little later.
    pub fn work(&mut self, tablet: usize) -> Held {
        if self.quiet {
            return Ok(());
        }
        let pause = self.tablets[tablet].random.between(1_500, 25_000);
        self.after(pause, Event::Associate { tablet });
        let Some(engine) = self.tablets[tablet].engine.as_ref() else { return Ok(()) };
        if engine.signed_in().is_none() {
            return self.sign_in(tablet);
        }
        match self.tablets[tablet].random.below(100) {
            0..=2 => {
                self.engine(tablet, |engine, _| engine.sign_out())?;
                self.say(format!("tablet {tablet}: signed out"));
            }
            3..=5 => {
                self.engine(tablet, |engine, now| {
                    engine.poke(now);
                    Ok(())
                })?;
            }
            6..=20 => self.read_inbox(tablet)?,
            _ => self.work_on_a_card(tablet)?,
        }
        self.drive(tablet)
    }

    fn sign_in(&mut self, tablet: usize) -> Held {
        let Some(people) = self.engine(tablet, |engine, now| engine.people(now))? else {
            return Ok(());
        };
        let people = people.unwrap_or_default();
        let Some(person) = self.tablets[tablet].random.pick(&people).cloned() else {
            return Ok(());
        };
        let printer = printer();
        let signed_in = self.engine(tablet, |engine, now| {
            engine.sign_in(&person.id, PIN, now)?;
            engine.set_printer(&printer).map(drop)
        })?;
        if let Some(signed_in) = signed_in {
            self.say(format!("tablet {tablet}: {} signs in: {}", person.id, signed_in.is_ok()));
        }
        Ok(())
    }

    fn read_inbox(&mut self, tablet: usize) -> Held {
        let entries = self.engine(tablet, |engine, _| engine.inbox())?;
        let entries: Vec<InboxEntry> = entries.and_then(Result::ok).unwrap_or_default();
        let random = &mut self.tablets[tablet].random;
        let Some(entry) = random.pick(&entries).cloned() else { return Ok(()) };
        let action = match entry.matter {
            Matter::Outcome { command } => Action::Acknowledge { command },
            Matter::Exception { restock: Some(content), .. } if random.chance(800) => {
                Action::Restock { line: content.line, units: content.units }
            }
            Matter::Exception { exception, .. } => {
                Action::Settle { exception, note: "Looked at it.".into() }
            }
        };
        self.act(tablet, entry.fulfillment, &action)
    }

    fn work_on_a_card(&mut self, tablet: usize) -> Held {
        let queue = self.engine(tablet, |engine, now| engine.queue(now))?;
        let cards = queue.and_then(Result::ok).map(|queue| queue.cards).unwrap_or_default();
        let Some(card) = choose_card(&cards, &mut self.tablets[tablet].random) else {
            return Ok(());
        };
        let work = self.engine(tablet, |engine, now| engine.work(card, now))?;
        let Some(Ok(work)) = work else { return Ok(()) };
        let code = self.code_of(&work);
        let action = choose_action(&work, &code, &mut self.tablets[tablet].random);
        self.act(tablet, card, &action)
    }

    /// What the customer says or shows.
    fn code_of(&mut self, work: &Work) -> String {
        let keys = self.server.keys();
        match self.random.below(10) {
            0..=4 => keys.pickup_code(work.order).to_text(),
            5..=8 => keys.pickup_pin(work.order),
            _ => "000000".into(),
        }
    }

    /// Does an action, and remembers what the tablet has promised by accepting it.
    pub fn act(&mut self, tablet: usize, id: FulfillmentId, action: &Action) -> Held {
        let before = self.checks.before_action(&self.tablets[tablet], id);
        let done =
            self.engine(tablet, |engine: &mut Engine, now: TimeMs| engine.act(id, action, now))?;
        let Some(done) = done else { return Ok(()) };
        let word = match &done {
            Ok(done) => match &done.feedback {
                Feedback::Accepted { sentence } | Feedback::Attention { sentence } => {
                    format!("ok: {sentence}")
                }
                Feedback::Refused { sentence, .. } => format!("no: {sentence}"),
            },
            Err(failure) => format!("no: {failure}"),
        };
        self.say(format!("tablet {tablet}: {} {}: {word}", short(id), verb(action)));
        self.checks.acted(&self.tablets[tablet], tablet, &before)
    }
}

/// The last digits of an id.
pub fn short(id: FulfillmentId) -> String {
    let text = id.to_string();
    text[text.len() - 4..].to_owned()
}

fn verb(action: &Action) -> String {
    match action {
        Action::HandOver { .. } => "HandOver".into(),
        other => format!("{other:?}"),
    }
}

/// Mostly one's own work, else the most urgent, else any.
fn choose_card(cards: &[Card], random: &mut Random) -> Option<FulfillmentId> {
    let mine: Vec<&Card> = cards.iter().filter(|card| card.mine).collect();
    let card = match random.below(10) {
        0..=5 => mine.first().copied().or_else(|| cards.first()),
        6..=7 => cards.first(),
        _ => random.pick(cards),
    };
    card.map(|card| card.fulfillment)
}

fn choose_action(work: &Work, code: &str, random: &mut Random) -> Action {
    if random.chance(100) {
        return something_else(work, code, random);
    }
    let first = |wanted: fn(&WorkPackage) -> bool| work.packages.iter().find(|p| wanted(p));
    match work.step {
        Step::Claim => Action::Claim { take_over: random.chance(250) },
        Step::Pick => pick(work, random),
        Step::Pack => Action::Pack { contents: Vec::new(), weight_g: Some(500) },
        Step::Label => match first(|p| p.labels_printed == 0 && !p.gone) {
            Some(package) => Action::Print { package: package.package, form: LabelForm::Logistic },
            None => Action::Undo,
        },
        Step::Stage => match first(|p| p.slot.is_none() && !p.gone) {
            Some(package) => Action::Stage { package: package.package, slot: slot(work, random) },
            None => Action::Undo,
        },
        Step::HandOver if !work.code_verified => Action::VerifyCode { code: code.to_owned() },
        Step::HandOver => hand_over(random),
        Step::CarrierScan => match first(|p| !p.gone) {
            Some(package) => Action::ScanOut { package: package.package, carrier: "Fleet".into() },
            None => Action::Undo,
        },
        Step::Restock => match work.restock.first() {
            Some(line) => Action::Restock {
                line: line.line,
                units: u32::try_from(random.between(1, i64::from(line.units))).expect("small"),
            },
            None => Action::Undo,
        },
        Step::Finished => Action::Release,
    }
}

fn pick(work: &Work, random: &mut Random) -> Action {
    let open: Vec<_> = work.lines.iter().filter(|line| line.left > 0).collect();
    let Some(line) = random.pick(&open).copied() else { return Action::Undo };
    match random.below(20) {
        0..=2 => Action::Short {
            line: line.line,
            units: u32::try_from(random.between(1, i64::from(line.left))).expect("small"),
            reason: *random.pick(&ShortReason::ALL).expect("there are reasons"),
        },
        3..=7 => Action::Pick { line: line.line, units: line.left },
        _ => Action::Scan { text: line.sku.clone(), typed: random.chance(200) },
    }
}

fn hand_over(random: &mut Random) -> Action {
    let signature = Signature { strokes: vec![vec![[10, 20], [900, 400]]] };
    Action::HandOver {
        collector: random.chance(200).then(|| "A neighbour".to_owned()),
        signature: random.chance(700).then_some(signature),
    }
}

fn slot(work: &Work, random: &mut Random) -> SlotId {
    let any = SlotId::new(*random.pick(&SLOTS).expect("there are slots")).expect("valid");
    work.slot_proposal.clone().filter(|_| random.chance(700)).unwrap_or(any)
}

/// What nobody should do now, or only sometimes.
fn something_else(work: &Work, code: &str, random: &mut Random) -> Action {
    let line = u32::try_from(random.between(1, 4)).expect("small");
    let units = u32::try_from(random.between(1, 3)).expect("small");
    let package = random.pick(&work.packages).map(|package| package.package);
    match (random.below(12), package) {
        (0, _) => Action::Release,
        (1, _) => Action::Undo,
        (2, _) => Action::Scan { text: "NO-SUCH-ITEM".into(), typed: true },
        (3, _) => Action::Pick { line, units: units + 2 },
        (4, _) => Action::Short { line, units, reason: ShortReason::Mismatch },
        (5, _) => Action::Restock { line, units },
        (6, _) => hand_over(random),
        (7, _) => Action::OverrideCode { reason: "Knows the order by heart.".into() },
        (8, _) => Action::VerifyCode { code: code.to_owned() },
        (9, Some(package)) => Action::Reopen { package },
        (10, Some(package)) => Action::ScanOut { package, carrier: "Fleet".into() },
        (11, Some(package)) => Action::Stage { package, slot: slot(work, random) },
        _ => Action::Claim { take_over: true },
    }
}

/// Who works at a location: an associate and a lead.
pub fn people_of(location: &str) -> [AssociateId; 2] {
    ["A", "L"].map(|role| AssociateId::new(format!("{role}-{location}")).expect("valid"))
}

/// The printer of every tablet.
fn printer() -> Printer {
    let connection = Connection::Raw { address: "127.0.0.1:9100".into() };
    Printer { name: "Zebra".into(), connection, dpi: 203 }
}
