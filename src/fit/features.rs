//! The numbers that a fit multiplies by coefficients.

use alloc::{vec, vec::Vec};

use super::FitError;
use super::monomials::Monomials;
use super::objective::Objective;
use super::pairs::Pair;
use super::weights::Weights;
use crate::map::refined::TAPS;

/// The features of a pixel, in the order of a projection's coefficients: the channels of the
/// pixel, or of the 3x3 pixels around it in turn, and their products up to a degree.
#[derive(Clone)]
pub(super) struct Features {
    channels: usize,
    pub(super) is_3x3: bool,
    monomials: Monomials,
}

impl Features {
    /// Fails if there are too few pixels for the weights of the features, or too many weights.
    pub(super) fn new(
        objective: &Objective<'_>,
        is_3x3: bool,
        degree: usize,
    ) -> Result<Self, FitError> {
        let channels = objective.examples[0].pair.channels();
        let variables = channels.saturating_mul(if is_3x3 { TAPS } else { 1 });
        let needed = Monomials::count(variables, degree);
        let actual = objective.pixels();
        let limit = 10_000;
        if needed > limit {
            return Err(FitError::TooManyUnknowns { needed, limit });
        }
        if needed > actual {
            return Err(FitError::TooFewPixels { needed, actual });
        }
        Ok(Self {
            channels,
            is_3x3,
            monomials: Monomials::new(variables, degree),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.monomials.len()
    }

    /// The channel of a feature (the last one of a product).
    pub(super) fn channel(&self, feature: usize) -> usize {
        self.monomials.last_variable(feature) % self.channels
    }

    pub(super) fn write(&self, pair: &Pair, p: usize, out: &mut [f64]) {
        if self.is_3x3 {
            for (out, p) in out.chunks_exact_mut(self.channels).zip(pair.neighbors(p)) {
                pair.write_pixel(p, out);
            }
        } else {
            pair.write_pixel(p, &mut out[..self.channels]);
        }
        self.monomials.complete(out);
    }

    /// The picture that weights make of a latent, in decoder range.
    pub(super) fn predict(&self, weights: &Weights, pair: &Pair) -> Vec<[f64; 3]> {
        let mut features = vec![0.0; self.len()];
        let mut predict = |p| {
            self.write(pair, p, &mut features);
            weights.predict(&features)
        };
        (0..pair.target.len()).map(&mut predict).collect()
    }
}
