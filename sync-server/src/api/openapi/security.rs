//! How callers say who they are. Who may call what is the handlers' to say; that it is also what
//! `router.rs` enforces is checked by a test.

use serde_json::{Value, json};

/// Every way to say who one is.
pub fn schemes() -> Value {
    json!({
        "channel": {
            "type": "http", "scheme": "bearer",
            "description": "The token of a sales channel, made by `sync-server put-channel`."
        },
        "source": {
            "type": "http", "scheme": "bearer",
            "description": "The token of a source of stock; it opens that source's routes alone."
        },
        "session": {
            "type": "http", "scheme": "bearer",
            "description": "The token of a sign-in. What is named beside it is the least role: \
                store_manager, operations or admin. A store's manager sees that store alone."
        },
        "session_cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-stockhand",
            "description": "The same token as browsers hold it (`stockhand` on plain loopback). \
                Whatever changes something also needs the header `X-Stockhand: 1`."
        },
        "device": {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Device <access>`, of a tablet that has proven its key."
        },
        "device_signature": {
            "type": "apiKey", "in": "header", "name": "Stockhand-Signature",
            "description": "`ts=<ms>,nonce=<hex>,sig=<base64>`: the tablet's Ed25519 signature over \
                method, path, body, time and nonce. Each is taken once."
        }
    })
}

/// A browser's cookie opens whatever a session's token opens.
pub fn complete(_method: &str, operation: &mut Value) {
    let ways = operation["security"].as_array_mut().expect("every operation says who may call");
    let least = ways.iter().find_map(|way| way.get("session").cloned());
    ways.extend(least.map(|least| json!({ "session_cookie": least })));
}
