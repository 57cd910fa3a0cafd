//! The tablet's two databases. `outbox.db` is the truth about what the associate did and is never
//! wiped; `replica.db` is the server's word and can always be loaded again. All SQL of this crate is
//! in this folder. Nothing here knows what a command does.

mod connection;
mod error;
mod lockout;
mod numbers;
mod outbox;
mod print_queue;
mod replica;
mod salvage;
mod settings;
mod verified;

pub use connection::{Durability, SQLITE_MIN};
pub use error::StoreError;
pub use lockout::Lockout;
pub use numbers::Taken;
pub use outbox::{Answered, Attention, NewCommand, Outbox, Overlay, Paired, StoredCommand};
pub use print_queue::{NewPrint, QueuedPrint};
pub use replica::{Applied, Replica};
pub use salvage::{Salvaged, open_outbox};

pub(crate) use error::Doing;
pub(crate) use salvage::{ALARM as SALVAGED, suffixed};
