//! What an administrator states of a webhook, checked field by field.

use domain::{api::NewWebhook, limits, order::FieldError, problem::Problem};

use crate::{app::refusal::invalid, db::webhooks::Stated, webhooks::address};

/// What is stated, if it may be; `http_allowed` as for [`address::checked`].
///
/// # Errors
/// `invalid_webhook`, with every field that is wrong.
pub fn checked(new: NewWebhook, http_allowed: bool) -> Result<Stated, Box<Problem>> {
    let mut wrong = Vec::new();
    let mut check = |field: &str, is_right: bool, message: &str| {
        if !is_right {
            wrong.push(FieldError { field: field.into(), message: message.into() });
        }
    };
    let name = new.name.trim().to_owned();
    check("name", is_text(&name, 100), "1 to 100 characters, none of them control characters");
    let url = address::checked(new.url.trim(), http_allowed);
    check("url", url.is_ok(), url.as_ref().err().copied().unwrap_or_default());
    for (field, word) in [("channel", &new.channel), ("region", &new.region)] {
        let is_right = word.as_deref().is_none_or(|word| is_text(word, 50));
        check(field, is_right, "1 to 50 characters, or absent");
    }
    let is_country = |word: &str| word.len() == 2 && word.chars().all(|c| c.is_ascii_uppercase());
    let market = new.market.as_deref().is_none_or(is_country);
    check("market", market, "a country, two capital letters, or absent");
    let debounce = new.debounce_ms <= limits::WEBHOOK_DEBOUNCE_MS_MAX;
    check("debounce_ms", debounce, "0 to 600,000 ms");
    let batch = (1..=limits::WEBHOOK_ITEMS_MAX).contains(&new.batch_max);
    check("batch_max", batch, "1 to 1,000 items");
    match url {
        Ok(url) if wrong.is_empty() => Ok(Stated {
            name,
            url: url.into(),
            channel: new.channel,
            market: new.market,
            region: new.region,
            method: new.method.as_str().into(),
            kind: new.kind.as_str().into(),
            debounce_ms: new.debounce_ms.into(),
            batch_max: new.batch_max.into(),
            enabled: new.enabled,
        }),
        _ => Err(Box::new(invalid("invalid_webhook", "The webhook cannot be like this.", wrong))),
    }
}

fn is_text(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{api::WebhookKind, fulfillment::Method};

    fn new() -> NewWebhook {
        NewWebhook {
            name: "Shop".into(),
            url: "https://shop.example.com/".into(),
            channel: None,
            market: None,
            region: None,
            method: Method::Ship,
            kind: WebhookKind::Bands,
            debounce_ms: limits::WEBHOOK_DEBOUNCE_MS_MAX,
            batch_max: limits::WEBHOOK_ITEMS_MAX,
            enabled: true,
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        assert!(checked(new(), false).is_ok());
        let wrong = NewWebhook {
            name: " ".into(),
            url: "http://shop.example.com/".into(),
            channel: Some(String::new()),
            market: Some("us".into()),
            region: Some("\n".into()),
            debounce_ms: limits::WEBHOOK_DEBOUNCE_MS_MAX + 1,
            batch_max: limits::WEBHOOK_ITEMS_MAX + 1,
            ..new()
        };
        let problem = checked(wrong, false).expect_err("all is wrong");
        let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        let all = ["name", "url", "channel", "region", "market", "debounce_ms", "batch_max"];
        assert_eq!(fields, all);
        assert!(checked(NewWebhook { batch_max: 0, ..new() }, false).is_err());
        assert!(
            checked(NewWebhook { url: "http://shop.example.com".into(), ..new() }, true).is_ok()
        );
    }
}
