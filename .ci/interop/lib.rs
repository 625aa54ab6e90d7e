//! Empty: this package runs the crate's own tests.
