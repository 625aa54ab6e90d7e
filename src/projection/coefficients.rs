//! Rows of R, G, B: borrowed for ever or owned.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::ops::Deref;

use crate::PreviewError;

/// Rows `[R, G, B]` of a projection's coefficients.
///
/// Constructors of [`Projection`](crate::Projection) take `&'static` slices and
/// arrays, which need no allocator, or (with `alloc`) a `Vec`.
///
/// ```
/// use latent_preview::Coefficients;
///
/// static ROWS: [[f32; 3]; 2] = [[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]];
/// assert_eq!(Coefficients::from(&ROWS)[1], [0.3, -0.3, -0.3]);
/// ```
#[derive(Clone, Debug)]
pub struct Coefficients(Rows);

#[derive(Clone, Debug)]
enum Rows {
    Static(&'static [[f32; 3]]),
    #[cfg(feature = "alloc")]
    Owned(Vec<[f32; 3]>),
}

impl Coefficients {
    pub(super) const fn from_static(rows: &'static [[f32; 3]]) -> Self {
        Self(Rows::Static(rows))
    }

    /// Passes the rows on if there are `expected` of them and all are finite.
    pub(super) fn checked(self, expected: usize) -> Result<Self, PreviewError> {
        if self.len() != expected {
            return Err(PreviewError::CoefficientCount {
                expected,
                actual: self.len(),
            });
        }
        check_finite(self.as_flattened())?;
        Ok(self)
    }
}

pub(crate) fn check_finite(values: &[f32]) -> Result<(), PreviewError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(PreviewError::NonFiniteCoefficient { index }),
        None => Ok(()),
    }
}

impl Deref for Coefficients {
    type Target = [[f32; 3]];

    fn deref(&self) -> &[[f32; 3]] {
        match &self.0 {
            Rows::Static(rows) => rows,
            #[cfg(feature = "alloc")]
            Rows::Owned(rows) => rows,
        }
    }
}

impl PartialEq for Coefficients {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<&'static [[f32; 3]]> for Coefficients {
    fn from(rows: &'static [[f32; 3]]) -> Self {
        Self::from_static(rows)
    }
}

impl<const N: usize> From<&'static [[f32; 3]; N]> for Coefficients {
    fn from(rows: &'static [[f32; 3]; N]) -> Self {
        Self::from_static(rows)
    }
}

#[cfg(feature = "alloc")]
impl From<Vec<[f32; 3]>> for Coefficients {
    fn from(rows: Vec<[f32; 3]>) -> Self {
        Self(Rows::Owned(rows))
    }
}
