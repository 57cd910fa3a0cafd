//! A network between a tablet and the server that can be cut: connections die, new ones are refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Forwards to one address until it is cut.
pub struct Network {
    url: String,
    is_cut: Arc<AtomicBool>,
    cut: Arc<Notify>,
}

impl Network {
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (is_cut, cut) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let forward = forward(listener, server.to_owned(), Arc::clone(&is_cut), Arc::clone(&cut));
        tokio::spawn(forward);
        Self { url, is_cut, cut }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.cut.notify_waiters();
    }

    pub fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

async fn forward(listener: TcpListener, server: String, is_cut: Arc<AtomicBool>, cut: Arc<Notify>) {
    while let Ok((mut near, _)) = listener.accept().await {
        // Waited for before it is looked whether the network is cut: no cut falls in between.
        let ended = Arc::clone(&cut).notified_owned();
        if is_cut.load(Ordering::SeqCst) {
            continue;
        }
        let server = server.clone();
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(server).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => {}
                () = ended => {}
            }
        });
    }
}
