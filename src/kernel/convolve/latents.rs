//! Rows of latents, prepared for the first layer.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::rows::Rows;
use crate::kernel::source::Source;
use crate::map::tiny::LATENT_LIMIT;

/// Loads row `y` of all channels. Returns `true` if all its latents are finite and within the
/// limit. Others are replaced: infinities by NaN, finite ones by the limit.
pub(super) fn load_row<S: Simd>(
    simd: S,
    source: &Source<'_>,
    rows: &Rows,
    y: usize,
    columns: &Range<usize>,
    scratch: &mut [f32],
) -> bool {
    let first = y * source.width + columns.start;
    let places = &mut scratch[rows.row(y) + 1..];
    let pixels = first..first + columns.len();
    source.load(simd, 0..rows.planes, pixels, places, rows.step());
    let planes = places.chunks_mut(rows.step()).take(rows.planes);
    let are_all_within = simd.vectorize(
        #[inline(always)]
        || {
            let mut are_within = true;
            for plane in planes {
                are_within &= are_within_limit(simd, &plane[..columns.len()]);
            }
            are_within
        },
    );
    if !are_all_within {
        for plane in places.chunks_mut(rows.step()).take(rows.planes) {
            for place in &mut plane[..columns.len()] {
                *place = limited(*place);
            }
        }
    }
    are_all_within
}

/// A factor that turns all floats beyond the limit into infinities, and no others.
const TO_INFINITY: f32 = f32::MAX / LATENT_LIMIT;

/// `true` if all latents are finite and none is beyond the limit.
#[inline(always)]
fn are_within_limit<S: Simd>(simd: S, places: &[f32]) -> bool {
    let (vectors, rest) = places.split_at(places.len() - places.len() % S::f32s::LEN);
    let mut poison = S::f32s::splat(simd, 0.0);
    for vector in vectors.chunks_exact(S::f32s::LEN) {
        let far = S::f32s::from_slice(simd, vector) * TO_INFINITY;
        // Zero times a finite number never changes the sum.
        poison = far.mul_add(0.0, poison);
    }
    poison.is_finite().all_true() && rest.iter().all(|place| place.abs() <= LATENT_LIMIT)
}

/// A latent, prepared for the first layer.
fn limited(latent: f32) -> f32 {
    if latent.is_finite() {
        latent.clamp(-LATENT_LIMIT, LATENT_LIMIT)
    } else {
        f32::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::{LATENT_LIMIT, TO_INFINITY, limited};

    #[test]
    fn only_numbers_beyond_the_limit_are_changed() {
        let is_within = |latent: f32| (latent * TO_INFINITY).is_finite();
        for latent in [0.0, 1e-40, -3.5, LATENT_LIMIT, -LATENT_LIMIT] {
            assert!(is_within(latent), "{latent}");
            assert_eq!(limited(latent), latent);
        }
        let beyond = LATENT_LIMIT.next_up();
        for (latent, expected) in [(beyond, LATENT_LIMIT), (-f32::MAX, -LATENT_LIMIT)] {
            assert!(!is_within(latent), "{latent}");
            assert_eq!(limited(latent), expected);
        }
        for latent in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!is_within(latent), "{latent}");
            assert!(limited(latent).is_nan());
        }
    }
}
