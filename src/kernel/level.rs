//! The instruction levels that a CPU has, and the choice between them.

pub(crate) use fearless_simd::Level;
use fearless_simd::prelude::*;

/// The best level of this machine or, without `std`, of the compile target.
pub(crate) fn best_level() -> Level {
    #[cfg(feature = "std")]
    return Level::new();
    #[cfg(not(feature = "std"))]
    return Level::baseline();
}

/// A computation with the vectors of any level.
pub(super) trait Task {
    type Output;

    /// It must be `#[inline(always)]`: the code is compiled with the level's instructions only
    /// at the place where it is inlined.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// `true` if the compile target has all features of the AVX2 level, so that no lower level is
/// needed. The target feature `avx2` alone is not enough: the level includes others.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
const HAS_AVX2: bool = matches!(Level::baseline(), Level::Avx2(_) | Level::Avx512(_));

/// Runs a task with the instructions of a level.
///
/// On x86 the levels are AVX-512, AVX2 and SSE2; SSE4.2 would add a third more code. Without
/// `std` there is no choice at run time, so only the level of the compile target is compiled.
pub(super) fn with_level<T: Task>(level: Level, task: T) -> T::Output {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        #[cfg(any(feature = "std", target_feature = "avx512f"))]
        if let Some(simd) = level.as_avx512() {
            return vectorized(simd, task);
        }
        #[cfg(any(feature = "std", target_feature = "avx2"))]
        if let Some(simd) = level.as_avx2() {
            return vectorized(simd, task);
        }
        if !HAS_AVX2 && let Some(simd) = level.as_sse2() {
            return vectorized(simd, task);
        }
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(simd) = level.as_neon() {
        return vectorized(simd, task);
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    if let Some(simd) = level.as_wasm_simd128() {
        return vectorized(simd, task);
    }
    match level {
        #[cfg(not(any(
            all(target_arch = "aarch64", target_feature = "neon"),
            all(
                any(target_arch = "x86", target_arch = "x86_64"),
                target_feature = "sse2",
                target_feature = "fxsr"
            ),
            all(target_arch = "wasm32", target_feature = "simd128")
        )))]
        Level::Fallback(simd) => vectorized(simd, task),
        #[allow(
            unreachable_patterns,
            reason = "the only level of some targets is above"
        )]
        _ => unreachable!("a level of this target that is none of the above"),
    }
}

#[inline(always)]
fn vectorized<S: Simd, T: Task>(simd: S, task: T) -> T::Output {
    simd.vectorize(
        #[inline(always)]
        || task.run(simd),
    )
}

/// The levels that [`with_level`] distinguishes and this machine has, the plainest first.
#[cfg(feature = "testing")]
pub(crate) fn levels() -> impl Iterator<Item = (&'static str, Level)> {
    let best = best_level();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let levels = [
        best.as_sse2()
            .filter(|_| !HAS_AVX2)
            .map(|level| ("sse2", Level::Sse2(level))),
        best.as_avx2().map(|level| ("avx2", Level::Avx2(level))),
        best.as_avx512()
            .map(|level| ("avx512", Level::Avx512(level))),
    ];
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let levels = [Some(match best.is_fallback() {
        true => ("fallback", best),
        false if cfg!(target_arch = "aarch64") => ("neon", best),
        false => ("simd128", best),
    })];
    levels.into_iter().flatten()
}

/// The number of a level's vector registers.
pub(super) const fn registers<S: Simd>() -> usize {
    if S::f32s::LEN == 16 || cfg!(target_arch = "aarch64") {
        32
    } else {
        16
    }
}

/// `true` if the level shuffles bytes in one instruction. Other levels emulate it.
#[inline(always)]
pub(super) fn shuffles_bytes<S: Simd>(simd: S) -> bool {
    let level = simd.level();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return level.as_avx2().is_some();
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    return !level.is_fallback();
}

/// `true` if the level has an instruction that widens `f16` to `f32`.
#[inline(always)]
#[cfg_attr(
    not(any(target_arch = "x86", target_arch = "x86_64")),
    expect(unused_variables, reason = "no other CPU has one that we can use")
)]
pub(super) fn converts_f16<S: Simd>(simd: S) -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return simd.level().as_avx2().is_some();
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    return false;
}
