//! What the screens may ask of the shell, one line a command.
//!
//! Decides nothing: each command hands its arguments on and its answer back.

use serde::Serialize;

/// What runs here, for the about line and for support.
#[derive(Serialize)]
pub struct About {
    /// The program's version, as in `Cargo.toml`.
    version: &'static str,
}

/// Says which version this is.
#[tauri::command]
pub fn about() -> About {
    About { version: env!("CARGO_PKG_VERSION") }
}
