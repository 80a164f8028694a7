//! Attribute and derive macros of kit.
