//! Linear least squares that knows of clamped targets.

use alloc::{vec, vec::Vec};

use super::Meter;
use super::features::Features;
use super::ldl::{Dependent, Ldl, condition};
use super::pairs::Image;
use super::products::Products;
use crate::PreviewError;

/// An image and how much it counts.
#[derive(Clone, Copy)]
pub(super) struct Example<'a> {
    pub(super) image: &'a Image,
    pub(super) weight: f64,
}

/// A linear map of features to RGB in decoder range.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    pub(super) constant: [f64; 3],
    pub(super) rows: Vec<[f64; 3]>,
}

pub(super) struct Solution {
    pub(super) weights: Weights,
    /// Of the features after scaling, with the ridge.
    pub(super) condition: f64,
}

pub(super) struct Problem<'a> {
    pub(super) examples: &'a [Example<'a>],
    pub(super) features: Features,
    pub(super) has_constant: bool,
    pub(super) ridge: f64,
    pub(super) clamp_aware: bool,
}

/// Passes over the data for targets that are clamped.
const PASSES: usize = 60;

/// Below this share of new information a feature counts as made up of others.
const LEAST_PIVOT: f64 = 1e-10;

/// Half a level of 255, in decoder range: a target nearer than this to the end
/// of the range is clamped.
const CLAMPED: f64 = 1.0 / 255.0;

impl Weights {
    pub(super) fn predict(&self, features: &[f64]) -> [f64; 3] {
        let mut rgb = self.constant;
        for (row, value) in self.rows.iter().zip(features) {
            for (sum, factor) in rgb.iter_mut().zip(row) {
                *sum += factor * value;
            }
        }
        rgb
    }
}

/// A target in decoder range.
pub(super) fn decoder_range(display: [f32; 3]) -> [f64; 3] {
    display.map(|value| 2.0 * f64::from(value) - 1.0)
}

/// Whether a prediction is beyond the end of the range that the target is at:
/// it shows the same color, so there is no error.
pub(super) fn is_beyond(prediction: f64, target: f64) -> bool {
    (target >= 1.0 - CLAMPED && prediction > target)
        || (target <= CLAMPED - 1.0 && prediction < target)
}

impl Problem<'_> {
    /// Minimizes the weighted squares.
    ///
    /// With clamped targets, each pass replaces the targets that predictions are
    /// beyond by these predictions and solves again. The sum of squares over what
    /// is left cannot grow from one pass to the next.
    pub(super) fn solve(&self, meter: &mut Meter<'_>) -> Result<Solution, PreviewError> {
        let count = self.feature_count()?;
        let system = System::new(count, &self.gram(count), self.has_constant, self.ridge)
            .map_err(|Dependent(index)| self.dependent(index))?;
        let (mut sides, mut error) = self.right_sides(count, None);
        let mut weights = system.solve(&sides);
        for _ in 0..PASSES {
            if !self.clamp_aware {
                break;
            }
            let before = error;
            (sides, error) = self.right_sides(count, Some(&weights));
            meter.passed(error / (3.0 * system.pixels));
            weights = system.solve(&sides);
            if (before - error).abs() <= 1e-9 * error {
                break;
            }
        }
        Ok(Solution {
            weights,
            condition: system.condition(),
        })
    }

    fn feature_count(&self) -> Result<usize, PreviewError> {
        let channels = self.examples.first().map(|e| e.image.channels());
        let count = channels.and_then(|channels| self.features.count(channels));
        let pixels: usize = self.examples.iter().map(|e| e.image.target.len()).sum();
        match count {
            Some(count) if count < pixels => Ok(count),
            _ => Err(PreviewError::TooFewPixels {
                needed: count.unwrap_or(usize::MAX).saturating_add(1),
                actual: pixels,
            }),
        }
    }

    fn dependent(&self, index: usize) -> PreviewError {
        let channels = self.examples[0].image.channels();
        PreviewError::IllConditioned {
            channel: self.features.channel(channels, index),
        }
    }

    /// Calls `visit` with the features (after a leading 1), the target in
    /// decoder range and the weight of every pixel.
    fn for_each(&self, count: usize, mut visit: impl FnMut(&[f64], [f64; 3], f64)) {
        let mut row = vec![1.0; count + 1];
        for example in self.examples {
            let image = example.image;
            for (p, &target) in image.target.iter().enumerate() {
                let (y, x) = (p / image.width, p % image.width);
                self.features.write(image, y, x, &mut row[1..]);
                visit(&row, decoder_range(target), example.weight);
            }
        }
    }

    /// Sums of products of the features (after a leading 1) with each other.
    fn gram(&self, count: usize) -> Vec<f64> {
        let mut products = Products::symmetric(count + 1);
        self.for_each(count, |row, _, weight| products.add(row, row, weight));
        products.finish().to_vec()
    }

    /// The features' products with the targets, and the sum of squared errors of
    /// `weights` if there are any.
    fn right_sides(&self, count: usize, weights: Option<&Weights>) -> (Vec<[f64; 3]>, f64) {
        let mut sides = vec![[0.0; 3]; count + 1];
        let mut error = 0.0;
        self.for_each(count, |row, mut target, weight| {
            if let Some(weights) = weights {
                let prediction = weights.predict(&row[1..]);
                for (target, prediction) in target.iter_mut().zip(prediction) {
                    if is_beyond(prediction, *target) {
                        *target = prediction;
                    }
                    error += weight * (prediction - *target) * (prediction - *target);
                }
            }
            for (side, value) in sides.iter_mut().zip(row) {
                for (sum, target) in side.iter_mut().zip(target) {
                    *sum += weight * value * target;
                }
            }
        });
        (sides, error)
    }
}

/// The equations in terms of features of mean 0 (with a constant) and variance 1.
struct System {
    means: Vec<f64>,
    deviations: Vec<f64>,
    pixels: f64,
    has_constant: bool,
    matrix: Vec<f64>,
    ldl: Ldl,
}

impl System {
    fn new(count: usize, gram: &[f64], has_constant: bool, ridge: f64) -> Result<Self, Dependent> {
        let size = count + 1;
        // The first feature is 1, so its sums are the weight and the means.
        let pixels = gram[0];
        let mean = |i: usize| {
            if has_constant { gram[i] / pixels } else { 0.0 }
        };
        let means: Vec<_> = (1..size).map(mean).collect();
        let moment =
            |i: usize, j: usize| gram[(i + 1) * size + j + 1] / pixels - means[i] * means[j];
        let mut deviations = Vec::with_capacity(count);
        for (i, mean) in means.iter().enumerate() {
            let variance = moment(i, i);
            // Rounding alone leaves this much of a feature that is constant.
            let is_varied = variance > 1e-12 * (variance + mean * mean);
            if !is_varied && ridge == 0.0 {
                return Err(Dependent(i));
            }
            // With a ridge, a constant feature gets a factor of 0.
            deviations.push(if is_varied { libm::sqrt(variance) } else { 1.0 });
        }
        let mut matrix = vec![0.0; count * count];
        for i in 0..count {
            for j in 0..count {
                matrix[i * count + j] = moment(i, j) / (deviations[i] * deviations[j]);
            }
            matrix[i * count + i] += ridge;
        }
        Ok(Self {
            ldl: Ldl::new(count, matrix.clone(), LEAST_PIVOT)?,
            means,
            deviations,
            pixels,
            has_constant,
            matrix,
        })
    }

    fn solve(&self, sides: &[[f64; 3]]) -> Weights {
        let target = sides[0].map(|sum| {
            if self.has_constant {
                sum / self.pixels
            } else {
                0.0
            }
        });
        let mut weights = Weights {
            constant: target,
            rows: vec![[0.0; 3]; self.means.len()],
        };
        for o in 0..3 {
            let scales = self.means.iter().zip(&self.deviations);
            let mut column: Vec<_> = scales
                .zip(&sides[1..])
                .map(|((mean, deviation), side)| {
                    (side[o] / self.pixels - mean * target[o]) / deviation
                })
                .collect();
            self.ldl.solve(&mut column);
            for (i, value) in column.iter().enumerate() {
                let factor = value / self.deviations[i];
                weights.rows[i][o] = factor;
                weights.constant[o] -= factor * self.means[i];
            }
        }
        weights
    }

    fn condition(&self) -> f64 {
        condition(&self.matrix, &self.ldl)
    }
}
