//! The program itself, on a data folder without a server.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use serde_json::{Value, json};

fn program(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app-cli"));
    command.arg("--data").arg(data).args(words);
    command
}

fn run(data: &Path, words: &[&str]) -> Output {
    program(data, words).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The line mode of a data folder.
struct Repl {
    child: Child,
    calls: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Repl {
    fn start(data: &Path) -> Self {
        let mut command = program(data, &["repl"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { calls: child.stdin.take(), child, answers }
    }

    fn ask(&mut self, line: &str) -> Value {
        let calls = self.calls.as_mut().expect("not ended");
        writeln!(calls, "{line}").expect("the program reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the program answers");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }

    fn end(mut self) -> Option<i32> {
        self.calls = None;
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Repl {
    fn drop(&mut self) {
        // Ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_line_mode_answers_every_line() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut repl = Repl::start(dir.path());
    let status = repl.ask(r#"{"id":1,"name":"status","arguments":{}}"#);
    assert_eq!((&status["id"], &status["ok"]["enrolled"]), (&json!(1), &Value::Null), "{status}");
    assert_eq!(status["ok"]["sync"]["waiting"], 0);
    let queue = repl.ask(r#"{"name":"queue"}"#);
    assert_eq!(queue["refused"]["code"], "not_enrolled");
    assert_eq!(queue["sentence"], "This tablet is not paired with a store.");
    assert!(queue["next_action"].is_string() && queue.get("id").is_none());
    for broken in ["nonsense", "{}", r#"{"name":"status","argument":{}}"#] {
        assert!(repl.ask(broken)["broken"].is_string(), "{broken}");
    }
    assert!(repl.ask(r#"{"name":"no_such_call"}"#)["refused"].is_object());
    assert_eq!(repl.end(), Some(0));
}

#[test]
fn what_was_answered_outlives_a_kill() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut repl = Repl::start(dir.path());
    let printer = json!({
        "name": "set_printer",
        "arguments": { "printer": {
            "name": "Zebra", "connection": { "via": "raw", "address": "127.0.0.1:9" }, "dpi": 203,
        }},
    });
    assert_eq!(repl.ask(&printer.to_string())["ok"]["printers"][0]["name"], "Zebra");
    repl.child.kill().expect("it runs");
    repl.child.wait().expect("it ended");
    let listed = run(dir.path(), &["printer", "list"]);
    assert_eq!(text(&listed.stdout), "Zebra at 127.0.0.1:9, 203 dpi\n");
}

#[test]
fn a_refusal_is_a_sentence_with_a_next_action_and_code_2() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let refused = run(dir.path(), &["queue"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = "This tablet is not paired with a store. Ask for a pairing code.\n";
    assert_eq!((text(&refused.stderr).as_str(), refused.stdout.len()), (said, 0));
    let refused = run(dir.path(), &["queue", "--json"]);
    let said: Value = serde_json::from_slice(&refused.stderr).expect("JSON");
    assert_eq!(said["refused"]["code"], "not_enrolled");
}

#[test]
fn one_program_at_a_time_has_the_data() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut first = Repl::start(dir.path());
    first.ask(r#"{"name":"status"}"#);
    let second = run(dir.path(), &["status"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second.stderr).contains("is using this tablet's data"), "{second:?}");
    assert_eq!(first.end(), Some(0));
    let third = run(dir.path(), &["status"]);
    assert_eq!(third.status.code(), Some(0));
    assert!(text(&third.stdout).starts_with("not paired\n"), "{third:?}");
}

#[test]
fn what_is_broken_has_code_1() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("file");
    std::fs::write(&file, b"in the way").expect("writable");
    assert_eq!(run(&file.join("data"), &["status"]).status.code(), Some(1));
    assert_eq!(run(dir.path(), &["no-such-verb"]).status.code(), Some(1));
    assert_eq!(run(dir.path(), &["help"]).status.code(), Some(0));
}

#[test]
fn a_running_tablet_says_where_it_stands_and_ends_with_its_input() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ran = program(dir.path(), &["run"]).stdin(Stdio::null()).output().expect("it runs");
    assert_eq!(ran.status.code(), Some(0));
    let first: Value =
        serde_json::from_str(text(&ran.stdout).lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["sync"]["online"], &first["fulfillments"]), (&json!(false), &json!([])));
}

#[test]
fn support_gets_numbers() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let stats = run(dir.path(), &["stats", "--json"]);
    let stats: Value = serde_json::from_slice(&stats.stdout).expect("JSON");
    assert_eq!((&stats["waiting"], &stats["device"]), (&json!(0), &Value::Null));
    assert_eq!(run(dir.path(), &["export"]).stdout, b"");
}
