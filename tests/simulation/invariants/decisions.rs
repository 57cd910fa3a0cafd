//! I3 and I5: every command of a device is decided once, in order, and its outcome is repeated byte
//! for byte.

use std::collections::BTreeMap;

use domain::{
    command::{Command, Envelope, Stamp},
    exception::{Exception, ExceptionKind},
    ids::{DeviceId, LocationId},
    outcome::Verdict,
    sync::{ExchangeRequest, ExchangeResponse},
};

use super::{Checks, Decision, Held, Invariant, Violation, envelope, holds};
use crate::server::{Exchanged, Server};

impl Checks {
    /// The server died before a commit: nothing may have changed.
    pub fn undone(&mut self, server: &Server) -> Held {
        self.same_work(server, Invariant::ExactlyOnce)?;
        self.shelves(server)
    }

    /// The server has committed an exchange, or refused it.
    pub fn exchanged(
        &mut self,
        server: &Server,
        device: DeviceId,
        location: &LocationId,
        request: &ExchangeRequest,
        done: &Exchanged,
    ) -> Held {
        let blame = match done {
            Ok(answer) => self.answered(device, location, request, answer)?,
            Err(problem) => {
                self.refused(device, &problem.code)?;
                Invariant::ExactlyOnce
            }
        };
        self.same_work(server, blame)?;
        self.shelves(server)
    }

    /// A device is only stopped when there are two of it.
    fn refused(&self, device: DeviceId, code: &str) -> Held {
        let expected = match code {
            "equivocation" | "quarantined" | "revoked" | "gap" => {
                self.cloned_devices.contains(&device)
            }
            "wrong_epoch" => self.epochs.get(&device).is_some_and(|epoch| *epoch > 1),
            _ => false,
        };
        let what = || format!("device {device} is refused with {code}");
        holds(expected, Invariant::ExactlyOnce, what)
    }

    fn answered(
        &mut self,
        device: DeviceId,
        location: &LocationId,
        request: &ExchangeRequest,
        answer: &ExchangeResponse,
    ) -> Result<Invariant, Violation> {
        let sender = (device, request.device.epoch);
        let mut last = self.progress.get(&sender).copied().unwrap_or(0);
        let mut expected = BTreeMap::new();
        for raw in &request.commands {
            let envelope = envelope(raw.get());
            if envelope.seq <= last {
                continue;
            }
            let in_order = envelope.seq == last + 1;
            holds(in_order, Invariant::DeviceOrder, || {
                format!("command {} of {device} was taken after {last}", envelope.seq)
            })?;
            last = envelope.seq;
            if let Some(verdict) = self.decide(device, location, &envelope) {
                expected.insert(envelope.seq, verdict);
            }
        }
        let news = self.progress.insert(sender, last) != Some(last);
        holds(answer.last_seq == last, Invariant::DeviceOrder, || {
            format!("the server says {} of {device} is the last, not {last}", answer.last_seq)
        })?;
        self.outcomes_of(sender, request, answer, &expected)?;
        super::feed::page(request, answer)?;
        Ok(if news { Invariant::Legal } else { Invariant::ExactlyOnce })
    }

    fn outcomes_of(
        &mut self,
        sender: (DeviceId, u32),
        request: &ExchangeRequest,
        answer: &ExchangeResponse,
        expected: &BTreeMap<u64, Verdict>,
    ) -> Held {
        for decided in &answer.outcomes {
            let key = (sender.0, decided.late.map_or(sender.1, |late| late.epoch), decided.seq);
            let text = serde_json::to_string(&decided.outcome).expect("plain data");
            let first = self.outcomes.entry(key).or_insert_with(|| text.clone());
            holds(*first == text, Invariant::ExactlyOnce, || {
                format!("command {} had the outcome {first} and now has {text}", decided.seq)
            })?;
            let asked = expected.get(&decided.seq).filter(|_| decided.late.is_none());
            if let Some(verdict) = asked {
                holds(*verdict == decided.outcome.verdict, Invariant::Legal, || {
                    let (seq, got) = (decided.seq, &decided.outcome.verdict);
                    format!("command {seq} should be {verdict:?} and is {got:?}")
                })?;
            }
        }
        for raw in &request.commands {
            let envelope = envelope(raw.get());
            let mut here = answer.outcomes.iter().filter(|decided| decided.late.is_none());
            let found = here.find(|decided| decided.seq == envelope.seq);
            let Some(found) = found else {
                let what = format!("command {} has no outcome", envelope.seq);
                return Err(Violation::of(Invariant::ExactlyOnce, what));
            };
            let cursor = found.outcome.cursor;
            let body = raw.get().to_owned();
            self.decided.entry(envelope.id).or_insert(Decision { body, cursor });
        }
        Ok(())
    }

    /// Settles a new command in our own books; the verdict that the server must give, where it does
    /// not only repeat an earlier one.
    fn decide(
        &mut self,
        device: DeviceId,
        location: &LocationId,
        envelope: &Envelope,
    ) -> Option<Verdict> {
        if self.decided.contains_key(&envelope.id) {
            return None;
        }
        let known = self.work.get_mut(&envelope.fulfillment);
        let known = known.filter(|known| known.now.location() == location)?;
        let Ok(command) = Command::read(&envelope.kind, envelope.version, &envelope.payload) else {
            known.put(known.now.clone().flagged(parked(envelope)));
            return None;
        };
        let stamp = Stamp {
            command: envelope.id,
            device,
            associate: envelope.actor.associate.clone(),
            at: envelope.at,
            may_take_over: envelope.actor.associate.as_str().starts_with('L'),
        };
        let settled = known.now.clone().settle(&command, &stamp);
        known.put(settled.next);
        Some(settled.verdict)
    }
}

fn parked(envelope: &Envelope) -> Exception {
    Exception {
        id: envelope.id.into(),
        kind: ExceptionKind::ParkedCommand,
        line: None,
        units: 0,
        place: None,
        raised_at: envelope.at,
        settled: None,
    }
}
