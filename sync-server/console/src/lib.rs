#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod ago;
pub mod cancelling;
pub mod failure;
pub mod filters;
pub mod link;
pub mod live;
pub mod nav;
pub mod palette;
pub mod picture;
pub mod problems;
pub mod progress;
pub mod risk;
pub mod timeline;
pub mod tone;
pub mod words;
