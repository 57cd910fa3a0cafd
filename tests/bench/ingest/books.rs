//! The books of an ERP: 10,000 real items at 100 made locations.

use std::{
    fmt::Write as _,
    io::{Read, Write as _},
    path::Path,
};

use demo_network::{
    api::Api,
    files,
    prepare::{ITEMS, LOCATIONS as STORES},
    rows::{ItemRow, LocationRow},
};
use domain::api::{BatchRow, NewSource, SourceKind, Transport};
use serde_json::{Map, json};
use tests::shop::import;

/// Items, and rows of a batch.
pub const BATCH: u32 = 10_000;
pub const LOCATIONS: u32 = 100;

pub struct Books {
    erp: Api,
    pub skus: Vec<String>,
    pub stores: Vec<String>,
}

impl Books {
    pub fn open(operator: &Api) -> Self {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let there = "the demo's files are there";
        let mut stores: Vec<LocationRow> = files::read(&assets.join(STORES)).expect(there);
        stores.retain(|store| store.ships);
        stores.truncate(LOCATIONS as usize);
        assert_eq!(stores.len(), LOCATIONS as usize);
        let mut items: Vec<ItemRow> = files::read(&assets.join(ITEMS)).expect(there);
        items.truncate(BATCH as usize);
        import(operator, "locations", &stores);
        import(operator, "items", &items);
        let fields: Map<_, _> = ["sku", "location", "quantity", "kind"]
            .map(|name| {
                let optional = !matches!(name, "sku" | "location");
                (name.to_owned(), json!({ "column": name, "optional": optional }))
            })
            .into_iter()
            .collect();
        let profile = json!({ "version": 1, "name": "erp", "format": { "csv": {} },
            "content": "counts", "fields": fields, "absent": "marked" });
        let source = NewSource {
            name: "ERP".into(),
            kind: SourceKind::Erp,
            profile: Some(profile),
            hold_above: None,
            transport: Transport::Upload,
        };
        operator.put_source("erp", &source).expect("a source");
        Self {
            erp: operator.as_source("erp").expect("its token"),
            skus: items.into_iter().map(|item| item.sku).collect(),
            stores: stores.into_iter().map(|store| store.id).collect(),
        }
    }

    /// The same, where the server listens now.
    pub fn at(&mut self, address: &str) {
        self.erp = Api::with_token(&format!("http://{address}"), self.erp.token());
    }

    /// Every item at every location, packed: so many of each.
    pub fn snapshot(&self, units: u32) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(b"sku,location,quantity,kind\n").expect("into memory");
        for store in &self.stores {
            let mut text = String::new();
            for sku in &self.skus {
                let _ = writeln!(text, "{sku},{store},{units},");
            }
            let _ = writeln!(text, ",{store},,location_end");
            packer.write_all(text.as_bytes()).expect("into memory");
        }
        packer.finish().expect("into memory")
    }

    /// Every item at the first location: `100 + n` of each.
    pub fn counts(&self, n: u32) -> String {
        let mut text = String::from("sku,location,quantity\n");
        for sku in &self.skus {
            let _ = writeln!(text, "{sku},{},{}", self.stores[0], 100 + n);
        }
        text
    }

    pub fn send(&self, id: &str, body: &[u8], check: impl FnOnce(&BatchRow)) {
        let packed = body.starts_with(&[0x1f, 0x8b]).then_some("gzip");
        check(&self.erp.send_batch("erp", id, None, packed, body).expect("taken"));
    }

    /// Sends a batch that is made while it is sent.
    pub fn stream(&self, id: &str, input: &mut dyn Read) -> BatchRow {
        self.erp.stream_batch("erp", id, input).expect("taken")
    }

    /// Waits until a server that has just started knows what can be promised.
    pub fn until_known(&self, shop: &Api) {
        while shop.atp(&[&self.skus[0]], "method=ship").is_err() {
            std::thread::yield_now();
        }
    }

    /// Waits until shops are told of it: the other locations have seven of each.
    pub fn until_answered(&self, shop: &Api, units: i64) {
        let (first, last) = (&self.skus[0], &self.skus[self.skus.len() - 1]);
        loop {
            let list = shop.atp(&[first, last], "method=ship").expect("answered");
            let others = i64::from(LOCATIONS - 1) * 7;
            if list.items.iter().all(|item| item.units == others + units) {
                return;
            }
            std::thread::yield_now();
        }
    }
}
