//! Linear least squares with clamped targets.

use alloc::{vec, vec::Vec};

use super::FitError;
use super::features::Features;
use super::gram::Gram;
use super::ldl::{Dependent, Ldl};
use super::objective::Objective;
use super::weights::Weights;

pub(super) struct Solution {
    pub(super) weights: Weights,
    /// The features' standard deviations.
    pub(super) deviations: Vec<f64>,
}

/// The number of passes over the data for clamped targets.
const PASSES: usize = 61;

/// Below this share of new information, a feature counts as a combination of others.
const LEAST_PIVOT: f64 = 1e-10;

/// Minimizes the weighted squares.
///
/// With clamped targets, each pass replaces a target by its prediction if the prediction lies
/// beyond it, and solves again. The sum of the remaining squares cannot grow from one pass to
/// the next.
pub(super) fn solve(
    objective: &Objective<'_>,
    features: &Features,
    has_constant: bool,
    meter: &mut dyn FnMut(f64),
) -> Result<Solution, FitError> {
    let system = System::new(&gram(objective, features), has_constant, objective.ridge);
    let system = system.map_err(|Dependent(feature)| FitError::IllConditioned {
        channel: features.channel(feature),
    })?;
    // Zero weights predict the middle of the range, which is not beyond any target.
    let mut weights = Weights::zero(features.len());
    let mut before = f64::INFINITY;
    let passes = if objective.clamp_aware { PASSES } else { 1 };
    for _ in 0..passes {
        let (sides, error) = right_sides(objective, features, &weights);
        meter(error / (3.0 * system.pixels));
        weights = system.solve(&sides);
        if (before - error).abs() <= 1e-9 * error {
            break;
        }
        before = error;
    }
    Ok(Solution {
        weights,
        deviations: system.deviations,
    })
}

/// Calls `visit` with the features of every pixel and a 1 after them, the target and the
/// weight.
fn for_each(
    objective: &Objective<'_>,
    features: &Features,
    mut visit: impl FnMut(&[f64], [f32; 3], f64),
) {
    let count = features.len();
    let mut row = vec![1.0; count + 1];
    for example in objective.examples {
        for (p, &target) in example.pair.target.iter().enumerate() {
            features.write(&example.pair, p, &mut row[..count]);
            visit(&row, target, example.weight);
        }
    }
}

/// The sums of products of the features and 1 with each other.
fn gram(objective: &Objective<'_>, features: &Features) -> Vec<f64> {
    let mut gram = Gram::symmetric(features.len() + 1);
    for_each(objective, features, |row, _, weight| {
        gram.add(row, row, weight);
    });
    gram.finish()
}

/// The sums of products of the features and 1 with the targets, and the sum of squared
/// errors of `weights`.
fn right_sides(
    objective: &Objective<'_>,
    features: &Features,
    weights: &Weights,
) -> (Vec<[f64; 3]>, f64) {
    let mut sides = vec![[0.0; 3]; features.len() + 1];
    let mut squares = 0.0;
    for_each(objective, features, |row, display, weight| {
        let mut target = weights.predict(row);
        let errors = objective.errors(target, display);
        for (value, error) in target.iter_mut().zip(errors) {
            // If the error does not count, the prediction is the target.
            if let Some(error) = error {
                squares += weight * error * error;
                *value -= error;
            }
        }
        add_products(&mut sides, row, target.map(|target| weight * target));
    });
    (sides, squares)
}

/// Adds each feature's products with R, G and B. It uses no iterators, since it is hot in
/// builds without optimization as well.
fn add_products(sides: &mut [[f64; 3]], row: &[f64], [red, green, blue]: [f64; 3]) {
    let count = sides.len();
    let row = &row[..count];
    let mut i = 0;
    while i < count {
        let side = &mut sides[i];
        side[0] += row[i] * red;
        side[1] += row[i] * green;
        side[2] += row[i] * blue;
        i += 1;
    }
}

/// The equations in terms of features of mean 0 (with a constant) and variance 1.
struct System {
    means: Vec<f64>,
    deviations: Vec<f64>,
    /// The weight of all pixels.
    pixels: f64,
    has_constant: bool,
    ldl: Ldl,
}

impl System {
    fn new(gram: &[f64], has_constant: bool, ridge: f64) -> Result<Self, Dependent> {
        let size = gram.len().isqrt();
        // The last feature is 1, so its sums are the sums of the features and of the weight.
        let (count, pixels) = (size - 1, gram[gram.len() - 1]);
        let sums = gram.iter().skip(count).step_by(size);
        let mean = |sum: &f64| if has_constant { sum / pixels } else { 0.0 };
        let means: Vec<_> = sums.take(count).map(mean).collect();
        let moment = |i: usize, j: usize| gram[i * size + j] / pixels - means[i] * means[j];
        let mut deviations = Vec::with_capacity(count);
        for (i, mean) in means.iter().enumerate() {
            let variance = moment(i, i);
            // Rounding alone leaves this much variance in a constant feature.
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
            ldl: Ldl::new(count, matrix, LEAST_PIVOT)?,
            means,
            deviations,
            pixels,
            has_constant,
        })
    }

    fn solve(&self, sides: &[[f64; 3]]) -> Weights {
        let count = self.means.len();
        let mut weights = Weights::zero(count);
        if self.has_constant {
            weights.constant = sides[count].map(|sum| sum / self.pixels);
        }
        for (o, mean) in weights.constant.iter_mut().enumerate() {
            let target = *mean;
            let scaled = |i: usize| {
                (sides[i][o] / self.pixels - self.means[i] * target) / self.deviations[i]
            };
            let mut column: Vec<_> = (0..count).map(scaled).collect();
            self.ldl.solve(&mut column);
            for (i, value) in column.iter().enumerate() {
                let factor = value / self.deviations[i];
                weights.rows[i][o] = factor;
                *mean -= factor * self.means[i];
            }
        }
        weights
    }
}
