//! The reference: what a preview is, in `f64` and without a thought for speed.
//!
//! Every other path is compared with this one, so it shares nothing with them:
//! it visits one pixel at a time, forms every product of channels by itself and
//! reads samples through [`Latents::get`].

use crate::projection::Polynomial;
use crate::{Latents, Rounding};

/// RGB of one pixel in decoder range, not clamped.
///
/// # Panics
///
/// Outside the image.
pub(crate) fn decode(
    polynomial: &Polynomial<'_>,
    latents: &Latents<'_>,
    y: usize,
    x: usize,
) -> [f64; 3] {
    let channels = latents.channels();
    let value = |c| f64::from(latents.get(c, y, x).expect("a position in the image"));

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
