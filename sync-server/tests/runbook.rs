//! RUNBOOK.md names whatever its reader can meet: options, variables, codes, metrics. And the two
//! verbs of a bad night do what it says of them.
//!
//! Whether its sentences are true is for people to try.

use std::{collections::BTreeSet, fs, path::Path};

use clap::CommandFactory;
use domain::{
    api::{DeviceState, OperatorRole},
    clock::TimeMs,
    ids::{DeviceId, FeedEpoch, LocationId},
};
use sync_server::{
    api::codes::CODES,
    app::{
        refusal::AppError,
        restored,
        secrets::{self, HashCost},
        session,
    },
    clock,
    config::{Arguments, PutOperator, Verb},
    db::{
        Database, DbError, Tx,
        devices::{self, Device},
        feed, operators, sessions, sscc,
    },
    first_start,
};
use tokio::runtime::Runtime;

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn runbook() -> String {
    fs::read_to_string(here("RUNBOOK.md")).expect("it is there")
}

/// Fails with all that are missing at once.
fn assert_named(what: &str, names: impl IntoIterator<Item = String>) {
    let text = runbook();
    let names: BTreeSet<String> = names.into_iter().collect();
    assert!(!names.is_empty(), "no {what} to look for");
    let missing: Vec<_> =
        names.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "RUNBOOK.md does not name these {what}: {missing:?}");
}

/// Every text of our source that begins with `start` and goes on in letters and underscores.
fn words_of_source(start: &str) -> BTreeSet<String> {
    let (mut words, mut folders) = (BTreeSet::new(), vec![here("src")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("readable");
            for (at, _) in text.match_indices(start) {
                let part_of_word = |c: char| c.is_ascii_alphabetic() || c == '_';
                words.insert(text[at..].chars().take_while(|c| part_of_word(*c)).collect());
            }
        }
    }
    words
}

#[test]
fn every_verb_option_and_variable_is_named() {
    let command = Arguments::command();
    let (mut options, mut variables) = (Vec::new(), words_of_source("STOCKHAND_"));
    for verb in command.get_subcommands() {
        options.push(verb.get_name().to_owned());
        for argument in verb.get_arguments() {
            options.extend(argument.get_long().map(|long| format!("--{long}")));
            variables.extend(argument.get_env().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    assert_named("verbs and options", options);
    assert_named("variables", variables);
}

#[test]
fn every_code_is_named() {
    assert_named("codes", CODES.map(|(code, _)| code.to_owned()));
}

#[test]
fn every_metric_is_named() {
    assert_named("metrics", words_of_source("stockhand_"));
}

/// A database in memory, and the runtime that waits for it.
struct Night {
    runtime: Runtime,
    db: Database,
}

impl Night {
    fn new() -> Self {
        let db = Database::in_memory().expect("memory");
        Self { runtime: Runtime::new().expect("a runtime"), db }
    }

    fn write<T: Send + 'static, E: From<DbError> + Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.runtime.block_on(self.db.write(work))
    }

    fn put(&self, password: &str) {
        let words = ["sync-server", "put-operator", "--login", "ada", "--name", "Ada"];
        let words = words.into_iter().chain(["--role", "operations", "--password", password]);
        let read = <Arguments as clap::Parser>::try_parse_from(words).expect("valid");
        let Verb::PutOperator(put) = read.verb else { panic!("another verb") };
        let put: PutOperator = put;
        let done = first_start::put_operator(&self.db, HashCost::CHEAP, &put);
        self.runtime.block_on(done).expect("written");
    }

    fn stored(&self) -> operators::Stored {
        let found = self.write(|tx| operators::by_login(tx, "ada"));
        found.expect("read").expect("there is one")
    }

    fn sign_in(&self) -> String {
        let stored = self.stored();
        let begun = self.write(move |tx| session::begin(tx, &mut clock::moment(), &stored));
        begun.map_err(|error: AppError| error).expect("begun").token
    }

    fn is_signed_in(&self, token: &str) -> bool {
        let hash = secrets::token_hash(token);
        let found = self.write(move |tx| sessions::find(tx, &hash, clock::now()));
        found.map_err(|error: DbError| error).expect("read").is_some()
    }
}

#[test]
fn a_new_password_signs_out_whoever_had_the_old_one() {
    let night = Night::new();
    night.put("correct-horse-1");
    let token = night.sign_in();
    assert!(night.is_signed_in(&token));
    night.put("correct-horse-2");
    assert!(!night.is_signed_in(&token));
    let stored = night.stored();
    assert!(secrets::verify("correct-horse-2", &stored.password_hash));
    assert_eq!(stored.operator.role, OperatorRole::Operations);
}

#[test]
fn a_new_history_has_another_name_and_numbers_that_nobody_has() {
    let night = Night::new();
    let device = DeviceId::new(TimeMs(1), [1; 10]);
    let before = night.write(move |tx| {
        tx.exec(
            "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
             values ('S1', 'Main Street', 'store', 'US', 0, 0, 'America/Chicago')",
            &[],
        )?;
        let tablet = Device {
            id: device,
            location_key: 1,
            location: LocationId::new("S1").expect("valid"),
            name: "Tablet 1".into(),
            public_key: [1; 32],
            epoch: 1,
            state: DeviceState::Active,
        };
        devices::enrol(tx, &tablet, "0.1.0", "test", TimeMs(1))?;
        sscc::lease(tx, device, TimeMs(1))?;
        feed::epoch(tx, FeedEpoch::new(TimeMs(1), [2; 10]))
    });
    let before = before.map_err(|error: DbError| error).expect("written");
    let begun = night.write(|tx| restored::begin_history(tx, &mut clock::moment(), 10_000));
    let begun = begun.expect("there is room");
    assert_ne!(begun.epoch, before);
    let now = night.write(feed::known_epoch).map_err(|error: DbError| error).expect("read");
    assert_eq!(now, Some(begun.epoch));
    assert_eq!(begun.first_number, 10_501);
    let leased = night.write(move |tx| sscc::lease(tx, device, TimeMs(1)));
    assert_eq!(leased.map_err(|error: DbError| error).expect("leased").start(), 10_501);

    // The demonstration prefix leaves nine digits.
    let refused = night.write(|tx| restored::begin_history(tx, &mut clock::moment(), 999_999_999));
    assert_eq!(refused.expect_err("no room").code(), Some("numbers_run_out"));
    let same = night.write(feed::known_epoch).map_err(|error: DbError| error).expect("read");
    assert_eq!(same, Some(begun.epoch));
}
