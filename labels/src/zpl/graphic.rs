//! `^GFA` picture fields, packed as run lengths or as Z64.
//!
//! Which one a printer reads is in its profile; nothing is guessed from the picture.

use std::fmt::Write as _;

use base64::Engine as _;

use crate::bitmap::Bitmap;
use crate::printer::GraphicCoding;

/// The field from `^GFA` up to, not including, `^FS`.
pub(crate) fn field(bitmap: &Bitmap, coding: GraphicCoding) -> String {
    let (total, stride) = (bitmap.bytes().len(), bitmap.stride());
    let data = match coding {
        GraphicCoding::RunLength => run_length(bitmap),
        GraphicCoding::Z64 => z64(bitmap.bytes()),
    };
    format!("^GFA,{total},{total},{stride},{data}")
}

fn z64(bytes: &[u8]) -> String {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(bytes, 9);
    let text = base64::engine::general_purpose::STANDARD.encode(packed);
    let check = crc16(text.as_bytes());
    format!(":Z64:{text}:{check:04X}")
}

/// CRC-16 with polynomial 0x1021 and start 0 (XMODEM), over the base64 text.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 }
        })
    })
}

/// Rows as hexadecimal with repeats as letters: `,` the rest is white, `!` the rest is black, `:` the
/// row above again.
fn run_length(bitmap: &Bitmap) -> String {
    let mut data = String::new();
    let mut above: Option<&[u8]> = None;
    for row in bitmap.bytes().chunks(bitmap.stride()) {
        if above == Some(row) {
            data.push(':');
        } else {
            push_row(&mut data, row);
        }
        above = Some(row);
    }
    data
}

fn push_row(data: &mut String, row: &[u8]) {
    let mut digits = String::with_capacity(row.len() * 2);
    for byte in row {
        write!(digits, "{byte:02X}").expect("writing to a string cannot fail");
    }
    let mut rest = digits.as_str();
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| c != first).unwrap_or(rest.len());
        match first {
            '0' if length == rest.len() => data.push(','),
            'F' if length == rest.len() => data.push('!'),
            digit => push_run(data, digit, length),
        }
        rest = &rest[length..];
    }
}

/// `g` to `z` repeat 20 to 400 times, `G` to `Y` once to 19 times; together they add up.
fn push_run(data: &mut String, digit: char, length: usize) {
    let mut left = length;
    while left > 400 {
        data.push('z');
        left -= 400;
    }
    for (step, base) in [(20, b'f'), (1, b'F')] {
        let count = left / step;
        // A single digit needs no count.
        if count > 0 && length > 1 {
            data.push(char::from(base + u8::try_from(count).expect("at most 20")));
        }
        left %= step;
    }
    data.push(digit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_in_letters() {
        let run = |digit, length| {
            let mut data = String::new();
            push_run(&mut data, digit, length);
            data
        };
        assert_eq!(run('A', 1), "A");
        assert_eq!(run('A', 2), "HA");
        assert_eq!(run('A', 19), "YA");
        assert_eq!(run('A', 20), "gA");
        assert_eq!(run('A', 47), "hMA");
        assert_eq!(run('A', 400), "zA");
        assert_eq!(run('A', 401), "zGA");
    }

    #[test]
    fn rows_end_early_and_repeat() {
        let mut picture = Bitmap::new(32, 4);
        picture.fill(0, 1, 8, 3);
        picture.fill(0, 3, 32, 1);
        assert_eq!(run_length(&picture), ",HF,:!");
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }
}
