//! Labels as stores would print them: plain ones, and ones with every difficulty.

use domain::gs1::SsccBlock;
use labels::{Address, Initials, LogisticLabel, PackageCount, StagingLabel};

/// The SSCC of [`transfer`], check digit included.
pub const SSCC: &str = "095200010000004179";

pub fn address(name: &str, lines: &[&str], city: &str, region: &str, postcode: &str) -> Address {
    Address {
        name: name.into(),
        lines: lines.iter().map(|line| (*line).into()).collect(),
        city: city.into(),
        region: region.into(),
        postcode: postcode.into(),
        country: "US".into(),
    }
}

/// A transfer between two locations of the same country.
pub fn transfer() -> LogisticLabel {
    let mut block = SsccBlock::new("9520001", 0, 417, 1).expect("a demo block");
    LogisticLabel {
        sender: address("Northlight Duluth", &["1600 Miller Trunk Hwy"], "Duluth", "MN", "55811"),
        receiver: address(
            "Northlight Minneapolis Downtown",
            &["Receiving, dock 4", "1000 Nicollet Mall"],
            "Minneapolis",
            "MN",
            "55403",
        ),
        sscc: block.next().expect("one number"),
        service: "STORE TRANSFER".into(),
        short_code: "A7K2".into(),
        package: PackageCount { number: 2, total: 3 },
        weight_g: Some(3_480),
        remarks: vec!["FRAGILE".into(), "THIS SIDE UP".into()],
    }
}

/// Across a border, with a postcode of letters and digits: code sets change inside the symbol.
pub fn abroad() -> LogisticLabel {
    let mut label = transfer();
    label.service = "OWN FLEET, NEXT DAY".into();
    label.receiver =
        address("Žofia Müller-Ångström", &["Rue de l’Église 12"], "Ottawa", "", "K1A 0B1");
    label.receiver.country = "CA".into();
    label.package = PackageCount { number: 11, total: 12 };
    label.remarks = vec!["AGE CHECK".into()];
    label
}

/// A waiting package.
pub fn waiting() -> StagingLabel {
    StagingLabel {
        short_code: "A7K2".into(),
        initials: Initials::of("Ada Lovelace"),
        package: PackageCount { number: 1, total: 2 },
        slot: "B-14".into(),
        deadline: "Fri 18:30".into(),
        scan_code: "PKG-01J9Z6T2Q8F4".into(),
    }
}

/// Names and address lines that break naive printing.
pub const HOSTILE: &[&str] = &[
    "^XZ ~JA _5E ^FS \\",
    "^XA^FO0,0^GB800,1200,800^FS^XZ",
    "~HS~JR^JUS^XFR:X.ZPL^FS",
    "^XZ^XA^FO0,0^GB812,1218,812^FS~JA",
    "^CC!!XZ !XA ^CT* *JA ^FH!!5EXZ",
    "a\u{0}b\u{1}c\u{3}d\r\ne\u{1b}f\u{7f}g\u{9f}",
    "^^~~__\\\\&\\& >;>8>:>6",
    "^^~~ >;>8>:>6 ^FB100,9,,C ^FR",
    "_5EXZ _7EJA _1D",
    "(00)095200010000004179 ^FH_^FD>;>800",
    "مكتبة النيل ١٢٣ شارع التحرير",
    "שלום עולם 12, ירושלים",
    "Mixed עברית and العربية 42",
    "\u{202e}gnirts desrever\u{202c}",
    "😀🧾👩‍👩‍👧‍👦",
    "漢字かなカナ 한국어 ไทย हिन्दी",
    "Zürich Łódź Ελλάδα Москва Việt Nam Ất",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "e\u{301}\u{302}\u{303}\u{304}\u{306}\u{307} o\u{335}\u{338}",
    "",
    "   \t ",
];

/// [`transfer`] with `text` wherever a customer's or a location's words go.
pub fn hostile(text: &str) -> LogisticLabel {
    let mut label = transfer();
    for address in [&mut label.sender, &mut label.receiver] {
        address.name = text.into();
        address.lines = vec![text.into(), text.into(), text.into()];
        address.city = text.into();
        address.region = text.into();
    }
    label.service = text.into();
    label.short_code = text.into();
    label.remarks = vec![text.into(), text.into()];
    label
}
