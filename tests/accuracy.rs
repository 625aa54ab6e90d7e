//! Promise: on every backend, for every sample type, layout, projection and
//! output, a preview is that of the `f64` reference. A `u8` differs by at most
//! 1, and only next to a rounding boundary.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::testing::{Backend, reference_decode, reference_display, reference_level};
use latent_preview::{Latents, PixelFormat, Projection, Rounding, bf16, f16};
use proptest::prelude::*;
use support::output::outputs;
use support::{FromF32, Layout, Random, Stored};

/// Distance from a rounding boundary, in levels, within which a `u8` may go
/// either way for latents of ordinary size.
const BOUNDARY: f64 = 1e-3;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Linear,
    Affine,
    Quadratic,
    Cubic,
}

/// What the samples of a case look like.
#[derive(Clone, Copy, Debug)]
enum Values {
    Ordinary,
    WithNonFinite,
    /// Any bit pattern of the sample type.
    Wild,
}

#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    kind: Kind,
    shape: [usize; 3],
    layout: Layout,
    skip: usize,
    values: Values,
    format: PixelFormat,
    rounding: Rounding,
}

fn cases() -> impl Strategy<Value = Case> {
    let kind_and_channels = prop_oneof![
        4 => (Just(Kind::Linear), channels()),
        4 => (Just(Kind::Affine), channels()),
        2 => (Just(Kind::Quadratic), prop_oneof![4 => 1..=6_usize, 1 => 7..=33_usize]),
        2 => (Just(Kind::Cubic), prop_oneof![4 => 1..=5_usize, 1 => 6..=17_usize]),
    ];
    let size = (
        1..=9_usize,
        prop_oneof![2 => 1..=40_usize, 1 => 41..=300_usize],
    );
    let values = prop_oneof![
        3 => Just(Values::Ordinary),
        2 => Just(Values::WithNonFinite),
        1 => Just(Values::Wild),
    ];
    let layout = proptest::sample::select(Layout::ALL.to_vec());
    (
        any::<u64>(),
        kind_and_channels,
        size,
        layout,
        0..4_usize,
        (values, outputs()),
    )
        .prop_map(
            |(seed, (kind, channels), (mut height, mut width), layout, skip, rest)| {
                if layout.is_packed() {
                    height = height.next_multiple_of(2);
                    width = width.next_multiple_of(2);
                }
                Case {
                    seed,
                    kind,
                    shape: [channels, height, width],
                    layout,
                    skip,
                    values: rest.0,
                    format: rest.1.format,
                    rounding: rest.1.rounding,
                }
            },
        )
}

fn channels() -> impl Strategy<Value = usize> {
    prop_oneof![
        3 => Just(4_usize),
        3 => 1..=16_usize,
        1 => 17..=140_usize,
        // Fewer pixels than a vector holds fit into the gather buffer.
        1 => Just(600_usize),
    ]
}

impl Case {
    fn projection(&self) -> Projection {
        let c = self.shape[0];
        let mut random = Random(self.seed);
        // Scaled so that most sums stay within the range that is shown.
        let scale = 0.5 / (c as f32).sqrt();
        let linear = random.rows(c, scale);
        let constant = random.rows(1, 0.3)[0];
        let pairs = random.rows(c * (c + 1) / 2, scale * scale);
        match self.kind {
            Kind::Linear => Projection::linear(linear),
            Kind::Affine => Projection::affine(linear, constant),
            Kind::Quadratic => Projection::quadratic(constant, linear, pairs),
            Kind::Cubic => {
                let triples = random.rows(c * (c + 1) * (c + 2) / 6, scale * scale * scale);
                Projection::cubic(constant, linear, pairs, triples)
            }
        }
        .unwrap()
    }

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
        let ordinary = T::from_f32(random.unit() * 4.0);
        let roll = random.bits();
        match self.values {
            Values::Ordinary => ordinary,
            Values::WithNonFinite if roll.is_multiple_of(37) => {
                T::from_f32(SPECIAL[(roll >> 32) as usize % SPECIAL.len()])
            }
            Values::WithNonFinite => ordinary,
            Values::Wild => wild(roll),
        }
    }

    fn check<T: FromF32>(&self, wild: fn(u64) -> T) -> Result<(), TestCaseError> {
        let [_, h, w] = self.shape;
        let store = |change: fn(f32) -> f32| {
            Stored::new(
                self.shape,
                self.layout,
                self.skip,
                T::from_f32(f32::NAN),
                |c, y, x| {
                    let value = self.value(((c * h + y) * w + x) as u64, wild);
                    let exact = Latents::planar(&[value], [1, 1, 1]).unwrap().get(0, 0, 0);
                    T::from_f32(change(exact.unwrap()))
                },
            )
        };
        let (stored, magnitudes) = (store(|value| value), store(f32::abs));
        let projection = self.projection();
        let truth = Truth {
            projection: &projection,
            latents: stored.latents().unwrap(),
            absolute: absolute(&projection),
            magnitudes: magnitudes.latents().unwrap(),
        };
        for backend in Backend::available() {
            let mut out = vec![0xa5; h * w * self.format.bytes_per_pixel()];
            let non_finite = backend
                .preview_into(
                    &projection,
                    &truth.latents,
                    self.format,
                    self.rounding,
                    &mut out,
                )
                .unwrap();
            truth.check_picture(backend, self, &out)?;
            truth.check_count(backend, non_finite)?;
        }
        Ok(())
    }
}

/// The same projection with every coefficient made positive: with every latent
/// made positive too, it yields the sum of the magnitudes of all terms.
fn absolute(projection: &Projection) -> Projection {
    let rows =
        |rows: &[[f32; 3]]| -> Vec<[f32; 3]> { rows.iter().map(|row| row.map(f32::abs)).collect() };
    match projection {
        Projection::Linear(p) => Projection::linear(rows(p.factors())),
        Projection::Affine(p) => Projection::affine(rows(p.factors()), p.bias().map(f32::abs)),
        Projection::Quadratic(p) => Projection::quadratic(
            p.constant().map(f32::abs),
            rows(p.linear()),
            rows(p.pairs()),
        ),
        Projection::Cubic(p) => Projection::cubic(
            p.constant().map(f32::abs),
            rows(p.linear()),
            rows(p.pairs()),
            rows(p.triples()),
        ),
        _ => unreachable!("no other kinds are made here"),
    }
    .unwrap()
}

struct Truth<'a> {
    projection: &'a Projection,
    latents: Latents<'a>,
    absolute: Projection,
    magnitudes: Latents<'a>,
}

impl Truth<'_> {
    /// Reference value and the error that `f32` arithmetic may have, per output.
    /// `None` where the order of evaluation decides: an intermediate `f32` may
    /// overflow, or powers of an infinite latent may cancel.
    fn pixel(&self, y: usize, x: usize) -> Option<[(f64, f64); 3]> {
        let value = reference_decode(self.projection, &self.latents, y, x);
        let size = reference_decode(&self.absolute, &self.magnitudes, y, x);
        let is_power = matches!(
            self.projection,
            Projection::Quadratic(_) | Projection::Cubic(_)
        );
        let is_infinite = |c| self.latents.get(c, y, x).unwrap().is_infinite();
        if is_power && (0..self.latents.channels()).any(is_infinite) {
            return None;
        }
        let roundings = self.latents.channels() as f64 + 4.0;
        let mut result = [(0.0, 0.0); 3];
        for o in 0..3 {
            if size[o].is_finite() && size[o] * 127.5 > f64::from(f32::MAX) {
                return None;
            }
            let error = if size[o].is_finite() {
                // Results below the normal range lose up to one subnormal step each.
                size[o] * f64::from(f32::EPSILON) * roundings + 1e-30
            } else {
                0.0
            };
            result[o] = (value[o], error);
        }
        Some(result)
    }

    fn check_picture(
        &self,
        backend: Backend,
        case: &Case,
        out: &[u8],
    ) -> Result<(), TestCaseError> {
        let (h, w) = (self.latents.height(), self.latents.width());
        for p in 0..h * w {
            let (y, x) = (p / w, p % w);
            let Some(pixel) = self.pixel(y, x) else {
                continue;
            };
            for (o, (value, error)) in pixel.into_iter().enumerate() {
                let display = reference_display(value);
                let place = || format!("{backend} {case:?} y {y} x {x} output {o}: {value}");
                match case.format {
                    PixelFormat::Rgb8 => {
                        check_level(out[p * 3 + o], display, error, case.rounding, place)?;
                    }
                    PixelFormat::Rgba8 => {
                        check_level(out[p * 4 + o], display, error, case.rounding, place)?;
                        prop_assert_eq!(out[p * 4 + 3], 255);
                    }
                    PixelFormat::RgbF32 => {
                        check_float(float(out, p * 3 + o), display, error, place)?;
                    }
                    _ => check_float(float(out, o * h * w + p), display, error, place)?,
                }
            }
        }
        Ok(())
    }

    fn check_count(&self, backend: Backend, non_finite: usize) -> Result<(), TestCaseError> {
        let (h, w) = (self.latents.height(), self.latents.width());
        let is_finite = |p: &usize| {
            (0..self.latents.channels())
                .all(|c| self.latents.get(c, p / w, p % w).unwrap().is_finite())
        };
        let expected = (0..h * w).filter(|p| !is_finite(p)).count();
        prop_assert_eq!(non_finite, expected, "non-finite pixels on {}", backend);
        Ok(())
    }
}

fn float(out: &[u8], index: usize) -> f64 {
    f64::from(f32::from_ne_bytes(
        out[index * 4..index * 4 + 4].try_into().unwrap(),
    ))
}

fn check_level(
    actual: u8,
    display: f64,
    error: f64,
    rounding: Rounding,
    place: impl Fn() -> String,
) -> Result<(), TestCaseError> {
    let expected = reference_level(display, rounding);
    let scaled = display * 255.0;
    let to_boundary = match rounding {
        Rounding::Nearest => (scaled - scaled.floor() - 0.5).abs(),
        Rounding::Truncate => (scaled - scaled.round()).abs(),
    };
    let allowed = actual.abs_diff(expected) <= 1 && to_boundary <= BOUNDARY.max(error * 127.5)
        // Of terms that cancel, f32 may keep nothing but the rounding error.
        || error * 127.5 > 0.5;
    prop_assert!(
        actual == expected || allowed,
        "{}: {} for {} ({})",
        place(),
        actual,
        expected,
        scaled
    );
    Ok(())
}

fn check_float(
    actual: f64,
    display: f64,
    error: f64,
    place: impl Fn() -> String,
) -> Result<(), TestCaseError> {
    prop_assert!(
        (actual - display).abs() <= 2e-7 + error,
        "{}: {} for {}",
        place(),
        actual,
        display
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: support::cases(400), failure_persistence: None, ..ProptestConfig::default() })]

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
                rounding: Rounding::Nearest,
            };
            case.check::<f32>(|_| unreachable!()).unwrap();
            case.check::<f16>(|_| unreachable!()).unwrap();
            case.check::<bf16>(|_| unreachable!()).unwrap();
        }
    }
}
