//! Every call that a screen makes, with its name and its reply. What a call does is not known here.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Action, Done, Found, InboxEntry, LabelForm, Person, Preview, PrintChoice, Printer, Printing,
    Queue, Status, Work,
};
use crate::ids::{AssociateId, FulfillmentId, PackageId};

/// A call of the shell by its name; the shell has one handler for each.
pub trait Call: Serialize + DeserializeOwned {
    /// The handler's name.
    const NAME: &'static str;
    /// What it answers; a refusal is a [`Rejection`](crate::rejection::Rejection).
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
