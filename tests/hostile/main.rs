//! Promise: for any input from outside, no call panics, writes on an error, or allocates a size
//! only because a file claims it.
//!
//! The inputs are random bytes and the corpus that `cargo fuzz` has collected
//! (`tests/fuzz/README.md`), each file unchanged and changed at random. The same functions are
//! the fuzz targets.

#![cfg(feature = "std")]

mod feed;
#[cfg(feature = "serde")]
mod json;
mod latents;
#[cfg(feature = "identify")]
mod models;
mod names;
mod previews;
#[cfg(feature = "safetensors")]
mod weights;

use feed::feed;

#[test]
fn constructors_of_latents() {
    feed(latents::run, "latents");
}

#[test]
fn previews_of_any_coefficients() {
    feed(previews::run, "previews");
}

#[test]
fn names_of_formats() {
    feed(names::run, "names");
    names::run("sdxl".repeat(250_000).as_bytes());
    names::run(&vec![0xff; 1 << 20]);
}

#[cfg(feature = "serde")]
#[test]
fn projections_as_json() {
    feed(json::run, "json");
    json::run("[".repeat(1 << 20).as_bytes());
}

#[cfg(feature = "identify")]
#[test]
fn headers_and_configurations_of_models() {
    feed(models::run, "models");
    models::run("[".repeat(1 << 20).as_bytes());
    models::run(
        &[
            &(1_u64 << 20).to_le_bytes()[..],
            "[".repeat(1 << 20).as_bytes(),
        ]
        .concat(),
    );
}

#[cfg(feature = "safetensors")]
#[test]
fn weights_of_tiny_decoders() {
    feed(weights::run, "weights");
}
