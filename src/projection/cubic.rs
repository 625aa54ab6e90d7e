//! All products of up to three channels.

use super::polynomial::triple_count;
use super::{Polynomial, Quadratic};
use crate::{Coefficients, PreviewError};

/// A cubic projection. Made by [`Projection::cubic`](crate::Projection::cubic)
/// and [`Projection::cubic_from_tensors`](crate::Projection::cubic_from_tensors).
///
/// ```
/// use latent_preview::Projection;
///
/// let projection = Projection::cubic([0.1; 3], &[[1.0; 3]], &[[0.0; 3]], &[[-0.1; 3]])?;
/// let Projection::Cubic(cubic) = projection else { unreachable!() };
/// assert_eq!((cubic.constant(), cubic.linear()), ([0.1; 3], &[[1.0; 3]][..]));
/// assert_eq!((cubic.pairs(), cubic.triples()), (&[[0.0; 3]][..], &[[-0.1; 3]][..]));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cubic {
    quadratic: Quadratic,
    triples: Coefficients,
}

impl Cubic {
    /// Of numbers known to be finite and as many as they must be.
    pub(crate) const fn from_static(
        constant: [f32; 3],
        linear: &'static [[f32; 3]],
        pairs: &'static [[f32; 3]],
        triples: &'static [[f32; 3]],
    ) -> Self {
        Self {
            quadratic: Quadratic::from_static(constant, linear, pairs),
            triples: Coefficients::from_static(triples),
        }
    }

    pub(super) fn new(
        constant: [f32; 3],
        linear: Coefficients,
        pairs: Coefficients,
        triples: Coefficients,
    ) -> Result<Self, PreviewError> {
        let channels = linear.len();
        Ok(Self {
            quadratic: Quadratic::new(constant, linear, pairs)?,
            triples: triples.checked(triple_count(channels))?,
        })
    }

    /// What is added to every pixel.
    #[must_use]
    pub const fn constant(&self) -> [f32; 3] {
        self.quadratic.constant()
    }

    /// One row `[R, G, B]` per latent channel.
    #[must_use]
    pub fn linear(&self) -> &[[f32; 3]] {
        self.quadratic.linear()
    }

    /// One row `[R, G, B]` per product `x_i x_j`, `i <= j`, in the order 00, 01, ..., 11, 12, ...
    #[must_use]
    pub fn pairs(&self) -> &[[f32; 3]] {
        self.quadratic.pairs()
    }

    /// One row `[R, G, B]` per product `x_i x_j x_k`, `i <= j <= k`, in the order 000, 001, ...
    #[must_use]
    pub fn triples(&self) -> &[[f32; 3]] {
        &self.triples
    }

    pub(super) fn polynomial(&self) -> Polynomial<'_> {
        Polynomial {
            triples: &self.triples,
            ..self.quadratic.polynomial()
        }
    }
}
