//! Promise: reading any file does not panic, and allocates no size only because the file claims
//! it.
//!
//! It feeds its target like `tests/hostile` of the crate.

#[path = "../../../../tests/hostile/feed.rs"]
mod feed;
mod tensors;

use feed::feed;
use latent_preview_apps::input;

#[test]
fn files_of_tensors() {
    feed(tensors::run, "tensors");
    // A header of 4 GiB, and nested brackets: fuzzing found that the crate that parses them
    // allocates the first and never finishes the second.
    tensors::run(b"\0\x93NUMPY\x02\0\xff\xff\xff\xff{'descr': ");
    for open in ["(", "[", "{", "{'a':", "((1,"] {
        let text = open.repeat(9_900 / open.len());
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        tensors::run(&[b"\0\x93NUMPY\x01\0", &length[..], text.as_bytes()].concat());
    }
}
