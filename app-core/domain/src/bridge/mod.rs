//! What a screen asks the engine and what it gets back: the whole surface between the associate's app
//! and the shell. Every call is a value with a name and a reply; no rule is decided on this side.

mod action;
mod call;
mod changed;
mod found;
mod inbox;
mod printing;
mod queue;
mod status;
mod work;

pub use action::{Action, Done, Feedback};
pub use call::{
    Act, CALLS, Call, Enrol, Find, GetInbox, GetPeople, GetPrinting, GetQueue, GetStatus, GetWork,
    PreviewLabel, SetPrinter, SettlePrint, SignIn, SignOut, SyncNow,
};
pub use changed::{CHANGED_EVENT, Changed};
pub use found::Found;
pub use inbox::{InboxEntry, Matter};
pub use printing::{
    Connection, LabelForm, Preview, PrintChoice, PrintEntry, PrintState, Printer, Printing,
};
pub use queue::{Card, Queue, Sent};
pub use status::{Enrolled, Person, Status, SyncState};
pub use work::{LabelState, RestockLine, Step, Work, WorkLine, WorkPackage};
