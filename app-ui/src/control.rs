//! Barcodes that press buttons: what an associate with nothing but a scanner uses.
//!
//! The prefix is one that no GTIN, order number or slot has. Does not know what a button does.

/// Text before every control code.
pub const PREFIX: &str = "SH-";

/// A button by its barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The one big button of the screen.
    Go,
    /// Back to the queue, or out of a dialog.
    Back,
    /// The next open work of the queue.
    Next,
    /// Undo the last unit.
    Undo,
    /// Cannot find the item shown.
    Short,
    /// Print the label shown.
    Print,
    /// Needs you.
    Inbox,
}

impl Control {
    /// Every control, in the order of the printed sheet.
    pub const ALL: [Self; 7] =
        [Self::Go, Self::Back, Self::Next, Self::Undo, Self::Short, Self::Print, Self::Inbox];

    /// The text of its barcode: letters that Code 39 can hold.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Go => "SH-GO",
            Self::Back => "SH-BACK",
            Self::Next => "SH-NEXT",
            Self::Undo => "SH-UNDO",
            Self::Short => "SH-SHORT",
            Self::Print => "SH-PRINT",
            Self::Inbox => "SH-INBOX",
        }
    }

    /// What it does, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Go => "Press the big button",
            Self::Back => "Go back",
            Self::Next => "Open the most urgent work",
            Self::Undo => "Undo the last unit",
            Self::Short => "Can’t find it",
            Self::Print => "Print the label",
            Self::Inbox => "Needs you",
        }
    }

    /// The control that a scan means.
    #[must_use]
    pub fn from_scan(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|control| control.code().eq_ignore_ascii_case(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bars, wedge};

    #[test]
    fn every_control_is_read_back_and_nothing_else_is() {
        for control in Control::ALL {
            assert_eq!(Control::from_scan(control.code()), Some(control));
            assert_eq!(Control::from_scan(&control.code().to_lowercase()), Some(control));
            assert!(control.code().starts_with(PREFIX));
            assert!(control.code().len() >= wedge::LENGTH_MIN);
            assert!(bars::code_39(control.code()).is_some());
        }
        assert_eq!(Control::from_scan("4006381333931"), None);
        assert_eq!(Control::from_scan("SH-"), None);
    }
}
