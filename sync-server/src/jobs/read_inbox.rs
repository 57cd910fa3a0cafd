//! Takes the files that sources lay into their folders below the inbox, each as a batch. Two sources'
//! files are read at once, so that one long file keeps no other source waiting.
//!
//! Does not say when a file is finished, nor what becomes of its rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use domain::api::Transport;
use tokio::{runtime::Handle, sync::Semaphore, task::JoinHandle};

use super::pause;
use crate::{
    app::ingest::{
        batch,
        file::{Put, Taker},
    },
    clock,
    db::{
        DbError,
        sources::{self, SOURCES_MAX},
    },
    state::AppState,
    transport::inbox::{Folder, Look, Seen},
};

const KIND: &str = "folder";
/// A file that is the same at two looks is finished.
const LOOK: Duration = Duration::from_secs(2);
/// Files that are read at once.
const READERS: usize = 2;
/// Looks that a folder is left out at most, after something in it went wrong again and again.
const SKIPPED_MAX: u32 = 30;

pub(super) async fn run(state: AppState) {
    let mut looks = Looks::new();
    let readers = Arc::new(Semaphore::new(READERS));
    loop {
        match folders(&state).await {
            Ok(folders) => look_at_all(&state, &readers, &mut looks, folders).await,
            Err(error) => tracing::warn!(%error, "the inbox will be looked at later"),
        }
        if !pause(&state, LOOK).await {
            break;
        }
    }
    for (_, look) in looks {
        ended(look).await;
    }
}

/// The look at each source's folder that is under way, or was the last.
type Looks = BTreeMap<String, JoinHandle<Watch>>;

async fn ended(look: JoinHandle<Watch>) -> Watch {
    look.await.expect("a look does not panic and is never aborted")
}

async fn look_at_all(
    state: &AppState,
    readers: &Arc<Semaphore>,
    looks: &mut Looks,
    folders: Vec<(String, String)>,
) {
    let ids: BTreeSet<&str> = folders.iter().map(|(id, _)| id.as_str()).collect();
    state.reached.keep(KIND, &ids);
    looks.retain(|id, look| ids.contains(id.as_str()) || !look.is_finished());
    for (source, name) in folders {
        let Some(root) = state.settings.inbox.clone() else {
            state.reached.is_down(KIND, &source, "the server was started without --inbox");
            continue;
        };
        let mut watch = match looks.remove(&source) {
            Some(look) if !look.is_finished() => {
                looks.insert(source, look);
                continue;
            }
            Some(look) => ended(look).await,
            None => Watch::default(),
        };
        let (state, readers, id) = (state.clone(), Arc::clone(readers), source.clone());
        let look = tokio::spawn(async move {
            let _turn = readers.acquire().await;
            watch.look(&state, &id, &root, &name).await;
            watch
        });
        looks.insert(source, look);
    }
}

/// Sources that lay files into folders, each with its folder's name.
async fn folders(state: &AppState) -> Result<Vec<(String, String)>, DbError> {
    let mut folders = Vec::new();
    for source in state.db.read(|tx| sources::all(tx, SOURCES_MAX)).await? {
        if let Transport::Folder { name } = batch::transport_of(&source)? {
            folders.push((source.id, name));
        }
    }
    Ok(folders)
}

/// What is remembered of a source's folder from one look to the next.
#[derive(Debug, Default)]
pub struct Watch {
    seen: Seen,
    /// Looks to leave out.
    skip: u32,
    /// How many were left out the last time that something went wrong.
    skipped: u32,
}

impl Watch {
    /// Looks once, and takes the files that were the same at the look before; how many.
    pub async fn look(&mut self, state: &AppState, source: &str, root: &Path, name: &str) -> usize {
        if self.skip > 0 {
            self.skip -= 1;
            return 0;
        }
        match self.try_look(state, source, root, name).await {
            Ok(taken) => {
                self.skipped = 0;
                taken
            }
            Err(trouble) => {
                self.skipped = (self.skipped * 2).clamp(1, SKIPPED_MAX);
                self.skip = self.skipped;
                if state.reached.is_down(KIND, source, &trouble) {
                    tracing::warn!(source, trouble, "a folder will be looked at later");
                }
                0
            }
        }
    }

    async fn try_look(
        &mut self,
        state: &AppState,
        source: &str,
        root: &Path,
        name: &str,
    ) -> Result<usize, String> {
        let mut seen = std::mem::take(&mut self.seen);
        let (root, name) = (root.to_owned(), name.to_owned());
        let looked = apart(move || {
            let look = Folder::open(&root, &name).and_then(|at| Ok((at.look(&mut seen)?, at)));
            (look, seen)
        });
        let (look, seen) = looked.await;
        self.seen = seen;
        let (look, folder) = look.map_err(|error| error.to_string())?;
        state.reached.is_up(KIND, source, look.waiting);
        self.take(state, source, &folder, look).await
    }

    /// The first trouble keeps no other file waiting: what can be taken is taken.
    async fn take(
        &mut self,
        state: &AppState,
        source: &str,
        folder: &Folder,
        look: Look,
    ) -> Result<usize, String> {
        let (mut taken, mut trouble) = (0, None);
        let (db, stopping) = (state.db.clone(), state.stopping.clone());
        let taker = Taker { db, handle: Handle::current(), stopping };
        for file in look.finished {
            if *state.stopping.borrow() {
                break;
            }
            let (taker, folder, of) = (taker.clone(), folder.clone(), source.to_owned());
            let (file, put) = apart(move || {
                let put = taker.take(&of, &folder, &file);
                (file, put)
            })
            .await;
            match put {
                Ok(put) => {
                    taken += 1;
                    note(state, source, &file.name(), &put);
                    state.reached.is_up(KIND, source, look.waiting - taken as u64);
                }
                Err(stays) => {
                    self.seen.forget(&file);
                    trouble.get_or_insert(stays.to_string());
                }
            }
        }
        trouble.map_or(Ok(taken), Err)
    }
}

fn note(state: &AppState, source: &str, file: &str, put: &Put) {
    let outcome = format!("outcome=\"{}\"", put.place.as_str());
    state.metrics.add("stockhand_inbox_files_total", &outcome, 1);
    for (location, cursor) in &put.pokes {
        state.pokes.poke(location, *cursor);
    }
    state.sourcing.notify_one();
    state.reached.took(KIND, source, clock::now());
    tracing::info!(source, file, outcome = put.place.as_str(), "file");
}

/// Does something on a thread that may wait.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(work).await;
    done.expect("taking a file does not panic and is never aborted")
}
