//! The same map for inputs that are scaled and shifted: `p(gain * x + offset)`.

use alloc::{vec, vec::Vec};

use super::layers::change_inputs;
use super::polynomial::{Terms, pair_count, pairs, triple_count, triples};
use super::{Coefficients, Polynomial, Projection, Refined, TinyDecoder};
use crate::PreviewError;

/// Gain and offset of each channel.
pub(super) type Inputs<'a> = &'a [(f64, f64)];

type Row = [f64; 3];

impl Projection {
    /// The projection `p` with `p(x) = self(gain * x + offset)`.
    ///
    /// The kind stays the same, but an offset turns a linear projection into an affine one.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NonFiniteCoefficient`] if a coefficient overflows.
    pub(super) fn rescaled(&self, inputs: Inputs<'_>) -> Result<Self, PreviewError> {
        let (polynomial, kind): (_, fn(Polynomial) -> Self) = match self {
            Self::Refined(refined) => return refined.rescaled(inputs).map(Self::Refined),
            Self::Linear(polynomial) if inputs.iter().all(|&(_, offset)| offset == 0.0) => {
                (polynomial, Self::Linear)
            }
            Self::Linear(polynomial) | Self::Affine(polynomial) => (polynomial, Self::Affine),
            Self::Quadratic(polynomial) => (polynomial, Self::Quadratic),
            Self::Cubic(polynomial) => (polynomial, Self::Cubic),
        };
        let [constant, linear, pairs, triples] = expand(&polynomial.terms(), inputs).map(to_f32);
        let [linear, pairs, triples] = [linear, pairs, triples].map(Coefficients::from);
        Polynomial::new(polynomial.degree(), constant[0], linear, pairs, triples).map(kind)
    }
}

impl Refined {
    fn rescaled(&self, inputs: Inputs<'_>) -> Result<Self, PreviewError> {
        let mut bias = self.bias.map(f64::from);
        let mut rows = Vec::with_capacity(self.factors.len());
        for (row, &(gain, offset)) in self.factors.iter().zip(inputs.iter().cycle()) {
            for (sum, &value) in bias.iter_mut().zip(row) {
                *sum += f64::from(value) * offset;
            }
            rows.push(row.map(|value| (f64::from(value) * gain) as f32));
        }
        let begun = Self::begin(rows.into(), bias.map(|value| value as f32), self.is_3x3)?;
        Ok(Self {
            filter: self.filter,
            colors: self.colors.clone(),
            ..begun
        })
    }
}

impl TinyDecoder {
    /// The same map for inputs `gain x + offset`, per channel.
    pub(super) fn rescaled(&self, inputs: Inputs<'_>) -> Result<Self, PreviewError> {
        let mut weights = self.weights.to_vec();
        change_inputs(&mut weights, self.layers(), self.scale, inputs);
        Self::new(self.channels, self.layers(), self.scale, weights)
    }
}

fn to_f32(rows: Vec<Row>) -> Vec<[f32; 3]> {
    let round = |row: Row| row.map(|value| value as f32);
    rows.into_iter().map(round).collect()
}

/// The rows of degree 0 to 3 after the substitution.
///
/// A product of `gain x + offset` multiplies out to the sum, over all subsets of its factors,
/// of the product of that subset. It is computed in `f64`, so that the coefficients are rounded
/// once.
fn expand(polynomial: &Terms<'_>, inputs: Inputs<'_>) -> [Vec<Row>; 4] {
    let channels = polynomial.channels();
    let mut rows = [
        vec![polynomial.constant.map(f64::from)],
        vec![[0.0; 3]; channels],
        vec![[0.0; 3]; polynomial.pairs.len()],
        vec![[0.0; 3]; polynomial.triples.len()],
    ];
    let mut add = |factors: &[usize], row: &[f32; 3]| {
        for subset in 0..1_usize << factors.len() {
            let mut kept = [0; 3];
            let mut degree = 0;
            let mut weight = 1.0;
            for (bit, &channel) in factors.iter().enumerate() {
                let (gain, offset) = inputs[channel];
                if subset >> bit & 1 == 1 {
                    weight *= gain;
                    kept[degree] = channel;
                    degree += 1;
                } else {
                    weight *= offset;
                }
            }
            let place = &mut rows[degree][position(channels, &kept[..degree])];
            for (sum, &value) in place.iter_mut().zip(row) {
                *sum += weight * f64::from(value);
            }
        }
    };
    for (i, row) in polynomial.linear.iter().enumerate() {
        add(&[i], row);
    }
    for (factors, row) in pairs(channels).zip(polynomial.pairs) {
        add(&factors, row);
    }
    for (factors, row) in triples(channels).zip(polynomial.triples) {
        add(&factors, row);
    }
    rows
}

/// The place of a product's row among those of its degree; the factors do not decrease.
fn position(channels: usize, factors: &[usize]) -> usize {
    match *factors {
        [i] => i,
        // All pairs before those that start at `i`, then `j` from `i` on.
        [i, j] => pair_count(channels) - pair_count(channels - i) + (j - i),
        [i, j, k] => {
            triple_count(channels) - triple_count(channels - i)
                + position(channels - i, &[j - i, k - i])
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_in_order() {
        for channels in 1..6 {
            for (at, factors) in pairs(channels).enumerate() {
                assert_eq!(position(channels, &factors), at);
            }
            for (at, factors) in triples(channels).enumerate() {
                assert_eq!(position(channels, &factors), at);
            }
            assert_eq!(pairs(channels).count(), pair_count(channels));
            assert_eq!(triples(channels).count(), triple_count(channels));
        }
    }

    /// The green value of a cubic, formed product by product.
    fn value(projection: &Projection, x: &[f64]) -> f64 {
        let cubic = projection.polynomial().unwrap();
        let mut sum = f64::from(cubic.constant()[1]);
        let (mut pairs, mut triples) = (cubic.pairs().iter(), cubic.triples().iter());
        for i in 0..x.len() {
            sum += f64::from(cubic.linear()[i][1]) * x[i];
            for j in i..x.len() {
                sum += f64::from(pairs.next().unwrap()[1]) * x[i] * x[j];
                for k in j..x.len() {
                    sum += f64::from(triples.next().unwrap()[1]) * x[i] * x[j] * x[k];
                }
            }
        }
        sum
    }

    #[test]
    fn a_cubic_of_changed_inputs_is_the_cubic_of_the_change() {
        let rows = |n: usize, seed: usize| -> Vec<[f32; 3]> {
            (0..n)
                .map(|i| [0.0, ((i * 37 + seed) % 23) as f32 / 16.0 - 0.7, 0.0])
                .collect()
        };
        let cubic =
            Projection::cubic([0.0, 0.25, 0.0], rows(3, 1), rows(6, 5), rows(10, 11)).unwrap();
        let inputs = [(0.5, 0.125), (-2.0, 0.75), (1.5, -1.0)];
        let changed = cubic.rescaled(&inputs).unwrap();
        assert!(matches!(changed, Projection::Cubic(..)));
        for x in [[0.0, 0.0, 0.0], [1.0, -1.0, 0.5], [0.3, 0.7, -2.0]] {
            let moved: Vec<f64> = x.iter().zip(inputs).map(|(x, (g, o))| g * x + o).collect();
            let (a, b) = (value(&changed, &x), value(&cubic, &moved));
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
