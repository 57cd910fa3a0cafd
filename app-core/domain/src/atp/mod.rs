//! What people state of what may be promised: pools of shoppers, rules over them, and what each is about.
//!
//! Shapes, their faults, and whom they fit. What a rule does to a number is the server's to judge.

pub mod pool;
pub mod rules;
pub mod scope;
