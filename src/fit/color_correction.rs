//! The color correction of a refined projection during a fit.

use super::monomials::Monomials;
use super::weights::Weights;
use crate::map::refined::COLOR_LIMIT;

const LIMIT: f64 = COLOR_LIMIT as f64;

/// R, G, B, their products by two and by three.
pub(super) const MONOMIALS: usize = 3 + 6 + 10;

/// Adds a cubic polynomial of the clamped R, G and B to them.
#[derive(Clone)]
pub(super) struct ColorCorrection {
    monomials: Monomials,
    /// All 0 at first, and held near 0.
    pub(super) weights: Weights,
}

impl ColorCorrection {
    pub(super) fn new() -> Self {
        Self {
            monomials: Monomials::new(3, 3),
            weights: Weights::zero(MONOMIALS),
        }
    }

    pub(super) fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        let monomials = self.monomials(rgb);
        let added = self.weights.predict(&monomials);
        core::array::from_fn(|o| monomials[o] + added[o])
    }

    pub(super) fn monomials(&self, rgb: [f64; 3]) -> [f64; MONOMIALS] {
        let mut values = [0.0; MONOMIALS];
        values[..3].copy_from_slice(&rgb.map(|value| value.clamp(-LIMIT, LIMIT)));
        self.monomials.complete(&mut values);
        values
    }

    /// The derivatives of the corrected R, G and B by R, G and B.
    pub(super) fn slopes(&self, rgb: [f64; 3]) -> [[f64; 3]; 3] {
        let values = self.monomials(rgb);
        let mut slopes = [[0.0; 3]; 3];
        let mut derived = [0.0; MONOMIALS];
        for m in 0..3 {
            if rgb[m].abs() > LIMIT {
                continue;
            }
            slopes[m][m] = 1.0;
            self.monomials.derive(&values, m, &mut derived);
            for (row, slope) in self.weights.rows.iter().zip(derived) {
                for (o, factor) in row.iter().enumerate() {
                    slopes[o][m] += factor * slope;
                }
            }
        }
        slopes
    }

    /// The weights of the polynomial with R, G and B added.
    pub(super) fn finish(mut self) -> Weights {
        for (o, row) in self.weights.rows[..3].iter_mut().enumerate() {
            row[o] += 1.0;
        }
        self.weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let mut correction = ColorCorrection::new();
        for (m, row) in correction.weights.rows.iter_mut().enumerate() {
            *row = [0, 1, 2].map(|o| ((m * 7 + o * 5) % 11) as f64 / 40.0 - 0.1);
        }
        for rgb in [[0.3, -0.7, 0.9], [-1.2, 0.1, 0.6], [1.3, -1.4, 0.2]] {
            let slopes = correction.slopes(rgb);
            for by in 0..3 {
                let moved = |step: f64| {
                    let mut rgb = rgb;
                    rgb[by] += step;
                    correction.apply(rgb)
                };
                let (more, less) = (moved(1e-5), moved(-1e-5));
                for o in 0..3 {
                    let expected = (more[o] - less[o]) / 2e-5;
                    assert!((slopes[o][by] - expected).abs() < 1e-6, "{rgb:?} {o} {by}");
                }
            }
        }
    }
}
