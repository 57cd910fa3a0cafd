#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod ago;
pub mod batches;
pub mod cancelling;
pub mod dead_filters;
pub mod dead_rows;
pub mod failure;
pub mod filters;
pub mod link;
pub mod live;
pub mod nav;
pub mod new_source;
pub mod palette;
pub mod picture;
pub mod problems;
pub mod progress;
pub mod question;
pub mod risk;
pub mod rule_words;
pub mod rules;
pub mod starts;
pub mod sum;
pub mod timeline;
pub mod tone;
pub mod words;
