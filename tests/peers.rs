//! Promise: with the rounding of its application, a published projection gives the
//! application's bytes. `tests/peers/expected.py` computed them without this crate.

#![cfg(feature = "alloc")]

use std::collections::HashSet;

use latent_preview::{LatentFormat, LatentPreview, Latents, PackOrder};

const SIDE: usize = 8;

/// The generator of `expected.py`.
fn samples(mut seed: u32, channels: usize) -> Vec<f32> {
    (0..channels * SIDE * SIDE)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((seed >> 16) & 0x3ff) as f32 / 256.0 - 2.0
        })
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn the_bytes_are_those_of_the_application() {
    let mut seen = HashSet::new();
    for line in include_str!("peers/expected.txt").lines() {
        let [name, origin, seed, hex] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let format: LatentFormat = name.parse().unwrap();
        let published = format
            .projections()
            .iter()
            .find(|published| published.origin == origin)
            .unwrap_or_else(|| panic!("{name} {origin}"));
        seen.insert((name, origin));

        let channels = format.channels();
        let mut samples = samples(seed.parse().unwrap(), channels);
        if origin == "SD.Next" {
            // It does not clamp, so the latents are smaller and stay in range.
            samples.iter_mut().for_each(|x| *x /= 8.0);
        }
        let mut previewer = published.previewer();
        let latents = if format == LatentFormat::Flux2 && origin == "SceneWorks" {
            // It takes the raw latent of the VAE.
            previewer = previewer.for_vae_space().unwrap();
            Latents::planar(&samples, [channels, SIDE, SIDE])
        } else if format == LatentFormat::Flux2 {
            let shape = [4 * channels, SIDE / 2, SIDE / 2];
            Latents::packed_planes(&samples, shape, PackOrder::ChannelFirst)
        } else {
            Latents::planar(&samples, [channels, SIDE, SIDE])
        };
        let preview = previewer
            .preview(&latents.unwrap(), published.pixel_format)
            .unwrap();
        assert_eq!(preview.as_bytes(), bytes(hex), "{name} {origin}");
    }
    let all = LatentFormat::ALL.iter();
    let published = all.flat_map(|format| format.projections());
    let of_others = published.filter(|published| !published.origin.starts_with("latent-preview"));
    assert_eq!(seen.len(), of_others.count(), "run tests/peers/expected.py");
}
