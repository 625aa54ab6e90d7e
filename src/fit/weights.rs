//! Linear maps to RGB.

use alloc::{vec, vec::Vec};

/// An affine map of features to RGB in decoder range.
#[derive(Clone)]
pub(super) struct Weights {
    /// For each feature, its factors for R, G and B.
    pub(super) rows: Vec<[f64; 3]>,
    pub(super) constant: [f64; 3],
}

impl Weights {
    /// The map that returns 0 for everything.
    pub(super) fn zero(features: usize) -> Self {
        Self {
            rows: vec![[0.0; 3]; features],
            constant: [0.0; 3],
        }
    }

    pub(super) fn predict(&self, features: &[f64]) -> [f64; 3] {
        // An index loop over single numbers: this is hot, in builds without optimization as
        // well.
        let count = self.rows.len();
        let (rows, features) = (&self.rows[..count], &features[..count]);
        let [mut red, mut green, mut blue] = self.constant;
        let mut i = 0;
        while i < count {
            let (row, feature) = (rows[i], features[i]);
            red += row[0] * feature;
            green += row[1] * feature;
            blue += row[2] * feature;
            i += 1;
        }
        [red, green, blue]
    }

    /// All numbers, the constant last.
    pub(super) fn parameters(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().chain([&self.constant]).flatten().copied()
    }

    pub(super) fn parameters_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let constant = core::iter::once(&mut self.constant);
        self.rows.iter_mut().chain(constant).flatten()
    }

    pub(super) fn constant_f32(&self) -> [f32; 3] {
        self.constant.map(|value| value as f32)
    }

    /// The rows of the variables, of their products by two and of their products by three.
    pub(super) fn rows_f32(&self, variables: usize) -> [Vec<[f32; 3]>; 3] {
        let to_f32 = |row: &[f64; 3]| row.map(|value| value as f32);
        let mut linear: Vec<_> = self.rows.iter().map(to_f32).collect();
        let mut pairs = linear.split_off(variables);
        let triples = pairs.split_off(pairs.len().min(variables * (variables + 1) / 2));
        [linear, pairs, triples]
    }
}
