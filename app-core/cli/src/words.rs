//! Answers for a person at a terminal: what matters, in lines.

use domain::bridge::{
    Card, Connection, Done, Feedback, Found, InboxEntry, Person, PrintState, Printing, Queue,
    Status, Work,
};
use serde_json::Value;

/// Pairing, session, sync.
pub fn status(status: &Status) -> String {
    let mut lines = vec![match &status.enrolled {
        None => "not paired".to_owned(),
        Some(own) => {
            let place = own.location_name.as_deref().unwrap_or("not loaded yet");
            format!("{} at {} ({place}), server {}", own.name, own.location, own.url)
        }
    }];
    lines.push(match &status.session {
        None => "nobody signed in".to_owned(),
        Some(person) => format!("signed in: {}", one(person)),
    });
    let sync = &status.sync;
    let online = if sync.online { "online" } else { "offline" };
    let loading = if sync.loading { ", loading" } else { "" };
    lines.push(format!(
        "{online}{loading}, not sent: {}, needs you: {}",
        sync.waiting, sync.needs_you
    ));
    lines.extend(sync.alarm.iter().map(|alarm| format!("! {alarm}")));
    lines.join("\n")
}

/// A person a line.
pub fn people(people: &[Person]) -> String {
    listed(people.iter().map(one), "nobody can sign in here")
}

fn one(person: &Person) -> String {
    format!("{} {}, {}", person.id, person.name, person.role.as_str())
}

/// A card a line.
pub fn queue(queue: &Queue) -> String {
    let mut lines = listed(queue.cards.iter().map(card), "nothing to do");
    if queue.with_others > 0 {
        lines.push_str(&format!("\nwith others: {}", queue.with_others));
    }
    lines
}

fn card(card: &Card) -> String {
    let who = match (&card.claimed_by, card.mine) {
        (Some(who), false) => format!(", {who}"),
        (_, true) => ", yours".to_owned(),
        (None, false) => String::new(),
    };
    format!(
        "{} {} {} by {}, {} of {} units{who}  {}",
        card.short_code,
        card.external_number,
        card.stage_words,
        card.promise_at.to_rfc3339(),
        card.units_done,
        card.units,
        card.fulfillment,
    )
}

/// The card, the step, the lines and the packages.
pub fn work(work: &Work) -> String {
    let mut lines = vec![card(&work.card), format!("now: {}", snake(&work.step))];
    lines.extend(work.lines.iter().map(|line| {
        let short = if line.short > 0 { format!(", {} short", line.short) } else { String::new() };
        format!(
            "  line {}: {} of {} {} ({}){short}",
            line.line, line.picked, line.wanted, line.name, line.sku
        )
    }));
    lines.extend(work.packages.iter().map(|package| {
        let slot = package.slot.as_ref().map(|slot| format!(", in {slot}")).unwrap_or_default();
        let gone = if package.gone { ", gone" } else { "" };
        format!(
            "  package {}: {} units, label {}{slot}{gone}  {}",
            package.number,
            package.units,
            snake(&package.label),
            package.package
        )
    }));
    lines.extend(work.restock.iter().map(|r| format!("  put back {} {}", r.units, r.name)));
    lines.extend(work.exceptions.iter().map(entry));
    lines.join("\n")
}

/// The word that JSON uses.
fn snake(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("plain data");
    value.as_str().expect("an enum without facts").replace('_', " ")
}

/// What happened, then the work.
pub fn done(done: &Done) -> String {
    let sentence = match &done.feedback {
        Feedback::Accepted { sentence } | Feedback::Refused { sentence, .. } => sentence.clone(),
        Feedback::Attention { sentence } => format!("! {sentence}"),
    };
    format!("{sentence}\n{}", work(&done.work))
}

/// What a scan opened.
pub fn found(found: &Found) -> String {
    match found {
        Found::Work { fulfillment, code_verified: true } => format!("{fulfillment}, code verified"),
        Found::Work { fulfillment, code_verified: false } => fulfillment.to_string(),
        Found::Several { cards } => listed(cards.iter().map(card), "nothing"),
        Found::Nothing { sentence } => sentence.clone(),
    }
}

/// An entry a line.
pub fn inbox(entries: &[InboxEntry]) -> String {
    listed(entries.iter().map(entry), "nothing needs you")
}

fn entry(entry: &InboxEntry) -> String {
    format!("! {}: {} {}", entry.short_code, entry.sentence, entry.next_action)
}

/// Printers, then labels.
pub fn printing(printing: &Printing) -> String {
    let printers = printing.printers.iter().map(|printer| {
        let at = match &printer.connection {
            Connection::Raw { address } => address,
            Connection::Ipp { uri } => uri,
        };
        format!("{} at {at}, {} dpi", printer.name, printer.dpi)
    });
    let mut lines = listed(printers, "no printer");
    for entry in &printing.entries {
        let state = match entry.state {
            PrintState::Waiting => "waiting",
            PrintState::Printed => "printed",
            PrintState::Unsure => "unsure: look at the printer",
            PrintState::GivenUp => "given up",
        };
        let said = entry.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
        lines.push_str(&format!("\n{} {}: {state}{said}", entry.entry, entry.what));
    }
    lines
}

/// A value of any call.
pub fn json(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a value is JSON")
}

fn listed(lines: impl Iterator<Item = String>, none: &str) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { none.to_owned() } else { lines.join("\n") }
}
