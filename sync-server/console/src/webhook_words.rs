//! How a webhook stands, in words and in a tone.

use domain::api::{WebhookKind, WebhookOutcome, WebhookRow, WebhookStop, WebhookTry};

use crate::tone::Tone;

/// How it stands: the worst first.
#[must_use]
pub fn state(row: &WebhookRow) -> (Tone, &'static str) {
    match row.stopped {
        Some(WebhookStop::Gone) => (Tone::Bad, "Stopped: not wanted"),
        Some(WebhookStop::Failing) => (Tone::Bad, "Stopped: failing"),
        None if !row.stated.enabled => (Tone::Quiet, "Off"),
        None if row.pool.is_none() => (Tone::Warn, "No pool"),
        None if row.tries > 0 => (Tone::Warn, "Tries again"),
        None if row.sequence == 0 => (Tone::Info, "Begins"),
        None => (Tone::Good, "Up to date"),
    }
}

/// What a person does about it; nothing while all is well.
#[must_use]
pub fn advice(row: &WebhookRow) -> Option<&'static str> {
    match row.stopped {
        Some(WebhookStop::Gone) => Some(
            "The receiver answered that it wants nothing any more (410). Switch it on when its owner says so; it goes on where it ended.",
        ),
        Some(WebhookStop::Failing) => Some(
            "Nothing was taken for three days. Send a test; when it is taken, switch the webhook on: it goes on where it ended.",
        ),
        None if row.stated.enabled && row.pool.is_none() => Some(
            "No pool is for this channel, market, region and method. Add one to the rules, or change whom the webhook is about.",
        ),
        None => None,
    }
}

/// What is told.
#[must_use]
pub const fn kind(kind: WebhookKind) -> &'static str {
    match kind {
        WebhookKind::Units => "Units",
        WebhookKind::Bands => "Bands",
    }
}

/// What became of a try.
#[must_use]
pub fn outcome(tried: &WebhookTry) -> (Tone, String) {
    let answered = tried.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let (tone, word) = match tried.outcome {
        WebhookOutcome::Taken => (Tone::Good, "Taken"),
        WebhookOutcome::Refused => (Tone::Bad, "Refused"),
        WebhookOutcome::Gone => (Tone::Bad, "Not wanted"),
        WebhookOutcome::Timeout => (Tone::Bad, "No answer"),
        WebhookOutcome::Unreachable => (Tone::Bad, "No connection"),
    };
    (tone, format!("{word}{answered}"))
}

/// Whose numbers they are: what is said of the customers, and how the goods reach them.
#[must_use]
pub fn whom(row: &WebhookRow) -> String {
    let stated = &row.stated;
    let said = [&stated.channel, &stated.market, &stated.region];
    let said: Vec<_> = said.into_iter().flatten().map(String::as_str).collect();
    let method = crate::words::method(stated.method);
    match said.is_empty() {
        true => format!("{method}, everybody"),
        false => format!("{method}, {}", said.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new_webhook::Draft;

    fn row() -> WebhookRow {
        let draft = Draft { name: "Shop".into(), channel: "web".into(), ..Draft::default() };
        WebhookRow {
            id: "wh_1".into(),
            stated: draft.body().expect("writable"),
            stopped: None,
            pool: Some("ship".into()),
            sequence: 3,
            tries: 0,
            next_try_at: None,
            failing_since: None,
            old_secret_until: None,
            last: None,
        }
    }

    #[test]
    fn the_worst_is_said() {
        assert_eq!(state(&row()), (Tone::Good, "Up to date"));
        assert_eq!(state(&WebhookRow { sequence: 0, ..row() }).1, "Begins");
        let fails = WebhookRow { tries: 1, ..row() };
        assert_eq!(state(&fails).0, Tone::Warn);
        let nobody = WebhookRow { pool: None, ..fails };
        assert!(state(&nobody).1 == "No pool" && advice(&nobody).is_some());
        let stopped = WebhookRow { stopped: Some(WebhookStop::Failing), ..nobody };
        assert!(state(&stopped).0 == Tone::Bad && advice(&stopped).is_some());
        assert_eq!(advice(&row()), None);
    }

    #[test]
    fn it_says_whom_it_is_about() {
        assert_eq!(whom(&row()), "Ship, web");
        let mut all = row();
        all.stated.channel = None;
        assert_eq!(whom(&all), "Ship, everybody");
    }
}
