//! Every stable code that a problem carries, with what it means to a caller. Clients decide by codes, the
//! API's description lists them, and the runbook says what to do.

/// Codes in the order of the alphabet, each with a sentence.
pub const CODES: [(&str, &str); 79] = [
    ("bad_key", "The public key is not an Ed25519 key in base64."),
    ("bad_text", "Name, app or platform is empty or too long."),
    ("batch_overtaken", "The batch is being sent by somebody else; wait."),
    ("clock", "The signature's time is too far from the server's."),
    ("command_too_large", "A command is over 16 KiB."),
    (
        "confirm_zero",
        "A pool or a channel would have nothing left to promise; confirm that it is meant.",
    ),
    ("cross_site", "Another site made a browser send this."),
    (
        "customer_limit",
        "A rule allows one customer no more of an item; `errors` says how many are left.",
    ),
    ("cut_off", "The body broke off."),
    ("cut_short", "The body broke off or is not packed as it says; the rows before were loaded."),
    ("disk_full", "The server has no space left; nothing was changed."),
    ("duplicate_batch", "The batch was sent before, with other contents."),
    ("duplicate_external_number", "Another order of this channel has this number."),
    ("equivocation", "Two tablets speak with one identity; it is quarantined."),
    ("gap", "Commands are missing; send again from `expected_seq`."),
    ("internal", "Something is wrong with the server; nothing was changed. Quote `trace_id`."),
    ("invalid_body", "A field is missing or not allowed; see `errors`."),
    ("invalid_calendar", "The calendar of the location cannot be like this; see `errors`."),
    ("invalid_order", "Fields of the order are missing or not allowed; see `errors`."),
    ("invalid_promise", "Fields of the basket are missing or not allowed; see `errors`."),
    ("invalid_query", "A parameter is not allowed."),
    ("invalid_rules", "Pools or rules are missing or not allowed; see `errors`."),
    ("invalid_sign_in", "Login or password is missing."),
    ("invalid_source", "The source or its profile is not valid; see `errors`."),
    ("invalid_terms", "The item cannot be sold like this; see `errors`."),
    ("invalid_webhook", "The webhook cannot be like this; see `errors`."),
    ("locked", "Too many wrong passwords; wait."),
    ("malformed", "The body is not JSON of this form."),
    ("no_pickup_here", "Customers cannot pick up at this location."),
    ("no_pool", "No pool of stock is for this channel, market, region and method."),
    ("nonce", "The nonce is unknown, used or older than two minutes."),
    ("not_enough", "Not all of the basket can be promised; `errors` says how much."),
    ("not_in_sequence", "The commands are not numbered one after the other."),
    ("not_lines", "The rows of the source are not lines; only NDJSON in UTF-8 can be streamed."),
    ("not_open", "Nothing of the order is left to cancel."),
    ("other_device", "The report names another tablet than the token."),
    ("other_location", "The tablet is paired with another location."),
    ("promise_differs", "The order is not the basket that was promised."),
    ("promise_expired", "The promise is used, given back or too old."),
    ("quarantined", "The tablet is stopped: its identity was used twice."),
    ("reason_missing", "A reason of 1 to 200 characters is needed."),
    ("replay", "This very request was sent before."),
    ("revoked", "The tablet was revoked."),
    ("role_too_low", "The operator's role may not do this."),
    ("row_settled", "Somebody has dealt with the row meanwhile."),
    ("rows_refused", "Rows are not valid, and the source's profile then takes none."),
    ("rules_changed", "Somebody has stated other rules meanwhile."),
    ("signature", "The signature does not fit what was sent."),
    ("signed_out", "No token, or one that is unknown or expired."),
    ("slow_down", "The server is busy; try again after `Retry-After` seconds."),
    ("snapshot_gone", "The snapshot is no longer kept; ask for a new one."),
    ("spent_code", "The pairing code is used, expired or void."),
    ("still_refused", "The row is still not right; see `errors`."),
    ("token", "No access token, or one that is unknown or expired."),
    ("too_large", "The body is over the limit."),
    ("too_many", "More than 100 commands at once."),
    ("too_many_webhooks", "There are as many webhooks as a network may have."),
    ("unknown_batch", "There is no such batch."),
    ("unknown_device", "There is no such tablet."),
    ("unknown_encoding", "The body is packed neither as gzip nor as zstd."),
    ("unknown_feed", "There is no feed of this format."),
    ("unknown_import", "There is no import of this kind."),
    ("unknown_location", "There is no such location, or it is not the caller's to see."),
    ("unknown_order", "There is no such order, or it is not the caller's to see."),
    ("unknown_postcode", "The postcode is not known in this country."),
    ("unknown_promise", "There is no such promise, or it is not the caller's."),
    ("unknown_route", "Nothing is at this path."),
    ("unknown_row", "There is no such row."),
    ("unknown_sku", "There is no such item; for an order `errors` names the lines."),
    ("unknown_source", "There is no such source, or it is not the caller's."),
    ("unknown_version", "There is no such version of the rules."),
    ("unknown_webhook", "There is no such webhook."),
    (
        "unreadable_batch",
        "The batch cannot be read as its source's profile says; the rows before were loaded.",
    ),
    ("upgrade_required", "The app speaks another version; update it."),
    ("wrong_channel", "The order names another channel than the token."),
    ("wrong_code", "The pairing code is wrong."),
    ("wrong_epoch", "The tablet was paired again since."),
    ("wrong_method", "The path takes another method."),
    ("wrong_password", "The name or the password is wrong."),
];

/// What a code means; `None` when no answer may carry it.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static str> {
    let at = CODES.binary_search_by_key(&code, |(known, _)| known).ok()?;
    Some(CODES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found() {
        assert!(CODES.is_sorted());
        assert!(CODES.iter().all(|(code, said)| meaning(code) == Some(said)));
        assert_eq!(meaning("no_such_code"), None);
    }
}
