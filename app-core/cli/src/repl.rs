//! The line mode: a JSON call a line in, a JSON answer a line out. The engine answers when what it did
//! is on the disk, so whoever has read an answer may rely on it.

use std::io::{self, Write as _};

use app_core::Tablet;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{lines::lines, said::Failed};

/// One call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Comes back with the answer.
    id: Option<Value>,
    name: String,
    #[serde(default)]
    arguments: Value,
}

/// Answers until standard input ends.
///
/// # Errors
/// [`Failed::Broken`] when standard input is no text, or nobody takes the answers.
pub async fn run(tablet: &Tablet) -> Result<(), Failed> {
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        let answer = answer(tablet, &line?).await;
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

async fn answer(tablet: &Tablet, line: &str) -> Value {
    let asked: Asked = match serde_json::from_str(line) {
        Ok(asked) => asked,
        Err(error) => return Failed::Broken(format!("This line is not a call: {error}")).json(),
    };
    let mut answer = match tablet.call_json(&asked.name, asked.arguments).await {
        Ok(reply) => json!({ "ok": reply }),
        Err(rejection) => Failed::Refused(rejection).json(),
    };
    if let Some(id) = asked.id {
        answer["id"] = id;
    }
    answer
}
