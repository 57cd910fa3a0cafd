//! The shapes of the public API that the console shares with the server. Times are RFC 3339.
//! Shapes only: what may be seen and done is decided by the server.

mod atp;
mod baskets;
mod devices;
mod doubts;
mod exceptions;
mod fulfillments;
mod imports;
mod items;
mod locations;
mod operators;
mod orders;
mod overview;
mod page;
mod promises;
mod sources;
mod sourcing;
mod stock;
mod terms;
mod transport;
mod webhooks;

pub use atp::{
    AtpApplied, AtpBackorder, AtpBand, AtpComponent, AtpDated, AtpDelivery, AtpDetail,
    AtpExplained, AtpGives, AtpItem, AtpLater, AtpList, AtpPickup, AtpSeen, AtpTrial,
    AtpTrialChange, AtpTrialChannel, AtpTrialPool, AtpVersionRow,
};
pub use baskets::{BasketOption, BasketOptions, BasketPickup, BasketQuestion, LineOption};
pub use devices::{DeviceRow, DeviceState, NewPairingCode, PairingCode, ParkedRow};
pub use doubts::{DoubtKind, StockDoubt};
pub use exceptions::ExceptionRow;
pub use fulfillments::{FulfillmentDetail, QueueRow};
pub use imports::{ImportAnswer, RefusedRow};
pub use items::ItemRow;
pub use locations::{
    CalendarDay, DayHours, Holiday, LocationCalendar, LocationDetail, LocationRow,
};
pub use operators::{Operator, OperatorRole, SignIn, SignedIn};
pub use orders::{
    CancelOrder, HistoryRow, OrderAccepted, OrderDetail, OrderKitDetail, OrderLineDetail, OrderRow,
};
pub use overview::Overview;
pub use page::Page;
pub use promises::{
    BasketLine, MixedPromised, NewMixedPromise, NewPromise, PromiseLater, PromisePart, PromiseTo,
    Promised, Quote,
};
pub use sources::{
    BatchRow, DeadRow, DiscardRow, NewSource, ReplayRow, ReplayedRow, SourceDetail, SourceKind,
    SourceRow, SourceToken,
};
pub use sourcing::{CandidateDetail, SourcingDetail};
pub use stock::{LocationStock, MovementRow, SkuStock, StockNumbers};
pub use terms::{Backorder, ItemTerms, KitComponent, PreOrder};
pub use transport::{Transport, TransportState};
pub use webhooks::{
    NewWebhook, WebhookDetail, WebhookKind, WebhookOutcome, WebhookRow, WebhookSecret, WebhookStop,
    WebhookTry,
};
