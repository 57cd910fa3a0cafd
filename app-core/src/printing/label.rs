//! The seat of whoever draws labels. What a label says is [`domain::label`]'s.

pub use domain::label::{LabelJob, Postal, Rendered};

/// A label could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the label cannot be drawn: {reason}")]
pub struct RenderError {
    /// Why.
    pub reason: String,
}

/// Draws labels. Implemented where the `labels` crate is known: in the shell and in the client.
pub trait Renderer: Send {
    /// One label, in every form.
    ///
    /// # Errors
    /// [`RenderError`] when the label's data cannot be drawn.
    fn render(&self, label: &LabelJob) -> Result<Rendered, RenderError>;
}

impl<F> Renderer for F
where
    F: Fn(&LabelJob) -> Result<Rendered, RenderError> + Send,
{
    fn render(&self, label: &LabelJob) -> Result<Rendered, RenderError> {
        self(label)
    }
}
