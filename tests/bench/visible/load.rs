//! Sales of everything else meanwhile, as many a second all the time.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::json;
use tests::{
    keepalive::{self, KeepAlive},
    stopwatch::Stopwatch,
};
use tokio::task::JoinHandle;

use crate::probe::Probe;

/// Sales of one request, and how long from one to the next: 1,000 a second.
const SALES: usize = 20;
const BEAT: Duration = Duration::from_millis(20);

/// It runs until it is stopped.
pub struct Load {
    stop: Arc<AtomicBool>,
    task: JoinHandle<usize>,
    started: Stopwatch,
}

impl Load {
    pub fn start(probe: &Probe) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let (stopped, address) = (Arc::clone(&stop), probe.address.clone());
        let (stores, skus) = (probe.stores.clone(), probe.skus[..probe.skus.len() - 1].to_vec());
        // Not the events of the load before.
        let (token, begun) = (probe.load_token.clone(), probe.sold);
        let started = Stopwatch::start();
        let task = tokio::spawn(async move {
            let mut till = KeepAlive::to(&address).await;
            let (mut beat, mut sold) = (tokio::time::interval(BEAT), 0);
            while !stopped.load(Relaxed) {
                beat.tick().await;
                let mut sales = String::new();
                for n in sold..sold + SALES {
                    let (store, sku) = (&stores[n % stores.len()], &skus[n * 7 % skus.len()]);
                    let sale = json!({ "kind": "sale", "event_id": format!("l{begun}-{n}"),
                        "sku": sku, "location": store, "quantity": 1 });
                    let _ = writeln!(sales, "{sale}");
                }
                let path = "/api/v1/sources/till-of-others/events";
                let answer = till.ask_well(&keepalive::post(path, &token, sales.as_bytes())).await;
                let row: domain::api::BatchRow = serde_json::from_slice(answer).expect("a row");
                assert_eq!(row.accepted, SALES as u64, "{row:?}");
                sold += SALES;
            }
            sold
        });
        Self { stop, task, started }
    }

    /// Changes a second.
    pub async fn stop(self) -> f64 {
        self.stop.store(true, Relaxed);
        let sold = self.task.await.expect("no panic");
        sold as f64 / self.started.elapsed().as_secs_f64()
    }
}
