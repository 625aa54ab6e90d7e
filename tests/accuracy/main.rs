//! Promise: on every backend, for every map, sample type, layout and pixel format, a preview
//! equals the `f64` reference. A `u8` differs by at most 1, and only next to a rounding
//! boundary.

#![cfg(feature = "alloc")]

mod case;
mod map;
#[path = "../support/mod.rs"]
mod support;

use latent_preview::testing::Backend;
use latent_preview::{Latents, PixelFormat, TinyLayer, bf16, f16};
use proptest::prelude::*;

use case::{Case, Values, cases};
use map::{Kind, Map};
use support::{Layout, Random, reference};

proptest! {
    #![proptest_config(ProptestConfig { cases: support::cases(500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f32_previews_match_the_reference(case in cases()) {
        case.check::<f32>(|bits| f32::from_bits(bits as u32))?;
    }

    #[test]
    fn f16_previews_match_the_reference(case in cases()) {
        case.check::<f16>(|bits| f16::from_bits(bits as u16))?;
    }

    #[test]
    fn bf16_previews_match_the_reference(case in cases()) {
        case.check::<bf16>(|bits| bf16::from_bits(bits as u16))?;
    }
}

/// Lengths around the vector widths, where tails begin and end.
#[test]
fn every_length_matches_the_reference() {
    for channels in [1, 3, 4, 5] {
        for width in 1..=70 {
            let case = Case {
                seed: width as u64,
                kind: Kind::Affine,
                shape: [channels, 1, width],
                layout: Layout::Planar,
                skip: width % 4,
                values: Values::Ordinary,
                format: PixelFormat::Rgb8,
            };
            case.check::<f32>(|_| unreachable!()).unwrap();
            case.check::<f16>(|_| unreachable!()).unwrap();
            case.check::<bf16>(|_| unreachable!()).unwrap();
        }
    }
}

/// With these layers, all rows are at their longest.
#[test]
fn the_largest_net_matches_the_reference() {
    let mut random = Random(3);
    let layer = TinyLayer {
        kernel_size: 3,
        channels: 64,
    };
    let kind = Kind::Tiny {
        layers: vec![layer; 4],
        scale: 2,
    };
    let map = Map::new(&kind, 128, &mut random);
    let shape = [128, 3, 19];
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| random.unit() * 2.0)
        .collect();
    let latents = Latents::planar(&values, shape).unwrap();
    // Beside the end of a strip.
    let (y, x) = (3, 15);
    let expected = reference::decode(map.truth(), &latents, y, x);
    for backend in Backend::available() {
        let mut out = vec![0; 6 * 38 * 12];
        let format = PixelFormat::DecoderF32;
        backend
            .preview_into(map.any(), &latents, format, &mut out)
            .unwrap();
        let pixel = &out[(y * 38 + x) * 12..][..12];
        for (bytes, expected) in pixel.as_chunks().0.iter().zip(expected) {
            let actual = f64::from(f32::from_ne_bytes(*bytes));
            let error = (actual - expected).abs();
            assert!(error < 2e-4, "{backend}: {actual} {expected}");
        }
    }
}
