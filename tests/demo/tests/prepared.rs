//! Runs `prepare` on the slices of open data in the repository: what is dirty there comes out repaired,
//! and the same twice comes out the same.
//!
//! The committed files themselves are checked in `assets.rs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use demo_network::files;
use demo_network::prepare::{self, BASKETS, ITEMS, LOCATIONS, SEED};
use demo_network::rows::{BasketRow, ItemRow, LocationRow};
use demo_network::seed::Seed;
use demo_network::source::hours::parse_week;
use demo_network::source::{shop, stores};

fn slices() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data")
}

fn prepared(seed: Seed) -> tempfile::TempDir {
    let out = tempfile::tempdir().expect("a folder for the test");
    let written = prepare::prepare(&slices(), out.path(), seed).expect("the slices are readable");
    assert_eq!(written.len(), 5);
    out
}

fn bytes(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("a file"))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn the_same_twice_is_the_same_and_another_seed_is_not() {
    let (first, second) = (prepared(SEED), prepared(SEED));
    assert!(bytes(first.path()) == bytes(second.path()), "two runs differ");
    let other = prepared(Seed(SEED.0 + 1));
    assert!(bytes(first.path()) != bytes(other.path()), "the seed does nothing");
}

#[test]
fn every_form_of_opening_hours_is_read() {
    let text = fs::read_to_string(slices().join("stores/stores.json")).expect("the stores");
    let stores: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let forms: BTreeSet<_> =
        stores.iter().map(|store| store["hours"].as_str().expect("text")).collect();
    assert_eq!(forms.len(), 65, "the data has 65 forms");
    for form in forms {
        let week = parse_week(form).unwrap_or_else(|error| panic!("{error}"));
        assert!(week[..6].iter().all(Option::is_some), "{form}");
        for day in week.iter().flatten() {
            let open_min = day.closes_min - day.opens_min;
            assert!((240..=1_439).contains(&open_min), "{form}: open {open_min} minutes");
        }
    }
}

#[test]
fn stores_come_out_repaired() {
    let places = demo_network::source::postcodes::read(&slices()).expect("postcodes");
    let rows = stores::read(&slices(), &places).expect("stores");
    let five_digits = |row: &&LocationRow| {
        row.postcode.len() == 5 && row.postcode.bytes().all(|b| b.is_ascii_digit())
    };
    assert_eq!(rows.iter().filter(five_digits).count(), rows.len());
    let zeros = rows.iter().filter(|row| row.postcode.starts_with('0')).count();
    assert!(zeros >= 19, "{zeros} postcodes begin with a zero, 19 had lost it");
    let find = |id: &str| rows.iter().find(|row| row.id == id).expect("in the slice");
    let jonesboro = find("S1536");
    assert!((jonesboro.lon - -90.7).abs() < 0.5, "it stood in Pennsylvania: {}", jonesboro.lon);
    let round_the_clock: [String; 2] = find("S8001").hours[6].expect("open").into();
    assert_eq!(round_the_clock, ["00:00", "23:59"]);
    assert_eq!(find("S8001").name, "Fernway HQ (kiosk)");
    assert!(!find("S8001").pickup && !find("S8001").ships);
}

#[test]
fn the_shops_invoices_are_read_with_their_oddities() {
    let invoices = shop::read(&slices()).expect("invoices");
    let numbers: BTreeSet<_> = invoices.iter().map(|invoice| &invoice.number).collect();
    assert_eq!(numbers.len(), invoices.len(), "lines of an invoice stand together");
    let largest = invoices.iter().map(|invoice| invoice.lines.len()).max();
    assert_eq!(largest, Some(1_114), "the largest basket of the data");
    let returned = invoices.iter().filter(|i| i.number.starts_with('C')).count();
    assert!(returned >= 20, "{returned} cancellations");
    let odd = |i: &&shop::Invoice| i.number.starts_with(['C', 'A']) && i.ordinary;
    assert_eq!(invoices.iter().filter(odd).count(), 0);
}

#[test]
fn baskets_hold_only_what_is_carried() {
    let out = prepared(SEED);
    let items: Vec<ItemRow> = files::read(&out.path().join(ITEMS)).expect("items");
    let baskets: Vec<BasketRow> = files::read(&out.path().join(BASKETS)).expect("baskets");
    let locations: Vec<LocationRow> = files::read(&out.path().join(LOCATIONS)).expect("locations");
    assert_eq!(locations.len(), 99);
    assert!(items.len() > 1_000 && baskets.len() > 60, "{} {}", items.len(), baskets.len());
    let carried: BTreeSet<_> = items.iter().take(2_000).map(|item| item.sku.as_str()).collect();
    for basket in &baskets {
        let skus: BTreeSet<_> = basket.lines.iter().map(|(sku, _)| sku.as_str()).collect();
        assert_eq!(skus.len(), basket.lines.len(), "basket {} repeats a SKU", basket.number);
        assert!(skus.is_subset(&carried) && !skus.is_empty());
    }
}

#[test]
#[ignore = "needs the folder of open data: STOCKHAND_DATA=… cargo test -p demo -- --ignored"]
fn the_committed_files_are_what_prepare_makes() {
    let data = env::var("STOCKHAND_DATA").expect("STOCKHAND_DATA names the folder of open data");
    let out = tempfile::tempdir().expect("a folder for the test");
    let written = prepare::prepare(Path::new(&data), out.path(), SEED).expect("prepares");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo");
    for file in written {
        let text = |folder: &Path| files::read_text(&folder.join(file.name)).expect("readable");
        assert!(text(out.path()) == text(&committed), "{} differs", file.name);
    }
}
