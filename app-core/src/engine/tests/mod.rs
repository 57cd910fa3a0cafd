//! The engine driven by a server made of the real domain functions, on real databases.

mod conflicts;
mod journey;
mod people;
mod restore;
mod server;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
use domain::{
    bridge::{Action, Done, Feedback},
    clock::TimeMs,
    ids::{AssociateId, FulfillmentId},
    rejection::Rejection,
};
use rusqlite::Connection;

use super::{Engine, Opening, Options};
use crate::{
    Failure, MemoryHome,
    printing::{LabelJob, RenderError, Rendered, Renderer},
};
use server::Server;

const NOW: TimeMs = TimeMs(1_795_411_267_000);
const PIN: &str = "481526";
const URL: &str = "http://server.test";

/// Draws the label's words, so that a test can read them back.
pub(super) struct Plain;

impl Renderer for Plain {
    fn render(&self, label: &LabelJob) -> Result<Rendered, RenderError> {
        let text = serde_json::to_string(label).expect("plain data");
        Ok(Rendered { zpl: text.clone().into_bytes(), svg: text, ..Rendered::default() })
    }
}

/// A PHC string with as little work as Argon2 allows.
fn hashed(secret: &str) -> String {
    let params = Params::new(8, 1, 1, None).expect("the least");
    let salt = SaltString::from_b64("c29tZXNhbHRzb21l").expect("valid");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password(secret.as_bytes(), &salt).expect("hashable").to_string()
}

fn memory() -> Connection {
    Connection::open_in_memory().expect("memory")
}

fn associate(number: &str) -> AssociateId {
    AssociateId::new(number).expect("valid")
}

fn open(outbox: Connection, replica: Connection, seed: u8) -> Engine {
    let opening = Opening::new(outbox, replica, Box::new(MemoryHome), Box::new(Plain), [seed; 32]);
    let options = Options { keep_session: true, ..Options::default() };
    Engine::open(Opening { options, ..opening }, NOW).expect("sound databases")
}

/// A tablet that is paired, has its snapshot, and has somebody signed in.
fn tablet(server: &mut Server, seed: u8) -> Engine {
    let mut engine = open(memory(), memory(), seed);
    server.enrol(&mut engine, seed, NOW);
    server.sync(&mut engine, NOW);
    engine.sign_in(&associate("A1"), PIN, NOW).expect("the right PIN");
    engine
}

fn act(engine: &mut Engine, id: FulfillmentId, action: &Action) -> Done {
    engine.act(id, action, NOW).expect("work to show")
}

fn scan(text: &str) -> Action {
    Action::Scan { text: text.into(), typed: false }
}

/// Does an action that must be accepted.
fn accept(engine: &mut Engine, id: FulfillmentId, action: &Action) -> Done {
    let done = act(engine, id, action);
    assert!(!matches!(done.feedback, Feedback::Refused { .. }), "{action:?}: {:?}", done.feedback);
    done
}

/// Does an action that must be refused.
fn refuse(engine: &mut Engine, id: FulfillmentId, action: &Action) -> Rejection {
    match act(engine, id, action).feedback {
        Feedback::Refused { rejection, .. } => rejection,
        other => panic!("{action:?} was not refused: {other:?}"),
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Rejection {
    match answer {
        Err(Failure::Refused(rejection)) => rejection,
        other => panic!("not refused: {other:?}"),
    }
}

/// view == settle(base, pending), recomputed from the databases alone.
fn check_fold(engine: &mut Engine) {
    let shown: Vec<_> = engine.views.values().map(|view| view.now.clone()).collect();
    engine.read_replica().expect("readable");
    let folded: Vec<_> = engine.views.values().map(|view| view.now.clone()).collect();
    assert_eq!(shown, folded, "the view is not settle(base, pending)");
}
