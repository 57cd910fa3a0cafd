#![doc = include_str!("README.md")]

mod associate;
mod customers;
mod day;
mod disk;
mod driver;
mod faults;
mod invariants;
mod network;
mod planted;
mod random;
mod seeds;
mod server;
mod tablet;
mod trace;
mod vfs;
mod weather;
mod world;
