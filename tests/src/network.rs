//! A network between a tablet and the server that can be cut: connections die, new ones are refused. Or
//! it loses only what the server says: requests arrive, replies do not.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Forwards to one address until it is cut.
pub struct Network {
    url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_cut: AtomicBool,
    loses_replies: AtomicBool,
    cut: Arc<Notify>,
}

impl Network {
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let state = Arc::new(State::default());
        tokio::spawn(forward(listener, server.to_owned(), Arc::clone(&state)));
        Self { url, state }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::SeqCst);
        self.state.cut.notify_waiters();
    }

    /// From now on nothing that the server says arrives, also on connections that stand.
    pub fn lose_replies(&self) {
        self.state.loses_replies.store(true, Ordering::SeqCst);
    }

    /// Everything arrives again.
    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::SeqCst);
        self.state.loses_replies.store(false, Ordering::SeqCst);
    }
}

async fn forward(listener: TcpListener, server: String, state: Arc<State>) {
    while let Ok((near, _)) = listener.accept().await {
        // Waited for before it is looked whether the network is cut: no cut falls in between.
        let ended = Arc::clone(&state.cut).notified_owned();
        if state.is_cut.load(Ordering::SeqCst) {
            continue;
        }
        let (server, state) = (server.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            let Ok(far) = TcpStream::connect(server).await else { return };
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::select! {
                _ = async { tokio::join!(ask(near_in, far_out), reply(far_in, near_out, &state)) } => {}
                () = ended => {}
            }
        });
    }
}

async fn ask(mut near: OwnedReadHalf, mut far: OwnedWriteHalf) -> io::Result<()> {
    copy(&mut near, &mut far).await?;
    far.shutdown().await
}

async fn reply(mut far: OwnedReadHalf, mut near: OwnedWriteHalf, state: &State) -> io::Result<()> {
    let mut buffer = [0; 16 * 1_024];
    loop {
        let read = far.read(&mut buffer).await?;
        if read == 0 {
            return near.shutdown().await;
        }
        if !state.loses_replies.load(Ordering::SeqCst) {
            near.write_all(&buffer[..read]).await?;
        }
    }
}
