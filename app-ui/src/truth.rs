//! What the sync bar says: the one place that tells how far the work got.
//!
//! Nothing here decides when to send; the words only repeat the engine's state.

use domain::{
    bridge::{Sent, SyncState},
    clock::TimeMs,
    measure::counted,
};

/// The bar in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The value of the `data-state` attribute: `well`, `sending`, `loading`, `offline`.
    pub state: &'static str,
    /// The sentence; read aloud when the state changes.
    pub words: String,
    /// Whether it is worth pressing "Try now".
    pub offers_retry: bool,
}

/// The bar for this state; `clock` writes an instant as the store's time of day.
#[must_use]
pub fn bar(sync: &SyncState, clock: impl Fn(TimeMs) -> String) -> Bar {
    let (state, words) = if !sync.online {
        ("offline", offline(sync, &clock))
    } else if sync.loading {
        ("loading", "Loading this store’s work…".into())
    } else if sync.waiting > 0 {
        ("sending", format!("Sending {}", changes(sync.waiting)))
    } else {
        ("well", "Everything is sent".into())
    };
    Bar { state, words, offers_retry: state == "offline" }
}

fn offline(sync: &SyncState, clock: &impl Fn(TimeMs) -> String) -> String {
    let since = match sync.offline_since {
        Some(at) => format!("Offline since {}", clock(at)),
        None if sync.last_contact.is_none() => "Not connected yet".into(),
        None => "Offline".into(),
    };
    match sync.waiting {
        0 => format!("{since} — nothing waiting"),
        waiting => format!("{since} — {waiting} waiting"),
    }
}

fn changes(count: u64) -> String {
    counted(count, "change", "changes")
}

/// How far a fulfillment's last change got, in its own word.
#[must_use]
pub const fn sent_words(sent: Sent) -> &'static str {
    match sent {
        Sent::Confirmed => "Confirmed",
        Sent::DoneHere => "Done here",
        Sent::NeedsYou => "Needs you",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(online: bool, waiting: u64) -> SyncState {
        SyncState {
            online,
            offline_since: (!online).then_some(TimeMs(1_042)),
            waiting,
            oldest: None,
            last_contact: Some(TimeMs(1)),
            loading: false,
            needs_you: 0,
            alarm: None,
        }
    }

    fn words(sync: &SyncState) -> String {
        bar(sync, |at| format!("t{}", at.0)).words
    }

    #[test]
    fn the_bar_tells_the_truth() {
        assert_eq!(words(&state(false, 14)), "Offline since t1042 — 14 waiting");
        assert_eq!(words(&state(false, 0)), "Offline since t1042 — nothing waiting");
        assert_eq!(words(&state(true, 1)), "Sending 1 change");
        assert_eq!(words(&state(true, 3)), "Sending 3 changes");
        assert_eq!(bar(&state(true, 0), |_| String::new()).state, "well");
    }

    #[test]
    fn offline_is_said_even_while_the_first_work_is_loading() {
        let mut sync = state(false, 0);
        (sync.loading, sync.offline_since, sync.last_contact) = (true, None, None);
        assert_eq!(words(&sync), "Not connected yet — nothing waiting");
        sync.online = true;
        assert_eq!(bar(&sync, |_| String::new()).state, "loading");
    }
}
