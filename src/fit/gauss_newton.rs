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
