//! What a scanner is told from a person by, key by key.

use super::*;

const MILK: &str = "4006381333931";

fn key(key: &str, at_ms: u64) -> Key<'_> {
    Key { key, at_ms, ..Key::default() }
}

/// Types `text` with `gap_ms` between keys from `from_ms` on, then Enter; returns the time after it.
fn type_in(
    wedge: &mut Wedge,
    text: &str,
    gap_ms: u64,
    from_ms: u64,
    counting: bool,
) -> (Heard, u64) {
    let mut at_ms = from_ms;
    for letter in text.chars() {
        wedge.hear(&key(letter.encode_utf8(&mut [0; 4]), at_ms), counting);
        at_ms += gap_ms;
    }
    (wedge.hear(&key("Enter", at_ms), counting), at_ms)
}

fn scan(id: u64, text: &str) -> Heard {
    Heard::Scan(Scan { id, text: text.into() })
}

#[test]
fn a_quick_burst_is_a_scan_and_slow_typing_is_not() {
    let mut wedge = Wedge::default();
    assert_eq!(type_in(&mut wedge, MILK, 10, 0, true).0, scan(1, MILK));
    assert_eq!(type_in(&mut wedge, MILK, 0, 5_000, true).0, scan(2, MILK));
    assert_eq!(type_in(&mut wedge, MILK, GAP_MS_MAX, 10_000, true).0, scan(3, MILK));
    assert_eq!(type_in(&mut wedge, MILK, GAP_MS_MAX + 1, 20_000, true).0, Heard::Nothing);
    assert_eq!(type_in(&mut wedge, MILK, 150, 30_000, true).0, Heard::Nothing);
}

#[test]
fn a_scan_ends_with_enter_or_tab_and_has_four_characters() {
    let mut wedge = Wedge::default();
    assert_eq!(type_in(&mut wedge, "A12", 5, 0, false).0, Heard::Nothing);
    assert_eq!(type_in(&mut wedge, "A123", 5, 1_000, false).0, scan(1, "A123"));
    for (at_ms, letter) in [(2_000, "B"), (2_005, "1"), (2_010, "2"), (2_015, "3")] {
        wedge.hear(&key(letter, at_ms), false);
    }
    assert_eq!(wedge.hear(&key("Tab", 2_020), false), scan(2, "B123"));
}

#[test]
fn a_late_enter_is_a_persons() {
    let mut wedge = Wedge::default();
    for (at_ms, letter) in [(0, "1"), (5, "2"), (10, "3"), (15, "4")] {
        wedge.hear(&key(letter, at_ms), false);
    }
    assert_eq!(wedge.hear(&key("Enter", 400), false), Heard::Nothing);
}

#[test]
fn a_burst_begins_after_what_a_person_typed() {
    let mut wedge = Wedge::default();
    assert_eq!(wedge.hear(&key("x", 0), false), Heard::Began);
    assert_eq!(wedge.hear(&key("y", 200), false), Heard::Began);
    assert_eq!(type_in(&mut wedge, MILK, 8, 1_000, false).0, scan(1, MILK));
}

#[test]
fn shift_and_dead_keys_do_not_break_a_burst_but_arrows_do() {
    let mut wedge = Wedge::default();
    for name in ["S", "Shift", "H", "Dead", "P", "1"] {
        wedge.hear(&key(name, 10), false);
    }
    assert_eq!(wedge.hear(&key("Enter", 12), false), scan(1, "SHP1"));
    for name in ["S", "H", "ArrowLeft", "P", "1"] {
        wedge.hear(&key(name, 1_000), false);
    }
    assert_eq!(wedge.hear(&key("Enter", 1_001), false), Heard::Nothing);
}

#[test]
fn a_held_key_is_no_scanner() {
    let mut wedge = Wedge::default();
    for at_ms in 0..10 {
        wedge.hear(&Key { repeat: true, ..key("7", at_ms * 30) }, false);
    }
    assert_eq!(wedge.hear(&key("Enter", 300), false), Heard::Nothing);
}

#[test]
fn gs_arrives_as_ctrl_bracket_as_itself_or_as_a_chosen_key() {
    let profile = Profile { gs_key: Some("F8".into()), ..Profile::default() };
    for gs in [Key { ctrl: true, ..key("]", 4) }, key("\u{1d}", 4), key("F8", 4)] {
        let mut wedge = Wedge::new(profile.clone());
        for letter in ["1", "0", "A"] {
            wedge.hear(&key(letter, 2), false);
        }
        wedge.hear(&gs, false);
        wedge.hear(&key("2", 6), false);
        assert_eq!(wedge.hear(&key("Enter", 8), false), scan(1, "10A\u{1d}2"));
    }
}

#[test]
fn another_ctrl_key_is_a_shortcut() {
    let mut wedge = Wedge::default();
    for letter in ["1", "2", "3"] {
        wedge.hear(&key(letter, 1), false);
    }
    assert_eq!(wedge.hear(&Key { ctrl: true, ..key("a", 2) }, false), Heard::Nothing);
    assert_eq!(wedge.hear(&key("Enter", 3), false), Heard::Nothing);
}

#[test]
fn two_equal_units_count_twice_and_an_echo_does_not() {
    let mut wedge = Wedge::default();
    let (first, ended_ms) = type_in(&mut wedge, MILK, 2, 0, true);
    assert_eq!(first, scan(1, MILK));
    let (echo, ended_ms) = type_in(&mut wedge, MILK, 2, ended_ms + GAP_MS_MAX, true);
    assert_eq!(echo, Heard::Echo);
    let (second, _) = type_in(&mut wedge, MILK, 2, ended_ms + GAP_MS_MAX + 1, true);
    assert_eq!(second, scan(2, MILK));
}

#[test]
fn a_slot_read_twice_is_one_answer() {
    let mut wedge = Wedge::default();
    let (_, ended_ms) = type_in(&mut wedge, "SLOT-A1", 2, 0, false);
    let (again, ended_ms) = type_in(&mut wedge, "SLOT-A1", 2, ended_ms + REPEAT_MS, false);
    assert_eq!(again, Heard::Echo);
    let (other, ended_ms) = type_in(&mut wedge, "SLOT-A2", 2, ended_ms + 50, false);
    assert_eq!(other, scan(2, "SLOT-A2"));
    let (later, _) = type_in(&mut wedge, "SLOT-A2", 2, ended_ms + REPEAT_MS + 1, false);
    assert_eq!(later, scan(3, "SLOT-A2"));
}

#[test]
fn a_second_terminator_is_not_a_second_scan() {
    let mut wedge = Wedge::default();
    let (_, ended_ms) = type_in(&mut wedge, MILK, 2, 0, true);
    assert_eq!(wedge.hear(&key("Enter", ended_ms + 1), true), Heard::Nothing);
}

#[test]
fn places_are_read_as_on_a_us_keyboard_where_layouts_differ() {
    let mut wedge = Wedge::new(Profile { us_places: true, ..Profile::default() });
    let german =
        [("z", "KeyY", false), ("ß", "Minus", false), ("/", "Digit7", true), ("Y", "KeyZ", true)];
    for (name, code, shift) in german {
        wedge.hear(&Key { code, shift, ..key(name, 1) }, false);
    }
    assert_eq!(wedge.hear(&key("Enter", 2), false), scan(1, "y-&Z"));
}

#[test]
fn a_prefix_is_taken_off_and_length_is_bounded() {
    let mut wedge = Wedge::new(Profile { prefix: "~".into(), ..Profile::default() });
    assert_eq!(type_in(&mut wedge, "~1234", 1, 0, false).0, scan(1, "1234"));
    type_in(&mut wedge, &"9".repeat(LENGTH_MAX * 3), 1, 10_000, false);
    assert!(wedge.burst.len() <= LENGTH_MAX);
}

#[test]
fn a_burst_is_known_from_its_second_key() {
    let mut wedge = Wedge::default();
    wedge.hear(&key("4", 0), false);
    assert!(!wedge.in_burst(1));
    wedge.hear(&key("0", 5), false);
    assert!(wedge.in_burst(10) && !wedge.in_burst(500));
}
