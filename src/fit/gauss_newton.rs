//! Fits all stages of a refined projection at once.
//!
//! The stages multiply each other, so steps minimize the squares. Each step treats the map as
//! linear in all its parameters around their present values (Gauss and Newton), with as much
//! damping as the squares need to shrink (Levenberg and Marquardt).

use alloc::vec::Vec;

use super::ldl::Ldl;
use super::model::Model;
use super::normal_equations::NormalEquations;
use super::objective::Objective;

/// A color correction can undo much of what the affine stage does: the pairs do not determine
/// both. This minimal ridge picks the correction nearest to none, which also stays moderate on
/// colors that the pairs do not show.
const LEAST_COLOR_RIDGE: f64 = 1e-8;

/// The largest number of steps; most fits need 10 to 20.
const STEPS: usize = 50;

/// Improves the model until steps hardly help.
pub(super) fn refine(objective: &Objective<'_>, model: &mut Model, meter: &mut dyn FnMut(f64)) {
    let ridges = ridges(objective, model);
    let mut least = cost(objective, &ridges, model);
    let mut damping = 1e-3;
    for _ in 0..STEPS {
        let (matrix, side) = normal_equations(objective, &ridges, model);
        let before = least;
        while damping < 1e6 {
            if let Some(change) = step(&matrix, &side, damping) {
                let next = model.moved(&change);
                let next_cost = cost(objective, &ridges, &next);
                if next_cost < least {
                    (*model, least) = (next, next_cost);
                    damping = (damping / 10.0).max(1e-9);
                    break;
                }
            }
            damping *= 10.0;
        }
        meter(least / (3.0 * objective.weight()));
        if before - least <= 1e-5 * before || least.is_nan() {
            break;
        }
    }
}

/// The equations of the next step: a symmetric matrix and a right side.
fn normal_equations(
    objective: &Objective<'_>,
    ridges: &[f64],
    model: &Model,
) -> (Vec<f64>, Vec<f64>) {
    let mut equations = NormalEquations::new(model);
    for example in objective.examples {
        model.for_each(&example.pair, |pixel| {
            let predicted = model.corrected(pixel.filtered);
            let errors = objective.errors(predicted, example.pair.target[pixel.p]);
            equations.add(&pixel, errors, example.weight);
        });
    }
    let (mut matrix, mut side) = equations.finish();
    let size = side.len();
    for (i, (ridge, value)) in ridges.iter().zip(model.parameters()).enumerate() {
        matrix[i * size + i] += ridge;
        side[i] -= ridge * value;
    }
    (matrix, side)
}

fn cost(objective: &Objective<'_>, ridges: &[f64], model: &Model) -> f64 {
    let penalties = ridges.iter().zip(model.parameters());
    let mut cost: f64 = penalties.map(|(ridge, value)| ridge * value * value).sum();
    for example in objective.examples {
        let predicted = model.predict(&example.pair);
        for (&rgb, &target) in predicted.iter().zip(&example.pair.target) {
            let errors = objective.errors(rgb, target).into_iter().flatten();
            cost += example.weight * errors.map(|error| error * error).sum::<f64>();
        }
    }
    cost
}

/// The cost of each parameter's square: factors in units of their feature's deviation. The bias
/// and the filter cost nothing.
fn ridges(objective: &Objective<'_>, model: &Model) -> Vec<f64> {
    let pixels = objective.weight();
    let factor = |deviation: &f64| [objective.ridge * pixels * deviation * deviation; 3];
    let mut ridges: Vec<_> = model.deviations.iter().flat_map(factor).collect();
    ridges.resize(model.first_color(), 0.0);
    let colors = objective.ridge.max(LEAST_COLOR_RIDGE) * pixels;
    ridges.resize(model.parameters().count(), colors);
    ridges
}

/// The change of one damped step, if the damping is large enough for one to exist.
///
/// The matrix is scaled to ones on its diagonal, so that one damping value suits parameters of
/// every size.
fn step(matrix: &[f64], side: &[f64], damping: f64) -> Option<Vec<f64>> {
    let size = side.len();
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
    Ldl::new(size, scaled, 0.0).ok()?.solve(&mut change);
    for (change, scale) in change.iter_mut().zip(scales) {
        *change /= scale;
    }
    Some(change)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::Cow;

    use super::*;
    use crate::fit::color_correction::ColorCorrection;
    use crate::fit::disturbance::Noise;
    use crate::fit::features::Features;
    use crate::fit::objective::Example;
    use crate::fit::pairs::Pair;
    use crate::fit::weights::Weights;

    /// The right side is half the slope of the cost, downwards; the matrix is the sum of products
    /// of the predictions' slopes, and the ridges.
    #[test]
    fn equations_are_those_of_finite_differences() {
        const STEP: f64 = 1e-5;
        let mut noise = Noise::new(7);
        let mut near = |center: f64, spread: f64| center + spread * noise.normal();
        let examples = [0.7, 1.6].map(|weight| Example {
            pair: Cow::Owned(Pair {
                height: 4,
                width: 5,
                latents: (0..2 * 20).map(|_| near(0.0, 1.0) as f32).collect(),
                target: (0..20)
                    .map(|_| [0; 3].map(|_| near(0.5, 0.1) as f32))
                    .collect(),
            }),
            weight,
        });
        let objective = Objective {
            examples: &examples,
            ridge: 0.3,
            clamp_aware: false,
        };
        for is_3x3 in [false, true] {
            let features = Features::new(&objective, is_3x3, 1).unwrap();
            let mut model = Model {
                deviations: (0..features.len()).map(|i| 0.5 + 0.1 * i as f64).collect(),
                affine: Weights::zero(features.len()),
                features,
                filter: Some([0.5, 0.2, -0.1]),
                colors: Some(ColorCorrection::new()),
            };
            let mut moved =
                |model: &Model| -> Vec<_> { model.parameters().map(|_| near(0.0, 0.1)).collect() };
            model = model.moved(&moved(&model));
            let ridges = ridges(&objective, &model);
            let (matrix, side) = normal_equations(&objective, &ridges, &model);
            let size = side.len();
            for _ in 0..2 * size {
                let along = moved(&model);
                let by = |step: f64| {
                    let change: Vec<_> = along.iter().map(|value| step * value).collect();
                    model.moved(&change)
                };
                let (more, less) = (by(STEP), by(-STEP));
                let slope = |more: f64, less: f64| (more - less) / (2.0 * STEP);
                let costs = [&more, &less].map(|model| cost(&objective, &ridges, model));
                let expected = -slope(costs[0], costs[1]) / 2.0;
                let actual: f64 = side.iter().zip(&along).map(|(a, b)| a * b).sum();
                assert!((actual - expected).abs() < 1e-6, "{actual} {expected}");

                let mut expected: f64 = ridges.iter().zip(&along).map(|(r, v)| r * v * v).sum();
                for example in &examples {
                    let [more, less] = [&more, &less].map(|model| model.predict(&example.pair));
                    let pixels = more.as_flattened().iter().zip(less.as_flattened());
                    let squares = pixels.map(|(&more, &less)| slope(more, less).powi(2));
                    expected += example.weight * squares.sum::<f64>();
                }
                let rows = matrix.chunks_exact(size).zip(&along);
                let products = rows
                    .map(|(row, a)| a * row.iter().zip(&along).map(|(m, b)| m * b).sum::<f64>());
                let actual: f64 = products.sum();
                assert!(
                    (actual - expected).abs() < 1e-6 * expected,
                    "{actual} {expected}"
                );
            }
        }
    }
}
