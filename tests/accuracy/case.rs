//! A random latent, a random map, and the comparison with the reference.

use latent_preview::testing::Backend;
use latent_preview::{Latents, PixelFormat, Projection};
use proptest::prelude::*;

use crate::map::{Kind, Map, polynomials, refined, tiny};
use crate::support::output::{check, formats};
use crate::support::{FromF32, Layout, Random, Stored, reference};

/// The error of `f32` arithmetic, in decoder range, for the sums of maps that read neighbors.
const ERROR: f64 = 2e-5;

/// The kind of samples of a case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    Ordinary,
    WithNonFinite,
    /// Any bit pattern of the sample type.
    Wild,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub kind: Kind,
    pub shape: [usize; 3],
    pub layout: Layout,
    pub skip: usize,
    pub values: Values,
    pub format: PixelFormat,
}

pub fn cases() -> impl Strategy<Value = Case> {
    let values = || {
        prop_oneof![
            3 => Just(Values::Ordinary),
            2 => Just(Values::WithNonFinite),
            1 => Just(Values::Wild),
        ]
    };
    let wide = prop_oneof![2 => 1..=40_usize, 1 => 41..=300_usize];
    // Strips of refined projections are 64 or 254 columns wide, those of tiny decoders up
    // to 64, vectors up to 32.
    let strips = prop_oneof![
        2 => 1..=70_usize, 1 => 120..=135_usize, 1 => 250..=260_usize, 1 => 505..=515_usize
    ];
    let tiny_strips = prop_oneof![2 => 1..=34_usize, 2 => 56..=70_usize, 1 => 118..=130_usize];
    let map = prop_oneof![
        5 => (polynomials(), 1..=9_usize, wide, values()),
        2 => (refined(), 1..=21_usize, strips, values()),
        1 => (tiny(), 1..=9_usize, tiny_strips, values()),
    ];
    let layout = proptest::sample::select(Layout::ALL.to_vec());
    (any::<u64>(), map, layout, 0..4_usize, formats()).prop_map(
        |(seed, ((kind, channels), mut height, mut width, values), layout, skip, format)| {
            if layout.is_packed() {
                // Two rows, so that no tokens are in one line.
                height = height.next_multiple_of(2).max(4);
                width = width.next_multiple_of(2);
            }
            let is_polynomial = !matches!(kind, Kind::Refined { .. } | Kind::Tiny { .. });
            Case {
                seed,
                kind,
                shape: [channels, height, width],
                layout,
                skip,
                // With enormous numbers, maps that read neighbors have no accuracy to check.
                values: match values {
                    Values::Wild if !is_polynomial => Values::WithNonFinite,
                    values => values,
                },
                format,
            }
        },
    )
}

impl Case {
    fn value<T: FromF32>(&self, position: u64, wild: fn(u64) -> T) -> T {
        const SPECIAL: [f32; 6] = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            -0.0,
            1e-40,
            6e-8,
        ];
        let mut random = Random(self.seed ^ (position + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let ordinary = T::from_f32(random.unit() * 3.0);
        let roll = random.bits();
        match self.values {
            Values::Ordinary => ordinary,
            Values::WithNonFinite if roll.is_multiple_of(97) => {
                T::from_f32(SPECIAL[(roll >> 32) as usize % SPECIAL.len()])
            }
            Values::WithNonFinite => ordinary,
            Values::Wild => wild(roll),
        }
    }

    /// The latent in its layout, with changed samples.
    fn stored<T: FromF32>(&self, wild: fn(u64) -> T, change: fn(f32) -> f32) -> Stored<T> {
        let [_, h, w] = self.shape;
        let filler = T::from_f32(f32::NAN);
        Stored::new(self.shape, self.layout, self.skip, filler, |c, y, x| {
            let value = self.value(((c * h + y) * w + x) as u64, wild);
            let exact = Latents::planar(&[value], [1, 1, 1]).unwrap().get(0, 0, 0);
            T::from_f32(change(exact.unwrap()))
        })
    }

    pub fn check<T: FromF32>(&self, wild: fn(u64) -> T) -> Result<(), TestCaseError> {
        let [channels, height, width] = self.shape;
        let stored = self.stored(wild, |value| value);
        let latents = stored.latents().unwrap();
        let map = Map::new(&self.kind, channels, &mut Random(self.seed));
        let scale = match self.kind {
            Kind::Tiny { scale, .. } => scale,
            _ => 1,
        };
        let (pixels, columns) = (scale * height * scale * width, scale * width);
        let expected: Vec<_> = (0..pixels)
            .map(|p| reference::decode(map.truth(), &latents, p / columns, p % columns))
            .collect();
        let magnitudes = self.stored(wild, f32::abs);
        let bound = map.absolute().map(|absolute| Bound {
            latents,
            absolute,
            magnitudes: magnitudes.latents().unwrap(),
        });
        let errors: Option<Vec<_>> = bound.map(|bound| {
            (0..pixels)
                .map(|p| bound.errors(p / width, p % width))
                .collect()
        });
        let error = |p: usize, o: usize| match &errors {
            None => Some(ERROR),
            Some(errors) => errors[p].map(|pixel| pixel[o]),
        };
        let is_finite = |p: &usize| {
            let mut channels = 0..channels;
            channels.all(|c| latents.get(c, p / width, p % width).unwrap().is_finite())
        };
        let non_finite = height * width - (0..height * width).filter(is_finite).count();
        for backend in Backend::available() {
            let mut out = vec![0xa5; pixels * self.format.bytes_per_pixel()];
            let counted = backend
                .preview_into(map.any(), &latents, self.format, &mut out)
                .unwrap();
            prop_assert_eq!(counted, non_finite, "non-finite pixels on {}", backend);
            let checked = check(self.format, &out, &expected, error);
            prop_assert!(checked.is_ok(), "{backend} {self:?}: {checked:?}");
        }
        Ok(())
    }
}

/// The error that `f32` arithmetic of a polynomial may have.
struct Bound<'a> {
    latents: Latents<'a>,
    absolute: Projection,
    magnitudes: Latents<'a>,
}

impl Bound<'_> {
    /// `None` if the order of evaluation decides: an intermediate `f32` may overflow, or powers
    /// of an infinite latent may cancel.
    fn errors(&self, y: usize, x: usize) -> Option<[f64; 3]> {
        let size = reference::decode(&self.absolute, &self.magnitudes, y, x);
        let channels = self.latents.channels();
        let is_infinite = |c| self.latents.get(c, y, x).unwrap().is_infinite();
        let degree = self.absolute.polynomial().unwrap().degree();
        if degree > 1 && (0..channels).any(is_infinite) {
            return None;
        }
        let overflows = |size: &f64| size.is_finite() && size * 127.5 > f64::from(f32::MAX);
        if size.iter().any(overflows) {
            return None;
        }
        let roundings = channels as f64 + 4.0;
        Some(size.map(|size| match size.is_finite() {
            // Results below the normal range lose up to one subnormal step each.
            true => size * f64::from(f32::EPSILON) * roundings + 1e-30,
            false => 0.0,
        }))
    }
}
