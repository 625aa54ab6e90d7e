//! The check that refuses pictures that teach nothing or something wrong.

use alloc::{vec, vec::Vec};

use super::lesson::start_colors;
use crate::Previewer;
use crate::fit::FitError;
use crate::fit::gram::Gram;
use crate::fit::ldl::Ldl;
use crate::fit::pairs::Pair;

/// A picture with a smaller deviation than this has only one color: one level of 255.
const ONE_COLOR: f64 = 1.0 / 255.0;

/// The least number of pixels per unknown: a fit on fewer explains everything.
const PIXELS_PER_UNKNOWN: usize = 8;

/// If a flip leaves less than this share of the picture's unexplained variance, it is the right one.
const FLIPPED: f64 = 0.7;

/// A picture with more unexplained variance than this share ...
const UNEXPLAINED: f64 = 0.5;
/// ... and more than this share of a flip's unexplained variance belongs to another latent.
const NO_BETTER: f64 = 0.85;

/// Refuses a picture, or the frames of a clip, if it has only one color, or if the best linear
/// map explains a flipped picture as well as the picture itself.
pub(super) fn check(clip: &[Pair], start: Option<&Previewer>) -> Result<(), FitError> {
    if deviation(clip) < ONE_COLOR {
        return Err(FitError::OneColor);
    }
    let pixels: usize = clip.iter().map(|pair| pair.target.len()).sum();
    let channels = clip[0].channels();
    let uses_start = (channels + 1) * PIXELS_PER_UNKNOWN > pixels;
    if uses_start && (start.is_none() || 4 * PIXELS_PER_UNKNOWN > pixels) {
        return Ok(());
    }
    let count = if uses_start { 3 } else { channels };
    let mut gram = Gram::symmetric(count + 1 + PICTURE_COLORS);
    let mut row = vec![1.0; count + 1 + PICTURE_COLORS];
    for pair in clip {
        let colors = if uses_start {
            start_colors(start, pair)?
        } else {
            None
        };
        for p in 0..pair.target.len() {
            match &colors {
                Some(colors) => row[..3].copy_from_slice(&colors[p].map(f64::from)),
                None => pair.write_pixel(p, &mut row[..count]),
            }
            let (y, x) = (p / pair.width, p % pair.width);
            let (mirrored_y, mirrored_x) = (pair.height - 1 - y, pair.width - 1 - x);
            let sides = &mut row[count + 1..];
            let flips = [
                (y, x),
                (y, mirrored_x),
                (mirrored_y, x),
                (mirrored_y, mirrored_x),
            ];
            for (side, (y, x)) in sides.chunks_exact_mut(3).zip(flips) {
                side.copy_from_slice(&pair.target[y * pair.width + x].map(f64::from));
            }
            gram.add(&row, &row, 1.0 / pixels as f64);
        }
    }
    let Some([left, flips @ ..]) = unexplained(&gram.finish(), count + 1) else {
        return Ok(());
    };
    let flipped = flips.into_iter().fold(f64::INFINITY, f64::min);
    let is_flipped = flipped < FLIPPED * left;
    if is_flipped || (left > UNEXPLAINED && left > NO_BETTER * flipped) {
        return Err(FitError::AnotherPicture);
    }
    Ok(())
}

/// The three colors of the picture and of its three flips.
const PICTURE_COLORS: usize = 12;

/// The shares of the variance of the picture and of each flip that the inputs do not explain.
fn unexplained(sums: &[f64], size: usize) -> Option<[f64; 4]> {
    let width = size + PICTURE_COLORS;
    let mut matrix: Vec<f64> = Vec::with_capacity(size * size);
    for row in sums.chunks_exact(width).take(size) {
        matrix.extend(&row[..size]);
    }
    for value in matrix.iter_mut().step_by(size + 1) {
        *value *= 1.0 + 1e-6;
        *value += f64::MIN_POSITIVE;
    }
    let ldl = Ldl::new(size, matrix, f64::MIN_POSITIVE).ok()?;
    let (mut left, mut variance) = ([0.0; 4], [0.0; 4]);
    for side in 0..PICTURE_COLORS {
        let sum = |i: usize| sums[i * width + size + side];
        let mut column: Vec<_> = (0..size).map(sum).collect();
        ldl.solve(&mut column);
        let square = sum(size + side);
        let explained: f64 = column.iter().enumerate().map(|(i, x)| x * sum(i)).sum();
        left[side / 3] += square - explained;
        variance[side / 3] += square - sum(size - 1) * sum(size - 1);
    }
    Some(core::array::from_fn(|flip| left[flip] / variance[flip]))
}

/// The standard deviation of a clip's values, for the color in which it is largest.
fn deviation(clip: &[Pair]) -> f64 {
    let values = |o: usize| {
        clip.iter()
            .flat_map(move |pair| pair.target.iter().map(move |t| f64::from(t[o])))
    };
    let variance = |o: usize| {
        let count = values(o).count() as f64;
        let mean = values(o).sum::<f64>() / count;
        values(o)
            .map(|value| (value - mean) * (value - mean))
            .sum::<f64>()
            / count
    };
    libm::sqrt((0..3).map(variance).fold(0.0, f64::max))
}
