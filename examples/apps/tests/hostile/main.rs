//! Promise: whatever is in a file, reading it does not panic, and nothing is allocated because
//! the file claims it.
//!
//! As `tests/hostile` of the crate, whose way to feed a target it takes.

#[path = "../../../../tests/hostile/feed.rs"]
mod feed;
mod tensors;

use feed::feed;
use latent_preview_apps::input;

#[test]
fn files_of_tensors() {
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
