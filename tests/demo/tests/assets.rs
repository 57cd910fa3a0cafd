//! The demo's committed files: whole, consistent with each other, small, and without a trademark of the
//! company whose store list they come from.
//!
//! That they are what `prepare` makes is checked in `prepared.rs`, with the open data at hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use demo_network::api::Method;
use demo_network::orders::Shop;
use demo_network::prepare::{ASSOCIATES, BASKETS, ITEMS, LOCATIONS, POSTCODES, SEED};
use demo_network::rows::{AssociateRow, BasketRow, ItemRow, LocationRow, PostcodeRow};
use demo_network::seed::Seed;
use demo_network::{DEMO_LOCATION, WIDE_LOCATIONS, files, stock};
use serde::de::DeserializeOwned;

const SIZE_MAX: u64 = 4 * 1024 * 1024;

/// Names that the owner of the store list trades under: the company, its services, its shops in shops,
/// and the kinds of stores that it counts. Whole words, any case.
const TRADEMARKS: [&str; 16] = [
    "best buy",
    "bestbuy",
    "bby",
    "geek squad",
    "magnolia home",
    "magnolia design",
    "pacific sales",
    "pacific kitchen",
    "insignia",
    "rocketfish",
    "dynex",
    "bigbox",
    "totaltech",
    "samsung experience",
    "apple shop",
    "solution central",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo")
}

fn rows<T: DeserializeOwned>(name: &str) -> Vec<T> {
    files::read(&folder().join(name)).expect("a committed file")
}

fn distinct<'a>(of: impl Iterator<Item = &'a String>) -> usize {
    of.collect::<BTreeSet<_>>().len()
}

/// Whether `word` stands in `text` on its own: `bby` is not in `Hobby`.
fn has_word(text: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !letter(before.chars().next_back()) && !letter(after.chars().next())
    })
}

#[test]
fn no_trademark_of_the_stores_owner_is_shown() {
    assert!(has_word("x best buy hq", "best buy") && !has_word("hobby", "bby"));
    let shown = [LOCATIONS, ITEMS, POSTCODES, ASSOCIATES, BASKETS];
    for name in shown {
        let text = files::read_text(&folder().join(name)).expect("readable").to_lowercase();
        for trademark in TRADEMARKS {
            assert!(!has_word(&text, trademark), "{name} contains {trademark:?}");
        }
    }
}

#[test]
fn the_files_are_small_and_there_is_nothing_else() {
    let mut names = BTreeSet::new();
    let mut size = 0;
    for entry in fs::read_dir(folder()).expect("the folder") {
        let entry = entry.expect("an entry");
        size += entry.metadata().expect("its size").len();
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    assert!(size < SIZE_MAX, "{size} bytes");
    let known = ["README.md", ASSOCIATES, BASKETS, ITEMS, LOCATIONS, POSTCODES];
    assert_eq!(names, known.map(str::to_owned).into_iter().collect());
    let readme = fs::read_to_string(folder().join("README.md")).expect("a README");
    for name in known {
        assert!(readme.contains(name), "{name} has no source and licence in the README");
    }
}

#[test]
fn every_real_store_is_there() {
    let locations: Vec<LocationRow> = rows(LOCATIONS);
    assert_eq!(locations.len(), 1_565);
    assert_eq!(distinct(locations.iter().map(|row| &row.id)), 1_565);
    let places: Vec<PostcodeRow> = rows(POSTCODES);
    assert_eq!(distinct(places.iter().map(|row| &row.postcode)), places.len());
    let known: BTreeSet<_> = places.iter().map(|row| &row.postcode).collect();
    let unknown = locations.iter().filter(|row| !known.contains(&row.postcode)).count();
    assert_eq!(unknown, 3, "three stores in Puerto Rico have no postcode in the list");
    for id in WIDE_LOCATIONS {
        let wide = locations.iter().find(|row| row.id == id).expect("a wide location");
        assert!(wide.pickup && wide.ships, "{id}");
    }
    for row in &locations {
        assert!(
            (17.0..72.0).contains(&row.lat) && (-180.0..-65.0).contains(&row.lon),
            "{}",
            row.id
        );
        assert!(row.time_zone.contains('/') && row.region.len() == 2, "{}", row.id);
        assert_eq!(row.name.trim(), row.name, "{}", row.id);
    }
}

#[test]
fn items_can_be_told_apart_and_scanned() {
    let items: Vec<ItemRow> = rows(ITEMS);
    assert!(items.len() >= 10_000);
    assert_eq!(distinct(items.iter().map(|row| &row.sku)), items.len());
    assert_eq!(distinct(items.iter().map(|row| &row.gtin)), items.len());
    assert_eq!(distinct(items.iter().map(|row| &row.name)), items.len());
    let goods = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/icons/goods");
    for item in &items {
        let digits: Vec<u32> = item.gtin.chars().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 = digits.iter().zip([1, 3].iter().cycle()).map(|(d, weight)| d * weight).sum();
        assert!(digits.len() == 13 && sum.is_multiple_of(10), "{} does not check", item.gtin);
        assert!(item.gtin.starts_with('2'), "{} is not restricted", item.gtin);
        assert!((1..100_000).contains(&item.price_minor), "{}: {}", item.sku, item.price_minor);
        assert!((5..=30_000).contains(&item.weight_g), "{}: {} g", item.sku, item.weight_g);
        let picture = item.picture.as_deref().expect("every item has a placeholder");
        let (hue, glyph) = picture
            .strip_prefix("swatch:")
            .and_then(|rest| rest.split_once(':'))
            .expect("swatch:<hue>:<glyph>");
        assert!(hue.parse::<u16>().is_ok_and(|hue| hue < 360), "{picture}");
        assert!(goods.join(format!("{glyph}.svg")).exists(), "{picture} has no drawing");
        let plain = item.name.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '×');
        assert!(plain && item.name.len() < 100, "{}", item.name);
    }
}

#[test]
fn staff_works_where_goods_are() {
    let staff: Vec<AssociateRow> = rows(ASSOCIATES);
    assert_eq!(distinct(staff.iter().map(|row| &row.id)), staff.len());
    for location in WIDE_LOCATIONS {
        for role in ["manager", "lead", "associate"] {
            let found = staff.iter().any(|row| row.location == location && row.role == role);
            assert!(found, "{location} has no {role}");
        }
    }
}

#[test]
fn baskets_can_be_filled_at_every_wide_location() {
    let (items, baskets): (Vec<ItemRow>, Vec<BasketRow>) = (rows(ITEMS), rows(BASKETS));
    assert_eq!(baskets.len(), 3_000);
    let carried: BTreeSet<_> =
        items.iter().take(stock::WIDE_RANGE).map(|item| item.sku.as_str()).collect();
    let places: Vec<PostcodeRow> = rows(POSTCODES);
    let known: BTreeSet<_> = places.iter().map(|row| &row.postcode).collect();
    for basket in &baskets {
        assert!(known.contains(&basket.address.postcode), "{}", basket.number);
        assert!(basket.customer.email.ends_with("@example.com"), "{}", basket.number);
        assert!(
            basket
                .lines
                .iter()
                .all(|(sku, units)| { carried.contains(sku.as_str()) && (1..=6).contains(units) })
        );
    }
    let other_scripts = baskets.iter().filter(|b| b.customer.name.chars().any(|c| c > 'ʯ')).count();
    assert!((90..220).contains(&other_scripts), "{other_scripts} names are not Latin");
}

#[test]
fn stock_is_as_much_as_documented() {
    let (locations, items): (Vec<LocationRow>, Vec<ItemRow>) = (rows(LOCATIONS), rows(ITEMS));
    let all: Vec<_> =
        locations.iter().flat_map(|row| stock::of_location(row, &items, SEED)).collect();
    assert_eq!(all.len(), (1_565 - 8) * 64 + 8 * 2_000);
    assert!(all.iter().all(|row| row.safety <= 3));
}

#[test]
fn orders_repeat_themselves_by_seed_and_number() {
    let shop = Shop::open(&folder()).expect("the demo's files");
    let now_ms = 1_700_000_000_000;
    let order = |seed, nth| shop.order(Seed(seed), nth, DEMO_LOCATION, now_ms);
    assert_eq!(order(7, 3), order(7, 3));
    assert_ne!(order(7, 3).external_number, order(8, 3).external_number);
    let orders: Vec<_> = (0..200).map(|nth| order(7, nth)).collect();
    assert_eq!(distinct(orders.iter().map(|order| &order.external_number)), 200);
    let pickups = |o: &&demo_network::api::NewOrder| matches!(o.method, Method::Pickup { .. });
    assert_eq!(orders.iter().filter(pickups).count(), 100);
    for order in &orders {
        assert_eq!(order.placed_at, "2023-11-14T22:13:20Z");
        assert!(order.promise_at.as_ref().is_none_or(|at| *at > order.placed_at));
        assert!(order.lines.iter().all(|line| line.price_minor > 0));
    }
}
