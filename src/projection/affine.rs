//! `A x + b`

use super::{Linear, Polynomial};
use crate::coefficients::check_finite;
use crate::{Coefficients, PreviewError};

/// An affine projection. Made by [`Projection::affine`](crate::Projection::affine).
///
/// ```
/// use latent_preview::Projection;
///
/// let Projection::Affine(affine) = Projection::affine(&[[0.5; 3]], [0.1; 3])? else { unreachable!() };
/// assert_eq!((affine.factors(), affine.bias()), (&[[0.5; 3]][..], [0.1; 3]));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    linear: Linear,
    bias: [f32; 3],
}

impl Affine {
    /// Of numbers known to be finite.
    pub(crate) const fn from_static(factors: &'static [[f32; 3]], bias: [f32; 3]) -> Self {
        Self {
            linear: Linear::from_static(factors),
            bias,
        }
    }

    pub(super) fn new(factors: Coefficients, bias: [f32; 3]) -> Result<Self, PreviewError> {
        check_finite(&bias)?;
        Ok(Self {
            linear: Linear::new(factors)?,
            bias,
        })
    }

    /// One row `[R, G, B]` per latent channel.
    #[must_use]
    pub fn factors(&self) -> &[[f32; 3]] {
        self.linear.factors()
    }

    /// What is added to every pixel.
    #[must_use]
    pub const fn bias(&self) -> [f32; 3] {
        self.bias
    }

    pub(super) fn polynomial(&self) -> Polynomial<'_> {
        Polynomial {
            constant: self.bias,
            ..self.linear.polynomial()
        }
    }
}
