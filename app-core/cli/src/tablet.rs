//! The tablet of a data folder, with `labels` to draw what it prints.

use std::path::PathBuf;

use app_core::{
    OpenError, Options, Tablet, TabletOptions,
    printing::{LabelJob, RenderError},
};

use crate::said::Failed;

/// Opens it; in the background it talks to the server and to printers by itself.
///
/// # Errors
/// [`Failed`] when another program has the folder, or its files cannot be used.
pub async fn open(data_dir: PathBuf, background: bool) -> Result<Tablet, Failed> {
    let engine = Options { keep_session: true, ..Options::default() };
    let drawer = labels::Renderer::default();
    let draw = move |job: &LabelJob| {
        drawer.job(job).map_err(|error| RenderError { reason: error.to_string() })
    };
    let options = TabletOptions { data_dir, engine, background };
    let tablet = Tablet::open(options, Box::new(draw)).await;
    Ok(tablet.map_err(OpenError::into_rejection)?)
}
