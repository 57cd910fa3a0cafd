//! The keyboard-wedge scanner as a pure state machine: keystrokes and their times in, scans out.
//!
//! Does not listen to anything, knows no screen and reads no clock: the window's listener feeds it.
//!
//! # Two scans of the same code
//!
//! Two identical units scanned quickly are two real units; one label sent twice by a scanner is not.
//! What tells them apart is the pause between the terminator of the first and the first key of the
//! second: a scanner that repeats itself (a second suffix, a stuck buffer) goes on at the pace of
//! typing, while a second pull of the trigger needs time to aim and decode. So an identical code that
//! begins within [`GAP_MS_MAX`] of the last terminator is an *echo* and dropped everywhere. One that
//! begins later, but within [`REPEAT_MS`], is dropped unless units are being counted: a slot, a
//! pickup code or a badge read twice means the same thing once, two bottles of milk do not.

/// Longest pause between two keys of one burst. Scanners need 7 to 16 ms, people 100 ms and more.
pub const GAP_MS_MAX: u64 = 35;
/// Fewest characters of a scan; shorter bursts are a person's quick fingers.
pub const LENGTH_MIN: usize = 4;
/// Most characters of a scan: the longest QR code in use, with room.
pub const LENGTH_MAX: usize = 1024;
/// How long an identical code is the same scan again, where no units are counted.
pub const REPEAT_MS: u64 = 300;
/// The separator that GS1 codes carry between elements.
pub const GS: char = '\u{1d}';

/// One key as the browser reports it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Key<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// `KeyboardEvent.code`: the place on the keyboard.
    pub code: &'a str,
    /// Whether Shift is down.
    pub shift: bool,
    /// Whether Ctrl is down.
    pub ctrl: bool,
    /// Whether Alt or the system key is down; AltGr does not count.
    pub alt: bool,
    /// Whether the key is held and repeats itself.
    pub repeat: bool,
    /// When, in milliseconds of any steady clock.
    pub at_ms: u64,
}

/// How the scanner was set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The scanner types as on a US keyboard while the tablet has another layout: decode places.
    pub us_places: bool,
    /// The key that stands for GS besides `Ctrl+]` and 0x1D, as `F8`.
    pub gs_key: Option<String>,
    /// Text before every scan, taken off.
    pub prefix: String,
}

/// What a key meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Not a scanner, as far as one can tell.
    Nothing,
    /// The first key of what may become a burst: remember the text box as it is.
    Began,
    /// One more key at a scanner's pace.
    Going,
    /// The terminator of a scan: swallow it, and take the burst out of the text box.
    Scan(Scan),
    /// The terminator of a scan that is the last one again: swallow it, do nothing.
    Echo,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Counts up from 1 within a run of the app: a scan is dealt with once.
    pub id: u64,
    /// What was read.
    pub text: String,
}

#[derive(Debug, Clone)]
struct Last {
    text: String,
    ended_ms: u64,
}

/// The machine.
#[derive(Debug, Default)]
pub struct Wedge {
    profile: Profile,
    burst: String,
    began_ms: u64,
    key_ms: u64,
    last: Option<Last>,
    scans: u64,
}

impl Wedge {
    /// A machine for a scanner that is set up so.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// Takes another set-up; a burst under way is dropped.
    pub fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
        self.burst.clear();
    }

    /// Whether a burst is under way at this instant: a space or a letter is then no shortcut.
    #[must_use]
    pub fn in_burst(&self, at_ms: u64) -> bool {
        self.burst.chars().count() > 1 && self.is_quick(at_ms)
    }

    /// Hears one key; `counting` says whether each scan counts a unit now.
    pub fn hear(&mut self, key: &Key<'_>, counting: bool) -> Heard {
        if is_modifier(key.key) {
            return Heard::Nothing;
        }
        if key.repeat {
            self.burst.clear();
            return Heard::Nothing;
        }
        if matches!(key.key, "Enter" | "Tab") {
            return self.end(key.at_ms, counting);
        }
        let Some(letter) = self.letter(key) else {
            self.burst.clear();
            return Heard::Nothing;
        };
        self.push(letter, key.at_ms)
    }

    fn push(&mut self, letter: char, at_ms: u64) -> Heard {
        let goes_on = !self.burst.is_empty() && self.is_quick(at_ms);
        if !goes_on || self.burst.len() >= LENGTH_MAX {
            self.burst.clear();
            self.began_ms = at_ms;
        }
        self.burst.push(letter);
        self.key_ms = at_ms;
        if goes_on { Heard::Going } else { Heard::Began }
    }

    fn end(&mut self, at_ms: u64, counting: bool) -> Heard {
        let quick = self.is_quick(at_ms);
        let burst = std::mem::take(&mut self.burst);
        if !quick || burst.chars().count() < LENGTH_MIN {
            return Heard::Nothing;
        }
        let text = burst.strip_prefix(self.profile.prefix.as_str()).unwrap_or(&burst).to_owned();
        let again = self.is_again(&text, counting);
        self.last = Some(Last { text: text.clone(), ended_ms: at_ms });
        if again {
            return Heard::Echo;
        }
        self.scans += 1;
        Heard::Scan(Scan { id: self.scans, text })
    }

    fn is_quick(&self, at_ms: u64) -> bool {
        at_ms.saturating_sub(self.key_ms) <= GAP_MS_MAX
    }

    fn is_again(&self, text: &str, counting: bool) -> bool {
        let window_ms = if counting { GAP_MS_MAX } else { REPEAT_MS };
        self.last.as_ref().is_some_and(|last| {
            last.text == text && self.began_ms.saturating_sub(last.ended_ms) <= window_ms
        })
    }

    fn letter(&self, key: &Key<'_>) -> Option<char> {
        let is_gs = (key.ctrl && (key.key == "]" || key.code == "BracketRight"))
            || self.profile.gs_key.as_deref() == Some(key.key);
        if is_gs {
            return Some(GS);
        }
        if key.ctrl || key.alt {
            return None;
        }
        if self.profile.us_places
            && let Some(letter) = us_letter(key.code, key.shift)
        {
            return Some(letter);
        }
        let mut letters = key.key.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if letter == GS || !letter.is_control() => Some(letter),
            _ => None,
        }
    }
}

fn is_modifier(key: &str) -> bool {
    matches!(
        key,
        "Shift"
            | "Control"
            | "Alt"
            | "AltGraph"
            | "Meta"
            | "CapsLock"
            | "NumLock"
            | "Dead"
            | "Unidentified"
            | "Process"
    )
}

/// The character that a US keyboard has at this place.
fn us_letter(code: &str, shift: bool) -> Option<char> {
    if let Some(letter) = code.strip_prefix("Key").and_then(|rest| rest.chars().next()) {
        return Some(if shift { letter } else { letter.to_ascii_lowercase() });
    }
    if let Some(digit) = code.strip_prefix("Digit").and_then(|rest| rest.chars().next()) {
        let index = usize::try_from(digit.to_digit(10)?).ok()?;
        return if shift { ")!@#$%^&*(".chars().nth(index) } else { Some(digit) };
    }
    if let Some(digit) = code.strip_prefix("Numpad").and_then(|rest| rest.parse::<u8>().ok()) {
        return Some(char::from(b'0' + digit.min(9)));
    }
    let (plain, shifted) = match code {
        "Space" => (' ', ' '),
        "Minus" => ('-', '_'),
        "Equal" => ('=', '+'),
        "BracketLeft" => ('[', '{'),
        "BracketRight" => (']', '}'),
        "Backslash" => ('\\', '|'),
        "Semicolon" => (';', ':'),
        "Quote" => ('\'', '"'),
        "Comma" => (',', '<'),
        "Period" => ('.', '>'),
        "Slash" => ('/', '?'),
        "Backquote" => ('`', '~'),
        _ => return None,
    };
    Some(if shift { shifted } else { plain })
}

#[cfg(test)]
mod tests;
