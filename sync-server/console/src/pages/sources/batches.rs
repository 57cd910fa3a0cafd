//! Batches of a source as a table, and the cells of one that other tables show, too.

use domain::api::BatchRow;
use leptos::prelude::*;

use console::{
    batches::{self, COLUMNS},
    dead_filters::DeadFilters,
    link,
    tone::Tone,
    words,
};

use crate::components::{ToneBadge, When};

/// Where a batch stands.
#[component]
pub fn BatchState(
    /// The batch.
    batch: BatchRow,
) -> impl IntoView {
    view! {
        <span data-test="batch-state" data-state=batch.state.clone()>
            <ToneBadge tone=batches::tone(&batch) words=batches::state(&batch)/>
        </span>
    }
}

/// The cells of what became of its rows.
#[component]
pub fn Numbers(
    /// The batch.
    batch: BatchRow,
) -> impl IntoView {
    COLUMNS
        .map(|(_, of, tone)| {
            let (rows, class) = (of(&batch), column(tone));
            let tone = (rows > 0).then_some(tone.as_str());
            view! {
                <td class=class data-zero=(rows == 0).to_string()>
                    <span class="toned" data-tone=tone>{words::thousands(rows)}</span>
                </td>
            }
        })
        .collect_view()
}

/// The headings of these cells.
#[component]
pub fn Headings() -> impl IntoView {
    let heading = |(name, _, tone)| view! { <th scope="col" class=column(tone)>{name}</th> };
    COLUMNS.map(heading).collect_view()
}

/// Where there is little room, rows that changed nothing are not told of.
const fn column(tone: Tone) -> &'static str {
    match tone {
        Tone::Info | Tone::Quiet => "number extra",
        _ => "number",
    }
}

/// The batches, the newest first.
#[component]
pub fn Batches(
    /// The source.
    source: Memo<String>,
    /// Its batches.
    batches: Memo<Vec<BatchRow>>,
) -> impl IntoView {
    let ids =
        move || batches.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let row = move |id: String| {
        Memo::new(move |_| batches.with(|rows| rows.iter().find(|row| row.id == id).cloned()))
    };
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Batch"</th>
                    <th scope="col">"State"</th>
                    <th scope="col" class="number extra wide">"As of"</th>
                    <th scope="col" class="number extra">"Rows"</th>
                    <Headings/>
                    <th scope="col" class="number extra wide">"Size"</th>
                    <th scope="col" class="number">"Last word"</th>
                    <th scope="col"><span class="unseen">"Refused rows"</span></th>
                </tr></thead>
                <tbody>
                    <For each=ids key=|id| id.clone() let:id><Line source=source row=row(id)/></For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(source: Memo<String>, row: Memo<Option<BatchRow>>) -> impl IntoView {
    move || {
        row.get().map(|row| {
            let message = row.message.clone();
            let has_refused = batches::has_refused(&row);
            view! {
                <tr data-row=has_refused.then_some("") data-test="batch-row">
                    <th scope="row"><span class="code">{row.id.clone()}</span></th>
                    <td>
                        <BatchState batch=row.clone()/>
                        {(!message.is_empty()).then(|| view! { <span class="under quiet">{message}</span> })}
                    </td>
                    <td class="number extra wide"><When at=row.as_of/></td>
                    <td class="number extra">{words::thousands(row.rows)}</td>
                    <Numbers batch=row.clone()/>
                    <td class="number extra wide">{size(&row)}</td>
                    <td class="number"><When at=row.touched_at/></td>
                    <td class="lever-cell">
                        {has_refused.then(|| view! {
                            <Look source=source batch=row.id.clone()/>
                            <Refused source=source batch=row.id/>
                        })}
                    </td>
                </tr>
            }
        })
    }
}

/// Its size, which is known at its end.
fn size(batch: &BatchRow) -> String {
    if batch.bytes == 0 { "—".to_owned() } else { words::bytes(batch.bytes) }
}

/// Refused and held rows, to be dealt with one after the other.
#[component]
fn Look(source: Memo<String>, batch: String) -> impl IntoView {
    let of = batch.clone();
    let href = move || {
        let filters =
            DeadFilters { source: source.get(), batch: of.clone(), ..DeadFilters::default() };
        filters.page()
    };
    view! {
        <a class="button small" href=href data-test="look-at" data-act="">
            "See them"<span class="unseen">": refused rows of batch " {batch}</span>
        </a>
    }
}

/// Refused and held rows, as a file for a spreadsheet.
#[component]
fn Refused(source: Memo<String>, batch: String) -> impl IntoView {
    let file = format!("refused-{batch}.csv");
    let batch_of_link = batch.clone();
    let href = move || {
        let (source, batch) = (link::encoded(&source.get()), link::encoded(&batch_of_link));
        format!("/api/v1/sources/{source}/batches/{batch}/refused")
    };
    // Not a page of ours: the browser takes it as a file.
    view! {
        <a class="button small" href=href download=file rel="external" data-test="refused-rows">
            "Download"<span class="unseen">" refused rows of batch " {batch}</span>
        </a>
    }
}
