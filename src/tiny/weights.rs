//! Floats in one run: borrowed for ever or owned.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::ops::Deref;

/// The weights of a [`TinyDecoder`](crate::TinyDecoder): a `&'static` slice or array, which
/// needs no allocator, or (with `alloc`) a `Vec`.
///
/// ```
/// use latent_preview::TinyWeights;
///
/// static WEIGHTS: [f32; 3] = [0.5, -0.25, 1.0];
/// assert_eq!(TinyWeights::from(&WEIGHTS)[1], -0.25);
/// ```
#[derive(Clone, Debug)]
pub struct TinyWeights(Floats);

#[derive(Clone, Debug)]
enum Floats {
    Static(&'static [f32]),
    #[cfg(feature = "alloc")]
    Owned(Vec<f32>),
}

impl TinyWeights {
    pub(super) const fn from_static(weights: &'static [f32]) -> Self {
        Self(Floats::Static(weights))
    }
}

impl Deref for TinyWeights {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &self.0 {
            Floats::Static(weights) => weights,
            #[cfg(feature = "alloc")]
            Floats::Owned(weights) => weights,
        }
    }
}

impl PartialEq for TinyWeights {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<&'static [f32]> for TinyWeights {
    fn from(weights: &'static [f32]) -> Self {
        Self::from_static(weights)
    }
}

impl<const N: usize> From<&'static [f32; N]> for TinyWeights {
    fn from(weights: &'static [f32; N]) -> Self {
        Self::from_static(weights)
    }
}

#[cfg(feature = "alloc")]
impl From<Vec<f32>> for TinyWeights {
    fn from(weights: Vec<f32>) -> Self {
        Self(Floats::Owned(weights))
    }
}
