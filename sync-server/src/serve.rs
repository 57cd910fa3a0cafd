//! A running server: the database, the jobs and the listener, from start to a clean end.

use std::{net::SocketAddr, path::Path, time::Duration};

use domain::ids::FeedEpoch;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    app::secrets::HashCost,
    clock,
    config::{Place, Serve},
    db::{Database, DbError, Options, feed},
    first_start::{self, Made, SetupError},
    jobs,
    keys::{KeyError, ServerKeys},
    router,
    state::{AppState, Settings},
    transport::nats::{Addresses, NatsError},
};

/// Open connections get this long to end before the server goes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be used.
    #[error("cannot use the database")]
    Database(#[from] DbError),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The first operator or channel cannot be added.
    #[error("cannot set up the server")]
    Setup(#[from] SetupError),
    /// The address of NATS cannot be read.
    #[error("cannot use NATS")]
    Nats(#[from] NatsError),
    /// A folder cannot be made, or the address not listened on.
    #[error("cannot {doing}")]
    Io {
        /// What we were doing.
        doing: String,
        /// Why.
        source: std::io::Error,
    },
}

fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> ServeError {
    let doing = doing.into();
    move |source| ServeError::Io { doing, source }
}

/// Opens the database of a place.
///
/// # Errors
/// [`ServeError`].
pub async fn open(place: &Place) -> Result<Database, ServeError> {
    if let Some(path) = place.db.strip_prefix("sqlite:")
        && let Some(folder) = Path::new(path.trim_start_matches("//")).parent()
    {
        std::fs::create_dir_all(folder).map_err(io("make the folder of the database"))?;
    }
    Ok(Database::open(&place.db, &Options::default()).await?)
}

/// A server that listens.
pub struct Running {
    /// Where.
    pub address: SocketAddr,
    /// What was made at its first start, to be shown once.
    pub made: Made,
    state: AppState,
    listener: TcpListener,
    stop: watch::Sender<bool>,
}

impl Running {
    /// Opens everything and listens.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn start(serve: &Serve) -> Result<Self, ServeError> {
        let data = &serve.place.data;
        std::fs::create_dir_all(data).map_err(io("make the data folder"))?;
        let keys = ServerKeys::open(&data.join("server.key"), clock::moment().random())?;
        let db = open(&serve.place).await?;
        begin_history(&db).await?;
        let made = first_start::ensure(&db, HashCost::default(), serve).await?;
        let listener = TcpListener::bind(serve.listen).await;
        let listener = listener.map_err(io(format!("listen on {}", serve.listen)))?;
        let address = listener.local_addr().map_err(io("learn its own address"))?;
        let (stop, stopping) = watch::channel(false);
        let state = AppState::new(db, keys, settings(serve, address)?, stopping);
        Ok(Self { address, made, state, listener, stop })
    }

    /// Serves until `end`, then lets open requests finish.
    ///
    /// # Errors
    /// [`ServeError::Io`].
    pub async fn until(self, end: impl Future<Output = ()>) -> Result<(), ServeError> {
        let jobs = jobs::start(&self.state);
        let mut stopping = self.state.stopping.clone();
        let told = async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        let app = router::app(self.state);
        let serving = axum::serve(self.listener, app).with_graceful_shutdown(told).into_future();
        tokio::pin!(serving);
        tokio::select! {
            ended = &mut serving => return ended.map_err(io("serve")),
            () = end => {}
        }
        let _ = self.stop.send(true);
        // Whoever still holds a connection open then is cut off; nothing acknowledged is lost by it.
        let _ = tokio::time::timeout(PATIENCE, serving).await;
        for job in jobs {
            let _ = job.await;
        }
        Ok(())
    }
}

/// The first start gives the server's history its name.
async fn begin_history(db: &Database) -> Result<(), DbError> {
    let mut moment = clock::moment();
    let fresh = FeedEpoch::new(moment.now, moment.entropy());
    db.write(move |tx| feed::epoch(tx, fresh)).await?;
    Ok(())
}

fn settings(serve: &Serve, address: SocketAddr) -> Result<Settings, NatsError> {
    let public_url = serve.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let public_url = public_url.trim_end_matches('/').to_owned();
    let nats = serve.nats.as_deref().map(Addresses::read).transpose()?;
    let (inbox, webhook_http) = (serve.inbox.clone(), serve.webhook_http);
    let transit = serve.transit_days.clone();
    Ok(Settings { public_url, inbox, nats, webhook_http, transit, ..Settings::default() })
}

/// Ends when the process is told to.
pub async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut term = signal(SignalKind::terminate()).expect("signals can be listened for");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
