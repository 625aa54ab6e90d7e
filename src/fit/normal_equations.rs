//! The equations of a Gauss-Newton step of a refined projection.

use alloc::{vec, vec::Vec};

use super::gram::Gram;
use super::model::{Model, Pixel, SYMMETRY};
use crate::map::refined::TAPS;

/// The colors of the blocks of the affine stage.
const COLORS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

/// The sums of products of slopes. A slope says how a pixel's R, G and B change with a
/// parameter of the model.
///
/// A parameter of the affine stage changes one color of the filtered RGB by the filtered
/// feature, and the color correction passes this on to R, G and B. A product of two such slopes
/// is therefore a product of two features times a factor for the two colors, and the products
/// of features are formed once for each pair of colors.
///
/// The error counts as the slope of one more parameter, the last. Its products with the others
/// are the right side.
pub(super) struct NormalEquations<'a> {
    model: &'a Model,
    taps: [f64; TAPS],
    /// Products within the affine stage, for each of [`COLORS`].
    affine: [Gram; 6],
    /// Products of the affine stage and the later parameters, for R, then G, then B.
    across: Gram,
    /// Products of the later parameters, for each color that changes with them: the filter, one
    /// color's part of the color correction, the error.
    later: [Gram; 3],
    /// Which of the later parameters these are, for each color.
    places: [Vec<usize>; 3],
    // The rest is scratch space, kept so that it is allocated only once.
    /// The features of one pixel and 1.
    features: Vec<f64>,
    filtered: Vec<f64>,
    later_slopes: Vec<f64>,
    across_slopes: Vec<f64>,
}

impl<'a> NormalEquations<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let features = model.features.len() + 1;
        let later = model.parameters().count() - 3 * features + 1;
        let filter = model.filter.iter().flatten().count();
        let places = [0, 1, 2].map(|o| {
            let of_color = (filter + o..later - 1).step_by(3);
            (0..filter).chain(of_color).chain([later - 1]).collect()
        });
        let of_color = Vec::len(&places[0]);
        Self {
            model,
            taps: model.taps(),
            affine: COLORS.map(|_| Gram::symmetric(features)),
            across: Gram::new(features, 3 * later),
            later: [0, 1, 2].map(|_| Gram::symmetric(of_color)),
            places,
            features: vec![1.0; features],
            filtered: vec![0.0; features],
            later_slopes: Vec::with_capacity(of_color),
            across_slopes: vec![0.0; 3 * later],
        }
    }

    /// Adds a pixel. An error that is `None` does not count.
    pub(super) fn add(&mut self, pixel: &Pixel<'_>, errors: [Option<f64>; 3], weight: f64) {
        self.filter_features(pixel);
        let slopes = match &self.model.colors {
            Some(colors) => colors.slopes(pixel.filtered),
            None => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        };
        let mut products = [0.0; COLORS.len()];
        self.across_slopes.fill(0.0);
        for (o, (slopes, error)) in slopes.into_iter().zip(errors).enumerate() {
            let Some(error) = error else { continue };
            for (product, (j, k)) in products.iter_mut().zip(COLORS) {
                *product += slopes[j] * slopes[k];
            }
            self.find_later_slopes(pixel, slopes, error);
            let later = &self.later_slopes;
            self.later[o].add(later, later, weight);
            // Hot: see `Gram`.
            let across = &mut self.across_slopes[..];
            let count = across.len() / 3;
            let (places, later) = (&self.places[o][..], &later[..]);
            let mut k = 0;
            while k < places.len() {
                let (place, later) = (places[k], later[k]);
                across[place] += slopes[0] * later;
                across[count + place] += slopes[1] * later;
                across[2 * count + place] += slopes[2] * later;
                k += 1;
            }
        }
        self.across.add(&self.filtered, &self.across_slopes, weight);
        for (gram, product) in self.affine.iter_mut().zip(products) {
            gram.add(&self.filtered, &self.filtered, weight * product);
        }
    }

    fn filter_features(&mut self, pixel: &Pixel<'_>) {
        let count = self.model.features.len();
        self.filtered.fill(0.0);
        for (tap, p) in self.taps.into_iter().zip(pixel.pair.neighbors(pixel.p)) {
            // Without a filter, only the center counts.
            if tap == 0.0 {
                continue;
            }
            let features = &mut self.features[..count];
            self.model.features.write(pixel.pair, p, features);
            // Hot: see `Gram`.
            let mut i = 0;
            while i <= count {
                self.filtered[i] += tap * self.features[i];
                i += 1;
            }
        }
    }

    /// How a color changes with the parameters after the affine stage that it depends on, and
    /// its error.
    fn find_later_slopes(&mut self, pixel: &Pixel<'_>, slopes: [f64; 3], error: f64) {
        self.later_slopes.clear();
        if self.model.filter.is_some() {
            let mut by_filter = [0.0; 3];
            for (&place, near) in SYMMETRY.iter().zip(&pixel.near) {
                by_filter[place] += (0..3).map(|m| slopes[m] * near[m]).sum::<f64>();
            }
            self.later_slopes.extend(by_filter);
        }
        if let Some(colors) = &self.model.colors {
            let monomials = colors.monomials(pixel.filtered);
            self.later_slopes.extend_from_slice(&monomials);
            self.later_slopes.push(1.0);
        }
        self.later_slopes.push(-error);
    }

    /// The matrix, row by row, and the right side.
    pub(super) fn finish(self) -> (Vec<f64>, Vec<f64>) {
        let (features, later) = (self.filtered.len(), self.across_slopes.len() / 3);
        let size = 3 * features + later;
        let mut all = vec![0.0; size * size];
        let mut put = |i: usize, j: usize, sum| {
            all[i * size + j] = sum;
            all[j * size + i] = sum;
        };
        for (gram, (j, k)) in self.affine.into_iter().zip(COLORS) {
            for (at, sum) in gram.finish().into_iter().enumerate() {
                put(3 * (at / features) + j, 3 * (at % features) + k, sum);
            }
        }
        let first = 3 * features;
        for (at, sum) in self.across.finish().into_iter().enumerate() {
            // Ordered by feature, then by color.
            put(at / later, first + at % later, sum);
        }
        for (gram, places) in self.later.into_iter().zip(&self.places) {
            for (at, sum) in gram.finish().into_iter().enumerate() {
                let (i, j) = (places[at / places.len()], places[at % places.len()]);
                all[(first + i) * size + first + j] += sum;
            }
        }
        let (mut matrix, mut side) = (Vec::new(), Vec::new());
        for row in all[..size * (size - 1)].chunks_exact(size) {
            let (slopes, error) = row.split_at(size - 1);
            matrix.extend(slopes);
            side.extend(error);
        }
        (matrix, side)
    }
}
