//! What a person must know about the tablet itself. One sentence is shown: the worst.

use super::Engine;
use crate::error::Answer;
use domain::{clock::TimeMs, limits};

/// Kinds of alarms, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// Two tablets speak with one identity: nothing of this one is taken any more.
    Stopped,
    /// The tablet was taken out of service.
    Revoked,
    /// The server has no such tablet, or has paired it again since: as after a restore.
    NotKnown,
    /// The outbox was damaged.
    Salvaged,
    /// The server lost commands that it had called durable.
    ServerLost,
    /// The disk is full.
    NoSpace,
    /// The app is too old to be sent anything.
    TooOld,
    /// A command that is too large to be sent.
    TooLarge,
    /// Work that this release cannot read.
    Unreadable,
}

impl Engine {
    pub(super) fn raise(&mut self, alarm: Alarm, sentence: impl Into<String>) {
        self.alarms.insert(alarm, sentence.into());
    }

    /// Raises an alarm that survives a restart.
    pub(super) fn raise_for_good(&mut self, alarm: Alarm, sentence: &str) -> Answer<()> {
        if self.alarms.get(&alarm).is_none_or(|known| known != sentence) {
            self.outbox.set_setting(setting(alarm), &sentence)?;
            self.raise(alarm, sentence);
        }
        Ok(())
    }

    pub(super) fn calm(&mut self, alarm: Alarm) -> Answer<()> {
        if self.alarms.remove(&alarm).is_some() {
            self.outbox.remove_setting(setting(alarm))?;
        }
        Ok(())
    }

    pub(super) fn read_alarms(&mut self) -> Answer<()> {
        for alarm in
            [Alarm::Stopped, Alarm::Revoked, Alarm::NotKnown, Alarm::Salvaged, Alarm::ServerLost]
        {
            if let Some(sentence) = self.outbox.setting::<String>(setting(alarm))? {
                self.alarms.insert(alarm, sentence);
            }
        }
        Ok(())
    }

    /// Whether this alarm is up.
    #[must_use]
    pub fn has_alarm(&self, alarm: Alarm) -> bool {
        self.alarms.contains_key(&alarm)
    }

    /// The sentence to show: the worst alarm, else a warning about much unsent work.
    pub(super) fn alarm_sentence(
        &self,
        waiting: u64,
        oldest: Option<TimeMs>,
        now: TimeMs,
    ) -> Option<String> {
        let worst = self.alarms.values().next().cloned();
        worst.or_else(|| {
            let old = oldest.is_some_and(|at| now.since_ms(at) >= limits::OUTBOX_WARN_AGE_MS);
            (waiting >= limits::OUTBOX_WARN_COMMANDS || old)
                .then(|| format!("{waiting} changes are not sent yet. Connect this tablet soon."))
        })
    }
}

const fn setting(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Stopped => "alarm_stopped",
        Alarm::Revoked => "alarm_revoked",
        Alarm::NotKnown => "alarm_not_known",
        Alarm::Salvaged => crate::store::SALVAGED,
        Alarm::ServerLost => "alarm_server_lost",
        Alarm::NoSpace => "alarm_no_space",
        Alarm::TooOld => "alarm_too_old",
        Alarm::TooLarge => "alarm_too_large",
        Alarm::Unreadable => "alarm_unreadable",
    }
}
