//! Promise: whatever comes from outside, nothing panics, nothing is written on an error and
//! nothing is allocated because a file claims it.
//!
//! Random input, and the corpus that `cargo fuzz` has collected (`tests/fuzz/README.md`), each
//! file as it is and changed at random. The same functions are the fuzz targets.

#![cfg(feature = "std")]

#[allow(dead_code, reason = "the examples use all of it")]
#[path = "../../examples/common/input.rs"]
mod input;
#[cfg(feature = "serde")]
mod json;
mod latents;
mod names;
#[allow(dead_code, reason = "the examples use all of it")]
#[path = "../../examples/common/picture.rs"]
mod picture;
mod previews;
mod tensors;
#[cfg(feature = "safetensors")]
mod weights;

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

/// The corpus of a fuzz target. There is one of each.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus");
    let archive = fs::read(folder.join(target)).expect("the corpus of the target");
    unpack(&archive)
}

/// Each input after its length in four bytes, little-endian: hundreds of tiny files in one.
fn unpack(mut archive: &[u8]) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    while let Some((length, rest)) = archive.split_first_chunk() {
        let (input, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        inputs.push(input.to_vec());
        archive = rest;
    }
    assert!(inputs.len() > 10, "the corpus is not there");
    inputs
}

/// Runs a target on its corpus, on random bytes, and on changed inputs of the corpus.
fn feed(target: fn(&[u8]), name: &str) {
    let corpus = corpus(name);
    for input in &corpus {
        target(input);
    }
    proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..600))| target(&bytes));
    let change = (any::<Index>(), any::<u8>());
    let changes = prop::collection::vec(change, 1..8);
    proptest!(ProptestConfig::with_cases(2000), |(at: Index, end: Index, changes in changes)| {
        let mut input = at.get(&corpus).clone();
        for (at, byte) in changes {
            if !input.is_empty() {
                let at = at.index(input.len());
                input[at] = byte;
            }
        }
        target(&input);
        input.truncate(end.index(input.len() + 1));
        target(&input);
    });
}

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

#[cfg(feature = "safetensors")]
#[test]
fn weights_of_tiny_decoders() {
    feed(weights::run, "weights");
}

#[test]
fn files_that_the_examples_read() {
    feed(tensors::run, "tensors");
    // A header of 4 GiB, and brackets in brackets: fuzzing found that the crate which parses
    // them allocates the first and never ends with the second.
    tensors::run(b"\0\x93NUMPY\x02\0\xff\xff\xff\xff{'descr': ");
    for open in ["(", "[", "{", "{'a':", "((1,"] {
        let text = open.repeat(9_900 / open.len());
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        tensors::run(&[b"\0\x93NUMPY\x01\0", &length[..], text.as_bytes()].concat());
    }
}
