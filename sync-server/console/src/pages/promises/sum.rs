//! From what the locations give to the number: every term on a line of its own.

use domain::{api::AtpExplained, atp::rules::RuleSet};
use leptos::prelude::*;

use console::{
    sum::{self, Line, Step},
    words,
};

/// The sum.
#[component]
pub fn Sum(
    /// The terms.
    why: AtpExplained,
    /// The rules, for their words.
    rules: Memo<Option<RuleSet>>,
) -> impl IntoView {
    let (applied, is_plain) = (why.rules.clone(), why.rules.is_empty());
    let said = move || {
        let rules = rules.get().unwrap_or_default();
        let said: Vec<_> = applied.iter().map(|one| sum::applied(one, &rules)).collect();
        format!("Rules about the pool: {}.", said.join("; "))
    };
    view! {
        <table class="flush sum" data-test="sum">
            <thead class="unseen"><tr>
                <th scope="col">"Term"</th>
                <th scope="col">"How"</th>
                <th scope="col">"Units"</th>
            </tr></thead>
            <tbody>
                {sum::lines(&why).into_iter().map(|line| view! { <Term line=line/> }).collect_view()}
            </tbody>
        </table>
        {(!is_plain).then(|| view! { <p class="notes quiet" data-test="pool-rules">{said}</p> })}
    }
}

#[component]
fn Term(line: Line) -> impl IntoView {
    let is_result = line.step == Step::Makes;
    view! {
        <tr data-test="sum-line" data-result=is_result.to_string()>
            <th scope="row">{line.words}</th>
            <td class="number">{line.step.sign()}</td>
            <td class="number">{words::number(line.units)}</td>
        </tr>
    }
}
