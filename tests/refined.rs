//! Promise: projections of neighborhoods are those of the `f64` reference, on
//! every backend, for every sample type, layout and output, at every edge.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::testing::{Backend, reference_decode, reference_display};
use latent_preview::{
    LatentPreview, Latents, PixelFormat, PreviewError, Projection, Refined, Rounding, bf16, f16,
};
use proptest::prelude::*;
use support::output::{Output, outputs};
use support::{FromF32, Layout, Random, Stored};

/// What f32 arithmetic may be off by, in decoder range, for the sums made here.
const ERROR: f64 = 1e-5;

#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    shape: [usize; 3],
    layout: Layout,
    is_neighborhood: bool,
    /// 0 none, 1 symmetric, 2 full.
    kernel: u8,
    has_colors: bool,
    has_non_finite: bool,
    output: Output,
}

fn cases() -> impl Strategy<Value = Case> {
    (
        (any::<u64>(), any::<bool>(), any::<bool>(), any::<bool>()),
        prop_oneof![2 => Just(4_usize), 2 => 1..=20_usize, 1 => Just(140_usize)],
        1..=21_usize,
        // Strips are 64 or 254 columns wide, vectors up to 32.
        prop_oneof![2 => 1..=70_usize, 1 => 120..=135_usize, 1 => 250..=260_usize, 1 => 505..=515_usize],
        proptest::sample::select(Layout::ALL.to_vec()),
        (0..3_u8, outputs()),
    )
        .prop_map(
            |((seed, is_neighborhood, has_colors, has_non_finite), c, mut h, mut w, layout, rest)| {
                if layout.is_packed() {
                    (h, w) = (h.next_multiple_of(2), w.next_multiple_of(2));
                }
                Case {
                    seed,
                    shape: [c, h, w],
                    layout,
                    is_neighborhood,
                    kernel: rest.0,
                    has_colors,
                    has_non_finite,
                    output: rest.1,
                }
            },
        )
}

impl Case {
    fn projection(&self) -> Projection {
        let c = self.shape[0];
        let mut random = Random(self.seed);
        let bias = random.rows(1, 0.3)[0];
        let scale = 0.4 / (c as f32).sqrt();
        let mut refined = if self.is_neighborhood {
            Refined::neighborhood(random.rows(9 * c, scale / 3.0), bias)
        } else {
            Refined::pixelwise(random.rows(c, scale), bias)
        }
        .unwrap();
        refined = match self.kernel {
            0 => refined,
            1 => refined.with_symmetric_kernel(0.4, 0.1, -0.05).unwrap(),
            _ => refined.with_kernel(random.rows(27, 0.3)).unwrap(),
        };
        if self.has_colors {
            let constant = random.rows(1, 0.1)[0];
            refined = refined
                .with_colors(
                    constant,
                    random.rows(3, 0.8),
                    random.rows(6, 0.2),
                    random.rows(10, 0.2),
                )
                .unwrap();
        }
        refined.into()
    }

    fn check<T: FromF32>(&self) -> Result<(), TestCaseError> {
        let [_, h, w] = self.shape;
        let stored = Stored::new(
            self.shape,
            self.layout,
            1,
            T::from_f32(f32::NAN),
            |c, y, x| {
                let position = ((c * h + y) * w + x) as u64;
                let mut random =
                    Random(self.seed ^ (position + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
                let value = random.unit() * 3.0;
                let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
                match random.bits() {
                    roll if self.has_non_finite && roll.is_multiple_of(211) => {
                        T::from_f32(special[(roll >> 32) as usize % 3])
                    }
                    _ => T::from_f32(value),
                }
            },
        );
        let latents = stored.latents().unwrap();
        let projection = self.projection();
        let mut expected = Vec::new();
        for p in 0..h * w {
            expected
                .push(reference_decode(&projection, &latents, p / w, p % w).map(reference_display));
        }
        for backend in Backend::available() {
            let mut out = vec![0xa5; h * w * self.output.format.bytes_per_pixel()];
            let non_finite = backend
                .preview_into(
                    &projection,
                    &latents,
                    self.output.format,
                    self.output.rounding,
                    &mut out,
                )
                .unwrap();
            let is_finite = |p: &usize| {
                (0..latents.channels()).all(|c| latents.get(c, p / w, p % w).unwrap().is_finite())
            };
            prop_assert_eq!(non_finite, (0..h * w).filter(|p| !is_finite(p)).count());
            let checked = self.output.check(&out, &expected, ERROR);
            prop_assert!(checked.is_ok(), "{backend} {self:?}: {checked:?}");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(support::cases(160)))]

    #[test]
    fn f32_latents(case in cases()) {
        case.check::<f32>()?;
    }

    #[test]
    fn f16_latents(case in cases()) {
        case.check::<f16>()?;
    }

    #[test]
    fn bf16_latents(case in cases()) {
        case.check::<bf16>()?;
    }
}

/// Written out by hand: one channel, edges repeated.
#[test]
fn a_kernel_repeats_the_edge() {
    let refined = Refined::pixelwise(&[[1.0, 2.0, 0.0]], [0.0, 0.0, 0.5]).unwrap();
    let projection: Projection = refined
        .with_symmetric_kernel(0.5, 0.1, 0.025)
        .unwrap()
        .into();
    let samples = [0.4_f32, 0.0, -0.4, 0.0];
    let latents = Latents::planar(&samples, [1, 2, 2]).unwrap();
    let preview = projection
        .preview(&latents, PixelFormat::RgbF32, Rounding::Nearest)
        .unwrap();
    // The corner 0.4: itself five times more than once, as the kernel sees it:
    // center 0.5, two of the edges and one corner at 0.4; right 0 and its copy;
    // below -0.4 (an edge) and its copy (a corner); the last corner is 0.
    let red = 0.4 * (0.5 + 0.1 + 0.1 + 0.025) + -0.4 * (0.1 + 0.025);
    let rgb = preview.as_f32().unwrap();
    for (actual, expected) in rgb[..3].iter().zip([red, 2.0 * red, 0.5]) {
        assert!((actual - (expected + 1.0) / 2.0).abs() < 1e-6, "{rgb:?}");
    }
}

#[test]
fn stages_must_be_complete_and_finite() {
    let count = |expected, actual| Some(PreviewError::CoefficientCount { expected, actual });
    let none: &'static [[f32; 3]] = &[];
    assert_eq!(Refined::pixelwise(none, [0.0; 3]).err(), count(1, 0));
    assert_eq!(
        Refined::neighborhood(vec![[0.0; 3]; 35], [0.0; 3]).err(),
        count(36, 35)
    );
    let refined = Refined::pixelwise(&[[1.0; 3]], [0.0; 3]).unwrap();
    assert_eq!(
        refined.clone().with_kernel(vec![[0.0; 3]; 26]).err(),
        count(27, 26)
    );
    let colors = |n, pairs, triples| {
        let rows = |n| vec![[0.0; 3]; n];
        refined
            .clone()
            .with_colors([0.0; 3], rows(n), rows(pairs), rows(triples))
            .err()
    };
    assert_eq!(colors(4, 10, 20), count(3, 4));
    assert_eq!(colors(3, 5, 10), count(6, 5));
    assert_eq!(colors(3, 6, 11), count(10, 11));
    let error = |index| Some(PreviewError::NonFiniteCoefficient { index });
    assert_eq!(
        Refined::pixelwise(&[[f32::NAN; 3]], [0.0; 3]).err(),
        error(0)
    );
    assert_eq!(
        Refined::pixelwise(&[[1.0; 3]], [0.0, f32::INFINITY, 0.0]).err(),
        error(1)
    );
    assert_eq!(
        refined.with_symmetric_kernel(0.0, 0.0, f32::NAN).err(),
        error(2)
    );
}
