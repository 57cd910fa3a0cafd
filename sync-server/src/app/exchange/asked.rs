//! A request as far as it can be read without the database: its bounds, order and hashes, and what each of
//! its commands says. Many tablets are read at the same time; decided they are one after the other.

use domain::{
    command::{Command, Envelope},
    ids::DeviceId,
    limits,
    sync::{ExchangeRequest, PROTO},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Refusal;
use crate::moment::Moment;

/// One tablet's request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whom the credential names, who is the request's.
    pub device: DeviceId,
    /// When it came, and where its random bits come from.
    pub moment: Moment,
    /// What it says beside its commands.
    pub request: ExchangeRequest,
    /// Its commands, by ascending sequence.
    pub commands: Vec<Received>,
}

/// A command as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its sequence number.
    pub seq: u64,
    /// The envelope, byte for byte.
    pub body: String,
    /// SHA-256 of the bytes.
    pub sha: [u8; 32],
    /// What it says; or why it is not even an envelope.
    pub said: Result<Said, String>,
}

/// What the bytes of a command say.
#[derive(Debug, Clone)]
pub struct Said {
    /// Who did it, when, and to which work.
    pub envelope: Envelope,
    /// What was done; or why that is unreadable.
    pub command: Result<Command, String>,
}

/// The only field that must be readable: without it nobody knows which command it is.
#[derive(Deserialize)]
struct Head {
    seq: u64,
}

impl Asked {
    /// Reads a request. `device` is whom the credential names.
    ///
    /// # Errors
    /// [`Refusal`]: of all of it.
    pub fn read(
        moment: Moment,
        device: DeviceId,
        mut request: ExchangeRequest,
    ) -> Result<Self, Refusal> {
        if request.proto != PROTO {
            return Err(Refusal::WrongProtocol);
        }
        if request.device.id != device {
            return Err(Refusal::OtherDevice);
        }
        if request.commands.len() > limits::EXCHANGE_COMMANDS_MAX {
            return Err(Refusal::TooMany);
        }
        let mut commands: Vec<Received> = Vec::with_capacity(request.commands.len());
        for (index, raw) in request.commands.drain(..).enumerate() {
            let body = String::from(Box::<str>::from(raw));
            if body.len() > limits::COMMAND_BYTES_MAX {
                return Err(Refusal::CommandTooLarge { index });
            }
            let head: Head =
                serde_json::from_str(&body).map_err(|_| Refusal::NotInSequence { index })?;
            if head.seq == 0 || commands.last().is_some_and(|before| head.seq <= before.seq) {
                return Err(Refusal::NotInSequence { index });
            }
            let sha = Sha256::digest(&body).into();
            commands.push(Received::new(head.seq, body, sha));
        }
        Ok(Self { device, moment, request, commands })
    }
}

impl Received {
    /// A command of these bytes, whose hash is known.
    #[must_use]
    pub fn new(seq: u64, body: String, sha: [u8; 32]) -> Self {
        let said = match serde_json::from_str::<Envelope>(&body) {
            Ok(envelope) => Ok(Said::of(envelope)),
            Err(error) => Err(format!("not an envelope: {:?}", error.classify())),
        };
        Self { seq, body, sha, said }
    }

    /// Its envelope, if it is one.
    #[must_use]
    pub fn envelope(&self) -> Option<&Envelope> {
        self.said.as_ref().ok().map(|said| &said.envelope)
    }
}

impl Said {
    fn of(envelope: Envelope) -> Self {
        let command = Command::read(&envelope.kind, envelope.version, &envelope.payload);
        Self { command: command.map_err(|unreadable| unreadable.to_string()), envelope }
    }
}
