//! What the test programs share: the databases and processes that they start, the people who use
//! them, and the network between them. Asserts nothing about a journey: the tests do.

pub mod associate;
pub mod disk;
pub mod engine;
pub mod event_stream;
pub mod keepalive;
pub mod lock;
pub mod memory;
pub mod nats;
pub mod network;
pub mod postgres;
pub mod printer;
pub mod program;
pub mod replay;
pub mod sample;
pub mod screen;
pub mod server;
pub mod shop;
pub mod sources;
pub mod stopwatch;
