//! The way between tablets and server, and back: latency, loss, repetition, delay, and a server that
//! is busy or dies. What is said travels as JSON, as it does over HTTP.

use app_core::ExchangeFailure;
use domain::{
    problem::Problem,
    sync::{ExchangeRequest, ExchangeResponse, SnapshotManifest},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    faults::Fault,
    invariants::Held,
    server::Exchanged,
    tablet::{Ask, Call},
    world::{Event, World},
};

/// A call is given up after so long.
const CALL_MAX_MS: i64 = 20_000;
/// The longest delay.
const DELAY_MAX_MS: i64 = 30 * 60_000;

/// What a tablet gets back.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Of an exchange.
    Exchange(Result<Box<ExchangeResponse>, ExchangeFailure>),
    /// Of a snapshot; `None` is a refusal, or nobody there.
    Manifest(Option<SnapshotManifest>),
    /// Of a chunk; `None` is a refusal.
    Chunk(Option<Vec<u8>>),
}

impl World {
    /// Sends a call of a tablet. Whatever becomes of it, the tablet waits no longer than its limit.
    pub fn send(&mut self, from: usize, ask: Ask, tries: u32) {
        self.calls += 1;
        let (call, incarnation) = (self.calls, self.tablets[from].incarnation);
        self.tablets[from].call = Some(Call { id: call, ask: ask.clone(), tries });
        self.after(CALL_MAX_MS, Event::GiveUp { tablet: from, incarnation, call });
        if self.strikes(Fault::Drop) {
            self.say(format!("call {call} of tablet {from} is lost"));
            return;
        }
        let ms = self.latency();
        if self.strikes(Fault::Duplicate) {
            let (ms, ask) = (self.latency() * 3, ask.clone());
            self.say(format!("call {call} of tablet {from} is sent twice"));
            self.after(ms, Event::Arrive { from, incarnation, call, ask });
        }
        self.after(ms, Event::Arrive { from, incarnation, call, ask });
    }

    /// Whether a fault strikes now.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        self.faults.strikes(fault, &mut self.random)
    }

    fn latency(&mut self) -> i64 {
        if self.strikes(Fault::Delay) {
            return self.random.between(1_000, DELAY_MAX_MS);
        }
        self.random.between(10, 400)
    }

    /// A request is at the server's door.
    pub fn arrive(&mut self, from: usize, incarnation: u32, call: u64, ask: Ask) -> Held {
        if !self.tablets[from].reaches {
            self.say(format!("call {call} of tablet {from} does not get through"));
            return Ok(());
        }
        if !self.server_up {
            let reply = refused_connection(&ask);
            return self.reply(from, incarnation, call, reply);
        }
        if self.strikes(Fault::Busy) {
            self.say(format!("server is too busy for call {call}"));
            let reply = match ask {
                Ask::Exchange(_) => {
                    Reply::Exchange(Err(ExchangeFailure::Busy { retry_after_ms: 2_000 }))
                }
                other => refused_connection(&other),
            };
            return self.reply(from, incarnation, call, reply);
        }
        match ask {
            Ask::Exchange(request) => self.exchange(from, incarnation, call, &request),
            Ask::Manifest => {
                let manifest = self.server.manifest(self.tablets[from].device, self.now).ok();
                self.reply(from, incarnation, call, Reply::Manifest(manifest))
            }
            Ask::Chunk { id, index } => {
                let device = self.tablets[from].device;
                let chunk = self.server.chunk(device, &id, index, self.now).ok();
                self.reply(from, incarnation, call, Reply::Chunk(chunk))
            }
        }
    }

    fn exchange(
        &mut self,
        from: usize,
        incarnation: u32,
        call: u64,
        request: &ExchangeRequest,
    ) -> Held {
        let crash = self.strikes(Fault::ServerCrash);
        let before_commit = crash && self.random.chance(500);
        let (device, request) = (self.tablets[from].device, over_the_wire(request));
        let done = self.server.exchange(device, &request, before_commit, self.now);
        let Ok(done) = done else {
            self.say(format!("server dies before the commit of call {call}"));
            self.checks.undone(&self.server)?;
            self.crash_server();
            return Ok(());
        };
        self.say(format!("server answers call {call} of tablet {from}: {}", words(&done)));
        let location = self.tablets[from].location.clone();
        self.checks.exchanged(&self.server, device, &location, &request, &done)?;
        if let Ok(answer) = &done
            && let Some(cursor) = sync_server::app::exchange::moved_to(&answer.outcomes)
        {
            self.poke(&vec![(location, cursor)]);
            self.source()?;
        }
        if crash {
            self.say(format!("server dies after the commit of call {call}"));
            self.crash_server();
            return Ok(());
        }
        let reply = match &done {
            Ok(answer) => Ok(Box::new(over_the_wire(answer))),
            Err(problem) => Err(ExchangeFailure::Refused(problem.clone())),
        };
        self.reply(from, incarnation, call, Reply::Exchange(reply))
    }

    fn crash_server(&mut self) {
        self.server.restart();
        self.server_up = false;
        let ms = self.random.between(500, 90_000);
        self.after(ms, Event::ServerUp);
    }

    fn reply(&mut self, to: usize, incarnation: u32, call: u64, reply: Reply) -> Held {
        if !self.tablets[to].hears || self.strikes(Fault::LostReply) {
            self.say(format!("the answer to call {call} of tablet {to} is lost"));
            return Ok(());
        }
        if self.strikes(Fault::LateAnswer) {
            let ms = self.random.between(1_000, 120_000);
            self.after(ms, Event::Answer { to, incarnation, call, reply: reply.clone() });
        }
        let ms = self.latency();
        self.after(ms, Event::Answer { to, incarnation, call, reply });
        Ok(())
    }
}

fn refused_connection(ask: &Ask) -> Reply {
    match ask {
        Ask::Exchange(_) => Reply::Exchange(Err(ExchangeFailure::Unreachable)),
        Ask::Manifest => Reply::Manifest(None),
        Ask::Chunk { .. } => Reply::Chunk(None),
    }
}

/// Written and read again.
fn over_the_wire<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("the wire's shapes are plain data");
    serde_json::from_str(&text).expect("what was written can be read")
}

/// An answer in a few words.
fn words(done: &Exchanged) -> String {
    match done {
        Ok(answer) => {
            let verdicts: Vec<String> = answer
                .outcomes
                .iter()
                .map(|one| format!("{}={}", one.seq, one.outcome.verdict.as_str()))
                .collect();
            let reset = answer.reset.as_ref().map_or("", |reset| reset.reason.as_str());
            let rows = answer.feed.rows.len();
            format!("[{}] {rows} rows to {} {reset}", verdicts.join(" "), answer.feed.to)
        }
        Err(problem) => {
            let Problem { code, expected_seq, .. } = &**problem;
            format!("{code} {expected_seq:?}")
        }
    }
}
