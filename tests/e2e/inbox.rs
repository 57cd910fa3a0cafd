//! Files that a supplier lays into its folder become batches: each once, whatever lies there again, is
//! half written, cannot be read, or is under way when the server is killed.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use demo_network::{DEMO_LOCATION, clock::now_ms};
use domain::api::{NewSource, Transport};
use serde_json::Value;
use tests::{
    server::{Server, Store},
    shop::Shop,
};

use crate::{
    checks,
    inventory::{assert_refused, new_source},
};

/// For anything that must happen; machines may be slow.
const PATIENCE_MS: u64 = 60_000;

/// The supplier's folder, from outside.
struct Folder(PathBuf);

impl Folder {
    fn begin(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    /// Lays a whole file there, as one should.
    fn lay(&self, name: &str, text: &str) {
        let part = self.0.join(format!("{name}.part"));
        fs::write(&part, text).expect("written");
        fs::rename(part, self.0.join(name)).expect("renamed");
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    fn names(&self, place: &str) -> BTreeSet<String> {
        let Ok(entries) = fs::read_dir(self.0.join(place)) else { return BTreeSet::new() };
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// What is said of the one file of that name that was put away.
    fn note(&self, place: &str, name: &str) -> Value {
        let end = format!("-{name}.json");
        let names = self.names(place);
        let note = names.iter().find(|note| note.ends_with(&end)).expect("a note");
        let text = fs::read_to_string(self.0.join(place).join(note)).expect("readable");
        serde_json::from_str(&text).expect("JSON")
    }
}

fn start(store: &Store) -> (Server, PathBuf) {
    let root = store.folder("inbox");
    fs::create_dir(&root).expect("made");
    let server = Server::start_with(store, &["--inbox", root.to_str().expect("plain")]);
    (server, root)
}

fn supplier(folder: &str) -> NewSource {
    NewSource { transport: Transport::Folder { name: folder.into() }, ..new_source("erp", "csv") }
}

/// States the source, and waits until its folder is there.
fn folder_of(shop: &Shop, root: &Path, name: &str) -> Folder {
    shop.operator.put_source("erp", &supplier(name)).expect("a source");
    let folder = Folder(root.join(name));
    until("its folder is there", || folder.0.join("refused").is_dir());
    folder
}

pub fn files_become_batches(store: &Store) {
    let (server, root) = start(store);
    let shop = Shop::load(server.address());
    let folder = folder_of(&shop, &root, "acme");
    let sku = shop.items[0].sku.as_str();
    let on_hand = || shop.operator.stock(sku).expect("known").total.on_hand;
    let batches = || shop.operator.source("erp").expect("there").batches;
    let counted = |units: i64| format!("sku,location,quantity\n{sku},{DEMO_LOCATION},{units}\n");

    // One is being written, one has only begun, one is whole.
    folder.begin("later.csv.part", &counted(3));
    folder.begin("empty.csv", "");
    folder.lay("night.csv", &counted(7));
    until("it is taken", || !folder.has("night.csv"));
    assert_eq!(on_hand(), 7);
    let note = folder.note("done", "night.csv");
    assert_eq!((&note["outcome"], &note["batch"]["accepted"]), (&"done".into(), &1.into()));
    assert!(folder.has("later.csv.part") && folder.has("empty.csv"));
    let reached = shop.operator.source("erp").expect("there").source.reached.expect("seen");
    assert!(reached.is_up && reached.last_at.is_some(), "{reached:?}");

    // The same again changes nothing, and is the same batch; other contents are another.
    let known = batches();
    folder.lay("night.csv", &counted(7));
    until("it is put away", || !folder.has("night.csv"));
    assert_eq!(batches(), known);
    folder.lay("night.csv", &counted(9));
    until("it is taken", || !folder.has("night.csv"));
    assert_eq!((on_hand(), batches().len()), (9, 2));
    assert_eq!(folder.names("done").len(), 4, "two files, each with its note");

    // One that cannot be read is refused with the reason, and keeps no other waiting. Of one with a
    // bad row the others are taken.
    folder.lay("a-broken.csv", "colour,size\nred,5\n");
    folder.lay("b-half.csv", &format!("{}{sku},{DEMO_LOCATION},many\n", counted(11)));
    until("both are put away", || !folder.has("a-broken.csv") && !folder.has("b-half.csv"));
    assert_eq!(on_hand(), 11);
    let why = folder.note("refused", "a-broken.csv")["why"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("no column"), "{why}");
    assert_eq!(folder.note("done", "b-half.csv")["batch"]["refused"], 1);
    assert_eq!(shop.operator.dead_rows("erp", "open").expect("listed").items.len(), 1);

    // Its writer renames the one that was half written.
    fs::rename(folder.0.join("later.csv.part"), folder.0.join("later.csv")).expect("renamed");
    until("it is taken", || !folder.has("later.csv"));
    assert!(folder.has("empty.csv"));

    // A folder belongs to one source, and is no path to elsewhere.
    assert_refused(shop.operator.put_source("erp2", &supplier("acme")), 422, "invalid_source");
    assert_refused(shop.operator.put_source("erp2", &supplier("../acme")), 422, "invalid_source");
    drop(server);
    sound(store);
}

pub fn a_killed_server_takes_each_file_once(store: &Store) {
    let (mut server, root) = start(store);
    let shop = Shop::load(server.address());
    let folder = folder_of(&shop, &root, "acme");
    let sku = shop.items[0].sku.as_str();
    let rows = 60_000;
    let row = |units: i32| format!("{sku},{DEMO_LOCATION},{units}\n");
    let rest: String = (0..rows).map(row).collect();
    folder.lay("long.csv", &format!("sku,location,quantity\n{rest}"));
    let newest = || shop.operator.source("erp").expect("there").batches.into_iter().next();

    // Killed amid its rows; what was committed is not taken again.
    until("it is under way", || newest().is_some_and(|batch| batch.rows > 0));
    server.kill_and_restart(store);
    assert!(folder.has("long.csv"), "it was killed before the end");
    until("it is put away", || !folder.has("long.csv"));
    let batch = newest().expect("one");
    assert_eq!((batch.rows, batch.state.as_str()), (60_000, "done"));
    assert_eq!(shop.operator.stock(sku).expect("known").total.on_hand, i64::from(rows) - 1);

    // Killed after its end was committed and before it was moved: it still lies there.
    let kept = folder.names("done").into_iter().find(|name| name.ends_with("-long.csv"));
    let kept = folder.0.join("done").join(kept.expect("the file"));
    drop(server);
    fs::rename(kept, folder.0.join("long.csv")).expect("moved");
    let server = Server::start_with(store, &["--inbox", root.to_str().expect("plain")]);
    until("it is put away", || !folder.has("long.csv"));
    assert_eq!(folder.names("done").len(), 2);
    let shop = shop.at(server.address());
    let batches = shop.operator.source("erp").expect("there").batches;
    assert_eq!(batches, [batch]);
    drop(server);
    sound(store);
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = now_ms();
    while !is_so() {
        assert!(now_ms() - start < PATIENCE_MS, "this was expected: {what}");
        std::thread::yield_now();
    }
}

fn sound(store: &Store) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}
