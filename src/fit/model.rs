//! A refined projection while it is fitted: its parameters, and what it makes of latents.

use alloc::{vec, vec::Vec};

use super::features::{Features, write_products};
use super::least_squares::Weights;
use super::pairs::Image;
use super::{KernelShape, RefinedShape};
use crate::projection::{COLOR_LIMIT, TAPS};
use crate::{PreviewError, Projection, Refined};

/// RGB, its products by two and by three, and 1.
const MONOMIALS: usize = 20;

/// Where the weights of a symmetric kernel are used: 0 center, 1 edge, 2 corner.
pub(super) const SYMMETRY: [usize; TAPS] = [2, 1, 2, 1, 0, 1, 2, 1, 2];

pub(super) const LIMIT: f64 = COLOR_LIMIT as f64;

/// The parameters in one list: rows of the affine stage, its bias, the kernel,
/// the correction of colors.
pub(super) struct Model {
    shape: RefinedShape,
    features: Features,
    /// Of the affine stage.
    count: usize,
    pub(super) values: Vec<f64>,
}

impl KernelShape {
    pub(super) const fn parameters(self) -> usize {
        match self {
            Self::None => 0,
            Self::Symmetric => 3,
            Self::Full => 9 * TAPS,
        }
    }
}

impl Model {
    /// An affine map that nothing is done to afterwards.
    pub(super) fn new(shape: RefinedShape, affine: &Weights) -> Self {
        let mut model = Self {
            shape: RefinedShape {
                has_colors: false,
                ..shape
            },
            features: features(shape),
            count: affine.rows.len(),
            values: affine.rows.as_flattened().to_vec(),
        };
        model.values.extend(affine.constant);
        match shape.kernel {
            KernelShape::None => {}
            KernelShape::Symmetric => model.values.extend([1.0, 0.0, 0.0]),
            KernelShape::Full => {
                let middle = 9 * (TAPS / 2)..9 * (TAPS / 2 + 1);
                let is_same = |i: usize| middle.contains(&i) && [0, 4, 8].contains(&(i % 9));
                let rows = (0..9 * TAPS).map(|i| f64::from(u8::from(is_same(i))));
                model.values.extend(rows);
            }
        }
        model
    }

    /// Adds a correction of colors that leaves them as they are.
    pub(super) fn add_colors(&mut self) {
        self.shape.has_colors = true;
        self.values.extend((0..3 * MONOMIALS).map(identity));
    }

    pub(super) const fn shape(&self) -> RefinedShape {
        self.shape
    }

    pub(super) const fn features(&self) -> Features {
        self.features
    }

    /// Features of the affine stage, without the constant.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// All parameters.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    const fn bias(&self) -> usize {
        3 * self.count
    }

    const fn kernel(&self) -> usize {
        self.bias() + 3
    }

    pub(super) const fn colors(&self) -> usize {
        self.kernel() + self.shape.kernel.parameters()
    }

    /// RGB after the affine stage, at every pixel.
    fn affine(&self, image: &Image) -> Vec<[f64; 3]> {
        let weights = Weights {
            constant: triple(&self.values, self.bias()),
            rows: (0..self.count)
                .map(|i| triple(&self.values, 3 * i))
                .collect(),
        };
        let mut row = vec![0.0; self.count];
        (0..image.target.len())
            .map(|p| {
                let (y, x) = (p / image.width, p % image.width);
                self.features.write(image, y, x, &mut row);
                weights.predict(&row)
            })
            .collect()
    }

    /// What a neighbor's RGB adds to RGB: a row for each of its R, G and B.
    pub(super) fn tap(&self, tap: usize) -> [[f64; 3]; 3] {
        let kernel = &self.values[self.kernel()..];
        match self.shape.kernel {
            KernelShape::None => scaled_identity(f64::from(u8::from(tap == TAPS / 2))),
            KernelShape::Symmetric => scaled_identity(kernel[SYMMETRY[tap]]),
            KernelShape::Full => core::array::from_fn(|row| triple(kernel, 9 * tap + 3 * row)),
        }
    }

    /// RGB of one pixel after the kernel.
    fn smoothed(&self, taps: &[[[f64; 3]; 3]; TAPS], near: &[[f64; 3]; TAPS]) -> [f64; 3] {
        if self.shape.kernel == KernelShape::None {
            return near[TAPS / 2];
        }
        let mut rgb = [0.0; 3];
        for (tap, near) in taps.iter().zip(near) {
            for (row, value) in tap.iter().zip(near) {
                for (sum, weight) in rgb.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
        rgb
    }

    pub(super) fn corrected(&self, rgb: [f64; 3]) -> [f64; 3] {
        if self.shape.has_colors {
            self.polynomial(clamped(rgb))
        } else {
            rgb
        }
    }

    pub(super) fn polynomial(&self, rgb: [f64; 3]) -> [f64; 3] {
        let mut out = [0.0; 3];
        for (i, monomial) in monomials(rgb).iter().enumerate() {
            let row = triple(&self.values, self.colors() + 3 * i);
            for (sum, factor) in out.iter_mut().zip(row) {
                *sum += monomial * factor;
            }
        }
        out
    }

    /// Calls `visit` with the position of every pixel, the affine RGB around it
    /// and the result.
    pub(super) fn for_each(
        &self,
        image: &Image,
        mut visit: impl FnMut(usize, &[[f64; 3]; TAPS], [f64; 3]),
    ) {
        let affine = self.affine(image);
        let taps = core::array::from_fn(|tap| self.tap(tap));
        for p in 0..image.target.len() {
            let near = image
                .neighbors(p / image.width, p % image.width)
                .map(|(y, x)| affine[y * image.width + x]);
            let smoothed = self.smoothed(&taps, &near);
            visit(p, &near, smoothed);
        }
    }

    /// The picture in decoder range, not clamped.
    pub(super) fn predict(&self, image: &Image) -> Vec<[f64; 3]> {
        let mut picture = Vec::with_capacity(image.target.len());
        self.for_each(image, |_, _, rgb| picture.push(self.corrected(rgb)));
        picture
    }

    /// As a projection, with a kernel whose weights add up to 1.
    pub(super) fn finish(mut self) -> Result<Projection, PreviewError> {
        if self.shape.kernel == KernelShape::Symmetric {
            let at = self.kernel();
            let sum: f64 = SYMMETRY.iter().map(|&i| self.values[at + i]).sum();
            if sum.abs() > 1e-3 {
                self.values[..at].iter_mut().for_each(|value| *value *= sum);
                self.values[at..at + 3]
                    .iter_mut()
                    .for_each(|value| *value /= sum);
            }
        }
        let values: Vec<_> = self.values.iter().map(|&value| value as f32).collect();
        let rows = |from: usize, count: usize| values[from..from + 3 * count].as_chunks::<3>().0;
        let bias = rows(self.bias(), 1)[0];
        let factors = rows(0, self.count).to_vec();
        let mut refined = if self.shape.is_neighborhood {
            Refined::neighborhood(factors, bias)?
        } else {
            Refined::pixelwise(factors, bias)?
        };
        refined = match self.shape.kernel {
            KernelShape::None => refined,
            KernelShape::Symmetric => {
                let [center, edge, corner] = rows(self.kernel(), 1)[0];
                refined.with_symmetric_kernel(center, edge, corner)?
            }
            KernelShape::Full => refined.with_kernel(rows(self.kernel(), 3 * TAPS).to_vec())?,
        };
        if self.shape.has_colors {
            let at = self.colors();
            refined = refined.with_colors(
                rows(at, 1)[0],
                rows(at + 3, 3).to_vec(),
                rows(at + 12, 6).to_vec(),
                rows(at + 30, 10).to_vec(),
            )?;
        }
        Ok(refined.into())
    }
}

pub(super) const fn features(shape: RefinedShape) -> Features {
    if shape.is_neighborhood {
        Features::Neighborhood
    } else {
        Features::Pixel
    }
}

fn triple(values: &[f64], at: usize) -> [f64; 3] {
    [values[at], values[at + 1], values[at + 2]]
}

pub(super) fn scaled_identity(scale: f64) -> [[f64; 3]; 3] {
    core::array::from_fn(|i| core::array::from_fn(|j| if i == j { scale } else { 0.0 }))
}

/// The coefficients of a correction that changes nothing: rows 1, R, G, B, ...
pub(super) fn identity(index: usize) -> f64 {
    f64::from(u8::from([3, 7, 11].contains(&index)))
}

pub(super) fn clamped(rgb: [f64; 3]) -> [f64; 3] {
    rgb.map(|value| value.clamp(-LIMIT, LIMIT))
}

/// 1, R, G, B and their products.
pub(super) fn monomials(rgb: [f64; 3]) -> [f64; MONOMIALS] {
    let mut out = [1.0; MONOMIALS];
    out[1..4].copy_from_slice(&rgb);
    write_products(&rgb, true, &mut out[4..]);
    out
}
