//! Takes what sources publish into streams of NATS: a reader for each, begun when the source is stated
//! and ended when it is stated otherwise.
//!
//! A message is acknowledged after its transaction was committed, never before. Several servers may
//! share a consumer: whoever asks gets the next messages, and one that comes twice changes nothing.
//! Makes no stream, and reads no row.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use async_nats::Client;
use domain::api::Transport;
use tokio::{sync::watch, task::JoinHandle};

use super::pause;
use crate::{
    app::ingest::batch,
    db::{
        DbError,
        sources::{self, SOURCES_MAX},
    },
    state::AppState,
    transport::nats,
};

mod reader;

use self::reader::StreamReader;

const KIND: &str = "nats";
/// A source that was stated, or stated otherwise, is seen so soon.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn run(state: AppState) {
    let client = match &state.settings.nats {
        None => None,
        Some(addresses) => match nats::connect(addresses, state.reached.clone()).await {
            Ok(client) => Some(client),
            Err(error) => {
                tracing::error!(error = %with_cause(&error), "streams are not read");
                None
            }
        },
    };
    let mut readers = BTreeMap::new();
    loop {
        match streams(&state).await {
            Ok(streams) => follow(&state, client.as_ref(), &mut readers, streams).await,
            Err(error) => tracing::warn!(%error, "sources will be looked at later"),
        }
        if !pause(&state, LOOK).await {
            break;
        }
    }
    for (_, reading) in readers {
        reading.end().await;
    }
    if let Some(client) = client {
        let _ = tokio::time::timeout(LOOK, client.flush()).await;
    }
}

/// A reader at work.
struct Reading {
    transport: Transport,
    /// Gone: the reader ends.
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Reading {
    async fn end(self) {
        let _ = self.stop.send(true);
        self.task.await.expect("a reader does not panic and is never aborted");
    }
}

/// Sources that publish into streams.
async fn streams(state: &AppState) -> Result<BTreeMap<String, Transport>, DbError> {
    let all = state.db.read(|tx| sources::all(tx, SOURCES_MAX)).await?;
    let each = all.into_iter().map(|source| Ok((batch::transport_of(&source)?, source.id)));
    let each = each.collect::<Result<Vec<_>, DbError>>()?.into_iter();
    Ok(each
        .filter(|(transport, _)| matches!(transport, Transport::Nats { .. }))
        .map(|(transport, id)| (id, transport))
        .collect())
}

async fn follow(
    state: &AppState,
    client: Option<&Client>,
    readers: &mut BTreeMap<String, Reading>,
    streams: BTreeMap<String, Transport>,
) {
    state.reached.keep(KIND, &streams.keys().map(String::as_str).collect::<BTreeSet<_>>());
    let is_over = |id: &String, reading: &mut Reading| {
        streams.get(id) != Some(&reading.transport) || reading.task.is_finished()
    };
    let over: Vec<_> = readers.extract_if(.., is_over).collect();
    for (_, reading) in over {
        reading.end().await;
    }
    for (source, transport) in streams {
        if readers.contains_key(&source) {
            continue;
        }
        let Some(client) = client else {
            state.reached.is_down(KIND, &source, "the server was started without --nats");
            continue;
        };
        let (stop, stopping) = watch::channel(false);
        let reader =
            StreamReader::new(state.clone(), client.clone(), source.clone(), transport.clone());
        let task = tokio::spawn(reader.run(stopping));
        readers.insert(source, Reading { transport, stop, task });
    }
}

/// An error with the reason behind it.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
