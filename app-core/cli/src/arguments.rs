//! The command line. What a verb does is not known here.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use domain::{
    bridge::{Action, LabelForm, PrintChoice},
    ids::AssociateId,
};
use serde_json::Value;

use crate::which::Which;

/// The tablet engine without a screen: for tests and support
#[derive(Debug, Parser)]
#[command(name = "app-cli", version)]
pub struct Arguments {
    /// Folder of the tablet's data; made where there is none
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Answers as JSON instead of words
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, PartialEq, Subcommand)]
pub enum Verb {
    /// Pairs the tablet with a location; needs the network
    Enrol {
        /// Address of the server
        #[arg(long, visible_alias = "server")]
        url: String,
        /// The pairing code from the console
        #[arg(long)]
        code: String,
        /// What people call this tablet
        #[arg(long, default_value = "Command line")]
        name: String,
    },
    /// Everything about the tablet itself
    Status,
    /// Who can sign in here
    People,
    /// Signs a person in, with or without the network
    SignIn {
        /// Personal number
        #[arg(long)]
        associate: AssociateId,
        #[arg(long, env = "STOCKHAND_PIN", hide_env_values = true)]
        pin: String,
    },
    /// Ends the person's session
    SignOut,
    /// The work of the location, the most urgent first
    Queue,
    /// One fulfillment
    Work { which: Which },
    /// What a scan outside of a fulfillment opens
    Find { text: String },
    /// Scans an item, a slot or a code while working on a fulfillment
    Scan {
        which: Which,
        text: String,
        /// Typed by hand instead
        #[arg(long)]
        typed: bool,
    },
    /// Does something to a fulfillment
    Act {
        which: Which,
        /// As JSON, such as {"do":"release"}
        #[arg(value_parser = json::<Action>)]
        action: Action,
    },
    /// What needs a person
    Inbox,
    /// Exchanges with the server now
    Sync,
    /// Synchronises and prints until standard input ends or SIGTERM comes
    Run,
    /// Printers of this tablet
    #[command(subcommand)]
    Printer(PrinterVerb),
    /// Prints a package's label, or only what waits in the queue
    Print {
        which: Option<Which>,
        #[command(flatten)]
        package: Package,
    },
    /// Writes a package's label to a file or to standard output
    Label {
        which: Which,
        #[command(flatten)]
        package: Package,
        /// The file; its ending chooses the format
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The format, where the file's ending does not say it
        #[arg(long = "as", value_name = "FORMAT")]
        format: Option<Format>,
        /// Dots per inch
        #[arg(long, default_value = "203", value_parser = dpi)]
        dpi: u16,
    },
    /// Numbers for support: queue, cursor, package numbers
    Stats,
    /// Unsent commands as they would be sent, one JSON line each
    Export,
    /// Any call of a screen
    Call {
        name: String,
        /// As JSON
        #[arg(default_value = "{}", value_parser = json::<Value>)]
        arguments: Value,
    },
    /// Reads calls and writes answers, one JSON line each
    Repl {
        /// Also talks to the server and to printers by itself
        #[arg(long)]
        background: bool,
    },
}

/// What to do with printers.
#[derive(Debug, PartialEq, Subcommand)]
pub enum PrinterVerb {
    /// Printers, and the labels that are not on paper yet
    List,
    /// Adds a printer, or changes the one of this name; it becomes the one that prints
    Set {
        #[arg(long)]
        name: String,
        /// Raw TCP
        #[arg(
            long,
            value_name = "HOST:PORT",
            required_unless_present = "ipp",
            conflicts_with = "ipp"
        )]
        raw: Option<String>,
        /// IPP
        #[arg(long, value_name = "URI")]
        ipp: Option<String>,
        /// Dots per inch
        #[arg(long, default_value = "203", value_parser = dpi)]
        dpi: u16,
    },
    /// Says what became of a label that is not surely on paper
    Settle { entry: u64, choice: Choice },
}

/// Which label of which package.
#[derive(Debug, PartialEq, clap::Args)]
pub struct Package {
    /// Number of the package
    #[arg(long, default_value = "1")]
    pub package: u32,
    /// Which label; without it, the one that the order's packages carry
    #[arg(long)]
    pub form: Option<Form>,
}

/// [`LabelForm`] on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Logistic,
    Staging,
}

impl From<Form> for LabelForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Logistic => Self::Logistic,
            Form::Staging => Self::Staging,
        }
    }
}

/// [`PrintChoice`] on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    Again,
    CameOut,
    GiveUp,
}

impl From<Choice> for PrintChoice {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Again => Self::Again,
            Choice::CameOut => Self::CameOut,
            Choice::GiveUp => Self::GiveUp,
        }
    }
}

/// How a label is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Zpl,
    Pdf,
    Png,
    Svg,
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn dpi(text: &str) -> Result<u16, String> {
    match text {
        "203" => Ok(203),
        "300" => Ok(300),
        _ => Err("203 or 300".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn verb(words: &[&str]) -> Result<Verb, String> {
        let all = ["app-cli", "--data", "tablet"].iter().chain(words);
        Arguments::try_parse_from(all).map(|a| a.verb).map_err(|e| e.to_string())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_demo_enrols_without_a_name() {
        for server in ["--url", "--server"] {
            let enrol = verb(&["enrol", server, "http://server.test", "--code", "ABCD-EFGH"]);
            let (url, code) = ("http://server.test".into(), "ABCD-EFGH".into());
            assert_eq!(enrol, Ok(Verb::Enrol { url, code, name: "Command line".into() }));
        }
    }

    #[test]
    fn json_is_asked_for_before_or_after_the_verb() {
        for words in [["--json", "status"], ["status", "--json"]] {
            let all = ["app-cli", "--data", "tablet"].iter().chain(&words);
            assert!(Arguments::try_parse_from(all).expect("valid").json);
        }
        assert!(Arguments::try_parse_from(["app-cli", "status"]).is_err(), "whose data?");
    }

    #[test]
    fn an_action_is_any_of_the_bridge_and_nothing_else() {
        let which = Which("K7QD".into());
        let pick = verb(&["act", "K7QD", r#"{"do":"pick","line":1,"units":2}"#]);
        assert_eq!(pick, Ok(Verb::Act { which, action: Action::Pick { line: 1, units: 2 } }));
        let error = verb(&["act", "K7QD", r#"{"do":"steal"}"#]).expect_err("unknown");
        assert!(error.contains("steal"), "{error}");
    }

    #[test]
    fn a_printer_has_one_connection_and_a_real_resolution() {
        let set = ["printer", "set", "--name", "Zebra"];
        let with = |more: &[&str]| verb(&[&set[..], more].concat());
        assert!(with(&["--raw", "127.0.0.1:9100"]).is_ok());
        assert!(with(&["--ipp", "ipp://127.0.0.1:631/print", "--dpi", "300"]).is_ok());
        assert!(with(&[]).is_err());
        assert!(with(&["--raw", "127.0.0.1:9100", "--ipp", "ipp://127.0.0.1/print"]).is_err());
        assert!(with(&["--raw", "127.0.0.1:9100", "--dpi", "600"]).is_err());
    }

    #[test]
    fn a_call_has_no_arguments_unless_they_are_given() {
        let arguments = serde_json::json!({});
        assert_eq!(verb(&["call", "queue"]), Ok(Verb::Call { name: "queue".into(), arguments }));
        assert!(verb(&["call", "queue", "{"]).is_err());
    }
}
