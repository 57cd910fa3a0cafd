//! The public API as a whole: what its description says, who may call what, and that the two are what
//! the server does. The sync routes' own rules are in `sync.rs`.

mod access;
mod conforms;
mod description;
mod shop;
mod tablet;
