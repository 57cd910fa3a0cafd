//! What changed, for a listener that may be slower than the changes.

use domain::bridge::Changed;
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

/// Changes as they come. Whatever waits when one is asked for comes as one.
pub struct Changes(Receiver<Changed>);

impl Changes {
    pub(super) const fn new(receiver: Receiver<Changed>) -> Self {
        Self(receiver)
    }

    /// Waits for the next change; `None` once the tablet is closed. After a lag it says that any
    /// fulfillment may have changed.
    pub async fn next(&mut self) -> Option<Changed> {
        let mut missed = false;
        let mut merged = loop {
            match self.0.recv().await {
                Ok(changed) => break changed,
                Err(RecvError::Lagged(_)) => missed = true,
                Err(RecvError::Closed) => return None,
            }
        };
        loop {
            match self.0.try_recv() {
                Ok(later) => merged = merged.and(later),
                Err(TryRecvError::Lagged(_)) => missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if missed {
            merged.fulfillments.clear();
        }
        Some(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{bridge::SyncState, clock::TimeMs, ids::FulfillmentId};
    use tokio::sync::broadcast;

    fn id(number: u8) -> FulfillmentId {
        FulfillmentId::new(TimeMs(0), [number; 10])
    }

    fn changed(waiting: u64, fulfillments: &[u8]) -> Changed {
        let sync = SyncState {
            online: true,
            offline_since: None,
            waiting,
            oldest: None,
            last_contact: None,
            loading: false,
            needs_you: 0,
            alarm: None,
        };
        Changed { sync, fulfillments: fulfillments.iter().copied().map(id).collect() }
    }

    async fn heard(room: usize, said: &[Changed]) -> Option<Changed> {
        let (sender, receiver) = broadcast::channel(room);
        for changed in said {
            sender.send(changed.clone()).expect("somebody listens");
        }
        Changes::new(receiver).next().await
    }

    #[tokio::test]
    async fn what_waits_comes_as_one_with_the_last_word_on_sync() {
        let said = [changed(1, &[2]), changed(2, &[1, 2])];
        assert_eq!(heard(8, &said).await, Some(changed(2, &[1, 2])));
        let any = [changed(1, &[2]), changed(2, &[])];
        assert_eq!(heard(8, &any).await, Some(changed(2, &[])));
    }

    #[tokio::test]
    async fn after_a_lag_anything_may_have_changed() {
        let said = [1, 2, 3, 4].map(|waiting| changed(waiting, &[1]));
        assert_eq!(heard(2, &said).await, Some(changed(4, &[])));
    }

    #[tokio::test]
    async fn a_closed_tablet_ends_it() {
        let (sender, receiver) = broadcast::channel(1);
        drop(sender);
        assert_eq!(Changes::new(receiver).next().await, None);
    }
}
