//! The parts of a source's page, as the address says.

use leptos::prelude::*;

use console::link;

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it sends, and how it writes.
    Sends,
    /// Other ways of reading it.
    Change,
    /// The token that it sends with.
    Token,
}

impl Part {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Sends, "What it sends"), (Self::Change, "Change it"), (Self::Token, "Its token")];

    /// By the word of the address.
    pub fn read(word: Option<&str>) -> Self {
        match word {
            Some("change") => Self::Change,
            Some("token") => Self::Token,
            _ => Self::Sends,
        }
    }

    /// The page of a source that shows it.
    pub fn page(self, id: &str) -> String {
        let word = match self {
            Self::Sends => "",
            Self::Change => "change",
            Self::Token => "token",
        };
        link::to(&format!("/sources/{}", link::encoded(id)), &[("view", word)])
    }
}

/// Links to the parts.
#[component]
pub fn Parts(
    /// The source.
    id: Memo<String>,
    /// The part that is shown.
    part: Memo<Part>,
) -> impl IntoView {
    let tab = move |(to, words): (Part, &'static str)| {
        let href = move || to.page(&id.get());
        view! { <a href=href aria-current=move || (part.get() == to).then_some("true")>{words}</a> }
    };
    view! {
        <div class="filters">
            <nav class="tabs" aria-label="Source">{Part::ALL.map(tab).collect_view()}</nav>
        </div>
    }
}
