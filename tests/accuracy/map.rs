//! Random maps of every kind.

use latent_preview::testing::AnyMap;
use latent_preview::{Projection, Refined, TinyDecoder, TinyLayer};
use proptest::prelude::*;

use crate::support::{Random, reference};

#[derive(Clone, Debug)]
pub enum Kind {
    Linear,
    Affine,
    Quadratic,
    Cubic,
    Refined {
        is_3x3: bool,
        has_filter: bool,
        has_colors: bool,
    },
    Tiny {
        layers: Vec<TinyLayer>,
        scale: usize,
    },
}

/// Polynomials of any degree, with as many channels as the reference can afford.
pub fn polynomials() -> impl Strategy<Value = (Kind, usize)> {
    let channels = || prop_oneof![3 => Just(4), 3 => 1..=16_usize, 1 => 17..=128_usize];
    prop_oneof![
        4 => (Just(Kind::Linear), channels()),
        4 => (Just(Kind::Affine), channels()),
        2 => (Just(Kind::Quadratic), prop_oneof![4 => 1..=6_usize, 1 => 7..=33_usize]),
        2 => (Just(Kind::Cubic), prop_oneof![4 => 1..=5_usize, 1 => 6..=17_usize]),
    ]
}

pub fn refined() -> impl Strategy<Value = (Kind, usize)> {
    let channels = prop_oneof![2 => Just(4_usize), 2 => 1..=20_usize, 1 => Just(128_usize)];
    let stages = (any::<bool>(), any::<bool>(), any::<bool>());
    let kind = stages.prop_map(|(is_3x3, has_filter, has_colors)| Kind::Refined {
        is_3x3,
        has_filter,
        has_colors,
    });
    (kind, channels)
}

pub fn tiny() -> impl Strategy<Value = (Kind, usize)> {
    let layer = || {
        let channels = prop_oneof![4 => 1..=9_usize, 1 => 16..=24_usize];
        (prop_oneof![Just(1), Just(3)], channels).prop_map(|(kernel_size, channels)| TinyLayer {
            kernel_size,
            channels,
        })
    };
    let layers = prop_oneof![
        6 => proptest::collection::vec(layer(), 1..=2),
        1 => proptest::collection::vec(layer(), 3),
    ];
    let channels = prop_oneof![2 => Just(4_usize), 2 => 1..=9_usize, 1 => Just(33_usize)];
    let kind = (layers, 1..=2_usize).prop_map(|(layers, scale)| Kind::Tiny { layers, scale });
    (kind, channels)
}

pub enum Map {
    Projection(Projection),
    Tiny(TinyDecoder),
}

impl Map {
    /// Weights are scaled so that most sums stay within the displayed range.
    pub fn new(kind: &Kind, c: usize, random: &mut Random) -> Self {
        let scale = 0.5 / (c as f32).sqrt();
        let constant = random.rows(1, 0.3)[0];
        let mut linear = || random.rows(c, scale);
        let projection = match kind {
            Kind::Linear => Projection::linear(linear()),
            Kind::Affine => Projection::affine(linear(), constant),
            Kind::Quadratic => {
                let linear = linear();
                let pairs = random.rows(c * (c + 1) / 2, scale * scale);
                Projection::quadratic(constant, linear, pairs)
            }
            Kind::Cubic => {
                let linear = linear();
                let pairs = random.rows(c * (c + 1) / 2, scale * scale);
                let triples = random.rows(c * (c + 1) * (c + 2) / 6, scale * scale * scale);
                Projection::cubic(constant, linear, pairs, triples)
            }
            &Kind::Refined {
                is_3x3,
                has_filter,
                has_colors,
            } => {
                let mut refined = match is_3x3 {
                    true => Refined::conv3x3(random.rows(9 * c, scale / 4.0), constant),
                    false => Refined::conv1x1(linear(), constant),
                }
                .unwrap();
                if has_filter {
                    refined = refined.with_filter(0.4, 0.1, -0.05).unwrap();
                }
                if has_colors {
                    let mut rows = |count, scale| random.rows(count, scale);
                    let (linear, pairs, triples) = (rows(3, 0.8), rows(6, 0.2), rows(10, 0.2));
                    refined = refined
                        .with_colors(rows(1, 0.1)[0], linear, pairs, triples)
                        .unwrap();
                }
                Ok(refined.into())
            }
            Kind::Tiny { layers, scale } => {
                return Self::Tiny(decoder(random, c, layers, *scale));
            }
        };
        Self::Projection(projection.unwrap())
    }

    pub fn any(&self) -> AnyMap<'_> {
        match self {
            Self::Projection(projection) => projection.into(),
            Self::Tiny(decoder) => decoder.into(),
        }
    }

    pub fn truth(&self) -> reference::Map<'_> {
        match self {
            Self::Projection(projection) => reference::Map::Projection(projection),
            Self::Tiny(decoder) => reference::Map::Tiny(decoder),
        }
    }

    /// A polynomial with every coefficient made positive. With every latent made positive, it
    /// yields the sum of the magnitudes of all terms.
    pub fn absolute(&self) -> Option<Projection> {
        let Self::Projection(projection) = self else {
            return None;
        };
        let rows = |rows: &[[f32; 3]]| -> Vec<[f32; 3]> {
            rows.iter().map(|row| row.map(f32::abs)).collect()
        };
        let polynomial = projection.polynomial()?;
        let constant = polynomial.constant().map(f32::abs);
        let linear = rows(polynomial.linear());
        let [pairs, triples] = [polynomial.pairs(), polynomial.triples()].map(rows);
        let absolute = match polynomial.degree() {
            1 => Projection::affine(linear, constant),
            2 => Projection::quadratic(constant, linear, pairs),
            _ => Projection::cubic(constant, linear, pairs, triples),
        };
        Some(absolute.unwrap())
    }
}

fn decoder(
    random: &mut Random,
    channels: usize,
    layers: &[TinyLayer],
    scale: usize,
) -> TinyDecoder {
    let mut weights = Vec::new();
    let mut inputs = channels;
    let mut add = |count: usize, fan_in: usize| {
        let size = 1.5 / (fan_in as f32).sqrt();
        weights.extend((0..count).map(|_| random.unit() * size));
    };
    for layer in layers {
        let fan_in = inputs * layer.kernel_size * layer.kernel_size;
        add(layer.channels, 9);
        add(layer.channels * fan_in, fan_in);
        inputs = layer.channels;
    }
    add(3 * scale * scale, 9);
    add(3 * scale * scale * inputs, 4 * inputs);
    add(3 * channels, 4 * channels);
    TinyDecoder::new(channels, layers, scale, weights).unwrap()
}
