//! What breaks by itself: programs and power of tablets, their clocks, the way to the server. Each
//! look at the sky is an occasion for the faults that are on the menu.

use app_core::store::{Durability, NewCommand, Outbox};
use domain::{
    command::{Actor, Envelope},
    ids::{CommandId, SessionId},
};
use serde_json::value::RawValue;

use crate::{
    associate::people_of,
    faults::Fault,
    invariants::Held,
    tablet::Tablet,
    world::{Event, World},
};

/// Where the server is, for all that a tablet knows.
const URL: &str = "http://server.test";
/// The key of every tablet: nobody checks signatures here. Of RFC 8032, 7.1, test 1.
const PUBLIC_KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// Rows that a trimmed feed keeps.
const KEPT_ROWS: u64 = 12;
/// How long a partition lasts.
const PARTITION_MAX_MS: i64 = 8 * 60_000;
/// Longer than any lease.
const ABSENCE_MS: i64 = 5 * 3_600_000;

impl World {
    /// Looks at the sky.
    pub fn weather(&mut self) -> Held {
        if self.quiet {
            return Ok(());
        }
        let ms = self.random.between(20_000, 60_000);
        self.after(ms, Event::Weather);
        let tablet = usize::try_from(self.random.below(self.tablets.len() as u64)).expect("small");
        self.cut_off(tablet);
        self.set_clock(tablet);
        if self.strikes(Fault::TabletCrash) || self.strikes(Fault::PowerCut) {
            let steps = u32::try_from(self.random.below(14)).expect("small");
            self.say(format!("tablet {tablet} will die at its write {steps}"));
            self.tablets[tablet].disk.with(|disk| disk.die_in(steps));
        }
        if self.strikes(Fault::Trim) && self.server_up {
            self.say("feeds are trimmed");
            self.server.trim(KEPT_ROWS);
        }
        if self.strikes(Fault::UnknownVersion) {
            self.slip_in_unknown(tablet)?;
        }
        if self.strikes(Fault::PairAgain) && self.server_up {
            self.pair_again(tablet)?;
        }
        if self.faults.has(Fault::Clone) && self.random.chance(100) {
            self.clone_tablet(tablet);
        }
        Ok(())
    }

    fn cut_off(&mut self, tablet: usize) {
        let long = self.faults.has(Fault::LongAbsence) && self.random.chance(60);
        if !long && !self.strikes(Fault::Partition) {
            return;
        }
        let ms = if long { ABSENCE_MS } else { self.random.between(5_000, PARTITION_MAX_MS) };
        let (reaches, hears) = match self.random.below(3) {
            0 => (false, true),
            1 => (true, false),
            _ => (false, false),
        };
        self.say(format!("tablet {tablet} is cut off for {ms} ms: {reaches} {hears}"));
        (self.tablets[tablet].reaches, self.tablets[tablet].hears) = (reaches, hears);
        self.after(ms, Event::BackInReach { tablet });
    }

    fn set_clock(&mut self, tablet: usize) {
        if self.strikes(Fault::WrongClock) {
            let skew = self.random.between(-3_600_000, 3_600_000);
            self.say(format!("the clock of tablet {tablet} is off by {skew} ms"));
            self.tablets[tablet].skew_ms = skew;
        }
    }

    /// A newer app was on the tablet for a while and left a command that nobody else can read.
    fn slip_in_unknown(&mut self, tablet: usize) -> Held {
        let device = &mut self.tablets[tablet];
        let Some(engine) = device.engine.as_ref() else { return Ok(()) };
        let Some(identity) = engine.identity().cloned() else { return Ok(()) };
        let work: Vec<_> = engine.fulfillments().collect();
        let Some(work) = device.random.pick(&work).copied() else { return Ok(()) };
        device.stop();
        let conn = device.disk.open("outbox.db").expect("the disk is sound");
        let mut outbox = Outbox::open(conn, Durability::Full).expect("the outbox is sound");
        let seq = outbox.next_seq(identity.epoch).expect("readable");
        let mut entropy = [0; 10];
        entropy.copy_from_slice(&device.random.seed()[..10]);
        let at = self.now;
        let envelope = Envelope {
            seq,
            id: CommandId::new(at, entropy),
            kind: "line.weighed".into(),
            version: 7,
            fulfillment: work,
            base_rev: 1,
            claim_generation: None,
            actor: Actor {
                associate: people_of(device.location.as_str())[0].clone(),
                session: SessionId::new(at, entropy),
                roster_epoch: 1,
            },
            at,
            payload: RawValue::from_string("{\"grams\":12}".into()).expect("JSON"),
        };
        let row = NewCommand {
            seq,
            id: envelope.id,
            kind: "line.weighed",
            version: 7,
            fulfillment: work,
            body: serde_json::to_vec(&envelope).expect("plain data"),
        };
        outbox.append(identity.epoch, &[row], None, at).expect("there is room");
        drop(outbox);
        self.say(format!("tablet {tablet} has a command of a newer app: {seq}"));
        self.boot(tablet)
    }

    /// An operator pairs the tablet again; it keeps its id and goes on in the next epoch.
    fn pair_again(&mut self, tablet: usize) -> Held {
        if self.tablets[tablet].cloned || self.tablets[tablet].engine.is_none() {
            return Ok(());
        }
        self.say(format!("tablet {tablet} is paired again"));
        self.pair(tablet)
    }

    /// Pairs a tablet that is not, or that did not hear of its last pairing.
    pub fn pair_where_needed(&mut self, tablet: usize) -> Held {
        let Some(engine) = self.tablets[tablet].engine.as_ref() else { return Ok(()) };
        let identity = engine.identity().map(|own| (own.device, own.epoch));
        if identity.is_some_and(|(device, epoch)| self.checks.is_newest(device, epoch)) {
            return Ok(());
        }
        if self.server_up {
            self.say(format!("tablet {tablet} is paired"));
            return self.pair(tablet);
        }
        self.after(5_000, Event::Pair { tablet });
        Ok(())
    }

    /// Pairs a tablet with its location.
    fn pair(&mut self, tablet: usize) -> Held {
        let location = self.tablets[tablet].location.clone();
        let key = PUBLIC_KEY.to_owned();
        let Some(engine) = self.tablets[tablet].engine.as_ref() else { return Ok(()) };
        let request = |code: String| engine.redeem_request(URL, &code, "Tablet", key);
        let answer = self.server.enrol(&location, request, self.now);
        self.tablets[tablet].device = answer.device;
        self.checks.paired(answer.device, answer.epoch);
        let paired =
            |engine: &mut app_core::Engine, now| engine.enrolled(URL, "Tablet", answer, now);
        if self.engine(tablet, paired)?.is_some() {
            self.checks.booted(&self.server, &mut self.tablets[tablet], tablet)?;
            self.drive(tablet)?;
        }
        Ok(())
    }

    /// Somebody copies the disk of a tablet into another one.
    fn clone_tablet(&mut self, tablet: usize) {
        if self.tablets[tablet].cloned || self.tablets.iter().any(|other| other.cloned) {
            return;
        }
        if self.tablets[tablet].disk.with(|disk| disk.is_doomed()) {
            return;
        }
        self.tablets[tablet].cloned = true;
        let random = crate::random::Random::of(self.random.next(), "clone");
        let twin = Tablet::clone_of(&self.tablets[tablet], random);
        let twin_index = self.tablets.len();
        self.say(format!("tablet {tablet} is cloned as tablet {twin_index}"));
        self.tablets.push(twin);
        let device = self.tablets[tablet].device;
        self.checks.cloned(tablet, twin_index, device);
        self.after(1_000, Event::Boot { tablet: twin_index });
        self.after(5_000, Event::Associate { tablet: twin_index });
    }
}
