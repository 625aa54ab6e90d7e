//! Maps fitted on pictures and drawn towards the start.
//!
//! The fit behaves as if the start had been right on some more pictures: of all kinds of
//! latents for the linear part, of all colors for the color correction. A few pictures of few
//! colors then hardly change colors that they do not show.

use alloc::{vec, vec::Vec};

use super::lesson::{Inputs, RINGS};
use super::map::Addition;
use super::table::{SIDES, Table, lacking};
use crate::fit::color_correction::{ColorCorrection, MONOMIALS};
use crate::fit::gram::Gram;
use crate::fit::ldl::Ldl;
use crate::fit::weights::Weights;

/// The assumed correlation of the latents of a pixel and of the one beside it.
const CORRELATION: f64 = 0.9;

/// A share of the diagonal's mean, added to the diagonal so that the equations have a solution.
const LEAST_RIDGE: f64 = 1e-9;

/// The weight of a color correction's reach: on colors that it has not seen, a cubic is further
/// off than a linear map.
const COLOR_REACH: f64 = 2.0;

/// The sums that all candidates of some pictures share.
pub(super) struct Fitter {
    inputs: Inputs,
    count: usize,
    /// The mean square of a channel.
    variance: f64,
    /// Sums of products of the inputs and 1, for one picture of all kinds of latents.
    prior: Vec<f64>,
    /// Sums of products of the monomials and 1, for one picture of all colors.
    cube: Vec<f64>,
    monomials: ColorCorrection,
}

impl Fitter {
    pub(super) fn new(inputs: Inputs, count: usize, tables: &[Table]) -> Self {
        let own = if inputs == Inputs::Neighborhood {
            count / 3
        } else {
            count
        };
        let variance = match inputs {
            // All colors of decoder range are equally likely.
            Inputs::StartColors => 1.0 / 3.0,
            _ => tables.iter().map(|t| t.mean_square(own)).sum::<f64>() / tables.len() as f64,
        };
        let size = count + 1;
        let mut prior = vec![0.0; size * size];
        prior[size * size - 1] = 1.0;
        let correlation = rings();
        for i in 0..count {
            for j in (i % own..count).step_by(own) {
                prior[i * size + j] = variance * correlation[i / own][j / own];
            }
        }
        let monomials = ColorCorrection::new();
        Self {
            inputs,
            count,
            variance,
            prior,
            cube: cube(&monomials),
            monomials,
        }
    }

    /// `true` if a color correction can follow: a start that is not linear has its own last stage.
    pub(super) fn can_correct_colors(&self) -> bool {
        self.inputs != Inputs::StartColors
    }

    /// Number of inputs per pixel.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The sums of products of all columns of the rows, per pixel, times `weight`.
    pub(super) fn sums(&self, table: &Table, weight: f64) -> Vec<f64> {
        let mut gram = Gram::symmetric(table.width);
        let weight = weight / table.target.len() as f64;
        table
            .pixels()
            .for_each(|(row, _)| gram.add(row, row, weight));
        gram.finish()
    }

    /// The best linear map for these sums with a pull towards the start, which counts as `pull`
    /// pictures. `None` if numbers overflow.
    pub(super) fn linear(&self, sums: &[f64], pull: f64) -> Option<Weights> {
        solve(sums, self.count, &self.prior, pull)
    }

    /// Sums for a color correction after a linear map.
    pub(super) fn color_sums(&self, table: &Table, linear: &Weights, weight: f64) -> Vec<f64> {
        let mut gram = Gram::symmetric(MONOMIALS + SIDES);
        let weight = weight / table.target.len() as f64;
        let mut row = [1.0; MONOMIALS + SIDES];
        for ((inputs, start), &target) in table.pixels().zip(&table.target) {
            let rgb = self.added(linear, inputs, start);
            let monomials = self.monomials.monomials(rgb);
            row[..MONOMIALS].copy_from_slice(&monomials);
            let clamped = core::array::from_fn(|o| monomials[o]);
            row[MONOMIALS + 1..].copy_from_slice(&lacking(clamped, target));
            gram.add(&row, &row, weight);
        }
        gram.finish()
    }

    /// The best color correction with a pull towards none.
    pub(super) fn colors(&self, sums: &[f64], pull: f64) -> Option<ColorCorrection> {
        let mut colors = self.monomials.clone();
        colors.weights = solve(sums, MONOMIALS, &self.cube, pull)?;
        Some(colors)
    }

    /// The mean squared error on a picture.
    pub(super) fn error(&self, table: &Table, addition: &Addition) -> f64 {
        table.error(table.pixels().map(|(inputs, start)| {
            let rgb = self.added(&addition.linear, inputs, start);
            match &addition.colors {
                Some(colors) => colors.apply(rgb),
                None => rgb,
            }
        }))
    }

    fn added(&self, linear: &Weights, row: &[f64], start: [f64; 3]) -> [f64; 3] {
        let added = linear.predict(&row[..self.count]);
        core::array::from_fn(|o| start[o] + added[o])
    }

    /// The mean square of an addition's change to flat areas, over all kinds of latents and
    /// colors: the harm it can do to pictures unlike those it has seen.
    pub(super) fn reach(&self, addition: &Addition) -> f64 {
        let rows = &addition.linear.rows;
        let channels = if self.inputs == Inputs::Neighborhood {
            self.count / 3
        } else {
            self.count
        };
        let mut squares: f64 = addition.linear.constant.iter().map(|c| c * c).sum();
        for channel in 0..channels {
            for o in 0..3 {
                let flat: f64 = rows
                    .iter()
                    .skip(channel)
                    .step_by(channels)
                    .map(|r| r[o])
                    .sum();
                squares += self.variance * flat * flat;
            }
        }
        if let Some(colors) = &addition.colors {
            let columns: Vec<_> = colors
                .weights
                .rows
                .iter()
                .chain([&colors.weights.constant])
                .collect();
            for (i, row) in columns.iter().enumerate() {
                for (j, other) in columns.iter().enumerate() {
                    let product: f64 = row.iter().zip(*other).map(|(a, b)| a * b).sum();
                    squares += COLOR_REACH * self.cube[i * (MONOMIALS + 1) + j] * product;
                }
            }
        }
        squares / 3.0
    }
}

/// Solves for the weights of `count` inputs and 1, from the sums of products of the inputs, 1
/// and the three sides.
fn solve(sums: &[f64], count: usize, prior: &[f64], pull: f64) -> Option<Weights> {
    let (size, width) = (count + 1, count + SIDES);
    let mut matrix = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..size {
            matrix[i * size + j] = sums[i * width + j] + pull * prior[i * size + j];
        }
    }
    let trace: f64 = matrix.iter().step_by(size + 1).sum();
    let ridge = LEAST_RIDGE * trace / size as f64;
    matrix
        .iter_mut()
        .step_by(size + 1)
        .for_each(|value| *value += ridge);
    let ldl = Ldl::new(size, matrix, f64::MIN_POSITIVE).ok()?;
    let mut weights = Weights::zero(count);
    for o in 0..3 {
        let mut column: Vec<_> = (0..size).map(|i| sums[i * width + size + o]).collect();
        ldl.solve(&mut column);
        for (row, value) in weights.rows.iter_mut().zip(&column) {
            row[o] = *value;
        }
        weights.constant[o] = column[count];
    }
    let is_finite = weights.parameters().all(f64::is_finite);
    is_finite.then_some(weights)
}

/// The correlations of the pixel, the mean of its direct neighbors and the mean of its diagonal
/// ones.
fn rings() -> [[f64; 3]; 3] {
    let mut sums = [[0.0; 3]; 3];
    for (p, &ring) in RINGS.iter().enumerate() {
        for (q, &other) in RINGS.iter().enumerate() {
            let distance = |a: usize, b: usize| a.abs_diff(b) as f64;
            let (dy, dx) = (distance(p / 3, q / 3), distance(p % 3, q % 3));
            let share = |ring| if ring == 0 { 1.0 } else { 0.25 };
            let correlation = libm::pow(CORRELATION, libm::hypot(dy, dx));
            sums[ring][other] += share(ring) * share(other) * correlation;
        }
    }
    sums
}

/// The mean products of the monomials and 1 over all colors of decoder range.
fn cube(monomials: &ColorCorrection) -> Vec<f64> {
    const LEVELS: usize = 5;
    let mut gram = Gram::symmetric(MONOMIALS + 1);
    let level = |at: usize| at as f64 / ((LEVELS - 1) as f64 / 2.0) - 1.0;
    let mut row = [1.0; MONOMIALS + 1];
    for color in 0..LEVELS * LEVELS * LEVELS {
        let rgb = [color, color / LEVELS, color / (LEVELS * LEVELS)].map(|at| level(at % LEVELS));
        row[..MONOMIALS].copy_from_slice(&monomials.monomials(rgb));
        gram.add(&row, &row, 1.0 / (LEVELS * LEVELS * LEVELS) as f64);
    }
    gram.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_correlate_by_distance() {
        let at = |distance: f64| libm::pow(CORRELATION, distance);
        let diagonal = core::f64::consts::SQRT_2;
        // The four beside make 16 pairs: 4 with themselves, 8 diagonal, 4 opposite. So do the corners.
        let beside = (4.0 + 8.0 * at(diagonal) + 4.0 * at(2.0)) / 16.0;
        let corners = (4.0 + 8.0 * at(2.0) + 4.0 * at(2.0 * diagonal)) / 16.0;
        let between = (at(1.0) + at(libm::sqrt(5.0))) / 2.0;
        let expected = [
            [1.0, at(1.0), at(diagonal)],
            [at(1.0), beside, between],
            [at(diagonal), between, corners],
        ];
        for (actual, expected) in rings().as_flattened().iter().zip(expected.as_flattened()) {
            assert!((actual - expected).abs() < 1e-12, "{actual} {expected}");
        }
    }

    /// The squares of five levels from -1 to 1 have the mean 1/2, the fourth powers 17/40.
    #[test]
    fn the_cube_has_the_moments_of_its_levels() {
        let cube = cube(&ColorCorrection::new());
        let mean = |a: usize, b: usize| cube[a * (MONOMIALS + 1) + b];
        // R, G, B, RR, RG, RB, GG, ...; the last is 1.
        let (r, g, rr, gg, one) = (0, 1, 3, 6, MONOMIALS);
        for (a, b, expected) in [
            (one, one, 1.0),
            (r, one, 0.0),
            (r, g, 0.0),
            (r, r, 0.5),
            (g, g, 0.5),
            (2, 2, 0.5),
            (rr, one, 0.5),
            (rr, gg, 0.25),
            (rr, rr, 17.0 / 40.0),
            (gg, rr, 0.25),
        ] {
            assert!(
                (mean(a, b) - expected).abs() < 1e-12,
                "{a} {b}: {}",
                mean(a, b)
            );
        }
    }
}
