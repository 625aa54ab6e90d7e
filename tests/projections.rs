//! Promise: a projection computes its polynomial, from folded rows or full tensors, borrowed or
//! owned, by its type or as `dyn`.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::{Coefficients, LatentPreview, Latents, PixelFormat, Preview, Projection};
use proptest::prelude::*;
use support::Random;

/// Full coefficient tensors as a training script holds them, output-major.
struct Full {
    channels: usize,
    cubic: Vec<f32>,
    quadratic: Vec<f32>,
    linear: Vec<f32>,
    constant: [f32; 3],
}

impl Full {
    fn random(channels: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut values = |power: u32| -> Vec<f32> {
            let scale = (0.3 / channels as f32).powi(power as i32);
            (0..3 * channels.pow(power))
                .map(|_| random.unit() * scale)
                .collect()
        };
        Self {
            channels,
            cubic: values(3),
            quadratic: values(2),
            linear: values(1),
            constant: [0.1, -0.2, 0.05],
        }
    }

    /// The sums over all indices, none of them folded.
    fn evaluate(&self, x: &[f32], with_cubic: bool) -> [f64; 3] {
        let c = self.channels;
        let x = |i: usize| f64::from(x[i]);
        std::array::from_fn(|o| {
            let mut sum = f64::from(self.constant[o]);
            for i in 0..c {
                sum += f64::from(self.linear[o * c + i]) * x(i);
                for j in 0..c {
                    sum += f64::from(self.quadratic[(o * c + i) * c + j]) * x(i) * x(j);
                    for k in (0..c).filter(|_| with_cubic) {
                        let entry = self.cubic[((o * c + i) * c + j) * c + k];
                        sum += f64::from(entry) * x(i) * x(j) * x(k);
                    }
                }
            }
            sum
        })
    }
}

fn floats(projection: &Projection, latents: &Latents<'_>) -> Preview {
    projection.preview(latents, PixelFormat::RgbF32).unwrap()
}

/// Tests compare previewers: they must be unequal if one number is another.
#[test]
fn every_number_counts_for_equality() {
    let numbers: Vec<f32> = (0..3 * (1 + 2 + 3 + 4)).map(|i| i as f32).collect();
    let cubic = |numbers: &[f32]| {
        let (rows, _) = numbers.as_chunks::<3>();
        let parts = [1..3, 3..6, 6..10].map(|range| rows[range].to_vec());
        let [linear, pairs, triples] = parts;
        Projection::cubic(rows[0], linear, pairs, triples).unwrap()
    };
    let original = cubic(&numbers);
    assert_eq!(original, cubic(&numbers));
    for at in 0..numbers.len() {
        let mut others = numbers.clone();
        others[at] += 0.5;
        assert_ne!(original, cubic(&others), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn full_tensors_and_their_folded_form_agree(channels in 1..6_usize, seed in any::<u64>()) {
        let full = Full::random(channels, seed);
        let quadratic =
            Projection::quadratic_from_tensors(&full.quadratic, &full.linear, full.constant)
                .unwrap();
        let cubic = Projection::cubic_from_tensors(
            &full.cubic,
            &full.quadratic,
            &full.linear,
            full.constant,
        )
        .unwrap();
        prop_assert_eq!(quadratic.channels(), channels);
        prop_assert_eq!(cubic.channels(), channels);

        let x: Vec<f32> = {
            let mut random = Random(!seed);
            (0..channels).map(|_| random.unit() * 4.0).collect()
        };
        let latents = Latents::planar(&x, [channels, 1, 1]).unwrap();
        for (projection, with_cubic) in [(quadratic, false), (cubic, true)] {
            let expected = full.evaluate(&x, with_cubic);
            let preview = floats(&projection, &latents);
            for (actual, expected) in preview.as_f32().unwrap().iter().zip(expected) {
                let expected = ((expected + 1.0) / 2.0).clamp(0.0, 1.0);
                prop_assert!((f64::from(*actual) - expected).abs() < 2e-6);
            }
        }
    }
}

#[test]
fn the_threads_sizes_fold_to_unique_products() {
    let full = Full::random(4, 1);
    let values = full.quadratic.len() + full.linear.len() + full.constant.len();
    assert_eq!(values, 63);
    assert_eq!(values + full.cubic.len(), 255);

    let quadratic =
        Projection::quadratic_from_tensors(&full.quadratic, &full.linear, full.constant).unwrap();
    assert!(matches!(quadratic, Projection::Quadratic(_)));
    let quadratic = quadratic.polynomial().unwrap();
    assert_eq!(quadratic.pairs().len(), 10);
    // Row 1 is the product of channels 0 and 1, entered twice in the tensor.
    assert_eq!(
        quadratic.pairs()[1][0],
        full.quadratic[1] + full.quadratic[4]
    );
    // Row 4 is the square of channel 1, entered once.
    assert_eq!(quadratic.pairs()[4][2], full.quadratic[32 + 5]);

    let cubic =
        Projection::cubic_from_tensors(&full.cubic, &full.quadratic, &full.linear, full.constant)
            .unwrap();
    assert!(matches!(cubic, Projection::Cubic(_)));
    let cubic = cubic.polynomial().unwrap();
    assert_eq!(cubic.triples().len(), 20);
    // Row 0 is the cube of channel 0, entered once.
    assert_eq!(cubic.triples()[0][1], full.cubic[64]);
}

/// One of each kind, for two channels, with its value at x = 0.5, y = -2.
fn one_of_each() -> [(Projection, f32); 4] {
    let linear: &'static [[f32; 3]] = &[[0.2; 3], [0.1; 3]];
    let pairs: &'static [[f32; 3]] = &[[0.4; 3], [-0.1; 3], [0.05; 3]];
    let triples: &'static [[f32; 3]] = &[[0.8; 3], [0.2; 3], [-0.1; 3], [0.01; 3]];
    [
        (Projection::linear(linear).unwrap(), -0.1),
        (Projection::affine(linear, [0.3; 3]).unwrap(), 0.2),
        // + 0.4 * 0.25 + 0.1 * 1 + 0.05 * 4
        (Projection::quadratic([0.3; 3], linear, pairs).unwrap(), 0.6),
        // + 0.8 * 0.125 - 0.2 * 0.5 - 0.1 * 2 - 0.01 * 8
        (
            Projection::cubic([0.3; 3], linear, pairs, triples).unwrap(),
            0.32,
        ),
    ]
}

#[test]
fn every_kind_computes_its_polynomial() {
    let latents = Latents::planar(&[0.5_f32, -2.0], [2, 1, 1]).unwrap();
    for (projection, value) in one_of_each() {
        let preview = floats(&projection, &latents);
        let display = (value + 1.0) / 2.0;
        for actual in preview.as_f32().unwrap() {
            assert!(
                (actual - display).abs() < 1e-6,
                "{projection:?}: {actual} for {display}"
            );
        }
    }
}

#[test]
fn previewers_work_as_trait_objects() {
    let latents = Latents::planar(&[0.5_f32, -2.0], [2, 1, 1]).unwrap();
    let previewers: Vec<Box<dyn LatentPreview>> = one_of_each()
        .map(|(projection, _)| Box::new(projection) as Box<dyn LatentPreview>)
        .into();
    for (previewer, (projection, _)) in previewers.iter().zip(one_of_each()) {
        assert_eq!((previewer.channels(), previewer.scale()), (2, 1));
        assert_eq!(
            previewer.preview_rgb(&latents),
            projection.preview_rgb(&latents)
        );
    }
}

#[test]
fn borrowed_and_owned_coefficients_are_equal() {
    static ROWS: [[f32; 3]; 2] = [[0.2, 0.3, 0.4], [0.1, 0.0, -0.1]];
    assert_eq!(
        Projection::linear(&ROWS).unwrap(),
        Projection::linear(ROWS.to_vec()).unwrap()
    );
    assert_eq!(*Coefficients::from(ROWS.as_slice()), ROWS);
}
