//! The same map, of inputs that have been scaled and shifted.

use alloc::{vec, vec::Vec};

use super::polynomial::{Polynomial, pair_count, triple_count};
use super::{Plan, Projection};
use crate::PreviewError;

impl Projection {
    /// The projection `p` with `p(x) = self(gain * x + offset)`, where `input`
    /// gives each channel's gain and offset.
    ///
    /// Kinds are kept, but for a linear one that becomes affine by an offset.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NonFiniteCoefficient`] if a coefficient overflows.
    pub(crate) fn with_input(
        &self,
        input: impl Fn(usize) -> (f64, f64),
    ) -> Result<Self, PreviewError> {
        let plan = self.plan();
        let inputs: Vec<_> = (0..plan.channels()).map(input).collect();
        let polynomial = match (self, plan) {
            (Self::Refined(refined), _) => return refined.with_input(&inputs).map(Self::Refined),
            (_, Plan::Polynomial(polynomial)) => polynomial,
            (_, Plan::Stages(_)) => unreachable!("only refined projections have stages"),
        };
        let is_shifted = inputs.iter().any(|&(_, offset)| offset != 0.0);
        let [constant, linear, pairs, triples] =
            expand(&polynomial, &inputs).map(|rows| to_f32(&rows));
        let constant = constant[0];
        match self {
            Self::Linear(_) if !is_shifted => Self::linear(linear),
            Self::Linear(_) | Self::Affine(_) => Self::affine(linear, constant),
            Self::Quadratic(_) => Self::quadratic(constant, linear, pairs),
            Self::Cubic(_) | Self::Refined(_) => Self::cubic(constant, linear, pairs, triples),
        }
    }
}

type Row = [f64; 3];

fn to_f32(rows: &[Row]) -> Vec<[f32; 3]> {
    rows.iter()
        .map(|row| row.map(|value| value as f32))
        .collect()
}

/// The rows of degree 0 to 3 after the substitution.
///
/// A monomial of `gain x + offset` multiplies out to the sum, over all subsets
/// of its factors, of the monomial of that subset. In `f64`, so that the
/// coefficients are rounded once.
fn expand(polynomial: &Polynomial<'_>, inputs: &[(f64, f64)]) -> [Vec<Row>; 4] {
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

    let mut pairs = polynomial.pairs.iter();
    let mut triples = polynomial.triples.iter();
    for (i, row) in polynomial.linear.iter().enumerate() {
        add(&[i], row);
        for j in i..channels {
            if let Some(row) = pairs.next() {
                add(&[i, j], row);
            }
            for k in j..channels {
                if let Some(row) = triples.next() {
                    add(&[i, j, k], row);
                } else {
                    break;
                }
            }
        }
    }
    rows
}

/// Where the row of a monomial is among those of its degree; the factors do not
/// decrease.
fn position(channels: usize, factors: &[usize]) -> usize {
    match *factors {
        [] => 0,
        [i] => i,
        // All pairs but those that start at `i` or later, then `j` from `i` on.
        [i, j] => pair_count(channels) - pair_count(channels - i) + (j - i),
        [i, j, k] => {
            triple_count(channels) - triple_count(channels - i)
                + position(channels - i, &[j - i, k - i])
        }
        _ => unreachable!("monomials have at most three factors"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// Positions count up in the nested order that the rows have.
    #[test]
    fn positions_are_in_order() {
        for channels in 1..6 {
            let (mut pairs, mut triples) = (0, 0);
            for i in 0..channels {
                for j in i..channels {
                    assert_eq!(position(channels, &[i, j]), pairs);
                    pairs += 1;
                    for k in j..channels {
                        assert_eq!(position(channels, &[i, j, k]), triples);
                        triples += 1;
                    }
                }
            }
        }
    }

    fn value(projection: &Projection, x: &[f64]) -> f64 {
        let Plan::Polynomial(polynomial) = projection.plan() else {
            panic!("{projection:?}");
        };
        let channels = x.len();
        let mut sum = f64::from(polynomial.constant[1]);
        let (mut pairs, mut triples) = (polynomial.pairs.iter(), polynomial.triples.iter());
        for i in 0..channels {
            sum += f64::from(polynomial.linear[i][1]) * x[i];
            for j in i..channels {
                sum += f64::from(pairs.next().unwrap()[1]) * x[i] * x[j];
                for k in j..channels {
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
        let changed = cubic.with_input(|channel| inputs[channel]).unwrap();
        assert!(matches!(changed, Projection::Cubic(_)));
        for x in [[0.0, 0.0, 0.0], [1.0, -1.0, 0.5], [0.3, 0.7, -2.0]] {
            let moved: Vec<f64> = x.iter().zip(inputs).map(|(x, (g, o))| g * x + o).collect();
            let (a, b) = (value(&changed, &x), value(&cubic, &moved));
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
