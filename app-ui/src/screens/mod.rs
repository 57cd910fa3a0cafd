//! One file a screen. A screen shows the engine's answer and sends actions; it decides nothing.

pub mod carrier;
pub mod claim;
pub mod enrol;
pub mod finished;
pub mod hand_over;
pub mod inbox;
pub mod label;
pub mod pack;
pub mod pick;
pub mod pick_dialogs;
pub mod printers;
pub mod queue;
pub mod restock;
pub mod scanner;
pub mod settings;
pub mod sign_in;
pub mod stage;
pub mod work;
