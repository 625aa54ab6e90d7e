#![no_main]

#[allow(dead_code, reason = "the examples use all of it")]
#[path = "../../../examples/common/input.rs"]
mod input;
#[allow(dead_code, reason = "the examples use all of it")]
#[path = "../../../examples/common/picture.rs"]
mod picture;
#[path = "../../hostile/tensors.rs"]
mod tensors;

libfuzzer_sys::fuzz_target!(|data: &[u8]| tensors::run(data));
