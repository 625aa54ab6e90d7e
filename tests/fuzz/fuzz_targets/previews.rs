#![no_main]

#[path = "../../hostile/previews.rs"]
mod previews;

libfuzzer_sys::fuzz_target!(|data: &[u8]| previews::run(data));
