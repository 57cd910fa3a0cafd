//! Every bound on something that can grow, with its reason. A test at each bound stands with the code
//! that enforces it.

/// Lines of one order. The largest real basket of the reference data has 1,114.
pub const ORDER_LINES_MAX: usize = 1_200;
/// Units on one line: above it, it is a typing error or a wholesale order for another system.
pub const LINE_QUANTITY_MAX: u32 = 100_000;
/// Characters of a person's name, a street, a city, a note: what fits a label or a screen.
pub const TEXT_MAX: usize = 200;
/// Body of one order, in bytes: 1,200 lines at 256 bytes, and the rest.
pub const ORDER_BODY_BYTES_MAX: usize = 512 * 1024;
/// Body of one import, in bytes as sent: larger files are sent in batches.
pub const IMPORT_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Body of one import, in bytes after decompression.
pub const IMPORT_INFLATED_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Refused lines that an import's answer lists; the count goes on.
pub const IMPORT_REFUSED_LISTED_MAX: usize = 1_000;
/// Packages of one fulfillment: no order has more boxes than units, and no counter holds more.
pub const PACKAGES_MAX: usize = 500;
/// Open exceptions of one fulfillment; a repeating fault must not grow without end.
pub const EXCEPTIONS_MAX: usize = 200;
/// Locations that one order may be split over.
pub const SPLITS_MAX: usize = 8;

/// Commands in one exchange.
pub const EXCHANGE_COMMANDS_MAX: usize = 100;
/// Bytes of one command, its signature strokes included.
pub const COMMAND_BYTES_MAX: usize = 16 * 1024;
/// Bytes of one exchange as sent.
pub const EXCHANGE_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one exchange after decompression.
pub const EXCHANGE_INFLATED_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Feed rows in one answer.
pub const FEED_ROWS_MAX: usize = 500;
/// Bytes of feed rows in one answer, the last row excepted.
pub const FEED_BYTES_MAX: usize = 512 * 1024;
/// Bytes of one snapshot chunk before compression.
pub const SNAPSHOT_CHUNK_BYTES_MAX: usize = 1024 * 1024;
/// Feed rows kept per location; an older cursor starts from a snapshot.
pub const FEED_HORIZON_ROWS: u64 = 1_000_000;

/// Pending commands at which the tablet warns.
pub const OUTBOX_WARN_COMMANDS: u64 = 500;
/// Age of the oldest pending command at which the tablet warns.
pub const OUTBOX_WARN_AGE_MS: i64 = 8 * 3_600_000;
/// Pending commands at which no new work is claimed; facts on claimed work are always taken.
pub const OUTBOX_CLAIMS_STOP_COMMANDS: u64 = 20_000;
/// Age of the oldest pending command at which no new work is claimed.
pub const OUTBOX_CLAIMS_STOP_AGE_MS: i64 = 72 * 3_600_000;
/// Days for which decided commands stay on the tablet, in case the server is restored from a backup.
pub const OUTBOX_KEEP_MS: i64 = 7 * 24 * 3_600_000;

/// How long a claim lasts without contact.
pub const CLAIM_LEASE_MS: i64 = 4 * 3_600_000;
/// How long a pairing code can be used.
pub const PAIRING_CODE_LIFE_MS: i64 = 10 * 60_000;
/// Wrong tries after which a pairing code is void.
pub const PAIRING_CODE_TRIES_MAX: u32 = 5;
/// How long a device's access token lasts.
pub const ACCESS_TOKEN_LIFE_MS: i64 = 10 * 60_000;
/// How long an operator's console session lasts.
pub const CONSOLE_SESSION_LIFE_MS: i64 = 12 * 3_600_000;
/// Difference between a device's corrected clock and the server's beyond which a signature is refused.
pub const SIGNATURE_WINDOW_MS: i64 = 5 * 60_000;
/// SSCC serial numbers leased to a device at a time.
pub const SSCC_BLOCK_SIZE: u32 = 500;
/// SSCC serial numbers at which a device asks for more.
pub const SSCC_REFILL_BELOW: u32 = 200;

/// Pending poll when nothing pokes.
pub const POLL_MS: u32 = 30_000;
/// Longest wait between two tries.
pub const BACKOFF_MAX_MS: u64 = 60_000;
/// First step of the backoff.
pub const BACKOFF_BASE_MS: u64 = 1_000;
/// Points of a signature's strokes: what a finger draws in ten seconds, within [`COMMAND_BYTES_MAX`].
pub const SIGNATURE_POINTS_MAX: usize = 1_500;
/// Items of one question about what can be promised.
pub const ATP_ITEMS_MAX: usize = 1_000;
/// Items of one basket.
pub const BASKET_LINES_MAX: usize = 200;
/// Places that the goods of one customer's basket go to: a store, home, and a few presents.
pub const DESTINATIONS_MAX: usize = 5;
/// Webhooks of a network: each keeps a number for every item in memory.
pub const WEBHOOKS_MAX: usize = 20;
/// Items of one delivery of a webhook: some 60 KiB, what receivers take without being asked.
pub const WEBHOOK_ITEMS_MAX: u32 = 1_000;
/// Longest that changes are collected for a webhook: ten minutes.
pub const WEBHOOK_DEBOUNCE_MS_MAX: u32 = 600_000;
/// Tries that are kept of a webhook, for people.
pub const WEBHOOK_TRIES_KEPT: u32 = 50;
/// Days on which a location keeps other hours: some years of public holidays.
pub const HOLIDAYS_MAX: usize = 200;
/// Open minutes that an order takes to get ready: two days of a location that never closes.
pub const PICKING_MINUTES_MAX: u32 = 2_880;
/// Orders that a location gets ready in a day; more is any number.
pub const CAPACITY_MAX: u32 = 100_000;
/// Rows of one page of a list in the public API.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Locations in one answer about an item's stock: a network that is drawn on a map is drawn whole.
pub const STOCK_LOCATIONS_MAX: u32 = 5_000;
