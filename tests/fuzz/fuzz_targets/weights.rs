#![no_main]

#[path = "../../hostile/weights.rs"]
mod weights;

libfuzzer_sys::fuzz_target!(|data: &[u8]| weights::run(data));
