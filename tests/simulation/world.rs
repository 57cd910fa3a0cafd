//! The simulated day: a queue of events in virtual time, and who does what with each. One event
//! after the other; the invariants are asked after every one.

use std::collections::BTreeMap;

use app_core::Planted;
use domain::{
    clock::TimeMs,
    ids::{LocationId, OrderId},
};
use sync_server::app::planted::Bug;

use crate::{
    customers::Customers,
    faults::Faults,
    invariants::{Checks, Held, Invariant, Violation},
    network::Reply,
    random::Random,
    server::{Pokes, Server},
    tablet::{Ask, Tablet},
    trace::{DAWN, Trace},
};

/// Events after which a day has gone mad.
const EVENTS_MAX: u32 = 60_000;

/// Something that happens at an instant.
#[derive(Debug, Clone)]
pub enum Event {
    /// A tablet looks at what is due.
    Tick { tablet: usize, tick: u64 },
    /// The person at a tablet does something.
    Associate { tablet: usize },
    /// A tablet's program starts.
    Boot { tablet: usize },
    /// An operator looks whether a tablet is paired.
    Pair { tablet: usize },
    /// A request reaches the server.
    Arrive { from: usize, incarnation: u32, call: u64, ask: Ask },
    /// An answer reaches a tablet.
    Answer { to: usize, incarnation: u32, call: u64, reply: Reply },
    /// A tablet waits no longer for an answer.
    GiveUp { tablet: usize, incarnation: u32, call: u64 },
    /// A printer answers.
    Printed { tablet: usize, incarnation: u32, entry: u64 },
    /// The server's poke reaches a tablet.
    Poke { tablet: usize },
    /// Customers order, and change their minds.
    Customers,
    /// The server does what it does by itself.
    Jobs,
    /// Something of the tablets or the network breaks.
    Weather,
    /// A tablet is back in reach.
    BackInReach { tablet: usize },
    /// The server is up again.
    ServerUp,
}

/// Bugs to plant, for the tests that look for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bugs {
    /// On the server.
    pub server: Option<Bug>,
    /// On every tablet.
    pub tablet: Planted,
}

/// Everything there is.
pub struct World {
    /// The true time.
    pub now: TimeMs,
    /// What goes wrong.
    pub faults: Faults,
    /// Luck of the network and of everything without a stream of its own.
    pub random: Random,
    /// The server.
    pub server: Server,
    /// Whether it answers.
    pub server_up: bool,
    /// The stores.
    pub locations: Vec<LocationId>,
    /// The tablets.
    pub tablets: Vec<Tablet>,
    /// Who orders.
    pub customers: Customers,
    /// What must hold.
    pub checks: Checks,
    /// What happened.
    pub trace: Trace,
    /// Nobody does anything new.
    pub quiet: bool,
    /// Number of the next call.
    pub calls: u64,
    /// Orders that were taken, in the order of taking.
    pub orders: Vec<OrderId>,
    queue: BTreeMap<(TimeMs, u64), Event>,
    queued: u64,
    handled: u32,
}

impl World {
    /// An empty world.
    pub fn new(seed: u64, faults: Faults) -> Self {
        Self {
            now: DAWN,
            faults,
            random: Random::of(seed, "world"),
            server: Server::new(seed),
            server_up: true,
            locations: Vec::new(),
            tablets: Vec::new(),
            customers: Customers::new(seed),
            checks: Checks::default(),
            trace: Trace::default(),
            quiet: false,
            calls: 0,
            orders: Vec::new(),
            queue: BTreeMap::new(),
            queued: 0,
            handled: 0,
        }
    }

    /// Adds a line to the trace.
    pub fn say(&mut self, what: impl AsRef<str>) {
        self.trace.say(self.now, what.as_ref());
    }

    /// Lets something happen later.
    pub fn after(&mut self, ms: i64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.now.plus_ms(ms.max(0)), self.queued), event);
    }

    /// Runs until an instant.
    pub fn run_until(&mut self, end: TimeMs) -> Held {
        while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((at, _), event) = entry.remove_entry();
            self.now = at;
            self.handled += 1;
            if self.handled > EVENTS_MAX {
                return Err(Violation::of(Invariant::Live, "the day never ends"));
            }
            self.handle(event)?;
        }
        self.now = end;
        Ok(())
    }

    fn handle(&mut self, event: Event) -> Held {
        match event {
            Event::Tick { tablet, tick } if self.tablets[tablet].tick == tick => self.drive(tablet),
            Event::Tick { .. } => Ok(()),
            Event::Associate { tablet } => self.work(tablet),
            Event::Boot { tablet } => self.boot(tablet),
            Event::Pair { tablet } => self.pair_where_needed(tablet),
            Event::Arrive { from, incarnation, call, ask } => {
                self.arrive(from, incarnation, call, ask)
            }
            Event::Answer { to, incarnation, call, reply } => {
                self.answer(to, incarnation, call, reply)
            }
            Event::GiveUp { tablet, incarnation, call } => self.give_up(tablet, incarnation, call),
            Event::Printed { tablet, incarnation, entry } => {
                self.printed(tablet, incarnation, entry)
            }
            Event::Poke { tablet } => self.poked(tablet),
            Event::Customers => self.shop(),
            Event::Jobs => self.jobs(),
            Event::Weather => self.weather(),
            Event::BackInReach { tablet } => {
                self.say(format!("tablet {tablet} is in reach"));
                (self.tablets[tablet].reaches, self.tablets[tablet].hears) = (true, true);
                Ok(())
            }
            Event::ServerUp => {
                self.say("server is up");
                self.server_up = true;
                Ok(())
            }
        }
    }

    /// Tells the tablets of locations whose feed moved.
    pub fn poke(&mut self, pokes: &Pokes) {
        for (location, _) in pokes {
            for tablet in 0..self.tablets.len() {
                let listens = self.tablets[tablet].location == *location
                    && self.tablets[tablet].reaches
                    && self.tablets[tablet].hears;
                if listens && !self.random.chance(200) {
                    let ms = self.random.between(5, 300);
                    self.after(ms, Event::Poke { tablet });
                }
            }
        }
    }

    /// Sources orders and frees old claims, as the server's jobs do.
    fn jobs(&mut self) -> Held {
        if !self.quiet || self.server.has_due(self.now) {
            self.source()?;
        }
        let pokes = self.server.expire_claims(self.now);
        if !pokes.is_empty() {
            self.say(format!("server frees claims: {pokes:?}"));
        }
        self.checks.expired(&self.server, self.now)?;
        self.poke(&pokes);
        self.after(60_000, Event::Jobs);
        Ok(())
    }

    /// Sources what is due.
    pub fn source(&mut self) -> Held {
        self.checks.before_sourcing(&self.server);
        let pokes = self.server.source_due(self.now);
        if !pokes.is_empty() {
            self.say(format!("server sources: {pokes:?}"));
        }
        self.checks.sourced(&self.server)?;
        self.poke(&pokes);
        Ok(())
    }
}
