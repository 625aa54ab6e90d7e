//! How the result of a refined projection changes with its parameters, and the
//! sums of products of that.

use alloc::{vec, vec::Vec};

use super::KernelShape;
use super::model::{LIMIT, Model, SYMMETRY, clamped, monomials, scaled_identity};
use super::pairs::Image;
use super::products::Products;
use crate::projection::TAPS;

/// How R, G and B of a pixel change with each parameter.
///
/// The affine stage has three for each feature, one of which adds it to R, one to
/// G, one to B. Unless a kernel mixes colors, they all change the smoothed RGB by
/// the same number, the smoothed feature, each in its own color.
pub(super) struct Slopes<'a> {
    model: &'a Model,
    taps: [[[f64; 3]; 3]; TAPS],
    features: Vec<f64>,
    /// The smoothed features, the constant last. Empty if colors are mixed.
    smoothed: Vec<f64>,
    /// What a feature's R, G and B add to the smoothed R, G and B, if they are.
    mixed: Vec<[[f64; 3]; 3]>,
    /// How R, G and B change with the smoothed R, G and B.
    by_smoothed: [[f64; 3]; 3],
    /// How R, G and B change with the parameters after the affine stage.
    later: [Vec<f64>; 3],
}

impl<'a> Slopes<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let rows = model.count() + 1;
        let mixes = model.shape().kernel == KernelShape::Full;
        Self {
            model,
            taps: core::array::from_fn(|tap| model.tap(tap)),
            features: vec![1.0; rows],
            smoothed: vec![0.0; if mixes { 0 } else { rows }],
            mixed: vec![[[0.0; 3]; 3]; if mixes { rows } else { 0 }],
            by_smoothed: [[0.0; 3]; 3],
            later: core::array::from_fn(|_| vec![0.0; model.len() - 3 * rows]),
        }
    }

    /// At a pixel, from the affine RGB around it and what the kernel makes of it.
    pub(super) fn find(
        &mut self,
        image: &Image,
        p: usize,
        near: &[[f64; 3]; TAPS],
        smoothed: [f64; 3],
    ) {
        self.smooth_features(image, p);
        self.by_smoothed = self.color_slopes(smoothed);
        let shape = self.model.shape();
        for (o, row) in self.later.iter_mut().enumerate() {
            let slopes = self.by_smoothed[o];
            let (kernel, colors) = row.split_at_mut(shape.kernel.parameters());
            match shape.kernel {
                KernelShape::None => {}
                KernelShape::Symmetric => {
                    kernel.fill(0.0);
                    for (near, &place) in near.iter().zip(&SYMMETRY) {
                        kernel[place] += (0..3).map(|m| slopes[m] * near[m]).sum::<f64>();
                    }
                }
                KernelShape::Full => {
                    for (i, place) in kernel.iter_mut().enumerate() {
                        *place = slopes[i % 3] * near[i / 9][i / 3 % 3];
                    }
                }
            }
            if shape.has_colors {
                colors.fill(0.0);
                for (i, monomial) in monomials(clamped(smoothed)).into_iter().enumerate() {
                    colors[3 * i + o] = monomial;
                }
            }
        }
    }

    fn smooth_features(&mut self, image: &Image, p: usize) {
        let has_kernel = self.model.shape().kernel != KernelShape::None;
        self.smoothed.fill(0.0);
        self.mixed.fill([[0.0; 3]; 3]);
        let around = image.neighbors(p / image.width, p % image.width);
        for (tap, (y, x)) in around.into_iter().enumerate() {
            if !has_kernel && tap != TAPS / 2 {
                continue;
            }
            // The constant stays behind them.
            let features = &mut self.features[..self.model.count()];
            self.model.features().write(image, y, x, features);
            let weights = &self.taps[tap];
            for (sum, feature) in self.smoothed.iter_mut().zip(&self.features) {
                *sum += weights[0][0] * feature;
            }
            for (sums, feature) in self.mixed.iter_mut().zip(&self.features) {
                for (sum, weight) in sums
                    .as_flattened_mut()
                    .iter_mut()
                    .zip(weights.as_flattened())
                {
                    *sum += weight * feature;
                }
            }
        }
    }

    /// How each of the result's R, G and B changes with the smoothed R, G and B.
    fn color_slopes(&self, smoothed: [f64; 3]) -> [[f64; 3]; 3] {
        if !self.model.shape().has_colors {
            return scaled_identity(1.0);
        }
        let mut slopes = [[0.0; 3]; 3];
        for m in 0..3 {
            if smoothed[m].abs() > LIMIT {
                continue;
            }
            // Two central differences, 1/2 and 1 either way. Combined like this
            // they are exact for polynomials up to degree 4.
            let difference = |step: f64| {
                let (mut up, mut down) = (smoothed, smoothed);
                up[m] += step;
                down[m] -= step;
                let (up, down) = (self.model.polynomial(up), self.model.polynomial(down));
                core::array::from_fn::<_, 3, _>(|o| up[o] - down[o])
            };
            let (half, whole) = (difference(0.5), difference(1.0));
            for (o, slopes) in slopes.iter_mut().enumerate() {
                slopes[m] = (8.0 * half[o] - whole[o]) / 6.0;
            }
        }
        slopes
    }

    /// How one of R, G and B changes with all parameters.
    fn write_row(&self, o: usize, row: &mut [f64]) {
        let (affine, later) = row.split_at_mut(3 * (self.model.count() + 1));
        for (row, mixed) in affine.as_chunks_mut::<3>().0.iter_mut().zip(&self.mixed) {
            for (j, place) in row.iter_mut().enumerate() {
                *place = (0..3).map(|m| self.by_smoothed[o][m] * mixed[m][j]).sum();
            }
        }
        later.copy_from_slice(&self.later[o]);
    }
}

/// The sums of products of the slopes with each other and with the errors.
pub(super) struct NormalSums {
    side: Vec<f64>,
    matrix: Matrix,
}

enum Matrix {
    /// All at once.
    Whole { products: Products, row: Vec<f64> },
    /// In blocks that share factors: a product of two parameters of the affine
    /// stage is one of two colors times one of two features, so the latter
    /// products are formed once for each pair of colors.
    Blocks {
        /// For RR, RG, RB, GG, GB, BB.
        affine: Vec<Products>,
        /// Of features with the parameters after, for R, then G, then B.
        across: Products,
        later: Products,
        /// A vector for `across`.
        row: Vec<f64>,
    },
}

/// The colors of the blocks.
const COLORS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

impl NormalSums {
    pub(super) fn new(model: &Model) -> Self {
        let (size, rows) = (model.len(), model.count() + 1);
        let later = size - 3 * rows;
        let matrix = if model.shape().kernel == KernelShape::Full {
            Matrix::Whole {
                products: Products::symmetric(size),
                row: vec![0.0; size],
            }
        } else {
            Matrix::Blocks {
                affine: COLORS.map(|_| Products::symmetric(rows)).into(),
                across: Products::new(rows, 3 * later),
                later: Products::symmetric(later),
                row: vec![0.0; 3 * later],
            }
        };
        Self {
            side: vec![0.0; size],
            matrix,
        }
    }

    /// Adds a pixel. An error that is `None` does not count.
    pub(super) fn add(&mut self, slopes: &Slopes<'_>, errors: [Option<f64>; 3], weight: f64) {
        match &mut self.matrix {
            Matrix::Whole { products, row } => {
                for (o, error) in errors.into_iter().enumerate() {
                    let Some(error) = error else { continue };
                    slopes.write_row(o, row);
                    products.add(row, row, weight);
                    add_scaled(&mut self.side, row, -weight * error);
                }
            }
            Matrix::Blocks {
                affine,
                across,
                later,
                row,
            } => {
                let counts = errors.map(|error| f64::from(u8::from(error.is_some())));
                let by = &slopes.by_smoothed;
                for (products, (j, k)) in affine.iter_mut().zip(COLORS) {
                    let factor: f64 = (0..3).map(|o| counts[o] * by[o][j] * by[o][k]).sum();
                    products.add(&slopes.smoothed, &slopes.smoothed, weight * factor);
                }
                row.fill(0.0);
                let (affine_side, later_side) = self.side.split_at_mut(3 * slopes.smoothed.len());
                for (o, error) in errors.into_iter().enumerate() {
                    let (Some(error), values) = (error, &slopes.later[o]) else {
                        continue;
                    };
                    later.add(values, values, weight);
                    add_scaled(later_side, values, -weight * error);
                    for (j, row) in row.chunks_exact_mut(values.len().max(1)).enumerate() {
                        add_scaled(row, values, by[o][j]);
                    }
                    for (side, feature) in affine_side.chunks_exact_mut(3).zip(&slopes.smoothed) {
                        add_scaled(side, &by[o], -weight * error * feature);
                    }
                }
                across.add(&slopes.smoothed, row, weight);
            }
        }
    }

    /// The matrix, row by row, and the right side.
    pub(super) fn finish(self) -> (Vec<f64>, Vec<f64>) {
        let size = self.side.len();
        let matrix = match self.matrix {
            Matrix::Whole { mut products, .. } => products.finish().to_vec(),
            Matrix::Blocks {
                mut affine,
                mut across,
                mut later,
                row,
            } => {
                let later_size = row.len() / 3;
                let rows = (size - later_size) / 3;
                let mut matrix = vec![0.0; size * size];
                for (products, (j, k)) in affine.iter_mut().zip(COLORS) {
                    for (at, &sum) in products.finish().iter().enumerate() {
                        let (f, g) = (at / rows, at % rows);
                        matrix[(3 * f + j) * size + 3 * g + k] = sum;
                        matrix[(3 * g + k) * size + 3 * f + j] = sum;
                    }
                }
                for (at, &sum) in across.finish().iter().enumerate() {
                    let (f, rest) = (at / row.len(), at % row.len());
                    let (j, q) = (rest / later_size, 3 * rows + rest % later_size);
                    matrix[(3 * f + j) * size + q] = sum;
                    matrix[q * size + 3 * f + j] = sum;
                }
                for (at, &sum) in later.finish().iter().enumerate() {
                    let (p, q) = (at / later_size, at % later_size);
                    matrix[(3 * rows + p) * size + 3 * rows + q] = sum;
                }
                matrix
            }
        };
        (matrix, self.side)
    }
}

fn add_scaled(sums: &mut [f64], values: &[f64], factor: f64) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}
