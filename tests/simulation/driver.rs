//! What a tablet's shell does around its engine: look at what is due, ask the server, take in the
//! answer, print. Every call of the engine may be its program's last.

use app_core::{Answer, Engine, ExchangeFailure, printing::PrintError};
use domain::{clock::TimeMs, sync::ExchangeRequest};

use crate::{
    faults::Fault,
    invariants::{Held, Invariant, Violation},
    network::Reply,
    tablet::Ask,
    world::{Event, World},
};

/// The shell looks again at least this often, since a clock may be set back while it sleeps.
const LOOK_MS: i64 = 10_000;
/// A chunk is asked for so often before the snapshot is given up.
const CHUNK_TRIES: u32 = 3;

impl World {
    /// Time as a tablet tells it.
    pub fn clock_of(&self, tablet: usize) -> TimeMs {
        self.now.plus_ms(self.tablets[tablet].skew_ms)
    }

    /// Calls the engine of a running tablet. `None` when it is off, or dies in the middle of it.
    ///
    /// # Errors
    /// A storage that fails without a reason, or an invariant.
    pub fn engine<T>(
        &mut self,
        tablet: usize,
        work: impl FnOnce(&mut Engine, TimeMs) -> Answer<T>,
    ) -> Result<Option<Answer<T>>, Violation> {
        let now = self.clock_of(tablet);
        let Some(engine) = self.tablets[tablet].engine.as_mut() else { return Ok(None) };
        let answer = work(engine, now);
        if self.tablets[tablet].disk.with(|disk| disk.is_dead()) {
            self.say(format!("tablet {tablet} dies"));
            self.fall(tablet);
            return Ok(None);
        }
        if let Err(app_core::Failure::Broken(error)) = &answer {
            let what = format!("tablet {tablet}: storage fails without a fault: {error:?}");
            return Err(Violation::of(Invariant::NothingLost, what));
        }
        Ok(Some(answer))
    }

    /// Calls the engine for something that nobody is refused.
    fn must<T>(
        &mut self,
        tablet: usize,
        work: impl FnOnce(&mut Engine, TimeMs) -> Answer<T>,
    ) -> Result<Option<T>, Violation> {
        match self.engine(tablet, work)? {
            None => Ok(None),
            Some(Ok(done)) => Ok(Some(done)),
            Some(Err(failure)) => {
                let what = format!("tablet {tablet} refuses its own shell: {failure}");
                Err(Violation::of(Invariant::Live, what))
            }
        }
    }

    /// The program is gone; it starts again after a while.
    pub fn fall(&mut self, tablet: usize) {
        let cut = self.faults.has(Fault::PowerCut)
            && (!self.faults.has(Fault::TabletCrash) || self.random.chance(500));
        self.tablets[tablet].die();
        if cut {
            let random = &mut self.random;
            self.tablets[tablet].disk.with(|disk| disk.cut_power(random));
            self.say(format!("tablet {tablet} is without power"));
        }
        let ms = self.random.between(500, 60_000);
        self.after(ms, Event::Boot { tablet });
    }

    /// Starts a tablet's program.
    pub fn boot(&mut self, tablet: usize) -> Held {
        if self.tablets[tablet].engine.is_some() {
            return Ok(());
        }
        if self.strikes(Fault::TabletCrash) {
            let steps = u32::try_from(self.random.below(12)).expect("small");
            self.tablets[tablet].disk.with(|disk| disk.die_in(steps));
        }
        let now = self.now;
        let started = self.tablets[tablet].start(now);
        if self.tablets[tablet].disk.with(|disk| disk.is_dead()) {
            self.say(format!("tablet {tablet} dies while it starts"));
            self.fall(tablet);
            return Ok(());
        }
        if let Err(failure) = started {
            let what = format!("tablet {tablet} does not start: {failure:?}");
            return Err(Violation::of(Invariant::NothingLost, what));
        }
        self.say(format!("tablet {tablet} starts"));
        self.checks.booted(&self.server, &mut self.tablets[tablet], tablet)?;
        self.after(1, Event::Pair { tablet });
        self.drive(tablet)
    }

    /// Does what is due on a tablet, and comes back when more is.
    pub fn drive(&mut self, tablet: usize) -> Held {
        if self.tablets[tablet].engine.is_none() {
            return Ok(());
        }
        self.print_due(tablet)?;
        if self.tablets[tablet].call.is_none() {
            self.call_due(tablet)?;
        }
        self.checks.tablet(&self.server, &mut self.tablets[tablet], tablet)?;
        self.set_alarm_clock(tablet);
        Ok(())
    }

    fn set_alarm_clock(&mut self, tablet: usize) {
        let now = self.clock_of(tablet);
        let Some(engine) = self.tablets[tablet].engine.as_ref() else { return };
        let calling = self.tablets[tablet].call.is_some();
        let exchange = engine.sync_wake_at().filter(|_| !calling);
        let snapshot = engine.snapshot_need().map(|need| need.not_before).filter(|_| !calling);
        let print = engine.print_due().ok().flatten();
        let next = [exchange, snapshot, print].into_iter().flatten().min();
        let wait = next.map_or(LOOK_MS, |at| at.since_ms(now)).clamp(1, LOOK_MS);
        self.tablets[tablet].tick += 1;
        let tick = self.tablets[tablet].tick;
        self.after(wait, Event::Tick { tablet, tick });
    }

    /// Asks the server, where something is due.
    fn call_due(&mut self, tablet: usize) -> Held {
        let due = self.must(tablet, |engine, now| Ok(engine.sync_is_due(now)))?;
        if due == Some(true) {
            if let Some(request) = self.must(tablet, Engine::next_exchange)? {
                self.say(format!("tablet {tablet} asks with {}", sends(&request)));
                self.send(tablet, Ask::Exchange(Box::new(request)), 0);
            }
            return Ok(());
        }
        let wants = |engine: &mut Engine, now: TimeMs| {
            Ok(engine.snapshot_need().is_some_and(|need| need.not_before <= now))
        };
        if self.must(tablet, wants)? == Some(true) {
            self.say(format!("tablet {tablet} asks for a snapshot"));
            self.send(tablet, Ask::Manifest, 0);
        }
        Ok(())
    }

    /// An answer is there.
    pub fn answer(&mut self, to: usize, incarnation: u32, call: u64, reply: Reply) -> Held {
        if self.tablets[to].incarnation != incarnation || self.tablets[to].engine.is_none() {
            return Ok(());
        }
        let waiting = self.tablets[to].call.take_if(|known| known.id == call);
        match (waiting.map(|known| (known.ask, known.tries)), reply) {
            (Some((Ask::Exchange(request), _)), Reply::Exchange(answer)) => {
                self.tablets[to].remember(call, (*request).clone());
                self.absorb(to, &request, answer.map(|answer| *answer))?;
            }
            (Some((Ask::Manifest, _)), Reply::Manifest(Some(manifest))) => {
                let begun =
                    self.must(to, |engine, _| Ok(engine.begin_snapshot(&manifest).is_ok()))?;
                self.next_chunk(to, begun == Some(true), 0)?;
            }
            (Some((Ask::Chunk { index, .. }, _)), Reply::Chunk(Some(bytes))) => {
                let loaded =
                    self.must(to, |engine, _| Ok(engine.load_chunk(index, &bytes).is_ok()))?;
                self.next_chunk(to, loaded == Some(true), 0)?;
            }
            (Some(_), _) => self.next_chunk(to, false, 0)?,
            (None, Reply::Exchange(Ok(answer))) => {
                let past = self.tablets[to].past.iter().find(|(id, _)| *id == call).cloned();
                if let Some((_, request)) = past {
                    self.say(format!("tablet {to} hears late of call {call}"));
                    self.absorb(to, &request, Ok(*answer))?;
                }
            }
            (None, _) => {}
        }
        self.drive(to)
    }

    fn absorb(
        &mut self,
        tablet: usize,
        request: &ExchangeRequest,
        answer: Result<domain::sync::ExchangeResponse, ExchangeFailure>,
    ) -> Held {
        let before = self.tablets[tablet].engine.as_ref().and_then(Engine::position);
        let heard = answer.as_ref().ok().map(|answer| answer.feed.to);
        let done = self.must(tablet, |engine, now| engine.absorb(request, answer, now))?;
        if done.is_some() {
            self.say(format!("tablet {tablet} takes in an answer up to {heard:?}"));
            self.checks.pulled(&self.server, &mut self.tablets[tablet], tablet, before)?;
        }
        Ok(())
    }

    /// Goes on with a snapshot that is being loaded, or gives it up.
    fn next_chunk(&mut self, tablet: usize, sound: bool, tries: u32) -> Held {
        if !sound {
            self.must(tablet, |engine, now| {
                engine.drop_snapshot(now);
                Ok(())
            })?;
            return Ok(());
        }
        match self.must(tablet, |engine, _| Ok(engine.next_chunk()))? {
            Some(Some((id, index))) => self.send(tablet, Ask::Chunk { id, index }, tries),
            Some(None) => self.finish_snapshot(tablet)?,
            None => {}
        }
        Ok(())
    }

    fn finish_snapshot(&mut self, tablet: usize) -> Held {
        if self.must(tablet, Engine::finish_snapshot)?.is_some() {
            self.say(format!("tablet {tablet} starts from a snapshot"));
            self.checks.pulled(&self.server, &mut self.tablets[tablet], tablet, None)?;
        }
        Ok(())
    }

    /// No answer came in time.
    pub fn give_up(&mut self, tablet: usize, incarnation: u32, call: u64) -> Held {
        if self.tablets[tablet].incarnation != incarnation {
            return Ok(());
        }
        let Some(given_up) = self.tablets[tablet].call.take_if(|known| known.id == call) else {
            return Ok(());
        };
        self.say(format!("tablet {tablet} gives call {call} up"));
        match given_up.ask {
            Ask::Exchange(request) => {
                self.tablets[tablet].remember(call, (*request).clone());
                self.absorb(tablet, &request, Err(ExchangeFailure::Unreachable))?;
            }
            Ask::Chunk { .. } if given_up.tries < CHUNK_TRIES => {
                self.next_chunk(tablet, true, given_up.tries + 1)?;
            }
            Ask::Manifest | Ask::Chunk { .. } => self.next_chunk(tablet, false, 0)?,
        }
        self.drive(tablet)
    }

    /// The server says that there is news.
    pub fn poked(&mut self, tablet: usize) -> Held {
        let poked = |engine: &mut Engine, now: TimeMs| {
            engine.poke(now);
            Ok(())
        };
        if self.must(tablet, poked)?.is_some() { self.drive(tablet) } else { Ok(()) }
    }

    fn print_due(&mut self, tablet: usize) -> Held {
        if let Some(Some(task)) = self.must(tablet, Engine::take_print)? {
            let incarnation = self.tablets[tablet].incarnation;
            let ms = self.random.between(500, 4_000);
            self.after(ms, Event::Printed { tablet, incarnation, entry: task.entry });
        }
        Ok(())
    }

    /// A printer has answered.
    pub fn printed(&mut self, tablet: usize, incarnation: u32, entry: u64) -> Held {
        if self.tablets[tablet].incarnation != incarnation {
            return Ok(());
        }
        let result = if self.random.chance(850) || self.quiet {
            Ok(())
        } else {
            let (printer, reason) = ("Zebra".to_owned(), "no paper".to_owned());
            Err(PrintError::Unreachable { printer, reason })
        };
        self.must(tablet, |engine, now| engine.print_result(entry, &result, now))?;
        self.say(format!("tablet {tablet} prints: {}", result.is_ok()));
        self.drive(tablet)
    }
}

fn sends(request: &ExchangeRequest) -> String {
    format!("{} commands from {}", request.commands.len(), request.cursor)
}
