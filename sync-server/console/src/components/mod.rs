//! What pages are made of.

mod badge;
mod bar;
mod choice;
mod dialog;
mod frame;
mod icon;
mod keys_help;
mod list_head;
mod location_filter;
mod location_picker;
mod palette;
mod picture;
mod refusal;
mod search_box;
mod seen;
mod states;
mod text_field;
mod when;

pub use badge::{OrderStageBadge, StageBadge, ToneBadge};
pub use bar::Bar;
pub use choice::Choice;
pub use dialog::Dialog;
pub use frame::Frame;
pub use icon::Icon;
pub use keys_help::KeysHelp;
pub use list_head::{ListHead, Pager};
pub use location_filter::LocationFilter;
pub use location_picker::LocationPicker;
pub use palette::Palette;
pub use picture::GoodsPicture;
pub use refusal::Refusal;
pub use search_box::SearchBox;
pub use seen::Seen;
pub use states::{Empty, FailureView, Loading, PageHead};
pub use text_field::TextField;
pub use when::{Left, When};
