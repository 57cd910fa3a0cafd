//! Parts that several screens use. No part asks the engine for anything by itself.

pub mod answer;
pub mod bars;
pub mod dialog;
pub mod icon;
pub mod pad;
pub mod parts;
pub mod picture;
pub mod signature;
