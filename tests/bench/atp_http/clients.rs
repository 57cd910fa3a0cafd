//! Clients that ask, read the whole answer, and ask again.

use std::time::Duration;

use tests::{sample::Sample, stopwatch::Stopwatch};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
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
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
        );
        let started = Stopwatch::start();
        let clients = (0..CONNECTIONS).map(|_| {
            let (address, request) = (world.address.clone(), request.clone());
            tokio::spawn(async move { client(&address, request.as_bytes(), round).await })
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
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.set_nodelay(true).expect("set");
    let (mut times, mut buffer) = (Vec::new(), Vec::with_capacity(16 * 1024));
    let started = Stopwatch::start();
    while started.elapsed() < round {
        let asked = Stopwatch::start();
        stream.write_all(request).await.expect("sent");
        read_answer(&mut stream, &mut buffer).await;
        times.push(asked.elapsed());
    }
    times
}

/// Reads one answer whole; it says its length.
pub async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    let mut end = None;
    loop {
        let read = stream.read_buf(buffer).await.expect("read");
        assert!(read > 0, "the server keeps the connection");
        if end.is_none()
            && let Some(head) = buffer.windows(4).position(|at| at == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(&buffer[..head]).expect("text").to_ascii_lowercase();
            assert!(text.starts_with("http/1.1 200"), "{text}");
            let length = text.split("content-length: ").nth(1).expect("it says its length");
            let length: usize =
                length.split("\r\n").next().expect("a line").parse().expect("a number");
            end = Some((head + 4, head + 4 + length));
        }
        if let Some((body, end)) = end
            && buffer.len() >= end
        {
            return body;
        }
    }
}
