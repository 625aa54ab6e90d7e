#![no_main]

#[path = "../../hostile/models.rs"]
mod models;

libfuzzer_sys::fuzz_target!(|data: &[u8]| models::run(data));
