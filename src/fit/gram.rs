//! Sums of products of the elements of vectors.

use alloc::{vec, vec::Vec};

/// The number of vector pairs that are added to the sums at a time.
const BATCH: usize = 8;

/// A Gram matrix: `sums[i][j]` adds up `left[i] * right[j]` over many pairs of vectors.
pub(super) struct Gram {
    columns: usize,
    /// True if only `j >= i` is computed.
    is_symmetric: bool,
    sums: Vec<f64>,
    /// Vectors that wait to be added.
    left: Vec<f64>,
    right: Vec<f64>,
    /// The weights of these pairs.
    weights: Vec<f64>,
}

impl Gram {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        Self {
            columns,
            is_symmetric: false,
            sums: vec![0.0; rows * columns],
            left: Vec::with_capacity(BATCH * rows),
            right: Vec::with_capacity(BATCH * columns),
            weights: Vec::with_capacity(BATCH),
        }
    }

    /// For pairs of a vector with itself.
    pub(super) fn symmetric(size: usize) -> Self {
        Self {
            is_symmetric: true,
            ..Self::new(size, size)
        }
    }

    /// Adds `weight * left * right`.
    pub(super) fn add(&mut self, left: &[f64], right: &[f64], weight: f64) {
        self.left.extend_from_slice(left);
        self.right.extend_from_slice(right);
        self.weights.push(weight);
        if self.weights.len() == BATCH {
            self.add_waiting();
        }
    }

    /// Adds several pairs at a time, so that each sum is loaded and stored once for all of
    /// them.
    ///
    /// A fit spends nearly all its time here. Without optimization, each call of an iterator, a
    /// closure or a range takes longer than a product, so the loops make no such call.
    fn add_waiting(&mut self) {
        let columns = self.columns;
        let rows = self.sums.len() / columns;
        self.left.resize(BATCH * rows, 0.0);
        self.right.resize(BATCH * columns, 0.0);
        self.weights.resize(BATCH, 0.0);
        let left = &self.left[..BATCH * rows];
        let weights: [f64; BATCH] = core::array::from_fn(|b| self.weights[b]);
        let [r0, r1, r2, r3, r4, r5, r6, r7]: [&[f64]; BATCH] =
            core::array::from_fn(|b| &self.right[b * columns..][..columns]);
        let mut i = 0;
        while i < rows {
            let l0 = left[i] * weights[0];
            let l1 = left[rows + i] * weights[1];
            let l2 = left[2 * rows + i] * weights[2];
            let l3 = left[3 * rows + i] * weights[3];
            let l4 = left[4 * rows + i] * weights[4];
            let l5 = left[5 * rows + i] * weights[5];
            let l6 = left[6 * rows + i] * weights[6];
            let l7 = left[7 * rows + i] * weights[7];
            let sums = &mut self.sums[i * columns..][..columns];
            let mut j = if self.is_symmetric { i } else { 0 };
            while j < columns {
                let first = l0 * r0[j] + l1 * r1[j] + l2 * r2[j] + l3 * r3[j];
                sums[j] += first + l4 * r4[j] + l5 * r5[j] + l6 * r6[j] + l7 * r7[j];
                j += 1;
            }
            i += 1;
        }
        self.left.clear();
        self.right.clear();
        self.weights.clear();
    }

    /// The sums, row by row.
    pub(super) fn finish(mut self) -> Vec<f64> {
        self.add_waiting();
        if self.is_symmetric {
            for i in 0..self.columns {
                for j in 0..i {
                    self.sums[i * self.columns + j] = self.sums[j * self.columns + i];
                }
            }
        }
        self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_single_products() {
        let value = |i: usize, n: usize| ((i * 31 + n * 17) % 23) as f64 - 11.0;
        // Whole batches, a part of one and none at all.
        for count in [0, 3, 8, 21] {
            let vectors = |length: usize, n: usize| -> Vec<f64> {
                (0..length).map(|i| value(i, n)).collect()
            };
            let mut different = Gram::new(3, 5);
            let mut symmetric = Gram::symmetric(4);
            for n in 0..count {
                different.add(&vectors(3, n), &vectors(5, n + 7), 0.5);
                symmetric.add(&vectors(4, n), &vectors(4, n), -2.0);
            }
            let sum = |i, j, skip, weight| -> f64 {
                let products = (0..count).map(|n| value(i, n) * value(j, n + skip));
                weight * products.sum::<f64>()
            };
            for (at, &actual) in different.finish().iter().enumerate() {
                assert!((actual - sum(at / 5, at % 5, 7, 0.5)).abs() < 1e-9);
            }
            for (at, &actual) in symmetric.finish().iter().enumerate() {
                assert!((actual - sum(at / 4, at % 4, 0, -2.0)).abs() < 1e-9);
            }
        }
    }
}
