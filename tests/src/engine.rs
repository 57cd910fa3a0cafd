//! The engine as a process of its own, driven line by line, so that it can be killed.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use demo_network::rows::AssociateRow;
use domain::{
    bridge::{Action, Work},
    ids::FulfillmentId,
};
use serde_json::{Value, json};

use crate::program::program;

/// A running `app-cli repl`.
pub struct Engine {
    child: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Engine {
    /// Starts it on the tablet's folder.
    pub fn start(folder: &Path) -> Self {
        let mut child = Command::new(program("app-cli"))
            .arg("--data")
            .arg(folder)
            .arg("repl")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the engine starts");
        let asks = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, asks, answers }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn sign_in(&mut self, person: &AssociateRow) {
        self.call("sign_in", &json!({ "associate": person.id, "pin": person.pin }));
    }

    pub fn work(&mut self, fulfillment: FulfillmentId) -> Work {
        let work = self.call("work", &json!({ "fulfillment": fulfillment }));
        serde_json::from_value(work).expect("work")
    }

    /// Does one thing; when this returns, the engine has said that it is done.
    pub fn act(&mut self, fulfillment: FulfillmentId, action: &Action) {
        let done = self.call("act", &json!({ "fulfillment": fulfillment, "action": action }));
        assert_ne!(done["feedback"]["tone"], "refused", "{action:?}: {done}");
    }

    /// Scans one unit or code.
    pub fn scan(&mut self, fulfillment: FulfillmentId, text: &str) {
        self.act(fulfillment, &Action::Scan { text: text.to_owned(), typed: false });
    }

    /// Asks for an exchange and does not wait for it.
    pub fn begin_sync(&mut self) {
        self.ask("sync_now", &json!({}));
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }

    /// Makes a call of `domain::bridge` and waits for its answer.
    pub fn call(&mut self, name: &str, arguments: &Value) -> Value {
        self.ask(name, arguments);
        let line = self.answers.next().expect("an answer").expect("text");
        let mut answer: Value = serde_json::from_str(&line).expect("JSON");
        assert!(answer.get("ok").is_some(), "{name}: {line}");
        answer["ok"].take()
    }

    fn ask(&mut self, name: &str, arguments: &Value) {
        let asked = json!({ "name": name, "arguments": arguments });
        writeln!(self.asks, "{asked}").expect("it listens");
    }
}
