//! Feeds a fuzz target.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

/// The corpus of a fuzz target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus");
    let archive = fs::read(folder.join(target)).expect("the corpus of the target");
    unpack(&archive)
}

/// Hundreds of tiny inputs in one file, each after its length in four little-endian bytes.
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

/// Runs a target on its corpus, on random bytes and on changed inputs of the corpus.
pub fn feed(target: fn(&[u8]), name: &str) {
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
