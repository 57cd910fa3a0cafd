//! Makes the catalogue: real products with a readable name, the price of the till or one like its
//! neighbours', a weight, and a GTIN that no real product can have.
//!
//! Of products that would share a name (flavours, colours: the data does not tell them apart) the one
//! sold most stays. Products that were never sold fill up what is missing.

use std::collections::BTreeMap;

use domain::gs1::check_digit;

use crate::RETAILER;
use crate::prepare::package::{Package, weight_g};
use crate::rows::ItemRow;
use crate::seed::Seed;
use crate::source::products::Product;
use crate::source::till::Sold;
use crate::wording::Wording;

/// Products of the demo.
pub const ITEMS_MAX: usize = 12_000;

/// Not goods, or not of this shop.
const DEPARTMENTS_LEFT_OUT: [&str; 10] = [
    "CHARITABLE CONT",
    "CHEF SHOPPE",
    "CNTRL/STORE SUP",
    "COUPON",
    "FUEL",
    "MISCELLANEOUS",
    "PHOTO & VIDEO",
    "RESTAURANT",
    "SALAD BAR",
    "TRAVEL & LEISURE",
];
/// Goods of these departments are sold by the piece, whatever the crate holds.
const LOOSE_DEPARTMENTS: [&str; 3] = ["PRODUCE", "FLORAL", "GARDEN CENTER"];

struct Candidate<'a> {
    product: &'a Product,
    name: String,
    package: Option<Package>,
    sold_lines: u32,
    price_minor: Option<u64>,
}

/// The catalogue, most sold first.
pub fn items(
    products: &[Product],
    sales: &BTreeMap<u64, Sold>,
    seed: Seed,
    wording: &Wording,
) -> Vec<ItemRow> {
    let mut best = BTreeMap::<String, Candidate<'_>>::new();
    for product in products {
        let Some(found) = candidate(product, sales.get(&product.id), wording) else { continue };
        let rank = |c: &Candidate<'_>| (c.sold_lines, std::cmp::Reverse(c.product.id));
        if best.get(&found.name).is_none_or(|known| rank(known) < rank(&found)) {
            best.insert(found.name.clone(), found);
        }
    }
    let mut chosen: Vec<_> = best.into_values().collect();
    chosen.sort_by_key(|c| (std::cmp::Reverse(c.sold_lines), c.product.id));
    chosen.truncate(ITEMS_MAX);
    let usual = usual_prices(&chosen);
    chosen.iter().map(|candidate| to_item(candidate, &usual, seed, wording)).collect()
}

fn candidate<'a>(
    product: &'a Product,
    sold: Option<&Sold>,
    wording: &Wording,
) -> Option<Candidate<'a>> {
    let left_out = DEPARTMENTS_LEFT_OUT.contains(&product.department.as_str())
        || product.kind.is_empty()
        || !wording.is_sold(&product.category, &product.kind);
    if left_out {
        return None;
    }
    let package = Package::parse(&product.size)?;
    let loose = LOOSE_DEPARTMENTS.contains(&product.department.as_str()) && package.is_wholesale();
    let package = (!loose).then_some(package);
    Some(Candidate {
        name: name(product, package.as_ref(), wording),
        product,
        package,
        sold_lines: sold.map_or(0, |sold| sold.lines),
        price_minor: sold.and_then(Sold::price_minor),
    })
}

/// Brand class, type and size: `Fernway Pretzels 15 oz`, or `Pretzels 15 oz (brand 910)` for a product
/// of the maker that the data only numbers.
fn name(product: &Product, package: Option<&Package>, wording: &Wording) -> String {
    let mut name = wording.product(&product.category, &product.kind);
    if let Some(package) = package {
        name = format!("{name} {}", package.shown());
    }
    match product.brand.as_str() {
        "Private" => format!("{RETAILER} {name}"),
        _ => format!("{name} (brand {})", product.maker),
    }
}

/// The middle price by category, and by department under an empty category.
fn usual_prices(candidates: &[Candidate<'_>]) -> BTreeMap<(String, String), u64> {
    let mut known = BTreeMap::<_, Vec<u64>>::new();
    for candidate in candidates {
        let Some(price) = candidate.price_minor else { continue };
        let product = candidate.product;
        for category in ["", product.category.as_str()] {
            let key = (product.department.clone(), category.to_owned());
            known.entry(key).or_default().push(price);
        }
    }
    known
        .into_iter()
        .map(|(key, mut prices)| {
            prices.sort_unstable();
            (key, prices[prices.len() / 2])
        })
        .collect()
}

/// A price that nobody paid: 70 to 140 % of the usual one of its category, ending in nine cents.
fn drawn_price(product: &Product, usual: &BTreeMap<(String, String), u64>, seed: Seed) -> u64 {
    const USUAL_ELSEWHERE: u64 = 299;
    let of = |category: &str| usual.get(&(product.department.clone(), category.to_owned()));
    let middle = of(&product.category).or_else(|| of("")).copied().unwrap_or(USUAL_ELSEWHERE);
    let percent = seed.draw("price", &product.id.to_string()).between(70, 140);
    (middle * percent / 1_000).max(2) * 10 + 9
}

fn to_item(
    candidate: &Candidate<'_>,
    usual: &BTreeMap<(String, String), u64>,
    seed: Seed,
    wording: &Wording,
) -> ItemRow {
    let product = candidate.product;
    let id = product.id.to_string();
    let hue = seed.draw("hue", &product.category).below(24) * 15;
    let glyph = wording.glyph(&product.department, &product.category, &product.kind);
    ItemRow {
        gtin: gtin(product.id),
        name: candidate.name.clone(),
        department: wording.heading(&product.department),
        category: wording.heading(&product.category),
        size: candidate.package.as_ref().map_or_else(String::new, Package::shown),
        price_minor: candidate.price_minor.unwrap_or_else(|| drawn_price(product, usual, seed)),
        currency: "USD".into(),
        weight_g: weight_g(
            &product.department,
            candidate.package.as_ref(),
            &mut seed.draw("weight", &id),
        ),
        picture: Some(format!("swatch:{hue}:{glyph}")),
        sku: id,
    }
}

/// A GTIN-13 of the range that GS1 keeps for use inside a company (prefix 20), made from the id.
fn gtin(product_id: u64) -> String {
    let body = format!("2{product_id:011}");
    let check = check_digit(&body).expect("digits only");
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(id: u64, brand: &str, kind: &str, size: &str) -> Product {
        Product {
            id,
            maker: 910,
            department: "GROCERY".into(),
            brand: brand.into(),
            category: "BAG SNACKS".into(),
            kind: kind.into(),
            size: size.into(),
        }
    }

    fn made(products: &[Product]) -> Vec<ItemRow> {
        items(products, &BTreeMap::new(), Seed(1), &Wording::default())
    }

    #[test]
    fn names_say_brand_class_type_and_size() {
        let made = made(&[
            product(1, "Private", "PRETZELS", "15 OZ"),
            product(2, "National", "PRETZELS", "15 OZ"),
        ]);
        let names: Vec<_> = made.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["Fernway Pretzels 15 oz", "Pretzels 15 oz (brand 910)"]);
    }

    #[test]
    fn one_product_a_name_and_nothing_without_size_or_licence() {
        let made = made(&[
            product(7, "National", "PRETZELS", "15 OZ"),
            product(5, "National", "PRETZELS", "15 OZ"),
            product(8, "National", "PRETZELS", ""),
            product(9, "National", "CIGARS", "8 PK"),
        ]);
        assert_eq!(made.iter().map(|item| item.sku.as_str()).collect::<Vec<_>>(), ["5"]);
    }

    #[test]
    fn gtins_are_in_the_restricted_range_and_check() {
        assert_eq!(gtin(969_292), "2000009692921");
        for id in [1_u64, 25_671, 969_292, 18_316_298] {
            let gtin = gtin(id);
            assert!(gtin.starts_with("20") && gtin.len() == 13, "{gtin}");
            // Written out by hand, not with the function under test: 1 and 3 in turn from the left.
            let sum: u32 = gtin
                .bytes()
                .enumerate()
                .map(|(at, b)| u32::from(b - b'0') * if at % 2 == 0 { 1 } else { 3 })
                .sum();
            assert_eq!(sum % 10, 0, "{gtin}");
        }
    }

    #[test]
    fn a_price_that_nobody_paid_is_like_its_neighbours() {
        let usual = BTreeMap::from([(("GROCERY".to_owned(), "BAG SNACKS".to_owned()), 300)]);
        for id in 0..200 {
            let price = drawn_price(&product(id, "National", "PRETZELS", "15 OZ"), &usual, Seed(1));
            assert!((200..=429).contains(&price) && price % 10 == 9, "{price}");
        }
    }
}
