#![doc = include_str!("../README.md")]

mod arguments;
mod lines;
mod outbox;
mod printing;
mod repl;
mod run;
mod said;
mod tablet;
mod verbs;
mod which;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Verb};
use said::Failed;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A terminal that is gone cannot be told.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let json = arguments.json;
    let runtime = tokio::runtime::Runtime::new().expect("the operating system gives threads");
    match runtime.block_on(answer(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("{}", if json { failed.json().to_string() } else { failed.to_string() });
            ExitCode::from(failed.code())
        }
    }
}

/// Opens the tablet, does what was asked, and closes its files.
async fn answer(arguments: Arguments) -> Result<(), Failed> {
    let Arguments { data, json, verb } = arguments;
    let background = matches!(verb, Verb::Run | Verb::Repl { background: true });
    let tablet = tablet::open(data, background).await?;
    let answered = match verb {
        Verb::Run => run::run(&tablet).await,
        Verb::Repl { .. } => repl::run(&tablet).await,
        verb => verbs::answer(&tablet, verb).await.and_then(|said| said.print(json)),
    };
    tablet.close().await;
    answered
}
