//! An HTTP connection that stays open, with as little as can be between the clock and the socket: for
//! benchmarks, which share the machine with the server that they measure.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One connection, one question at a time.
pub struct KeepAlive {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl KeepAlive {
    /// Connects to host and port.
    pub async fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        stream.set_nodelay(true).expect("set");
        Self { stream, buffer: Vec::with_capacity(16 * 1_024) }
    }

    /// Sends a request as it stands, and reads the whole answer: its status and its body.
    pub async fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream.write_all(request).await.expect("sent");
        self.buffer.clear();
        let mut known = None;
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.expect("read");
            assert!(read > 0, "the server keeps the connection");
            if known.is_none() {
                known = Head::of(&self.buffer);
            }
            if let Some(Head { status, body, end }) = known
                && self.buffer.len() >= end
            {
                return (status, &self.buffer[body..end]);
            }
        }
    }

    /// The body of an answer that must be a 200.
    pub async fn ask_well(&mut self, request: &[u8]) -> &[u8] {
        let (status, body) = self.ask(request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
        body
    }
}

/// What an answer's head says.
#[derive(Clone, Copy)]
struct Head {
    status: u16,
    body: usize,
    end: usize,
}

impl Head {
    /// `None` while it has not come whole.
    fn of(answer: &[u8]) -> Option<Self> {
        let head = answer.windows(4).position(|at| at == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&answer[..head]).expect("text").to_ascii_lowercase();
        let status = text.strip_prefix("http/1.1 ").and_then(|text| text.get(..3)?.parse().ok());
        let length = text.split("content-length: ").nth(1).and_then(|text| text.lines().next());
        let length: usize = length.expect("it says its length").parse().expect("a number");
        let body = head + 4;
        Some(Self { status: status.expect("a status"), body, end: body + length })
    }
}

/// A question.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n")
        .into()
}

/// A request with a body.
pub fn post(path: &str, token: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
