//! Rows of latents as the net takes them.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::rows::Rows;
use crate::kernel::grid::Grid;
use crate::tiny::LATENT_LIMIT;

/// Loads row `y` of all channels. Returns whether all its latents are finite and none is
/// enormous; those that are become NaN and the limit.
pub(super) fn gather_row<S: Simd, G: Grid>(
    simd: S,
    grid: G,
    rows: &Rows,
    y: usize,
    columns: &Range<usize>,
    scratch: &mut [f32],
) -> bool {
    let mut usual = true;
    let planes = scratch[rows.row(y)..].chunks_mut(rows.step());
    for (c, plane) in planes.enumerate().take(rows.planes) {
        let places = &mut plane[1..=columns.len()];
        usual &= simd.vectorize(
            #[inline(always)]
            || {
                grid.load_row(simd, c, y, columns.start, places);
                are_usual(simd, places)
            },
        );
    }
    if !usual {
        let planes = scratch[rows.row(y)..].chunks_mut(rows.step());
        for plane in planes.take(rows.planes) {
            for place in &mut plane[1..=columns.len()] {
                *place = tamed(*place);
            }
        }
    }
    usual
}

/// Whether all are finite and none is beyond the limit.
#[inline(always)]
fn are_usual<S: Simd>(simd: S, places: &[f32]) -> bool {
    /// Makes infinities of all floats that are beyond the limit, and of no other.
    const TO_INFINITY: f32 = f32::MAX / LATENT_LIMIT;
    let (vectors, rest) = places.split_at(places.len() - places.len() % S::f32s::LEN);
    let mut poison = S::f32s::splat(simd, 0.0);
    for vector in vectors.chunks_exact(S::f32s::LEN) {
        let far = S::f32s::from_slice(simd, vector) * TO_INFINITY;
        // Zero times a finite number changes nothing, ever.
        poison = far.mul_add(0.0, poison);
    }
    poison.is_finite().all_true() && rest.iter().all(|place| place.abs() <= LATENT_LIMIT)
}

/// What the net takes instead of a latent.
fn tamed(latent: f32) -> f32 {
    if latent.is_finite() {
        latent.clamp(-LATENT_LIMIT, LATENT_LIMIT)
    } else {
        f32::NAN
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::{are_usual, tamed};
    use crate::tiny::LATENT_LIMIT;

    #[test]
    fn only_what_is_beyond_the_limit_is_changed() {
        let usual = |latent| {
            let level = Level::baseline();
            dispatch!(level, simd => are_usual(simd, &[latent; 64]))
        };
        for latent in [0.0, 1e-40, -3.5, LATENT_LIMIT, -LATENT_LIMIT] {
            assert!(usual(latent), "{latent}");
            assert_eq!(tamed(latent), latent);
        }
        let beyond = LATENT_LIMIT.next_up();
        for (latent, expected) in [(beyond, LATENT_LIMIT), (-f32::MAX, -LATENT_LIMIT)] {
            assert!(!usual(latent), "{latent}");
            assert_eq!(tamed(latent), expected);
        }
        for latent in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!usual(latent), "{latent}");
            assert!(tamed(latent).is_nan());
        }
    }
}
