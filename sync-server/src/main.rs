//! The server's program: reads what it is told and does it.

use std::{error::Error, process::ExitCode};

use clap::Parser;
use sync_server::{
    api::openapi,
    app::{backed_up, restored, secrets::HashCost},
    clock,
    config::{Arguments, Serve, Verb},
    first_start,
    serve::{self, Running},
    telemetry,
};

/// The system's allocator takes as long for a short answer as the answer itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("the system gives threads");
    match runtime.block_on(run(Arguments::parse().verb)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sync-server: {}", with_sources(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<(), Box<dyn Error>> {
    match verb {
        Verb::Serve(serve) => serve_until_told(serve).await,
        Verb::PutOperator(put) => {
            let db = serve::open(&put.place).await?;
            Ok(first_start::put_operator(&db, HashCost::default(), &put).await?)
        }
        Verb::PutChannel(put) => {
            let db = serve::open(&put.place).await?;
            if let Some(token) = first_start::put_channel(&db, &put).await? {
                println!("{token}");
            }
            Ok(())
        }
        Verb::BackedUp(done) => {
            let db = serve::open(&done.place).await?;
            let tablets = db.write(move |tx| backed_up::note(tx, done.began)).await?;
            println!("{tablets} tablets may forget more");
            Ok(())
        }
        Verb::NewHistory(new) => {
            let db = serve::open(&new.place).await?;
            let (moment, skip) = (clock::moment(), new.skip_numbers);
            let begun =
                db.write(move |tx| restored::begin_history(tx, &mut moment.clone(), skip)).await?;
            println!("history {}, package numbers from {}", begun.epoch, begun.first_number);
            Ok(())
        }
        Verb::Openapi => {
            println!("{}", openapi::text());
            Ok(())
        }
    }
}

async fn serve_until_told(serve: Serve) -> Result<(), Box<dyn Error>> {
    telemetry::start(serve.place.log_form);
    let running = Running::start(&serve).await?;
    // Read by scripts: the port may have been a free one.
    println!("listening on http://{}", running.address);
    if let Some(password) = &running.made.password {
        println!("first operator {}, password {password}", serve.operator_login);
    }
    if let Some(token) = &running.made.token {
        println!("first channel {}, token {token}", serve.channel);
    }
    tracing::info!(address = %running.address, "serving");
    running.until(serve::told_to_stop()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// The whole chain of causes, outermost first.
fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(because) = cause {
        text.push_str(&format!(": {because}"));
        cause = because.source();
    }
    text
}
