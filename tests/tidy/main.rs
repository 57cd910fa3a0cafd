//! Keeps the house as the README draws it: crate edges, licences, file sizes, names.
//!
//! Reads `cargo metadata` and the source files; judges nothing that clippy or rustfmt judges.

mod edges;
mod files;
mod licences;
mod workspace;
