//! Symmetric positive definite systems: `A = L D L'`, without square roots.

use alloc::{vec, vec::Vec};

/// A factored matrix. Row-major; `D` is on the diagonal, `L` (whose own diagonal is
/// all ones) below it.
pub(super) struct Ldl {
    size: usize,
    rows: Vec<f64>,
}

/// The row whose pivot is too small: it adds nothing to the rows before it.
#[derive(Debug, PartialEq)]
pub(super) struct Dependent(pub(super) usize);

impl Ldl {
    /// Factors a symmetric matrix; the part above the diagonal is not read. Refuses pivots
    /// below `least`.
    pub(super) fn new(size: usize, mut rows: Vec<f64>, least: f64) -> Result<Self, Dependent> {
        let mut scaled = vec![0.0; size];
        for i in 0..size {
            let (above, from_i) = rows.split_at_mut(i * size);
            let row = &mut from_i[..size];
            // Solves L (D l) = a for the row's part left of the diagonal.
            for j in 0..i {
                let known = dot(&scaled[..j], &above[j * size..][..j]);
                scaled[j] = row[j] - known;
            }
            let mut pivot = row[i];
            for j in 0..i {
                let l = scaled[j] / above[j * size + j];
                pivot -= l * scaled[j];
                row[j] = l;
            }
            if pivot < least || pivot.is_nan() {
                return Err(Dependent(i));
            }
            row[i] = pivot;
        }
        Ok(Self { size, rows })
    }

    /// Solves `A x = b` in place.
    pub(super) fn solve(&self, b: &mut [f64]) {
        let size = self.size;
        for i in 0..size {
            b[i] -= dot(&b[..i], &self.rows[i * size..][..i]);
        }
        for i in (0..size).rev() {
            b[i] /= self.rows[i * size + i];
        }
        for i in (0..size).rev() {
            let value = b[i];
            for (b, l) in b.iter_mut().zip(&self.rows[i * size..][..i]) {
                *b -= value * l;
            }
        }
    }
}

/// The dot product, in eight sums at a time, which compilers vectorize.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_solve_the_system() {
        let value = |i: usize, k: usize| ((i * 37 + k * 101 + i * k) % 29) as f64 / 29.0 - 0.4;
        for size in [1, 2, 5, 9, 40] {
            // A covariance of made-up numbers: symmetric, positive definite.
            let product = |i, j| {
                (0..3 * size)
                    .map(|k| value(i, k) * value(j, k))
                    .sum::<f64>()
            };
            let rows: Vec<_> = (0..size * size)
                .map(|at| (at / size, at % size))
                .map(|(i, j)| product(i, j) + if i == j { 0.1 } else { 0.0 })
                .collect();
            let b: Vec<_> = (0..size).map(|i| (i as f64 - 3.0) / 2.0).collect();
            let mut x = b.clone();
            Ldl::new(size, rows.clone(), 1e-12).unwrap().solve(&mut x);
            for (row, b) in rows.chunks(size).zip(b) {
                let terms = row.iter().zip(&x).map(|(a, x)| a * x);
                // The terms cancel: what is lost is relative to the largest.
                let scale = terms
                    .clone()
                    .fold(1.0, |max: f64, term| max.max(term.abs()));
                let sum: f64 = terms.sum();
                assert!((sum - b).abs() < 1e-12 * scale * size as f64, "{sum} {b}");
            }
        }
    }

    #[test]
    fn a_dependent_row_is_named() {
        // The third row is the sum of the first two.
        let rows = vec![2.0, 0.0, 2.0, 0.0, 1.0, 1.0, 2.0, 1.0, 3.0];
        assert_eq!(Ldl::new(3, rows, 1e-12).err(), Some(Dependent(2)));
        assert_eq!(Ldl::new(1, vec![f64::NAN], 0.0).err(), Some(Dependent(0)));
    }
}
