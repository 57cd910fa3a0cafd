//! The tablet behind the window. It is opened by the first call of a screen, so that whatever stands in
//! the way is told there; the next call tries again.

use std::path::{Path, PathBuf};

use app_core::{
    Options, Tablet, TabletOptions,
    printing::{LabelJob, RenderError},
};
use domain::rejection::Rejection;
use tauri::AppHandle;
use tokio::sync::OnceCell;

use crate::{events, pairing::Pairing};

/// What every command is given.
pub struct Shell {
    app: AppHandle,
    data_dir: PathBuf,
    pairing: Pairing,
    tablet: OnceCell<Tablet>,
}

impl Shell {
    /// A shell on a data folder that nobody has opened yet.
    pub fn new(app: AppHandle, data_dir: PathBuf, pairing: Pairing) -> Self {
        Self { app, data_dir, pairing, tablet: OnceCell::new() }
    }

    /// The running tablet.
    ///
    /// # Errors
    /// [`Rejection::InUse`] while another program has the data folder; [`Rejection::CannotStart`].
    pub async fn tablet(&self) -> Result<&Tablet, Rejection> {
        self.tablet
            .get_or_try_init(|| async {
                let tablet = open(&self.data_dir).await?;
                if let Err(rejection) = self.pairing.settle(&tablet).await {
                    eprintln!("not paired: {rejection} {}", rejection.next_action());
                }
                tauri::async_runtime::spawn(events::tell(self.app.clone(), tablet.changes()));
                Ok::<_, Rejection>(tablet)
            })
            .await
    }
}

/// Opens the tablet of a data folder, with its loops.
///
/// # Errors
/// As [`Shell::tablet`].
pub async fn open(data_dir: &Path) -> Result<Tablet, Rejection> {
    let options = TabletOptions {
        data_dir: data_dir.to_owned(),
        engine: Options { app: env!("CARGO_PKG_VERSION").to_owned(), ..Options::default() },
        background: true,
    };
    let drawer = labels::Renderer::default();
    let draw = move |job: &LabelJob| {
        drawer.job(job).map_err(|error| RenderError { reason: error.to_string() })
    };
    Tablet::open(options, Box::new(draw)).await.map_err(app_core::OpenError::into_rejection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bridge::GetStatus;

    #[tokio::test]
    async fn a_data_folder_has_one_window_at_a_time() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let first = open(dir.path()).await.expect("nobody has it");
        assert_eq!(open(dir.path()).await.err(), Some(Rejection::InUse));
        first.close().await;
        let second = open(dir.path()).await.expect("nobody has it any more");
        let status = second.call(GetStatus {}).await.expect("a new tablet has a status");
        assert_eq!((status.enrolled, status.app.as_str()), (None, env!("CARGO_PKG_VERSION")));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_said() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("file");
        std::fs::write(&file, b"in the way").expect("writable");
        let said = open(&file.join("data")).await.err().expect("refused").to_string();
        assert!(
            said.starts_with("This app cannot start: ") && said.contains("cannot make"),
            "{said}"
        );
    }
}
