//! A request with events that stays open, with as little as can be between the clock and the socket: rows
//! are sent a piece at a time, and what was taken is told line by line.

use std::str;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The open request.
pub struct EventStream {
    stream: TcpStream,
    /// What has come and was not looked at.
    raw: Vec<u8>,
    /// What the answer has said and nobody was told.
    text: Vec<u8>,
}

impl EventStream {
    /// Begins one for a source, at host and port.
    pub async fn open(address: &str, source: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        stream.set_nodelay(true).expect("set");
        let mut open = Self { stream, raw: Vec::new(), text: Vec::new() };
        let head = format!(
            "POST /api/v1/sources/{source}/events/stream HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        open.stream.write_all(head.as_bytes()).await.expect("sent");
        let head = open.until(b"\r\n\r\n").await.expect("an answer");
        let head = str::from_utf8(&head).expect("text");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        open
    }

    /// Sends a piece, which need not be a whole line.
    pub async fn send(&mut self, piece: &[u8]) {
        let head = format!("{:x}\r\n", piece.len());
        let chunk = [head.as_bytes(), piece, b"\r\n"].concat();
        self.stream.write_all(&chunk).await.expect("sent");
    }

    /// Says that no more comes.
    pub async fn end(&mut self) {
        self.stream.write_all(b"0\r\n\r\n").await.expect("sent");
    }

    /// The next line of the answer; `None` where it has ended.
    pub async fn told(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
                let rest = self.text.split_off(end + 1);
                let line = std::mem::replace(&mut self.text, rest);
                return Some(String::from_utf8(line).expect("text"));
            }
            let size = self.until(b"\r\n").await?;
            let size = str::from_utf8(&size).expect("text").trim_end();
            let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
            if size == 0 {
                return None;
            }
            while self.raw.len() < size + 2 {
                self.read().await?;
            }
            let rest = self.raw.split_off(size + 2);
            let chunk = std::mem::replace(&mut self.raw, rest);
            self.text.extend_from_slice(&chunk[..size]);
        }
    }

    /// What comes up to some bytes, with them; `None` where the connection ends before.
    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.raw.windows(end.len()).position(|bytes| bytes == end) {
                let rest = self.raw.split_off(at + end.len());
                return Some(std::mem::replace(&mut self.raw, rest));
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Option<()> {
        // A connection that breaks has told nothing more.
        let read = self.stream.read_buf(&mut self.raw).await.unwrap_or(0);
        (read > 0).then_some(())
    }
}
