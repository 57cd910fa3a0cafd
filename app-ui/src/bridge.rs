//! The one door to the shell: calls a command by name.
//!
//! Decides nothing about what comes back.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"])]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;
}

/// Which version the shell is, or why it could not say.
pub async fn about() -> String {
    match invoke("about", JsValue::UNDEFINED).await {
        Ok(answer) => js_sys::Reflect::get(&answer, &"version".into())
            .ok()
            .and_then(|version| version.as_string())
            .unwrap_or_default(),
        Err(error) => format!("{error:?}"),
    }
}
