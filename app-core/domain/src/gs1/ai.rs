//! Which application identifiers exist and what each may hold.
//!
//! Lengths and character sets as in the GS1 Syntax Dictionary (gs1/gs1-syntax-dictionary). It does not
//! carry the dictionary's linters (dates, currencies, countries): a scan with an odd date is a scan.

/// What the characters of a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Digits only.
    Digits,
    /// GS1's set 82: letters, digits and the marks ``!"%&'()*+,-./_:;<=>?``.
    Text,
    /// A leading part of so many digits, then set 82.
    DigitsThenText(usize),
}

/// The shape of one application identifier's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiFormat {
    /// Shortest value, in characters.
    pub length_min: usize,
    /// Longest value, in characters.
    pub length_max: usize,
    /// Allowed characters.
    pub charset: Charset,
    /// True when a check digit closes the first so many digits.
    pub check_digits: Option<usize>,
}

use Charset::{Digits as N, DigitsThenText as NX, Text as X};

/// First AI, last AI, shortest, longest, characters, digits closed by a check digit (0: none).
type Row = (u16, u16, usize, usize, Charset, usize);

/// AIs of two digits; the tables below hold those of three and four.
const TWO: &[Row] = &[
    (0, 0, 18, 18, N, 18),
    (1, 2, 14, 14, N, 14),
    (10, 10, 1, 20, X, 0),
    (11, 13, 6, 6, N, 0),
    (15, 17, 6, 6, N, 0),
    (20, 20, 2, 2, N, 0),
    (21, 22, 1, 20, X, 0),
    (30, 30, 1, 8, N, 0),
    (37, 37, 1, 8, N, 0),
    (90, 90, 1, 30, X, 0),
    (91, 99, 1, 90, X, 0),
];

const THREE: &[Row] = &[
    (235, 235, 1, 28, X, 0),
    (240, 241, 1, 30, X, 0),
    (242, 242, 1, 6, N, 0),
    (243, 243, 1, 20, X, 0),
    (250, 251, 1, 30, X, 0),
    (253, 253, 13, 30, NX(13), 13),
    (254, 254, 1, 20, X, 0),
    (255, 255, 13, 25, N, 13),
    (400, 401, 1, 30, X, 0),
    (402, 402, 17, 17, N, 17),
    (403, 403, 1, 30, X, 0),
    (410, 417, 13, 13, N, 13),
    (420, 420, 1, 20, X, 0),
    (421, 421, 4, 12, NX(3), 0),
    (422, 422, 3, 3, N, 0),
    (423, 423, 3, 15, N, 0),
    (424, 424, 3, 3, N, 0),
    (425, 425, 3, 15, N, 0),
    (426, 426, 3, 3, N, 0),
    (427, 427, 1, 3, X, 0),
    (710, 715, 1, 20, X, 0),
];

const FOUR: &[Row] = &[
    (3100, 3699, 6, 6, N, 0),
    (3900, 3909, 1, 15, N, 0),
    (3910, 3919, 4, 18, N, 0),
    (3920, 3929, 1, 15, N, 0),
    (3930, 3939, 4, 18, N, 0),
    (3940, 3943, 4, 4, N, 0),
    (3950, 3955, 6, 6, N, 0),
    (4300, 4301, 1, 35, X, 0),
    (4302, 4306, 1, 70, X, 0),
    (4307, 4307, 2, 2, X, 0),
    (4308, 4308, 1, 30, X, 0),
    (4309, 4309, 20, 20, N, 0),
    (4310, 4311, 1, 35, X, 0),
    (4312, 4316, 1, 70, X, 0),
    (4317, 4317, 2, 2, X, 0),
    (4318, 4318, 1, 20, X, 0),
    (4319, 4319, 1, 30, X, 0),
    (4320, 4320, 1, 35, X, 0),
    (4321, 4323, 1, 1, N, 0),
    (4324, 4325, 10, 10, N, 0),
    (4326, 4326, 6, 6, N, 0),
    (4330, 4333, 6, 7, NX(6), 0),
    (7001, 7001, 13, 13, N, 0),
    (7002, 7002, 1, 30, X, 0),
    (7003, 7003, 10, 10, N, 0),
    (7004, 7004, 1, 4, N, 0),
    (7005, 7005, 1, 12, X, 0),
    (7006, 7006, 6, 6, N, 0),
    (7007, 7007, 6, 12, N, 0),
    (7008, 7008, 1, 3, X, 0),
    (7009, 7009, 1, 10, X, 0),
    (7010, 7010, 1, 2, X, 0),
    (7011, 7011, 6, 10, N, 0),
    (7020, 7022, 1, 20, X, 0),
    (7023, 7023, 1, 30, X, 0),
    (7030, 7039, 4, 30, NX(3), 0),
    (7040, 7040, 4, 4, NX(1), 0),
    (7230, 7239, 3, 30, X, 0),
    (7240, 7240, 1, 20, X, 0),
    (7241, 7241, 2, 2, N, 0),
    (7242, 7242, 1, 25, X, 0),
    (8001, 8001, 14, 14, N, 0),
    (8002, 8002, 1, 20, X, 0),
    (8003, 8003, 14, 30, NX(14), 14),
    (8004, 8004, 1, 30, X, 0),
    (8005, 8005, 6, 6, N, 0),
    (8006, 8006, 18, 18, N, 14),
    (8007, 8007, 1, 34, X, 0),
    (8008, 8008, 8, 12, N, 0),
    (8009, 8009, 1, 50, X, 0),
    (8010, 8010, 1, 30, X, 0),
    (8011, 8011, 1, 12, N, 0),
    (8012, 8012, 1, 20, X, 0),
    (8013, 8013, 1, 25, X, 0),
    (8017, 8018, 18, 18, N, 18),
    (8019, 8019, 1, 10, N, 0),
    (8020, 8020, 1, 25, X, 0),
    (8026, 8026, 18, 18, N, 14),
    (8030, 8030, 1, 90, X, 0),
    (8110, 8110, 1, 70, X, 0),
    (8111, 8111, 4, 4, N, 0),
    (8112, 8112, 1, 70, X, 0),
    (8200, 8200, 1, 70, X, 0),
];

/// The format of `ai`, `None` when GS1 has not assigned it.
pub(crate) fn format(ai: &str) -> Option<AiFormat> {
    let rows = match ai.len() {
        2 => TWO,
        3 => THREE,
        4 => FOUR,
        _ => return None,
    };
    let number: u16 =
        if ai.bytes().all(|b| b.is_ascii_digit()) { ai.parse().ok()? } else { return None };
    let (_, _, length_min, length_max, charset, check) =
        *rows.iter().find(|(first, last, ..)| (*first..=*last).contains(&number))?;
    let check_digits = (check > 0).then_some(check);
    Some(AiFormat { length_min, length_max, charset, check_digits })
}

/// How many digits the AI at the start of `text` has.
pub(crate) fn ai_at_start(text: &str) -> Option<&str> {
    [2, 3, 4].into_iter().filter_map(|n| text.get(..n)).find(|ai| format(ai).is_some())
}

/// Length of the value for the AIs of predefined length, which need no FNC1 after them. By the AI's
/// first two digits: this table of the GS1 General Specifications is closed and will not grow.
pub(crate) fn predefined_length(ai: &str) -> Option<usize> {
    let value = match ai.get(..2)? {
        "00" => 18,
        "01" | "02" | "03" => 14,
        "04" => 16,
        "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" | "19" => 6,
        "20" => 2,
        "31" | "32" | "33" | "34" | "35" | "36" => 6,
        "41" => 13,
        _ => return None,
    };
    Some(value)
}

/// True when `c` is in GS1's character set 82.
pub(crate) fn in_set_82(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!\"%&'()*+,-./_:;<=>?".contains(c)
}
