//! Published numbers, hand-made scans and random ones.

use proptest::prelude::*;

use super::*;

fn elements(text: &str) -> Elements {
    match parse(text, &ScanSettings::default()) {
        Ok(Scan::Elements(elements)) => elements,
        other => panic!("{text:?} read as {other:?}"),
    }
}

fn is_text(text: &str) -> bool {
    matches!(parse(text, &ScanSettings::default()), Ok(Scan::Text(found)) if found == text)
}

#[test]
fn check_digits_of_published_numbers() {
    // From the GS1 General Specifications and packs in every kitchen.
    for (body, digit) in [
        ("629104150021", 3),
        ("400638133393", 1),
        ("03600029145", 2),
        ("9638507", 4),
        ("1540014128876", 3),
        ("00952000123456789", 7),
        ("10614141123456789", 7),
    ] {
        assert_eq!(check_digit(body), Ok(digit), "{body}");
    }
    assert_eq!(check_digit("12a"), Err(Gs1Error::NotDigits('a')));
}

#[test]
fn trade_item_numbers_are_one_value_in_every_length() {
    assert_eq!(Gtin::new("036000291452"), Gtin::new("0036000291452"));
    assert_eq!(Gtin::new("96385074").unwrap().as_str(), "00000096385074");
    assert_eq!(Gtin::new("96385074").unwrap().short(), "96385074");
    assert_eq!(Gtin::new("036000291452").unwrap().short(), "036000291452");
    assert_eq!(Gtin::new("6291041500213").unwrap().short(), "6291041500213");
    assert!(matches!(
        Gtin::new("6291041500214"),
        Err(Gs1Error::CheckDigit { expected: 3, got: 4 })
    ));
    assert!(matches!(Gtin::new("123"), Err(Gs1Error::Length { .. })));
    assert!(matches!(Gtin::new("é2910415002"), Err(Gs1Error::NotDigits('é'))));
}

#[test]
fn compressed_upc_expands() {
    for (short, long) in [
        ("01245714", "012100004574"),
        ("04252614", "042100005264"),
        ("01234133", "012300000413"),
        ("01234558", "012345000058"),
    ] {
        assert_eq!(Gtin::from_upc_e(short).unwrap().short(), long, "{short}");
    }
    assert!(Gtin::from_upc_e("24252614").is_err());
}

#[test]
fn blocks_make_numbers_in_order_until_they_are_used_up() {
    let mut block = SsccBlock::new("9520001", 0, 23_456_789, 2).unwrap();
    assert_eq!(block.remaining(), 2);
    assert_eq!(block.next().unwrap().as_str(), "095200010234567891");
    assert_eq!(block.next().unwrap().as_str(), "095200010234567907");
    assert_eq!(block.next(), None);
    assert_eq!(block.remaining(), 0);
}

#[test]
fn impossible_blocks_are_refused() {
    assert!(SsccBlock::new("952", 0, 0, 1).is_err());
    assert!(SsccBlock::new("9520001", 10, 0, 1).is_err());
    assert!(SsccBlock::new("95200x1", 0, 0, 1).is_err());
    assert!(SsccBlock::new("9520001", 0, 999_999_999, 1).is_ok());
    assert!(SsccBlock::new("9520001", 0, 999_999_999, 2).is_err());
    assert!(SsccBlock::new("9520001", 0, u64::MAX, 2).is_err());
    let stored = r#"{"prefix":"9520001","extension":0,"start":999999999,"count":5}"#;
    assert!(serde_json::from_str::<SsccBlock>(stored).is_err());
}

#[test]
fn the_symbology_decides() {
    let scan = elements("]C100009520001234567897");
    assert_eq!(scan.get("00"), Some("009520001234567897"));
    assert!(parse("]C1HELLO", &ScanSettings::default()).is_err());
    assert!(parse("]C1", &ScanSettings::default()).is_err());
    assert_eq!(parse("]C0HELLO", &ScanSettings::default()), Ok(Scan::Text("HELLO".into())));
    assert_eq!(elements("]E06291041500213").gtin().unwrap().short(), "6291041500213");
    assert_eq!(elements("]E496385074").gtin().unwrap().short(), "96385074");
    assert_eq!(elements("]E004252614").gtin().unwrap().short(), "042100005264");
}

#[test]
fn element_strings_with_and_without_separators() {
    let scan = elements("]C1010952000123456917290131\u{1d}10AB-12\u{1d}21S/N");
    assert_eq!(scan.get("01"), Some("09520001234569"));
    assert_eq!(scan.get("17"), Some("290131"));
    assert_eq!(scan.get("10"), Some("AB-12"));
    assert_eq!(scan.get("21"), Some("S/N"));
    let settings = ScanSettings { separator: Some('~') };
    let Ok(Scan::Elements(scan)) = parse("]d2010952000123456910AB~3103000195", &settings) else {
        panic!("not read")
    };
    assert_eq!((scan.get("10"), scan.get("3103")), (Some("AB"), Some("000195")));
}

#[test]
fn unmarked_scans_are_believed_only_with_a_check_digit() {
    let sscc = Sscc::new("009520001234567897").ok();
    assert_eq!(elements("00009520001234567897").sscc(), sscc);
    assert_eq!(elements("009520001234567897").sscc(), sscc);
    assert!(is_text("00009520001234567896"));
    assert!(is_text("A7K2"));
    assert!(is_text("https://shop.example/01/sale"));
    assert!(is_text("123456"));
    assert!(parse("6291041500214", &ScanSettings::default()).is_err());
}

#[test]
fn bracketed_values_may_hold_brackets() {
    let scan = elements("(01)09520001234569(10)A(B)(21)7");
    assert_eq!((scan.get("10"), scan.get("21")), (Some("A(B)"), Some("7")));
    assert!(parse("(01)09520001234568", &ScanSettings::default()).is_err());
    assert!(parse("(05)1", &ScanSettings::default()).is_err());
    let twice = "(01)09520001234569(10)A(10)B";
    assert_eq!(parse(twice, &ScanSettings::default()), Err(Gs1Error::Contradiction("10".into())));
}

#[test]
fn digital_links_of_any_host() {
    let scan =
        elements("https://shop.example/p/01/9520001234569/10/A%2FB/21/7?17=290131&lang=en#x");
    assert_eq!(scan.get("01"), Some("09520001234569"));
    assert_eq!((scan.get("10"), scan.get("17")), (Some("A/B"), Some("290131")));
    assert!(parse("https://id.example/01/09520001234568", &ScanSettings::default()).is_err());
    assert!(is_text("https://id.example/01/09520001234569/10/%zz"));
    assert!(is_text("https://id.example/"));
}

proptest! {
    #[test]
    fn one_wrong_digit_never_passes(body in "[0-9]{12}", place in 0_usize..13, off in 1_u8..10) {
        let gtin = Gtin::complete(&body).unwrap();
        let mut digits = gtin.as_str()[1..].to_owned().into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + off) % 10;
        let changed = String::from_utf8(digits).unwrap();
        prop_assert!(Gtin::new(&changed).is_err());
    }

    #[test]
    fn every_number_of_a_block_is_new_and_valid(
        prefix in "[1-9][0-9]{5,9}", extension in 0_u8..10, start in 0_u64..10_000, count in 0_u64..50,
    ) {
        let mut block = SsccBlock::new(prefix, extension, start, count).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(sscc) = block.next() {
            prop_assert!(Sscc::new(sscc.as_str()).is_ok());
            let scan = parse(&format!("]C100{sscc}"), &ScanSettings::default());
            let Ok(Scan::Elements(elements)) = scan else { panic!("{scan:?}") };
            prop_assert_eq!(elements.sscc(), Some(sscc.clone()));
            prop_assert!(seen.insert(sscc));
        }
        prop_assert_eq!(seen.len() as u64, count);
    }

    #[test]
    fn blocks_survive_storage(start in 0_u64..1000, count in 0_u64..1000) {
        let block = SsccBlock::new("9520001", 3, start, count).unwrap();
        let stored = serde_json::to_string(&block).unwrap();
        prop_assert_eq!(serde_json::from_str::<SsccBlock>(&stored).unwrap(), block);
    }

    #[test]
    fn what_is_written_in_brackets_is_read_back(
        item in "[0-9]{13}", lot in "[A-Za-z0-9./-]{1,20}", serial in "[A-Z0-9]{1,20}",
    ) {
        let gtin = Gtin::complete(&item).unwrap();
        let brackets = elements(&format!("(01){gtin}(10){lot}(21){serial}"));
        let symbol = elements(&format!("]C101{gtin}10{lot}\u{1d}21{serial}"));
        prop_assert_eq!(&brackets, &symbol);
        prop_assert_eq!(symbol.get("10"), Some(lot.as_str()));
        prop_assert_eq!(symbol.gtin(), Some(gtin));
    }

    #[test]
    fn no_scan_panics(text in "(\\](C1|d2|E0))?\\PC{0,40}", other in any::<String>()) {
        let _ = parse(&text, &ScanSettings::default());
        let _ = parse(&other, &ScanSettings { separator: Some('|') });
        let _ = parse(&format!("https://x.example/01/{other}"), &ScanSettings::default());
        let _ = parse(&format!("(10){other}"), &ScanSettings::default());
    }
}
