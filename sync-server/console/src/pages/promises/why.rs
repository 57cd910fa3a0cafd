//! "Why?": every term behind one number.

use std::collections::BTreeSet;

use domain::{api::AtpExplained, atp::rules::RuleSet};
use leptos::prelude::*;

use console::{question::Question, rule_words, rules::Version, words};

use super::{components::Components, dated::Dated, locations::Locations, sum::Sum};
use crate::{
    components::{Loading, Refusal, Seen},
    feed::Feed,
};

/// The card.
#[component]
pub fn Why(
    /// The item.
    sku: String,
    /// For whom.
    question: Memo<Question>,
) -> impl IntoView {
    let feed = Feed::<AtpExplained>::new({
        let sku = sku.clone();
        move || Some(question.with(|asked| asked.why(&sku)))
    });
    let why = Memo::new(move |_| feed.current());
    // Each drawn again only when its own numbers change, not with every refresh.
    let sum = Memo::new(move |_| why.get().map(|why| (rules_of(&why), sum_of(why))));
    let locations = Memo::new(move |_| why.get().map(|why| (why.locations, why.sum)));
    let is_here = Memo::new(move |_| why.with(Option::is_some));
    let open = RwSignal::new(false);
    let rules = rules_at(why);
    let title = move || match why.get() {
        Some(why) => {
            let units = words::count(why.units.unsigned_abs(), "unit", "units");
            format!("Why {units} of {sku} by the pool {}?", why.pool)
        }
        None => format!("Why so many of {sku}?"),
    };
    view! {
        <section class="card part" aria-labelledby="why" data-test="why">
            <header class="card-head"><h2 id="why">{title}</h2></header>
            {move || match (feed.blocking_failure(), is_here.get()) {
                (Some(failure), _) => view! { <Refusal failure=failure/> }.into_any(),
                (None, false) => view! { <Loading/> }.into_any(),
                (None, true) => view! {
                    {move || sum.get().map(|(used, why)| view! {
                        <Sum why=why.clone() rules=rules/>
                        <Components rows=why.components.clone()/>
                        <Dated rows=why.dated/>
                        <Used ids=used rules=rules/>
                    })}
                    <h3>"What each location gives"</h3>
                    {move || locations.get().map(|(rows, sum)| view! {
                        <Locations rows=rows sum=sum rules=rules open=open/>
                    })}
                }.into_any(),
            }}
            <Seen seen=Signal::derive(move || why.get().map(|why| why.seen))/>
        </section>
    }
}

/// The rules that the answer was made with, for their words.
fn rules_at(why: Memo<Option<AtpExplained>>) -> Memo<Option<RuleSet>> {
    let number = Memo::new(move |_| why.with(|why| why.as_ref().map(|why| why.seen.rules)));
    let feed = Feed::<Version>::new(move || {
        let number = number.get().filter(|number| *number > 0)?;
        Some(format!("/api/v1/atp/rules/versions/{number}"))
    });
    Memo::new(move |_| match number.get()? {
        0 => Some(RuleSet::default()),
        _ => feed.current()?.rules(),
    })
}

/// The rules that made the number, each once.
fn rules_of(why: &AtpExplained) -> BTreeSet<String> {
    let of_locations = why.locations.iter().flat_map(|gives| &gives.rules);
    of_locations.chain(&why.rules).map(|applied| applied.rule.clone()).collect()
}

/// The terms of the sum alone.
fn sum_of(why: AtpExplained) -> AtpExplained {
    let mut seen = why.seen;
    (seen.as_of.0, seen.place) = (0, 0);
    AtpExplained { seen, locations: Vec::new(), ..why }
}

#[component]
fn Used(ids: BTreeSet<String>, rules: Memo<Option<RuleSet>>) -> impl IntoView {
    let is_empty = ids.is_empty();
    let sentence = move |id: &str| {
        rules.with(|rules| rules.as_ref()?.rule(id).map(rule_words::rule)).unwrap_or_default()
    };
    (!is_empty).then(|| {
        view! {
            <h3>"The rules in it"</h3>
            <dl class="named" data-test="why-rules">
                {move || ids.iter().map(|id| view! {
                    <div><dt class="code">{id.clone()}</dt><dd>{sentence(id)}</dd></div>
                }).collect_view()}
            </dl>
        }
    })
}
