//! A label printer's raw socket: keeps every job that comes in.

use std::io::Read;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A listening printer.
pub struct Printer {
    pub address: String,
    jobs: Receiver<Vec<u8>>,
}

impl Printer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let (sent, jobs) = channel();
        std::thread::spawn(move || {
            for mut connection in listener.incoming().map_while(Result::ok) {
                let mut job = Vec::new();
                if connection.read_to_end(&mut job).is_ok() && sent.send(job).is_err() {
                    return;
                }
            }
        });
        Self { address, jobs }
    }

    /// The next job, as text.
    pub fn next(&self) -> String {
        let job = self.jobs.recv_timeout(Duration::from_secs(20)).expect("a job is printed");
        String::from_utf8_lossy(&job).into_owned()
    }
}
