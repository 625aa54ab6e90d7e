//! Fitted projections, moved to another space of the same VAE.

use std::collections::BTreeMap;

use crate::data::{Format, Map, Polynomial};

type Row = [f64; 3];

/// Gives formats the fits of those with the same VAE.
pub fn share_fits(formats: &mut [Format]) {
    for i in 0..formats.len() {
        let Some(source) = &formats[i].fitted_as else {
            continue;
        };
        let source = formats
            .iter()
            .find(|format| format.name == *source)
            .unwrap();
        let inputs = change(&formats[i], source);
        let mut fitted = source.fitted.clone();
        for fitted in &mut fitted {
            fitted.map = fitted.map.take().map(|map| moved(map, &inputs));
        }
        formats[i].fitted = fitted;
    }
}

/// Gain and offset of each channel from the space of `from` to that of `to`.
fn change(from: &Format, to: &Format) -> Vec<(f64, f64)> {
    assert_eq!(from.channels, to.channels);
    let of = |format: &Format, channel| {
        let vae = format.vae.as_ref().unwrap();
        vae.gain_and_offset(channel, format.channels)
    };
    let change = |channel| {
        let (from, to) = (of(from, channel), of(to, channel));
        (to.0 / from.0, to.1 - from.1 * to.0 / from.0)
    };
    (0..from.channels).map(change).collect()
}

/// The map of inputs that are `gain x + offset`.
fn moved(map: Map, inputs: &[(f64, f64)]) -> Map {
    match map {
        Map::Affine { factors, bias } => {
            let p = substituted(bias, &[&factors], inputs);
            Map::Affine {
                factors: p.linear,
                bias: p.constant,
            }
        }
        Map::Quadratic {
            constant,
            linear,
            pairs,
        } => {
            let p = substituted(constant, &[&linear, &pairs], inputs);
            Map::Quadratic {
                constant: p.constant,
                linear: p.linear,
                pairs: p.pairs,
            }
        }
        Map::Cubic(p) => Map::Cubic(substituted(
            p.constant,
            &[&p.linear, &p.pairs, &p.triples],
            inputs,
        )),
        Map::Refined {
            is_3x3,
            factors,
            bias,
            filter,
            colors,
        } => {
            // Each of the nine latent pixels is an input.
            let inputs: Vec<_> = inputs.iter().copied().cycle().take(factors.len()).collect();
            let p = substituted(bias, &[&factors], &inputs);
            Map::Refined {
                is_3x3,
                factors: p.linear,
                bias: p.constant,
                filter,
                colors,
            }
        }
    }
}

/// Multiplies a polynomial of `gain x + offset` out. `degrees` are the rows of its products of
/// one, two and three inputs, in the crate's order.
fn substituted(
    constant: [f32; 3],
    degrees: &[&Vec<[f32; 3]>],
    inputs: &[(f64, f64)],
) -> Polynomial {
    let mut sums: BTreeMap<Vec<usize>, Row> = BTreeMap::new();
    let mut add = |product: Vec<usize>, weight: f64, row: [f32; 3]| {
        let sum = sums.entry(product).or_default();
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += weight * f64::from(value);
        }
    };
    add(Vec::new(), 1.0, constant);
    for (degree, rows) in (1..).zip(degrees) {
        for (product, &row) in products(degree, inputs.len()).iter().zip(*rows) {
            // Each factor is either its gain times the input, or its offset.
            for choice in 0..1 << degree {
                let (mut kept, mut weight) = (Vec::new(), 1.0);
                for (bit, &input) in product.iter().enumerate() {
                    let (gain, offset) = inputs[input];
                    if choice >> bit & 1 == 1 {
                        kept.push(input);
                        weight *= gain;
                    } else {
                        weight *= offset;
                    }
                }
                add(kept, weight, row);
            }
        }
    }
    let rows = |degree| {
        let rows = sums.iter().filter(|(product, _)| product.len() == degree);
        rows.map(|(_, row)| row.map(|value| value as f32)).collect()
    };
    let constant: Vec<_> = rows(0);
    Polynomial {
        constant: constant[0],
        linear: rows(1),
        pairs: rows(2),
        triples: rows(3),
    }
}

/// Inputs that do not decrease, `degree` of them, in the order of the crate.
fn products(degree: usize, inputs: usize) -> Vec<Vec<usize>> {
    match degree {
        0 => vec![Vec::new()],
        _ => (0..inputs)
            .flat_map(|first| {
                let rest = products(degree - 1, inputs - first);
                rest.into_iter().map(move |rest| {
                    let rest = rest.into_iter().map(|input| input + first);
                    std::iter::once(first).chain(rest).collect()
                })
            })
            .collect(),
    }
}
