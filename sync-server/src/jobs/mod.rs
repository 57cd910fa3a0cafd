//! Placeholder; filled in by the next slices.
