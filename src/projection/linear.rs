//! `A x`

use super::Polynomial;
use crate::{Coefficients, PreviewError};

/// A linear projection. Made by [`Projection::linear`](crate::Projection::linear).
///
/// ```
/// use latent_preview::Projection;
///
/// let Projection::Linear(linear) = Projection::SD_V1_4 else { unreachable!() };
/// assert_eq!(linear.factors()[0], [0.298, 0.207, 0.208]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    factors: Coefficients,
}

impl Linear {
    pub(crate) const fn from_static(factors: &'static [[f32; 3]]) -> Self {
        Self {
            factors: Coefficients::from_static(factors),
        }
    }

    pub(super) fn new(factors: Coefficients) -> Result<Self, PreviewError> {
        let channels = factors.len().max(1);
        Ok(Self {
            factors: factors.checked(channels)?,
        })
    }

    /// One row `[R, G, B]` per latent channel.
    #[must_use]
    pub fn factors(&self) -> &[[f32; 3]] {
        &self.factors
    }

    pub(super) fn polynomial(&self) -> Polynomial<'_> {
        Polynomial {
            constant: [0.0; 3],
            linear: &self.factors,
            pairs: &[],
            triples: &[],
        }
    }
}
