//! What a screen asks the engine and what it gets back: the whole surface between the associate's app
//! and the shell. Every call is a value with a name and a reply; no rule is decided on this side.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    clock::TimeMs,
    command::ShortReason,
    exception::ExceptionKind,
    fulfillment::{Method, Stage},
    handoff::Signature,
    ids::{
        AssociateId, CommandId, DeviceId, ExceptionId, FulfillmentId, LocationId, OrderId,
        PackageId, SlotId,
    },
    package::Content,
    people::Role,
    rejection::Rejection,
};

/// A call of the shell by its name; the shell has one handler for each.
pub trait Call: Serialize + DeserializeOwned {
    /// The handler's name.
    const NAME: &'static str;
    /// What it answers; a refusal is a [`Rejection`].
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $text:literal -> $reply:ty { $($(#[$fdoc:meta])* $field:ident: $kind:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fdoc])* pub $field: $kind),* }

            impl Call for $name {
                const NAME: &'static str = $text;
                type Reply = $reply;
            }
        )*

        /// The name of every call; the shell's test compares it with its handlers.
        pub const CALLS: &[&str] = &[$($text),*];
    };
}

calls! {
    /// Everything about the tablet itself.
    GetStatus = "status" -> Status {}
    /// Pairs the tablet with a location. Needs the network.
    Enrol = "enrol" -> Status {
        /// Address of the server.
        url: String,
        /// The code from the console.
        code: String,
        /// What people call this tablet.
        name: String,
    }
    /// Who can sign in here now.
    GetPeople = "people" -> Vec<Person> {}
    /// Signs a person in, with or without the network.
    SignIn = "sign_in" -> Status {
        /// The person.
        associate: AssociateId,
        /// The PIN.
        pin: String,
    }
    /// Ends the person's session; unsent work stays and is sent.
    SignOut = "sign_out" -> Status {}
    /// The work, by time left.
    GetQueue = "queue" -> Queue {}
    /// One fulfillment with everything its screens show.
    GetWork = "work" -> Work {
        /// Which.
        fulfillment: FulfillmentId,
    }
    /// What a scan anywhere outside a fulfillment means: a pickup code, a slot, an order, an item.
    Find = "find" -> Found {
        /// As read by the scanner, or typed.
        text: String,
    }
    /// Something the associate does to a fulfillment.
    Act = "act" -> Done {
        /// Which.
        fulfillment: FulfillmentId,
        /// What.
        action: Action,
    }
    /// What needs a person.
    GetInbox = "inbox" -> Vec<InboxEntry> {}
    /// Printers and their queue.
    GetPrinting = "printing" -> Printing {}
    /// Adds a printer, or changes the one of this name.
    SetPrinter = "set_printer" -> Printing {
        /// The printer.
        printer: Printer,
    }
    /// Prints a waiting label again, now, or gives it up.
    SettlePrint = "settle_print" -> Printing {
        /// The entry in the print queue.
        entry: u64,
        /// What to do with it.
        choice: PrintChoice,
    }
    /// A label as a picture, as it would come out.
    PreviewLabel = "preview_label" -> Preview {
        /// The fulfillment.
        fulfillment: FulfillmentId,
        /// The package.
        package: PackageId,
        /// Which label.
        form: LabelForm,
    }
    /// Exchange with the server now.
    SyncNow = "sync_now" -> Status {}
}

/// The name of the event that the shell emits after every change; its payload is [`Changed`].
pub const CHANGED_EVENT: &str = "changed";

/// Something changed: ask again for what is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The sync bar, so that it is never behind.
    pub sync: SyncState,
    /// Fulfillments that changed; empty means any.
    pub fulfillments: Vec<FulfillmentId>,
}

impl Changed {
    /// This and a later change as one.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let mut fulfillments = Vec::new();
        if !self.fulfillments.is_empty() && !later.fulfillments.is_empty() {
            fulfillments = [self.fulfillments, later.fulfillments].concat();
            fulfillments.sort_unstable();
            fulfillments.dedup();
        }
        Self { sync: later.sync, fulfillments }
    }
}

/// The truth about sync, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// Whether the last exchange reached the server.
    pub online: bool,
    /// Since when not.
    pub offline_since: Option<TimeMs>,
    /// Commands waiting to be sent.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest: Option<TimeMs>,
    /// When the server last answered.
    pub last_contact: Option<TimeMs>,
    /// Whether the first snapshot is still being loaded.
    pub loading: bool,
    /// Entries of the inbox.
    pub needs_you: u32,
    /// Something a person must know: storage full, outbox salvaged, device revoked, app too old.
    pub alarm: Option<String>,
}

/// The tablet itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Paired with a location.
    pub enrolled: Option<Enrolled>,
    /// Who works on it.
    pub session: Option<Person>,
    /// Sync.
    pub sync: SyncState,
    /// The tablet's clock, corrected by the server's: screens count down from it.
    pub now: TimeMs,
    /// Version of the app.
    pub app: String,
}

/// What the tablet was paired with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The tablet.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub location: LocationId,
    /// Name of the location, once known.
    pub location_name: Option<String>,
    /// IANA time zone of the location, once known.
    pub time_zone: Option<String>,
    /// The server.
    pub url: String,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Personal number.
    pub id: AssociateId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
}

/// The work of the location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Open work, by time left, the most urgent first.
    pub cards: Vec<Card>,
    /// Work that others on other tablets have.
    pub with_others: u32,
}

/// One fulfillment on the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which.
    pub fulfillment: FulfillmentId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel's number.
    pub external_number: String,
    /// Initials of the customer, where known.
    pub initials: Option<String>,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// When it must be ready.
    pub promise_at: TimeMs,
    /// Units wanted.
    pub units: u32,
    /// Units that went through the current step.
    pub units_done: u32,
    /// Lines.
    pub lines: u32,
    /// Who has it, where somebody has.
    pub claimed_by: Option<String>,
    /// Whether this tablet has it.
    pub mine: bool,
    /// How far the last change got.
    pub sent: Sent,
    /// Open exceptions.
    pub exceptions: u32,
    /// Slots in which it waits.
    pub slots: Vec<SlotId>,
}

/// How far the changes of a fulfillment got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Nothing of this tablet is pending.
    Confirmed,
    /// Done here, not sent yet.
    DoneHere,
    /// A person must look.
    NeedsYou,
}

/// One fulfillment, open on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The card of the queue.
    pub card: Card,
    /// The order.
    pub order: OrderId,
    /// Name of the customer, while the tablet may know it.
    pub customer: Option<String>,
    /// Telephone number of the customer, while the tablet may know it.
    pub phone: Option<String>,
    /// Where it ships to, one line each.
    pub address: Vec<String>,
    /// The customer's note.
    pub note: Option<String>,
    /// What to do now; the screen follows it.
    pub step: Step,
    /// Lines in walking order.
    pub lines: Vec<WorkLine>,
    /// Packages.
    pub packages: Vec<WorkPackage>,
    /// What to put back on the shelf.
    pub restock: Vec<RestockLine>,
    /// Reasons offered for a short pick.
    pub short_reasons: Vec<(ShortReason, String)>,
    /// The slot to propose for the next package.
    pub slot_proposal: Option<SlotId>,
    /// Whether the handoff's code has been verified in this session.
    pub code_verified: bool,
    /// Whether the last scan can be undone.
    pub can_undo: bool,
    /// Open exceptions.
    pub exceptions: Vec<InboxEntry>,
}

/// The one thing to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Take the work.
    Claim,
    /// Walk and scan.
    Pick,
    /// Close packages.
    Pack,
    /// Print labels.
    Label,
    /// Put packages into slots.
    Stage,
    /// Verify the customer and hand over.
    HandOver,
    /// Give to the carrier.
    CarrierScan,
    /// Put units back on the shelf.
    Restock,
    /// Nothing: it is finished.
    Finished,
}

/// One line on the pick screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkLine {
    /// The order line's number.
    pub line: u32,
    /// SKU.
    pub sku: String,
    /// Name of the item.
    pub name: String,
    /// Size in words.
    pub size: String,
    /// Department, where to look.
    pub department: String,
    /// Category, where to look in it.
    pub category: String,
    /// Last four digits of the barcode.
    pub barcode_tail: Option<String>,
    /// Its picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
    /// Units wanted.
    pub wanted: u32,
    /// Units in the tote or beyond.
    pub picked: u32,
    /// Units in the tote that are in no package yet.
    pub to_pack: u32,
    /// Units not found.
    pub short: u32,
    /// Units still to pick.
    pub left: u32,
    /// Units on the shelf here by the last word of the server.
    pub on_hand: Option<i64>,
}

/// One package on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPackage {
    /// Which.
    pub package: PackageId,
    /// Its number, from 1.
    pub number: u32,
    /// Its SSCC with brackets, as on the label.
    pub sscc: Option<String>,
    /// Units inside.
    pub units: u32,
    /// Weight in grams, where known.
    pub weight_g: Option<u32>,
    /// Labels printed.
    pub labels_printed: u32,
    /// Where its label is on the way to paper.
    pub label: LabelState,
    /// The slot it waits in.
    pub slot: Option<SlotId>,
    /// Whether it has left.
    pub gone: bool,
}

/// Where a package's label is on the way to paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelState {
    /// Nobody asked for it.
    None,
    /// In the print queue.
    Waiting,
    /// Came out.
    Printed,
    /// A person must look at the printer.
    Failed,
}

/// Units of a line that go back to the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestockLine {
    /// The order line's number.
    pub line: u32,
    /// Name of the item.
    pub name: String,
    /// Units.
    pub units: u32,
}

/// What an associate does to a fulfillment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Take the work; `take_over` is a lead's word.
    Claim {
        /// Also when another tablet has it.
        take_over: bool,
    },
    /// Give the work back.
    Release,
    /// Scan an item, a slot or a pickup code: the engine knows the step.
    Scan {
        /// As read.
        text: String,
        /// Typed by hand instead.
        typed: bool,
    },
    /// Pick several units of a line at once.
    Pick {
        /// The line.
        line: u32,
        /// Units.
        units: u32,
    },
    /// Take the last picked unit back out.
    Undo,
    /// Units cannot be found.
    Short {
        /// The line.
        line: u32,
        /// Units missing.
        units: u32,
        /// Why.
        reason: ShortReason,
    },
    /// Close a package; empty contents mean everything in the tote.
    Pack {
        /// What goes in.
        contents: Vec<Content>,
        /// Weight in grams, where known.
        weight_g: Option<u32>,
    },
    /// Open a package again.
    Reopen {
        /// Which.
        package: PackageId,
    },
    /// Print a label.
    Print {
        /// The package.
        package: PackageId,
        /// Which label.
        form: LabelForm,
    },
    /// Put a package into a slot.
    Stage {
        /// The package.
        package: PackageId,
        /// The slot.
        slot: SlotId,
    },
    /// Check the customer's code: scanned, or the six digits.
    VerifyCode {
        /// As read or typed.
        code: String,
    },
    /// A lead vouches for the customer.
    OverrideCode {
        /// What was looked at.
        reason: String,
    },
    /// Give the goods to the customer.
    HandOver {
        /// Who takes them, where not the customer.
        collector: Option<String>,
        /// The signature.
        signature: Option<Signature>,
    },
    /// Give a package to the carrier.
    ScanOut {
        /// Which.
        package: PackageId,
        /// Which carrier.
        carrier: String,
    },
    /// Units are back on the shelf.
    Restock {
        /// The line.
        line: u32,
        /// Units.
        units: u32,
    },
    /// Close an exception.
    Settle {
        /// Which.
        exception: ExceptionId,
        /// What was done, or why nothing.
        note: String,
    },
    /// The person has read what the server said about one of their commands.
    Acknowledge {
        /// Which.
        command: CommandId,
    },
}

/// The answer to an action or a scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// How it sounds and looks.
    pub feedback: Feedback,
    /// The fulfillment now.
    pub work: Work,
}

/// Told apart without looking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tone", rename_all = "snake_case")]
pub enum Feedback {
    /// Short high tone, green edge.
    Accepted {
        /// What happened.
        sentence: String,
    },
    /// Two low tones, red edge: what was wrong and what to do.
    Refused {
        /// Why, with its next action.
        rejection: Rejection,
        /// The sentence.
        sentence: String,
        /// What to do.
        next_action: String,
    },
    /// Rising tone, amber edge: a person must look.
    Attention {
        /// What to look at.
        sentence: String,
    },
}

/// What a scan outside a fulfillment opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Found {
    /// One fulfillment.
    Work {
        /// Which.
        fulfillment: FulfillmentId,
        /// Whether a valid pickup code opened it.
        code_verified: bool,
    },
    /// Several: choose.
    Several {
        /// Which.
        cards: Vec<Card>,
    },
    /// Nothing here.
    Nothing {
        /// A sentence.
        sentence: String,
    },
}

/// Something that needs a person, in words, with the one thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxEntry {
    /// The fulfillment it is about.
    pub fulfillment: FulfillmentId,
    /// Its short code.
    pub short_code: String,
    /// What it is.
    pub matter: Matter,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub next_action: String,
    /// When.
    pub at: TimeMs,
}

/// What an inbox entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub enum Matter {
    /// An exception of the fulfillment; settled by an action or a reason.
    Exception {
        /// Which.
        exception: ExceptionId,
        /// Its kind.
        kind: ExceptionKind,
        /// The line and the units to put back, where that settles it.
        restock: Option<Content>,
    },
    /// The server decided otherwise about something done here; settled by reading it.
    Outcome {
        /// The command.
        command: CommandId,
    },
}

/// Which label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelForm {
    /// 4×6 inch, for transfer and own fleet.
    Logistic,
    /// For the staging slot.
    Staging,
}

/// How a printer is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case")]
pub enum Connection {
    /// Raw TCP, usually port 9100; gets ZPL.
    Raw {
        /// Host and port.
        address: String,
    },
    /// IPP; gets PDF, or ZPL where the printer takes it.
    Ipp {
        /// `ipp://host:port/path`.
        uri: String,
    },
}

/// A printer of this tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printer {
    /// What people call it.
    pub name: String,
    /// How it is reached.
    pub connection: Connection,
    /// 203 or 300.
    pub dpi: u16,
}

/// Printers and what waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printing {
    /// Printers; the first one prints.
    pub printers: Vec<Printer>,
    /// Labels that are not on paper yet, oldest first, then the last printed ones.
    pub entries: Vec<PrintEntry>,
}

/// One label in the print queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintEntry {
    /// Its number.
    pub entry: u64,
    /// What it is, as a person would say it.
    pub what: String,
    /// The fulfillment.
    pub fulfillment: FulfillmentId,
    /// The package.
    pub package: PackageId,
    /// Where it is.
    pub state: PrintState,
    /// Tries so far.
    pub tries: u32,
    /// What the printer last said.
    pub error: Option<String>,
}

/// Where a label is on the way to paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    /// Will be sent.
    Waiting,
    /// Sent whole.
    Printed,
    /// Sent in part: only a person can see whether it came out.
    Unsure,
    /// Given up by a person.
    GivenUp,
}

/// What a person says about a label that is not surely on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintChoice {
    /// Send it again.
    Again,
    /// It came out.
    CameOut,
    /// Not wanted any more.
    GiveUp,
}

/// A label as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// SVG text.
    pub svg: String,
}
