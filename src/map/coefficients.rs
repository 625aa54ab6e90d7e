//! The numbers of a map, borrowed for `'static` or owned.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use crate::PreviewError;

/// The numbers of a map from latents to RGB: rows `[R, G, B]` of a
/// [`Projection`](crate::Projection), or single weights of a
/// [`TinyDecoder`](crate::TinyDecoder).
///
/// Constructors take a `&'static` slice or array, which needs no allocator, or (with `alloc`) a
/// `Vec`.
///
/// ```
/// use latent_preview::Coefficients;
///
/// static ROWS: [[f32; 3]; 2] = [[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]];
/// assert_eq!(Coefficients::from(&ROWS)[1], [0.3, -0.3, -0.3]);
/// ```
#[derive(Clone)]
pub struct Coefficients<T: 'static = [f32; 3]>(Storage<T>);

#[derive(Clone)]
enum Storage<T: 'static> {
    Static(&'static [T]),
    #[cfg(feature = "alloc")]
    Owned(Vec<T>),
}

impl<T> Coefficients<T> {
    pub(crate) const fn from_static(values: &'static [T]) -> Self {
        Self(Storage::Static(values))
    }

    pub(super) const fn as_slice(&self) -> &[T] {
        match &self.0 {
            Storage::Static(values) => values,
            #[cfg(feature = "alloc")]
            Storage::Owned(values) => values.as_slice(),
        }
    }
}

impl<T: bytemuck::NoUninit> Coefficients<T> {
    /// Returns the numbers if there are `expected` of them and all are finite.
    pub(super) fn checked(self, expected: usize) -> Result<Self, PreviewError> {
        if self.len() != expected {
            return Err(PreviewError::CoefficientCount {
                expected,
                actual: self.len(),
            });
        }
        check_finite(bytemuck::cast_slice(&self))?;
        Ok(self)
    }
}

pub(crate) fn check_finite(values: &[f32]) -> Result<(), PreviewError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(PreviewError::NonFiniteCoefficient { index }),
        None => Ok(()),
    }
}

impl<T> Deref for Coefficients<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

/// Prints their number only: nobody reads thousands of coefficients on one line.
impl<T> fmt::Debug for Coefficients<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} coefficients", self.len())
    }
}

impl<T: PartialEq> PartialEq for Coefficients<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T> From<&'static [T]> for Coefficients<T> {
    fn from(values: &'static [T]) -> Self {
        Self::from_static(values)
    }
}

impl<T, const N: usize> From<&'static [T; N]> for Coefficients<T> {
    fn from(values: &'static [T; N]) -> Self {
        Self::from_static(values)
    }
}

#[cfg(feature = "alloc")]
impl<T> From<Vec<T>> for Coefficients<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Storage::Owned(values))
    }
}
