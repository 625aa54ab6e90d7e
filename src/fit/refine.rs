//! Fits all stages of a refined projection at once.
//!
//! The stages multiply each other, so the squares are minimized by steps: each
//! treats the map as linear in all its parameters around their present values
//! (Gauss and Newton), damped as far as needed for the squares to shrink
//! (Levenberg and Marquardt).

use alloc::{vec, vec::Vec};

use super::Meter;
use super::ldl::Ldl;
use super::least_squares::{Example, decoder_range, is_beyond};
use super::model::{Model, identity};
use super::normal::{NormalSums, Slopes};

/// A correction of colors can undo much of what the affine stage does: the
/// pairs do not determine both. This least ridge picks the correction that is
/// the nearest to none, which also stays tame where there are no pairs.
const LEAST_COLOR_RIDGE: f64 = 1e-8;

/// Steps at most; most fits need 10 to 20.
const STEPS: usize = 50;

pub(super) struct Steps<'a> {
    pub(super) examples: &'a [Example<'a>],
    pub(super) ridge: f64,
    pub(super) clamp_aware: bool,
}

impl Steps<'_> {
    /// Improves the model until nothing much happens any more.
    pub(super) fn run(&self, model: &mut Model, meter: &mut Meter<'_>) {
        let weight = |e: &Example<'_>| e.weight * e.image.target.len() as f64;
        let samples = 3.0 * self.examples.iter().map(weight).sum::<f64>();
        let ridge = self.ridges(model);
        let mut cost = self.cost(model, &ridge);
        let mut damping = 1e-3;
        for _ in 0..STEPS {
            let (matrix, side) = self.normal_equations(model, &ridge);
            let before = cost;
            while damping < 1e6 {
                let kept = model.values.clone();
                step(&mut model.values, &matrix, &side, damping);
                let next = self.cost(model, &ridge);
                if next < cost {
                    cost = next;
                    damping = (damping / 10.0).max(1e-9);
                    break;
                }
                model.values = kept;
                damping *= 10.0;
            }
            meter.passed(cost / samples);
            if before - cost <= 1e-5 * before || cost.is_nan() {
                break;
            }
        }
    }

    /// `None` for a color that is beyond a clamped target.
    fn errors(&self, rgb: [f64; 3], target: [f32; 3]) -> [Option<f64>; 3] {
        let target = decoder_range(target);
        core::array::from_fn(|o| {
            let counts = !(self.clamp_aware && is_beyond(rgb[o], target[o]));
            counts.then(|| rgb[o] - target[o])
        })
    }

    /// The equations of the next step: a symmetric matrix and a right side.
    fn normal_equations(&self, model: &Model, ridge: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
        let size = model.values.len();
        let mut sums = NormalSums::new(model);
        let mut slopes = Slopes::new(model);
        for example in self.examples {
            let image = example.image;
            model.for_each(image, |p, near, smoothed| {
                let errors = self.errors(model.corrected(smoothed), image.target[p]);
                slopes.find(image, p, near, smoothed);
                sums.add(&slopes, errors, example.weight);
            });
        }
        let (mut matrix, mut side) = sums.finish();
        for (i, &(weight, center)) in ridge.iter().enumerate() {
            matrix[i * size + i] += weight;
            side[i] -= weight * (model.values[i] - center);
        }
        (matrix, side)
    }

    fn cost(&self, model: &Model, ridge: &[(f64, f64)]) -> f64 {
        let mut cost = 0.0;
        for example in self.examples {
            let predicted = model.predict(example.image);
            for (&rgb, &target) in predicted.iter().zip(&example.image.target) {
                let errors = self.errors(rgb, target).into_iter().flatten();
                cost += example.weight * errors.map(|e| e * e).sum::<f64>();
            }
        }
        let penalties = model.values.iter().zip(ridge);
        let penalty = |(value, (weight, center)): (&f64, &(f64, f64))| {
            weight * (value - center) * (value - center)
        };
        cost + penalties.map(penalty).sum::<f64>()
    }

    /// How much each parameter is held, and where: factors at 0 in units of
    /// their feature's deviation, the correction of colors at the identity.
    fn ridges(&self, model: &Model) -> Vec<(f64, f64)> {
        let mut sums = vec![[0.0; 2]; model.count()];
        let mut row = vec![0.0; model.count()];
        let mut pixels = 0.0;
        for example in self.examples {
            let image = example.image;
            for p in 0..image.target.len() {
                let (y, x) = (p / image.width, p % image.width);
                model.features().write(image, y, x, &mut row);
                for (sum, value) in sums.iter_mut().zip(&row) {
                    sum[0] += example.weight * value;
                    sum[1] += example.weight * value * value;
                }
                pixels += example.weight;
            }
        }
        (0..model.values.len())
            .map(|i| {
                if let Some([sum, squares]) = sums.get(i / 3) {
                    return (self.ridge * (squares - sum * sum / pixels), 0.0);
                }
                match i.checked_sub(model.colors()) {
                    Some(i) => (self.ridge.max(LEAST_COLOR_RIDGE) * pixels, identity(i)),
                    None => (0.0, 0.0),
                }
            })
            .collect()
    }
}

/// One damped step. The matrix is scaled to ones on its diagonal, so that one
/// damping suits parameters of every size.
fn step(values: &mut [f64], matrix: &[f64], side: &[f64], damping: f64) {
    let size = values.len();
    let scales: Vec<_> = (0..size)
        .map(|i| libm::sqrt(matrix[i * size + i].max(1e-12)))
        .collect();
    let mut scaled = matrix.to_vec();
    for i in 0..size {
        for j in 0..size {
            scaled[i * size + j] /= scales[i] * scales[j];
        }
        scaled[i * size + i] += damping;
    }
    let mut change: Vec<_> = side.iter().zip(&scales).map(|(b, s)| b / s).collect();
    if let Ok(ldl) = Ldl::new(size, scaled, 0.0) {
        ldl.solve(&mut change);
        for ((value, change), scale) in values.iter_mut().zip(change).zip(scales) {
            *value += change / scale;
        }
    }
}
