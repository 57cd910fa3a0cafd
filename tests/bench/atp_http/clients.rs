//! Clients that ask, read the whole answer, and ask again.

use std::time::Duration;

use tests::{
    keepalive::{self, KeepAlive},
    sample::Sample,
    stopwatch::Stopwatch,
};

use crate::world::{TOKEN, World};

const CONNECTIONS: usize = 32;

/// What one round measured.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub a_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Crowd {
    pub async fn ask(world: &World, path: &str, round: Duration) -> Self {
        let request = keepalive::get(path, TOKEN);
        let started = Stopwatch::start();
        let clients = (0..CONNECTIONS).map(|_| {
            let (address, request) = (world.address.clone(), request.clone());
            tokio::spawn(async move { client(&address, &request, round).await })
        });
        let mut all = Sample::default();
        for client in clients.collect::<Vec<_>>() {
            client.await.expect("no panic").into_iter().for_each(|time| all.add(time));
        }
        let a_second = all.count() as f64 / started.elapsed().as_secs_f64();
        Self { a_second, p50_ms: all.percentile_ms(50), p99_ms: all.percentile_ms(99) }
    }

    /// The round in the middle, by requests a second.
    pub fn median(rounds: &[Self]) -> Self {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(|a, b| a.a_second.total_cmp(&b.a_second));
        sorted[sorted.len() / 2]
    }
}

async fn client(address: &str, request: &[u8], round: Duration) -> Vec<Duration> {
    let (mut connection, mut times) = (KeepAlive::to(address).await, Vec::new());
    let started = Stopwatch::start();
    while started.elapsed() < round {
        let asked = Stopwatch::start();
        connection.ask_well(request).await;
        times.push(asked.elapsed());
    }
    times
}
