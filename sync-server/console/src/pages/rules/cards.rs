//! Pools and rules as cards, one sentence each.

use domain::{
    atp::{
        pool::Pool,
        rules::{Rule, RuleSet},
    },
    clock::TimeMs,
};
use leptos::prelude::*;

use console::{rule_words, rules::Version};

use crate::{
    components::{Empty, When},
    session::Console,
};

/// The cards of a version; its JSON where it says what is not known here.
#[component]
pub fn Cards(
    /// The version.
    version: Version,
) -> impl IntoView {
    match version.rules() {
        Some(RuleSet { pools, rules }) => view! {
            <RuleList rules=rules/>
            <PoolList pools=pools/>
        }
        .into_any(),
        None => view! {
            <p class="notes">"This console does not know every word of it. Load the page again; as it is written:"</p>
            <pre class="document" tabindex="0" role="region" aria-label="The rules as JSON">{version.text()}</pre>
        }
        .into_any(),
    }
}

#[component]
fn RuleList(rules: Vec<Rule>) -> impl IntoView {
    let is_empty = rules.is_empty();
    view! {
        <section aria-labelledby="rules">
            <div class="section-head">
                <h2 id="rules">"Rules"</h2>
                <span class="quiet">"Of one kind they apply in this order."</span>
            </div>
            {is_empty.then(|| view! {
                <Empty icon="list" title="No rule" advice="Everything that is left at the locations of a pool can be promised."/>
            })}
            <ol class="sentences">
                {rules.into_iter().map(|rule| view! {
                    <li class="card" data-test="rule-card">
                        <p><strong>{rule_words::rule(&rule)}</strong></p>
                        <p class="quiet">
                            <span class="code select-all">{rule.id.clone()}</span>
                            {rule_words::stack(&rule).map(|words| format!(" · {words}"))}
                            <Dates from=rule.from until=rule.until/>
                        </p>
                    </li>
                }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn PoolList(pools: Vec<Pool>) -> impl IntoView {
    view! {
        <section aria-labelledby="pools">
            <div class="section-head">
                <h2 id="pools">"Pools"</h2>
                <span class="quiet">"The one that says most about a shopper is theirs."</span>
            </div>
            <ol class="sentences">
                {pools.into_iter().map(|pool| view! {
                    <li class="card" data-test="pool-card">
                        <p><strong>{rule_words::pool(&pool)}</strong></p>
                        <p class="quiet code select-all">{pool.id}</p>
                    </li>
                }).collect_view()}
            </ol>
        </section>
    }
}

/// When a rule begins and ends, where it does.
#[component]
fn Dates(from: Option<TimeMs>, until: Option<TimeMs>) -> impl IntoView {
    let now_ms = Console::here().now_ms;
    let said = move |at: TimeMs, before, after| {
        let words = move || if now_ms.get() < at.0 { before } else { after };
        view! { <span>" · "{words}" "<When at=at/></span> }
    };
    view! {
        {from.map(|at| said(at, "begins", "began"))}
        {until.map(|at| said(at, "ends", "ended"))}
    }
}
