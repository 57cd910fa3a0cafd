//! The rules over what can be promised: those that hold, others to try and to state, and every version.

mod cards;
mod change;
mod draft;
mod held;
mod stating;
mod trial;
mod versions;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::rules::Version;

use self::{change::Change, draft::Draft, held::Held, versions::Versions};
use crate::{components::PageHead, feed::Feed};

/// What the page shows, as the address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Held,
    Change,
    Versions,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Held, "/rules", "What holds"),
        (Self::Change, "/rules?view=change", "Try and state others"),
        (Self::Versions, "/rules?view=versions", "Versions"),
    ];

    fn read(word: Option<&str>) -> Self {
        match word {
            Some("change") => Self::Change,
            Some("versions") => Self::Versions,
            _ => Self::Held,
        }
    }
}

/// The page.
#[component]
pub fn Rules() -> impl IntoView {
    let query = use_query_map();
    let part = Memo::new(move |_| Part::read(query.read().get("view").as_deref()));
    let newest = Feed::<Version>::new(|| Some("/api/v1/atp/rules".to_owned()));
    // Outlives the parts: what was typed is there after a look at what holds.
    let draft = Draft::of(newest);
    view! {
        <PageHead title="Rules"/>
        <div class="filters">
            <nav class="tabs" aria-label="Rules">
                {Part::ALL.map(|(to, href, words)| view! {
                    <a href=href aria-current=move || (part.get() == to).then_some("true")>{words}</a>
                }).collect_view()}
            </nav>
        </div>
        {move || match part.get() {
            Part::Held => view! { <Held newest=newest draft=draft/> }.into_any(),
            Part::Change => view! { <Change newest=newest draft=draft/> }.into_any(),
            Part::Versions => view! { <Versions/> }.into_any(),
        }}
    }
}
