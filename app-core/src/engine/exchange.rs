//! What is sent to the server, and what to make of a failed try. The other half is in `absorb`.

use domain::{
    clock::TimeMs,
    limits,
    problem::Problem,
    sync::{DeviceReport, ExchangeRequest, PROTO, SCHEMA},
};
use serde_json::value::RawValue;

use super::{Alarm, Engine};
use crate::error::Answer;

/// Bytes of commands in one exchange, well below what the server inflates.
const BATCH_BYTES_MAX: usize = limits::EXCHANGE_INFLATED_BYTES_MAX / 2;

/// How an exchange can end without an answer.
#[derive(Debug, Clone)]
pub enum ExchangeFailure {
    /// No answer came, or none that can be read.
    Unreachable,
    /// The server is up and asks to wait (429, 503).
    Busy {
        /// At least this long.
        retry_after_ms: u64,
    },
    /// The server said no.
    Refused(Box<Problem>),
}

impl Engine {
    /// When to wake up for the exchange; `None` only while the tablet is not paired.
    #[must_use]
    pub fn sync_wake_at(&self) -> Option<TimeMs> {
        self.scheduler.wake_at()
    }

    /// Whether to exchange now.
    pub fn sync_is_due(&mut self, now: TimeMs) -> bool {
        self.scheduler.is_due(now, &mut self.entropy)
    }

    /// The server has news, or a person asked: exchange soon.
    pub fn poke(&mut self, now: TimeMs) {
        self.scheduler.poke(now);
    }

    /// The line that pokes come over has ended: whether the server still answers is found out by an
    /// exchange, unless the tablet knows already that it does not.
    pub fn line_ended(&mut self, now: TimeMs) {
        if self.contact.online {
            self.scheduler.poke(now);
        }
    }

    /// The next exchange. Pass the request back with its answer to [`Engine::absorb`].
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::NotEnrolled`].
    pub fn next_exchange(&mut self, now: TimeMs) -> Answer<ExchangeRequest> {
        #[cfg(feature = "planted")]
        self.write_rows_to_come()?;
        let identity = self.require_identity()?;
        let (id, epoch) = (identity.device, identity.epoch);
        let (waiting, oldest) = self.outbox.waiting(epoch)?;
        let position = self.replica.position();
        let report = DeviceReport {
            id,
            epoch,
            app: self.options.app.clone(),
            wall: now,
            waiting,
            oldest,
            sscc_left: self.outbox.numbers_left()?,
            parked: self.outbox.parked()?,
        };
        let commands = self.batch(epoch)?;
        self.scheduler.started(now);
        Ok(ExchangeRequest {
            proto: PROTO,
            schema: SCHEMA,
            feed_epoch: position.map(|position| position.epoch),
            cursor: position.map_or(0, |position| position.cursor),
            device: report,
            commands,
        })
    }

    /// The first pending commands, byte for byte, as many as one exchange takes. None while the
    /// outbox is salvaged: its numbers are not to be trusted until the tablet is paired again.
    fn batch(&self, epoch: u32) -> Answer<Vec<Box<RawValue>>> {
        if self.has_alarm(Alarm::Salvaged) {
            return Ok(Vec::new());
        }
        let mut bytes = 0;
        let mut commands = Vec::new();
        for stored in self.outbox.pending(epoch, self.batch_max)? {
            bytes += stored.body.len();
            if bytes > BATCH_BYTES_MAX && !commands.is_empty() {
                break;
            }
            let raw = RawValue::from_string(stored.body).map_err(|e| {
                let (table, row) = ("command", stored.seq.to_string());
                crate::store::StoreError::Impossible { table, row, reason: e.to_string() }
            })?;
            commands.push(raw);
        }
        Ok(commands)
    }

    /// Takes in that an exchange had no answer.
    pub(super) fn not_answered(
        &mut self,
        request: &ExchangeRequest,
        failure: &ExchangeFailure,
        now: TimeMs,
    ) -> Answer<()> {
        let retry_after_ms = match failure {
            ExchangeFailure::Busy { retry_after_ms } => Some(*retry_after_ms),
            ExchangeFailure::Unreachable | ExchangeFailure::Refused(_) => None,
        };
        self.scheduler.failed(now, retry_after_ms, &mut self.entropy);
        match failure {
            ExchangeFailure::Unreachable => self.lost_contact(now)?,
            ExchangeFailure::Busy { .. } => {}
            ExchangeFailure::Refused(problem) => self.refused(request, problem, now)?,
        }
        self.forget_old_customers(now)
    }

    fn refused(&mut self, request: &ExchangeRequest, problem: &Problem, now: TimeMs) -> Answer<()> {
        match (problem.code.as_str(), problem.expected_seq) {
            ("gap", Some(expected)) => self.fill_gap(request, expected, now)?,
            ("equivocation" | "quarantined", _) => {
                let sentence = "Another tablet uses this tablet's identity. Stop and call support.";
                self.raise_for_good(Alarm::Stopped, sentence)?;
                self.lost_contact(now)?;
            }
            ("revoked", _) => self.raise_for_good(
                Alarm::Revoked,
                "This tablet was taken out of service. Its work is kept.",
            )?,
            ("unknown_device" | "wrong_epoch", _) => {
                let sentence = "The server does not know this pairing. Its work is kept: \
                    pair this tablet again.";
                self.raise_for_good(Alarm::NotKnown, sentence)?;
                self.lost_contact(now)?;
            }
            ("upgrade_required", _) => self.raise(Alarm::TooOld, "This app is too old. Update it."),
            ("too_large", _) if self.batch_max > 1 => self.batch_max /= 2,
            ("too_large", _) => {
                self.raise(Alarm::TooLarge, "A change is too large to be sent. Call support.");
            }
            _ => self.lost_contact(now)?,
        }
        Ok(())
    }

    /// The server lacks commands that this tablet takes for decided: it was restored.
    fn fill_gap(&mut self, request: &ExchangeRequest, expected: u64, now: TimeMs) -> Answer<()> {
        let epoch = request.device.epoch;
        if epoch == self.device_epoch() && !self.outbox.resend_from(epoch, expected)? {
            self.raise_for_good(
                Alarm::ServerLost,
                "The server lost work that it had confirmed. Call support.",
            )?;
        }
        self.scheduler.poke(now);
        Ok(())
    }

    fn lost_contact(&mut self, now: TimeMs) -> Answer<()> {
        if self.contact.online || self.contact.offline_since.is_none() {
            self.contact.online = false;
            self.contact.offline_since = Some(now);
            self.replica.set_note("contact", &self.contact)?;
        }
        Ok(())
    }
}
