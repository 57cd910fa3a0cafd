//! Code 39 as widths of bars and spaces, for the sheet of control barcodes.
//!
//! Package and staging labels are the engine's; nothing here goes on them.

/// Each character as nine elements, bar first, `1` wide: the table of ISO/IEC 16388.
const TABLE: [(char, &str); 44] = [
    ('0', "000110100"),
    ('1', "100100001"),
    ('2', "001100001"),
    ('3', "101100000"),
    ('4', "000110001"),
    ('5', "100110000"),
    ('6', "001110000"),
    ('7', "000100101"),
    ('8', "100100100"),
    ('9', "001100100"),
    ('A', "100001001"),
    ('B', "001001001"),
    ('C', "101001000"),
    ('D', "000011001"),
    ('E', "100011000"),
    ('F', "001011000"),
    ('G', "000001101"),
    ('H', "100001100"),
    ('I', "001001100"),
    ('J', "000011100"),
    ('K', "100000011"),
    ('L', "001000011"),
    ('M', "101000010"),
    ('N', "000010011"),
    ('O', "100010010"),
    ('P', "001010010"),
    ('Q', "000000111"),
    ('R', "100000110"),
    ('S', "001000110"),
    ('T', "000010110"),
    ('U', "110000001"),
    ('V', "011000001"),
    ('W', "111000000"),
    ('X', "010010001"),
    ('Y', "110010000"),
    ('Z', "011010000"),
    ('-', "010000101"),
    ('.', "110000100"),
    (' ', "011000100"),
    ('$', "010101000"),
    ('/', "010100010"),
    ('+', "010001010"),
    ('%', "000101010"),
    ('*', "010010100"),
];

/// Width of a wide element in narrow ones.
const WIDE: u32 = 3;

/// A bar by its place, in narrow elements from the left edge of the symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Where it begins.
    pub x: u32,
    /// How wide it is.
    pub width: u32,
}

/// The bars of `text` with start and stop, and the width of all; `None` when a character has no code.
#[must_use]
pub fn code_39(text: &str) -> Option<(Vec<Bar>, u32)> {
    let (mut bars, mut x) = (Vec::new(), 0);
    for letter in std::iter::once('*').chain(text.chars()).chain(std::iter::once('*')) {
        if letter == '*' && x > 0 && text.contains('*') {
            return None;
        }
        let (_, elements) = TABLE.iter().find(|(known, _)| *known == letter)?;
        for (index, element) in elements.bytes().enumerate() {
            let width = if element == b'1' { WIDE } else { 1 };
            if index % 2 == 0 {
                bars.push(Bar { x, width });
            }
            x += width;
        }
        x += 1;
    }
    Some((bars, x - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_character_has_three_wide_elements_of_nine_and_its_own_pattern() {
        let patterns: BTreeSet<&str> = TABLE.iter().map(|(_, elements)| *elements).collect();
        assert_eq!(patterns.len(), TABLE.len());
        for (letter, elements) in TABLE {
            assert_eq!(elements.len(), 9, "{letter}");
            assert_eq!(elements.matches('1').count(), 3, "{letter}");
        }
    }

    #[test]
    fn a_symbol_has_five_bars_a_character_and_the_known_width() {
        let (bars, width) = code_39("SH-GO").expect("all in the table");
        assert_eq!(bars.len(), 7 * 5);
        assert_eq!(width, 7 * (6 + 3 * WIDE) + 6);
        assert_eq!(bars[0], Bar { x: 0, width: 1 });
        let last = bars[bars.len() - 1];
        assert_eq!(last.x + last.width, width);
    }

    #[test]
    fn what_has_no_code_has_no_symbol() {
        assert_eq!(code_39("a"), None);
        assert_eq!(code_39("A*B"), None);
    }
}
