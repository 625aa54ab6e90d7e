//! The last stages: the filter over RGB and the color correction.

use fearless_simd::prelude::*;

use super::tile::Tile;
use crate::kernel::block::Block;
use crate::kernel::pixelwise::{Evaluate, Nested, Rgb, Scaled, Small};
use crate::kernel::sample::pair_len;
use crate::map::Refined;
use crate::map::refined::COLOR_LIMIT;

/// The remaining work for a pixel of the tile.
pub(super) struct Finish<'a> {
    filter: Option<[f32; 3]>,
    colors: Colors<'a>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, on the stack"
)]
enum Colors<'a> {
    /// No correction: factor and offset to the range of the pixel format.
    None(f32, f32),
    /// The range is folded into the coefficients.
    Folded(Small<3, 3>),
    /// The range is not folded: it would make coefficients overflow.
    Plain(Scaled<'a>),
}

impl<'a> Finish<'a> {
    pub(super) fn new<S: Simd>(simd: S, refined: &'a Refined, (scale, offset): (f32, f32)) -> Self {
        let colors = match &refined.colors {
            None => Colors::None(scale, offset),
            Some(polynomial) => {
                let scaled = Scaled::new(polynomial.terms(), (scale, offset));
                if scaled.folds {
                    Colors::Folded(<Small<3, 3> as Evaluate<'_, S>>::prepare(simd, &scaled))
                } else {
                    Colors::Plain(scaled)
                }
            }
        };
        Self {
            filter: refined.filter,
            colors,
        }
    }

    /// Finishes a row whose first pixel is at `start + 1` of the tile's planes.
    /// With `keeps_nan`, a NaN among R, G and B makes all three NaN.
    pub(super) fn row<S: Simd>(
        &self,
        simd: S,
        tile: &Tile,
        start: usize,
        width: usize,
        keeps_nan: bool,
        block: &mut Block,
    ) {
        simd.vectorize(
            #[inline(always)]
            || {
                for x in (0..width).step_by(pair_len::<S>()) {
                    let at = start + x;
                    // Chosen for each pair of vectors, so that the other code is compiled once.
                    let rgb = match self.filter {
                        None => tile.load(simd, at + 1),
                        Some(weights) => tile.filter(simd, at, weights),
                    };
                    let mut finished = self.correct(simd, rgb);
                    if keeps_nan && !matches!(self.colors, Colors::None(..)) {
                        finished = keep_nan::<S>(simd, rgb, finished);
                    }
                    block.store::<S, f32>(simd, finished, x);
                }
            },
        );
    }

    /// Corrects the colors and brings them to the range of the pixel format.
    #[inline(always)]
    fn correct<S: Simd>(&self, simd: S, rgb: Rgb<S>) -> Rgb<S> {
        match &self.colors {
            Colors::None(scale, offset) => in_range::<S>(rgb, *scale, *offset),
            Colors::Folded(cubic) => {
                let clamped = clamped::<S>(rgb);
                cubic.evaluate(
                    simd,
                    #[inline(always)]
                    |c| clamped[c],
                )
            }
            Colors::Plain(scaled) => {
                let clamped = clamped::<S>(rgb);
                <Nested<'_, S> as Evaluate<'_, S>>::prepare(simd, scaled).evaluate(
                    simd,
                    #[inline(always)]
                    |c| clamped[c],
                )
            }
        }
    }
}

#[inline(always)]
fn in_range<S: Simd>(mut rgb: Rgb<S>, scale: f32, offset: f32) -> Rgb<S> {
    for color in &mut rgb {
        for vector in color {
            *vector = *vector * scale + offset;
        }
    }
    rgb
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
