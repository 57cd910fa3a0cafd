//! A tablet that nobody touches: its loops run, and what changes is written as JSON lines.

use std::io::{self, Write as _};

use app_core::{Changes, Tablet};
use domain::bridge::{Changed, GetStatus};

use crate::{lines::lines, said::Failed};

/// Runs until standard input ends or the program is told to end. The first line says where it stands.
///
/// # Errors
/// [`Failed::Broken`] when nobody takes the lines.
pub async fn run(tablet: &Tablet) -> Result<(), Failed> {
    let mut changes = tablet.changes();
    let sync = tablet.call(GetStatus {}).await?.sync;
    write(&Changed { sync, fulfillments: Vec::new() })?;
    tokio::select! {
        written = tell(&mut changes) => written,
        () = input_ends() => Ok(()),
        told = told_to_end() => Ok(told?),
    }
}

async fn tell(changes: &mut Changes) -> Result<(), Failed> {
    while let Some(changed) = changes.next().await {
        write(&changed)?;
    }
    Ok(())
}

fn write(changed: &Changed) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(changed).expect("a change is plain data"))?;
    out.flush()
}

async fn input_ends() {
    let mut lines = lines();
    while lines.recv().await.is_some_and(|line| line.is_ok()) {}
}

#[cfg(unix)]
async fn told_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
