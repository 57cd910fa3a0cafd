#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod bars;
pub mod control;
pub mod icons;
pub mod picture;
pub mod prefs;
pub mod strokes;
pub mod time;
pub mod tones;
pub mod truth;
pub mod walk;
pub mod wedge;
pub mod words;
