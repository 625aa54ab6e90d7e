//! What other crates and programs want of our types: a file and a feature each.

#[cfg(feature = "evcxr")]
mod evcxr;
