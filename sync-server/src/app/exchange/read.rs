//! A request's commands as bytes: bounds, order, hashes. What they mean is read in `decide`.

use domain::limits;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Refusal;

/// A command as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its sequence number.
    pub seq: u64,
    /// The envelope, byte for byte.
    pub body: String,
    /// SHA-256 of the bytes.
    pub sha: [u8; 32],
}

/// The only field that must be readable: without it nobody knows which command it is.
#[derive(Deserialize)]
struct Head {
    seq: u64,
}

/// Checks the bounds of a request and that its sequence numbers ascend.
pub(super) fn receive(commands: &[Box<RawValue>]) -> Result<Vec<Received>, Refusal> {
    if commands.len() > limits::EXCHANGE_COMMANDS_MAX {
        return Err(Refusal::TooMany);
    }
    let mut received: Vec<Received> = Vec::with_capacity(commands.len());
    for (index, raw) in commands.iter().enumerate() {
        if raw.get().len() > limits::COMMAND_BYTES_MAX {
            return Err(Refusal::CommandTooLarge { index });
        }
        let head: Head =
            serde_json::from_str(raw.get()).map_err(|_| Refusal::NotInSequence { index })?;
        if head.seq == 0 || received.last().is_some_and(|before| head.seq <= before.seq) {
            return Err(Refusal::NotInSequence { index });
        }
        let sha = Sha256::digest(raw.get()).into();
        received.push(Received { seq: head.seq, body: raw.get().to_owned(), sha });
    }
    Ok(received)
}
