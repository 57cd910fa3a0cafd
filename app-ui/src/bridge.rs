//! The one door to the shell: calls by name, and the event that says something changed.
//!
//! Decides nothing about what comes back, and knows no network.

use domain::{
    bridge::{CHANGED_EVENT, Call, Changed},
    rejection::Rejection,
};
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"])]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "event"])]
    async fn listen(event: &str, handler: &Closure<dyn FnMut(JsValue)>)
    -> Result<JsValue, JsValue>;
}

/// Why a call has no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The engine says no.
    Refused(Rejection),
    /// The shell is broken or not there.
    Broken(String),
}

impl Failed {
    /// What happened.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(rejection) => rejection.to_string(),
            Self::Broken(_) => "The app did not answer.".into(),
        }
    }

    /// What to do.
    pub fn next_action(&self) -> String {
        match self {
            Self::Refused(rejection) => rejection.next_action().into(),
            Self::Broken(why) => format!("Do it again, or restart the app. ({why})"),
        }
    }
}

/// Asks the shell.
///
/// # Errors
/// [`Failed`]: a refusal, or a shell that does not answer in the agreed form.
pub async fn call<C: Call>(call: &C) -> Result<C::Reply, Failed> {
    let arguments = Object::new();
    let payload = serde_json::to_string(call).map_err(broken)?;
    let payload = JSON::parse(&payload).map_err(|error| broken_js(&error))?;
    Reflect::set(&arguments, &"call".into(), &payload).map_err(|error| broken_js(&error))?;
    match invoke(C::NAME, arguments.into()).await {
        Ok(reply) => read(&reply).map_err(broken),
        Err(error) => {
            Err(read::<Rejection>(&error).map_or_else(|_| broken_js(&error), Failed::Refused))
        }
    }
}

/// Calls `hear` after every change, for as long as the page lives.
///
/// # Errors
/// [`Failed::Broken`] when the shell has no events.
pub async fn on_changed(hear: impl Fn(Changed) + 'static) -> Result<(), Failed> {
    let handler = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let payload = Reflect::get(&event, &"payload".into()).unwrap_or(JsValue::UNDEFINED);
        if let Ok(changed) = read(&payload) {
            hear(changed);
        }
    });
    listen(CHANGED_EVENT, &handler).await.map_err(|error| broken_js(&error))?;
    // The page listens until it is closed.
    handler.forget();
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(value: &JsValue) -> Result<T, String> {
    let text = JSON::stringify(value).map_err(|_| "no JSON".to_owned())?;
    let text = text.as_string().unwrap_or_else(|| "null".into());
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

fn broken(error: impl std::fmt::Display) -> Failed {
    Failed::Broken(error.to_string())
}

fn broken_js(error: &JsValue) -> Failed {
    let said = error.as_string().or_else(|| {
        Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string())
    });
    Failed::Broken(said.unwrap_or_else(|| format!("{error:?}")))
}
