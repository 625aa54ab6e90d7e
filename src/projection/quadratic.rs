//! All products of up to two channels.

use super::polynomial::pair_count;
use super::{Affine, Polynomial};
use crate::{Coefficients, PreviewError};

/// A quadratic projection. Made by [`Projection::quadratic`](crate::Projection::quadratic)
/// and [`Projection::quadratic_from_tensors`](crate::Projection::quadratic_from_tensors).
///
/// ```
/// use latent_preview::Projection;
///
/// let projection = Projection::quadratic([0.1; 3], &[[0.5; 3]], &[[-0.2; 3]])?;
/// let Projection::Quadratic(quadratic) = projection else { unreachable!() };
/// assert_eq!(quadratic.constant(), [0.1; 3]);
/// assert_eq!((quadratic.linear(), quadratic.pairs()), (&[[0.5; 3]][..], &[[-0.2; 3]][..]));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    affine: Affine,
    pairs: Coefficients,
}

impl Quadratic {
    /// Of numbers known to be finite and as many as they must be.
    pub(crate) const fn from_static(
        constant: [f32; 3],
        linear: &'static [[f32; 3]],
        pairs: &'static [[f32; 3]],
    ) -> Self {
        Self {
            affine: Affine::from_static(linear, constant),
            pairs: Coefficients::from_static(pairs),
        }
    }

    pub(super) fn new(
        constant: [f32; 3],
        linear: Coefficients,
        pairs: Coefficients,
    ) -> Result<Self, PreviewError> {
        let channels = linear.len();
        Ok(Self {
            affine: Affine::new(linear, constant)?,
            pairs: pairs.checked(pair_count(channels))?,
        })
    }

    /// What is added to every pixel.
    #[must_use]
    pub const fn constant(&self) -> [f32; 3] {
        self.affine.bias()
    }

    /// One row `[R, G, B]` per latent channel.
    #[must_use]
    pub fn linear(&self) -> &[[f32; 3]] {
        self.affine.factors()
    }

    /// One row `[R, G, B]` per product `x_i x_j`, `i <= j`, in the order 00, 01, ..., 11, 12, ...
    #[must_use]
    pub fn pairs(&self) -> &[[f32; 3]] {
        &self.pairs
    }

    pub(super) fn polynomial(&self) -> Polynomial<'_> {
        Polynomial {
            pairs: &self.pairs,
            ..self.affine.polynomial()
        }
    }
}
