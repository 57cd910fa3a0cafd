#![doc = include_str!("README.md")]

mod canonical;
mod cells;
mod code;
mod csv;
mod date;
mod decode;
mod document;
mod encoding;
pub mod field;
mod json;
mod limits;
mod lines;
mod mapping;
mod ndjson;
mod number;
mod object;
mod plan;
mod poslog;
pub mod profile;
mod reader;
pub mod record;
mod record_owned;
pub mod refused;
pub mod replay;
mod segments;
mod split;
mod step;
mod stopped;
mod tally;
mod till;
mod translate;
mod validate;
mod window;
#[cfg(test)]
mod write;
mod x12;
mod xml;

#[cfg(test)]
mod tests;

pub use self::{
    decode::Packing,
    field::Field,
    limits::Limits,
    plan::Plan,
    profile::Profile,
    reader::{Origin, Reader, Row},
    record::Record,
    refused::{Code, Refusal, RefusedRow},
    stopped::{Stopped, Why},
};
