//! The job of the inbox, look by look: a test says when it looks, so no time passes here. What becomes
//! of rows, and of a killed server, is in the journeys.

use std::{fs, path::PathBuf};

use domain::api::TransportState;
use sync_server::{
    clock,
    db::{Database, DbError, Tx, batches, sources},
    ingest::{
        Profile,
        profile::{BadRows, Content, Csv, Format},
    },
    jobs::read_inbox::Watch,
    keys::ServerKeys,
    state::{AppState, Settings},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch};

struct Inbox {
    runtime: Runtime,
    state: AppState,
    root: TempDir,
    watch: Watch,
    stop: watch::Sender<bool>,
}

impl Inbox {
    fn new(bad_rows: BadRows) -> Self {
        let (stop, stopping) = watch::channel(false);
        let db = Database::in_memory().expect("memory");
        let keys = ServerKeys::from_secret([9; 32]);
        let state = AppState::new(db, keys, Settings::default(), stopping);
        let root = TempDir::new().expect("a temporary directory");
        let runtime = Runtime::new().expect("a runtime");
        let inbox = Self { runtime, state, root, watch: Watch::default(), stop };
        let mut profile = Profile::canonical(Format::Csv(Csv::default()), Content::Counts);
        profile.bad_rows = bad_rows;
        let profile = serde_json::to_string(&profile).expect("plain data");
        inbox.write(move |tx| {
            let (name, kind) = ("Acme", "supplier");
            let transport = r#"{"kind":"folder","name":"acme"}"#;
            let (id, profile, hold_above) = ("acme", &*profile, None);
            let source = sources::NewSource { id, name, kind, profile, hold_above, transport };
            sources::put(tx, &source, clock::now())
        });
        inbox
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.state.db.write(work)).expect("written")
    }

    fn look(&mut self) -> usize {
        let look = self.watch.look(&self.state, "acme", self.root.path(), "acme");
        self.runtime.block_on(look)
    }

    fn reached(&self) -> TransportState {
        self.state.reached.of("folder", "acme").expect("it was looked at")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join("acme").join(name)
    }

    fn files(&self, place: &str) -> usize {
        fs::read_dir(self.at(place)).expect("readable").count()
    }

    /// States and rows of the source's batches.
    fn batches(&self) -> Vec<(String, u64)> {
        let all = self.write(|tx| {
            let source = sources::find(tx, "acme")?.expect("stated");
            batches::newest(tx, source.key, 10)
        });
        all.into_iter().map(|batch| (batch.state, batch.counts.done)).collect()
    }
}

const ROWS: &str = "sku,location,quantity\nno-such,S1,4\n";

#[test]
fn a_file_is_taken_at_the_second_look_that_finds_it() {
    let mut inbox = Inbox::new(BadRows::Skip);
    assert_eq!(inbox.look(), 0);
    fs::write(inbox.at("a.csv"), ROWS).expect("written");
    assert_eq!((inbox.look(), inbox.reached().waiting), (0, 1));
    assert_eq!((inbox.look(), inbox.reached().waiting), (1, 0));
    assert_eq!((inbox.look(), inbox.files("done")), (0, 2));
    assert_eq!(inbox.batches(), [("done".to_owned(), 1)]);
    assert!(inbox.reached().is_up && inbox.reached().last_at.is_some());
}

#[test]
fn a_file_with_a_bad_row_is_refused_whole_where_the_profile_says_so() {
    let mut inbox = Inbox::new(BadRows::RefuseWhole);
    inbox.look();
    fs::write(inbox.at("a.csv"), format!("{ROWS}sku,S1,many\n")).expect("written");
    assert_eq!((inbox.look(), inbox.look()), (0, 1));
    assert_eq!((inbox.files("done"), inbox.files("refused")), (0, 2));
    assert_eq!(inbox.batches(), [("broken".to_owned(), 0)]);
}

#[test]
fn an_inbox_that_is_away_is_told_and_looked_at_ever_less_often() {
    let mut inbox = Inbox::new(BadRows::Skip);
    let kept = inbox.root.path().join("acme");
    fs::write(&kept, "in its place").expect("written");
    inbox.look();
    assert!(!inbox.reached().is_up && inbox.reached().trouble.contains("no folder"));
    fs::remove_file(&kept).expect("removed");
    inbox.look();
    assert!(!inbox.reached().is_up, "one look is left out");
    inbox.look();
    assert!(inbox.reached().is_up && inbox.reached().trouble.is_empty());
}

#[test]
fn a_server_that_stops_leaves_files_where_they_are() {
    let mut inbox = Inbox::new(BadRows::Skip);
    inbox.look();
    fs::write(inbox.at("a.csv"), ROWS).expect("written");
    inbox.look();
    inbox.stop.send(true).expect("somebody listens");
    assert_eq!(inbox.look(), 0);
    assert!(inbox.at("a.csv").exists() && inbox.batches().is_empty());
}
