//! Tells the screens what changed, at most twenty times a second. Whatever changes meanwhile comes with
//! the next one; nothing is left out.

use std::time::Duration;

use app_core::Changes;
use domain::bridge::CHANGED_EVENT;
use tauri::{AppHandle, Emitter as _};

/// Faster than an eye, slower than a first snapshot that is being loaded.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs until the tablet or the window is closed.
pub async fn tell(app: AppHandle, mut changes: Changes) {
    while let Some(changed) = changes.next().await {
        if app.emit(CHANGED_EVENT, changed).is_err() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
