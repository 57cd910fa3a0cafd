//! Files come, change, lie about and vanish; each is taken once it is whole, and none is lost.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

struct Inbox {
    root: TempDir,
    folder: Folder,
    seen: Seen,
}

impl Inbox {
    fn new() -> Self {
        let root = TempDir::new().expect("a temporary directory");
        let folder = Folder::open(root.path(), "acme").expect("made");
        Self { root, folder, seen: Seen::default() }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join("acme").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).expect("written");
    }

    fn look(&mut self) -> Vec<String> {
        let look = self.folder.look(&mut self.seen).expect("readable");
        look.finished.iter().map(Finished::name).collect()
    }

    fn finished(&mut self) -> Finished {
        self.look();
        let look = self.folder.look(&mut self.seen).expect("readable");
        look.finished.into_iter().next().expect("one is finished")
    }

    fn names(&self, place: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(self.at(place)).expect("readable").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn a_file_is_finished_when_it_was_the_same_twice() {
    let mut inbox = Inbox::new();
    inbox.write("b.csv", "sku");
    assert!(inbox.look().is_empty());
    inbox.write("b.csv", "sku,location");
    assert!(inbox.look().is_empty(), "it grew");
    assert_eq!(inbox.look(), ["b.csv"]);
    inbox.write("a.csv", "x");
    assert_eq!(inbox.look(), ["b.csv"]);
    assert_eq!(inbox.look(), ["a.csv", "b.csv"]);
}

#[test]
fn what_is_being_written_or_elsewhere_is_left_alone() {
    let mut inbox = Inbox::new();
    for name in [".hidden", "a.part", "b.TMP", "c.filepart"] {
        inbox.write(name, "x");
    }
    inbox.write("empty.csv", "");
    fs::create_dir(inbox.at("folder.csv")).expect("made");
    let outside = inbox.root.path().join("secret");
    fs::write(&outside, "secret").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, inbox.at("link.csv")).expect("linked");
    inbox.look();
    let look = inbox.folder.look(&mut inbox.seen).expect("readable");
    assert_eq!((look.finished.len(), look.waiting), (0, 1), "the empty one waits");
}

#[cfg(unix)]
#[test]
fn a_folder_that_leads_elsewhere_is_refused() {
    let (root, elsewhere) = (TempDir::new().expect("a"), TempDir::new().expect("b"));
    std::os::unix::fs::symlink(elsewhere.path(), root.path().join("acme")).expect("linked");
    assert!(Folder::open(root.path(), "acme").is_err());
    assert!(Folder::open(&root.path().join("gone"), "acme").is_err());
    assert_eq!(fs::read_dir(elsewhere.path()).expect("readable").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_put_in_the_place_of_a_file_is_not_followed() {
    let mut inbox = Inbox::new();
    inbox.write("a.csv", "x");
    let file = inbox.finished();
    let outside = inbox.root.path().join("secret");
    fs::rename(inbox.at("a.csv"), &outside).expect("moved");
    std::os::unix::fs::symlink(&outside, inbox.at("a.csv")).expect("linked");
    assert!(inbox.folder.read(&file).expect("looked").is_none());
    assert!(!inbox.folder.put_away(&file, &[0; 32], Place::Done, "{}").expect("looked"));
    assert!(outside.exists());
}

#[test]
fn a_file_is_put_away_with_a_note_and_again_without_harm() {
    let mut inbox = Inbox::new();
    for _ in 0..2 {
        inbox.write("a.csv", "sku");
        let file = inbox.finished();
        let open = inbox.folder.read(&file).expect("readable").expect("the same");
        let sha = hash(open).expect("read");
        assert!(inbox.folder.put_away(&file, &sha, Place::Done, "{}").expect("moved"));
        let kept = file.kept_name(&sha);
        assert_eq!(inbox.names("done"), [kept.clone(), format!("{kept}.json")].into());
        assert!(inbox.look().is_empty() && !inbox.at("a.csv").exists());
    }
}

#[test]
fn a_file_that_was_written_anew_stays() {
    let mut inbox = Inbox::new();
    inbox.write("a.csv", "old");
    let file = inbox.finished();
    inbox.write("a.csv", "newer");
    assert!(inbox.folder.read(&file).expect("looked").is_none());
    assert!(!inbox.folder.put_away(&file, &[1; 32], Place::Done, "{}").expect("looked"));
    assert_eq!(fs::read_to_string(inbox.at("a.csv")).expect("there"), "newer");
    assert!(inbox.names("done").is_empty());
}

#[test]
fn a_look_is_bounded_and_gets_round_to_all() {
    let mut inbox = Inbox::new();
    for at in 0..FILES_MAX + 5 {
        inbox.write(&format!("{at:05}"), "x");
    }
    inbox.look();
    let look = inbox.folder.look(&mut inbox.seen).expect("readable");
    assert_eq!((look.finished.len(), look.waiting), (FILES_MAX, FILES_MAX as u64 + 5));
    for file in &look.finished {
        assert!(inbox.folder.put_away(file, &[2; 32], Place::Done, "{}").expect("moved"));
    }
    inbox.look();
    assert_eq!(inbox.look().len(), 5);
}

proptest! {
    #[test]
    fn every_name_makes_a_batch_and_a_file_of_its_own(name in ".{1,300}", sha: [u8; 32]) {
        let stamp = Stamp { bytes: 1, written: SystemTime::UNIX_EPOCH, inode: 1 };
        let file = Finished { name: name.into(), stamp };
        let id = file.batch_id(&sha);
        prop_assert!(id.chars().count() <= 100 && !id.chars().any(char::is_control), "{id}");
        prop_assert!(file.kept_name(&sha).len() + ".part.json".len() < 200);
        prop_assert_ne!(id, file.batch_id(&[0; 32]));
        prop_assert_eq!(file.written_at(), None);
    }
}
