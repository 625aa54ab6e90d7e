//! The reference: what a preview is, in `f64` and without a thought for speed.
//!
//! Every other path is compared with this one, so it shares nothing with them:
//! it visits one pixel at a time, forms every product of channels by itself and
//! reads samples through [`Latents::get`].

use crate::projection::{COLOR_LIMIT, Plan, Polynomial, Smoothing, Stages, TAPS};
use crate::{Latents, Rounding};

/// RGB of one pixel in decoder range, not clamped.
///
/// # Panics
///
/// Outside the image.
pub(crate) fn decode(plan: &Plan<'_>, latents: &Latents<'_>, y: usize, x: usize) -> [f64; 3] {
    match plan {
        Plan::Polynomial(polynomial) => polynomial_of(polynomial, &pixel(latents, y, x)),
        Plan::Stages(stages) => refined(stages, latents, y, x),
    }
}

fn pixel(latents: &Latents<'_>, y: usize, x: usize) -> impl Fn(usize) -> f64 {
    move |c| latents.get_exact(c, y, x).expect("a position in the image")
}

fn polynomial_of(polynomial: &Polynomial<'_>, value: &impl Fn(usize) -> f64) -> [f64; 3] {
    let channels = polynomial.channels();
    let mut rgb = polynomial.constant.map(f64::from);
    let mut add = |monomial: f64, row: &[f32; 3]| {
        for (sum, &coefficient) in rgb.iter_mut().zip(row) {
            *sum += monomial * f64::from(coefficient);
        }
    };
    for (i, row) in polynomial.linear.iter().enumerate() {
        add(value(i), row);
    }
    if !polynomial.pairs.is_empty() {
        let products = (0..channels).flat_map(|i| (i..channels).map(move |j| (i, j)));
        for ((i, j), row) in products.zip(polynomial.pairs) {
            add(value(i) * value(j), row);
        }
    }
    if !polynomial.triples.is_empty() {
        let products = (0..channels)
            .flat_map(|i| (i..channels).flat_map(move |j| (j..channels).map(move |k| (i, j, k))));
        for ((i, j, k), row) in products.zip(polynomial.triples) {
            add(value(i) * value(j) * value(k), row);
        }
    }
    rgb
}

/// Every stage of every neighbor, computed anew.
fn refined(stages: &Stages<'_>, latents: &Latents<'_>, y: usize, x: usize) -> [f64; 3] {
    // The positions of the taps around a pixel, moved to the edge if beyond it.
    let neighbors = |y: usize, x: usize| {
        let near = |at: usize, size: usize| [at.saturating_sub(1), at, (at + 1).min(size - 1)];
        let (rows, columns) = (near(y, latents.height()), near(x, latents.width()));
        rows.into_iter()
            .flat_map(move |y| columns.into_iter().map(move |x| (y, x)))
    };
    let affine = |y: usize, x: usize| -> [f64; 3] {
        let mut rgb = stages.bias.map(f64::from);
        let taps = if stages.is_neighborhood {
            0..TAPS
        } else {
            4..5
        };
        for ((y, x), tap) in neighbors(y, x).skip(taps.start).zip(taps.clone()) {
            let value = pixel(latents, y, x);
            let rows = stages.tap(if stages.is_neighborhood { tap } else { 0 });
            for (c, row) in rows.iter().enumerate() {
                for (sum, &factor) in rgb.iter_mut().zip(row) {
                    *sum += value(c) * f64::from(factor);
                }
            }
        }
        rgb
    };
    let smoothed = match stages.smoothing {
        Smoothing::None => affine(y, x),
        Smoothing::Symmetric([center, edge, corner]) => {
            let mut rgb = [0.0; 3];
            let weights = [
                corner, edge, corner, edge, center, edge, corner, edge, corner,
            ];
            for ((y, x), weight) in neighbors(y, x).zip(weights) {
                for (sum, value) in rgb.iter_mut().zip(affine(y, x)) {
                    *sum += value * f64::from(weight);
                }
            }
            rgb
        }
        Smoothing::Full(rows) => {
            let mut rgb = [0.0; 3];
            for ((y, x), rows) in neighbors(y, x).zip(rows.chunks_exact(3)) {
                for (value, row) in affine(y, x).into_iter().zip(rows) {
                    for (sum, &weight) in rgb.iter_mut().zip(row) {
                        *sum += value * f64::from(weight);
                    }
                }
            }
            rgb
        }
    };
    match &stages.colors {
        None => smoothed,
        Some(_) if smoothed.iter().any(|value| value.is_nan()) => [f64::NAN; 3],
        Some(colors) => {
            let limit = f64::from(COLOR_LIMIT);
            let clamped = smoothed.map(|value| value.clamp(-limit, limit));
            polynomial_of(colors, &|i| clamped[i])
        }
    }
}

/// Decoder range to what is shown: 0 to 1, NaN as 0.
pub(crate) fn display(decoded: f64) -> f64 {
    if decoded.is_nan() {
        return 0.0;
    }
    ((decoded + 1.0) / 2.0).clamp(0.0, 1.0)
}

/// A display value as a level of a `u8`.
pub(crate) fn level(display: f64, rounding: Rounding) -> u8 {
    let scaled = display * 255.0;
    let whole = scaled as u8; // truncates
    let rest = scaled - f64::from(whole);
    let round_up = match rounding {
        Rounding::Truncate => false,
        Rounding::Nearest => rest > 0.5 || (rest == 0.5 && whole % 2 == 1),
    };
    whole + u8::from(round_up)
}
