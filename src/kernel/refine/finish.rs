//! The last stages: the kernel over RGB and the correction of colors.

use fearless_simd::prelude::*;

use super::tile::Tile;
use crate::kernel::Encoding;
use crate::kernel::decode::pair_len;
use crate::kernel::evaluate::{Cubic, Evaluate, Map, Rgb, SmallCubic};
use crate::kernel::sink::Block;
use crate::projection::{COLOR_LIMIT, Polynomial, Smoothing, Stages};

/// What is done to a pixel of the tile.
pub(super) struct Finish<'a> {
    smoothing: Smoothing<'a>,
    colors: Colors<'a>,
    scale: f32,
    offset: f32,
}

// There is one at a time, on the stack: nothing is gained by making it small.
#[allow(clippy::large_enum_variant)]
enum Colors<'a> {
    None,
    /// With the encoding's range in the coefficients.
    Folded(SmallCubic<3>),
    /// Those that the range would make overflow.
    Plain(Polynomial<'a>),
}

impl<'a> Finish<'a> {
    pub(super) fn new<S: Simd>(simd: S, stages: &Stages<'a>, encoding: Encoding) -> Self {
        let (scale, offset) = encoding.range();
        let colors = match stages.colors {
            None => Colors::None,
            Some(polynomial) => {
                let map = Map {
                    polynomial,
                    scale,
                    offset,
                };
                if map.folds() {
                    Colors::Folded(<SmallCubic<3> as Evaluate<'_, S>>::prepare(simd, &map))
                } else {
                    Colors::Plain(polynomial)
                }
            }
        };
        Self {
            smoothing: stages.smoothing,
            colors,
            scale,
            offset,
        }
    }

    /// Finishes a row whose first pixel is at `start + 1` of the tile's planes.
    /// With `care`, a NaN among R, G and B makes all three NaN.
    pub(super) fn row<S: Simd>(
        &self,
        simd: S,
        tile: &Tile,
        start: usize,
        width: usize,
        care: bool,
        block: &mut Block,
    ) {
        simd.vectorize(
            #[inline(always)]
            || {
                for x in (0..width).step_by(pair_len::<S>()) {
                    let at = start + x;
                    // Chosen for each pair of vectors, so that what follows is compiled once.
                    let rgb = match self.smoothing {
                        Smoothing::None => tile.load(simd, at + 1),
                        Smoothing::Symmetric(weights) => tile.smooth_symmetric(simd, at, weights),
                        Smoothing::Full(rows) => tile.smooth(simd, at, rows),
                    };
                    let mut finished = self.correct(simd, rgb);
                    if care && !matches!(self.colors, Colors::None) {
                        finished = keep_nan::<S>(simd, rgb, finished);
                    }
                    block.store::<S, f32>(simd, finished, x);
                }
            },
        );
    }

    /// Corrects the colors, and brings them to the encoding's range.
    #[inline(always)]
    fn correct<S: Simd>(&self, simd: S, rgb: Rgb<S>) -> Rgb<S> {
        match &self.colors {
            Colors::None => self.in_range::<S>(rgb),
            Colors::Folded(cubic) => {
                let clamped = clamped::<S>(rgb);
                cubic.evaluate(
                    simd,
                    #[inline(always)]
                    |c| clamped[c],
                )
            }
            Colors::Plain(polynomial) => {
                let map = Map {
                    polynomial: *polynomial,
                    scale: self.scale,
                    offset: self.offset,
                };
                let clamped = clamped::<S>(rgb);
                <Cubic<'_, S> as Evaluate<'_, S>>::prepare(simd, &map).evaluate(
                    simd,
                    #[inline(always)]
                    |c| clamped[c],
                )
            }
        }
    }

    #[inline(always)]
    fn in_range<S: Simd>(&self, mut rgb: Rgb<S>) -> Rgb<S> {
        for color in &mut rgb {
            for vector in color {
                *vector = *vector * self.scale + self.offset;
            }
        }
        rgb
    }
}

#[inline(always)]
fn clamped<S: Simd>(mut rgb: Rgb<S>) -> Rgb<S> {
    for color in &mut rgb {
        for vector in color {
            *vector = vector.max(-COLOR_LIMIT).min(COLOR_LIMIT);
        }
    }
    rgb
}

/// `finished`, but NaN where one of `rgb` is.
#[inline(always)]
fn keep_nan<S: Simd>(simd: S, rgb: Rgb<S>, mut finished: Rgb<S>) -> Rgb<S> {
    let nan = S::f32s::splat(simd, f32::NAN);
    for half in 0..2 {
        let [r, g, b] = [rgb[0][half], rgb[1][half], rgb[2][half]];
        let is_number = r.simd_eq(r) & g.simd_eq(g) & b.simd_eq(b);
        for color in &mut finished {
            color[half] = is_number.select(color[half], nan);
        }
    }
    finished
}
