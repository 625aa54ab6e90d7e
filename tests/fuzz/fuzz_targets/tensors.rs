#![no_main]

#[allow(dead_code, reason = "the programs use all of it")]
#[path = "../../../examples/apps/src/input.rs"]
mod input;
#[allow(dead_code, reason = "the programs use all of it")]
#[path = "../../../examples/apps/src/picture.rs"]
mod picture;
#[path = "../../../examples/apps/tests/hostile/tensors.rs"]
mod tensors;

libfuzzer_sys::fuzz_target!(|data: &[u8]| tensors::run(data));
