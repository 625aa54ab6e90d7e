//! The hot loop: load, evaluate, put.

use fearless_simd::prelude::*;

use super::{Evaluate, Scaled};
use crate::kernel::block::Put;
use crate::kernel::check::Check;
use crate::kernel::level::registers;
use crate::kernel::sample::pair_len;
use crate::kernel::source::Load;

/// Takes pixels from planes through a polynomial to their place.
///
/// `count` is at least a pair of vectors. A rest smaller than a pair becomes one: some pixels
/// are done twice. Returns `false` if a latent was NaN or infinite, and perhaps if one was
/// enormous.
#[inline(always)]
pub(in crate::kernel) fn hot_loop<'a, S: Simd, E: Evaluate<'a, S>, L: Load, P: Put>(
    simd: S,
    polynomial: &Scaled<'a>,
    planes: L,
    count: usize,
    mut place: P,
) -> bool {
    simd.vectorize(
        #[inline(always)]
        move || {
            let map = E::prepare(simd, polynomial);
            let last = count - pair_len::<S>();
            let mut check = Check::new(simd);
            let mut first = 0;
            if const { E::BY_GROUP && registers::<S>() == 32 } {
                while first + 4 * pair_len::<S>() <= last {
                    put_group::<S, E, L, P, 4>(simd, &map, planes, &mut place, &mut check, first);
                    first += 4 * pair_len::<S>();
                }
            }
            while E::BY_GROUP && first + 2 * pair_len::<S>() <= last {
                put_group::<S, E, L, P, 2>(simd, &map, planes, &mut place, &mut check, first);
                first += 2 * pair_len::<S>();
            }
            loop {
                let rgb = map.evaluate(
                    simd,
                    #[inline(always)]
                    |c| planes.load(simd, c, first),
                );
                place.put::<S, L::Sample>(simd, rgb, first, &mut check);
                if first == last {
                    return check.all_finite();
                }
                first = (first + pair_len::<S>()).min(last);
            }
        },
    )
}

/// Takes `N` pairs of vectors of pixels to their place.
#[inline(always)]
fn put_group<'a, S: Simd, E: Evaluate<'a, S>, L: Load, P: Put, const N: usize>(
    simd: S,
    map: &E,
    planes: L,
    place: &mut P,
    check: &mut Check<S>,
    first: usize,
) {
    let group: [_; N] = map.evaluate_group(
        simd,
        #[inline(always)]
        |c, i| planes.load(simd, c, first + i * pair_len::<S>()),
    );
    for (i, rgb) in group.into_iter().enumerate() {
        let first = first + i * pair_len::<S>();
        place.put::<S, L::Sample>(simd, rgb, first, check);
    }
}
