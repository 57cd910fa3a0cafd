//! The associate app's program: opens the window and serves its commands.
//!
//! Holds no rule about orders, no SQL and no HTTP; those live in `app-core` and `domain`.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod commands;

fn main() {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![commands::about])
        .run(tauri::generate_context!())
        .expect("the window system starts");
}
