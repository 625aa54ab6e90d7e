//! The sum of squares that a fit makes as small as it can.

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
    /// How strong the ridge is, in units of the features' variance.
    pub(super) ridge: f64,
    /// Predictions beyond a clamped target are no errors.
    pub(super) clamp_aware: bool,
}

/// Half a level of 255, in decoder range: a target nearer than this to the end
/// of the range is clamped.
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

    /// The errors of a prediction in decoder range. `None` does not count: beyond the
    /// end of the range that its target is at, a prediction shows the same color.
    pub(super) fn errors(&self, rgb: [f64; 3], target: [f32; 3]) -> [Option<f64>; 3] {
        let target = target.map(|value| 2.0 * f64::from(value) - 1.0);
        core::array::from_fn(|o| {
            let is_beyond = (target[o] >= 1.0 - CLAMPED && rgb[o] > target[o])
                || (target[o] <= CLAMPED - 1.0 && rgb[o] < target[o]);
            (!(self.clamp_aware && is_beyond)).then_some(rgb[o] - target[o])
        })
    }
}
