//! What pages are made of.

mod badge;
mod dialog;
mod frame;
mod icon;
mod keys_help;
mod list_head;
mod location_filter;
mod location_picker;
mod palette;
mod picture;
mod search_box;
mod states;
mod when;

pub use badge::{OrderStageBadge, StageBadge, ToneBadge};
pub use dialog::Dialog;
pub use frame::Frame;
pub use icon::Icon;
pub use keys_help::KeysHelp;
pub use list_head::{ListHead, Pager};
pub use location_filter::LocationFilter;
pub use location_picker::LocationPicker;
pub use palette::Palette;
pub use picture::GoodsPicture;
pub use search_box::SearchBox;
pub use states::{Empty, FailureView, Loading, PageHead};
pub use when::{Left, When};
