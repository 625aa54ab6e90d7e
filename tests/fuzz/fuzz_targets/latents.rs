#![no_main]

#[path = "../../hostile/latents.rs"]
mod latents;

libfuzzer_sys::fuzz_target!(|data: &[u8]| latents::run(data));
