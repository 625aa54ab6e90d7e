//! A refined projection during a fit.

use alloc::vec::Vec;

use super::FitError;
use super::color_correction::ColorCorrection;
use super::features::Features;
use super::pairs::Pair;
use super::weights::Weights;
use crate::map::refined::TAPS;
use crate::{Projection, Refined};

/// The filter's weight at each of the 3x3 pixels: 0 center, 1 edge, 2 corner.
pub(super) const SYMMETRY: [usize; TAPS] = [2, 1, 2, 1, 0, 1, 2, 1, 2];

/// A pixel on its way through the stages.
pub(super) struct Pixel<'a> {
    pub(super) pair: &'a Pair,
    pub(super) p: usize,
    /// The affine RGB of the 3x3 pixels around it.
    pub(super) near: [[f64; 3]; TAPS],
    pub(super) filtered: [f64; 3],
}

/// The stages, whose parameters are listed in this order.
#[derive(Clone)]
pub(super) struct Model {
    pub(super) features: Features,
    /// The features' standard deviations, on which the ridge depends.
    pub(super) deviations: Vec<f64>,
    pub(super) affine: Weights,
    /// The weights of a pixel, of each of its four direct neighbors and of each of its four
    /// diagonal ones.
    pub(super) filter: Option<[f64; 3]>,
    pub(super) colors: Option<ColorCorrection>,
}

impl Model {
    pub(super) fn parameters(&self) -> impl Iterator<Item = f64> {
        let colors = self.colors.iter();
        let colors = colors.flat_map(|colors| colors.weights.parameters());
        let filter = self.filter.into_iter().flatten();
        self.affine.parameters().chain(filter).chain(colors)
    }

    /// The index of the first parameter of the color correction.
    pub(super) fn first_color(&self) -> usize {
        self.affine.parameters().count() + self.filter.iter().flatten().count()
    }

    fn parameters_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let colors = self.colors.iter_mut();
        let colors = colors.flat_map(|colors| colors.weights.parameters_mut());
        let filter = self.filter.iter_mut().flatten();
        self.affine.parameters_mut().chain(filter).chain(colors)
    }

    /// The model whose parameters differ by `change`.
    pub(super) fn moved(&self, change: &[f64]) -> Self {
        let mut model = self.clone();
        for (value, change) in model.parameters_mut().zip(change) {
            *value += change;
        }
        model
    }

    /// The filter's weight for each of the 3x3 pixels.
    pub(super) fn taps(&self) -> [f64; TAPS] {
        let weights = self.filter.unwrap_or([1.0, 0.0, 0.0]);
        SYMMETRY.map(|place| weights[place])
    }

    pub(super) fn corrected(&self, rgb: [f64; 3]) -> [f64; 3] {
        match &self.colors {
            Some(colors) => colors.apply(rgb),
            None => rgb,
        }
    }

    /// Calls `visit` with every pixel after the filter.
    pub(super) fn for_each<'p>(&self, pair: &'p Pair, mut visit: impl FnMut(Pixel<'p>)) {
        let affine = self.features.predict(&self.affine, pair);
        let taps = self.taps();
        for p in 0..affine.len() {
            let near = pair.neighbors(p).map(|q| affine[q]);
            let mut filtered = [0.0; 3];
            for (tap, rgb) in taps.iter().zip(&near) {
                for (sum, value) in filtered.iter_mut().zip(rgb) {
                    *sum += tap * value;
                }
            }
            visit(Pixel {
                pair,
                p,
                near,
                filtered,
            });
        }
    }

    /// The picture in decoder range, not clamped.
    pub(super) fn predict(&self, pair: &Pair) -> Vec<[f64; 3]> {
        let mut picture = Vec::with_capacity(pair.target.len());
        self.for_each(pair, |pixel| picture.push(self.corrected(pixel.filtered)));
        picture
    }

    /// The projection, with a filter whose weights add up to 1.
    pub(super) fn finish(mut self) -> Result<Projection, FitError> {
        // A scale can move freely between the affine stage and the filter.
        if let Some(filter) = &mut self.filter {
            let sum = filter[0] + 4.0 * (filter[1] + filter[2]);
            if sum.abs() > 1e-3 {
                filter.iter_mut().for_each(|weight| *weight /= sum);
                self.affine.parameters_mut().for_each(|value| *value *= sum);
            }
        }
        let bias = self.affine.constant_f32();
        let [factors, ..] = self.affine.rows_f32(self.features.len());
        let mut refined = if self.features.is_3x3 {
            Refined::conv3x3(factors, bias)?
        } else {
            Refined::conv1x1(factors, bias)?
        };
        if let Some(filter) = self.filter {
            let [center, edge, corner] = filter.map(|weight| weight as f32);
            refined = refined.with_filter(center, edge, corner)?;
        }
        if let Some(weights) = self.colors.map(ColorCorrection::finish) {
            let [linear, pairs, triples] = weights.rows_f32(3);
            refined = refined.with_colors(weights.constant_f32(), linear, pairs, triples)?;
        }
        Ok(refined.into())
    }
}
