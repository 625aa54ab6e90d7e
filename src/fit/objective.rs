//! The sum of squares that a fit minimizes.

use alloc::borrow::Cow;

use super::pairs::Pair;

/// A pair, or a disturbed copy of one, and how much it counts.
#[derive(Clone)]
pub(super) struct Example<'a> {
    pub(super) pair: Cow<'a, Pair>,
    pub(super) weight: f64,
}

/// The squared errors on examples, and a ridge that holds the parameters.
pub(super) struct Objective<'a> {
    pub(super) examples: &'a [Example<'a>],
    /// The strength of the ridge, in units of the features' variance.
    pub(super) ridge: f64,
    /// `true` if a prediction beyond a clamped target is no error.
    pub(super) clamp_aware: bool,
}

/// Half a level of 255, in decoder range. A target closer than this to the end of the range
/// counts as clamped.
const CLAMPED: f64 = 1.0 / 255.0;

impl Objective<'_> {
    /// Pixels of all examples.
    pub(super) fn pixels(&self) -> usize {
        self.examples.iter().map(|e| e.pair.target.len()).sum()
    }

    /// The weight of all pixels.
    pub(super) fn weight(&self) -> f64 {
        let weight = |e: &Example<'_>| e.weight * e.pair.target.len() as f64;
        self.examples.iter().map(weight).sum()
    }

    /// The errors of a prediction in decoder range. `None` does not count: the target is
    /// clamped, the prediction lies beyond it and shows the same color.
    pub(super) fn errors(&self, rgb: [f64; 3], target: [f32; 3]) -> [Option<f64>; 3] {
        let target = target.map(|value| 2.0 * f64::from(value) - 1.0);
        core::array::from_fn(|o| {
            let is_beyond = (target[o] >= 1.0 - CLAMPED && rgb[o] > target[o])
                || (target[o] <= CLAMPED - 1.0 && rgb[o] < target[o]);
            (!(self.clamp_aware && is_beyond)).then_some(rgb[o] - target[o])
        })
    }
}
