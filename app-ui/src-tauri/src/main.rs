#![doc = include_str!("../README.md")]
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod commands;
mod events;
mod pairing;
mod shell;

use std::path::PathBuf;

use clap::Parser;
use tauri::Manager as _;

use pairing::Pairing;
use shell::Shell;

/// The associate's window
#[derive(Parser)]
#[command(name = "app-shell", version)]
struct Arguments {
    /// Folder of the tablet's data; without it, the platform's folder for this app
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    pairing: Pairing,
}

fn main() {
    let arguments = Arguments::parse();
    tauri::Builder::default()
        .setup(move |app| {
            let data = arguments.data.map_or_else(|| app.path().app_data_dir(), Ok)?;
            app.manage(Shell::new(app.handle().clone(), data, arguments.pairing));
            Ok(())
        })
        .invoke_handler(commands::handler())
        .run(tauri::generate_context!())
        .expect("the window system starts");
}
