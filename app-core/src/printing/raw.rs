//! Raw TCP, usually port 9100: connect, write, close our half, wait for the printer to close. The
//! printer says nothing back, so "all bytes taken" is the best word there is.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::PrintError;

const CONNECT: Duration = Duration::from_secs(2);
const WRITE: Duration = Duration::from_secs(20);
/// Printers that keep the socket open after the label are common: not an error.
const LINGER: Duration = Duration::from_millis(500);

pub(super) async fn send(printer: &str, address: &str, zpl: &[u8]) -> Result<(), PrintError> {
    let unreachable =
        |reason: String| PrintError::Unreachable { printer: printer.to_owned(), reason };
    let mut stream = match timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(e)) => return Err(unreachable(e.to_string())),
        Err(_) => return Err(unreachable("no answer within 2 seconds".into())),
    };
    let unsure = |reason: String| PrintError::Unsure { printer: printer.to_owned(), reason };
    match timeout(WRITE, write_all(&mut stream, zpl)).await {
        Ok(Ok(())) => {}
        Ok(Err(e)) => return Err(unsure(e.to_string())),
        Err(_) => return Err(unsure("it took no bytes for 20 seconds".into())),
    }
    let mut rest = [0; 256];
    let _ = timeout(LINGER, stream.read(&mut rest)).await;
    Ok(())
}

async fn write_all(stream: &mut TcpStream, zpl: &[u8]) -> std::io::Result<()> {
    stream.write_all(zpl).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn every_byte_arrives_at_a_real_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let printer = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut got = Vec::new();
            stream.read_to_end(&mut got).await.expect("until the half close");
            got
        });
        let label = vec![b'^'; 300_000];
        assert_eq!(send("Zebra", &address, &label).await, Ok(()));
        assert_eq!(printer.await.expect("no panic"), label);
    }

    #[tokio::test]
    async fn nobody_there_is_said_and_nothing_was_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        drop(listener);
        let answer = send("Zebra", &address, b"^XA^XZ").await;
        assert!(matches!(answer, Err(PrintError::Unreachable { .. })), "{answer:?}");
    }
}
