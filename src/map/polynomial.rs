//! Polynomials of the latent channels: linear, affine, quadratic and cubic projections.

use super::coefficients::check_finite;
use crate::channels::check_channels;
use crate::{Coefficients, PreviewError};

/// A polynomial of the latent channels whose coefficients are rows `[R, G, B]`.
///
/// Every kind of [`Projection`](crate::Projection) but [`Refined`](crate::Refined) is one. The
/// constructors of `Projection` make it,
/// [`Projection::polynomial`](crate::Projection::polynomial) returns it.
///
/// ```
/// use latent_preview::Projection;
///
/// let projection = Projection::cubic([0.1; 3], &[[1.0; 3]], &[[0.0; 3]], &[[-0.1; 3]])?;
/// let cubic = projection.polynomial().expect("every kind but `Refined` is one");
/// assert_eq!((cubic.degree(), cubic.channels(), cubic.constant()), (3, 1, [0.1; 3]));
/// assert_eq!((cubic.linear(), cubic.triples()), (&[[1.0; 3]][..], &[[-0.1; 3]][..]));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    pub(super) constant: [f32; 3],
    pub(super) linear: Coefficients,
    pub(super) pairs: Coefficients,
    pub(super) triples: Coefficients,
}

/// A [`Polynomial`] with its rows as slices, so that a loop need not look them up each time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) constant: [f32; 3],
    pub(crate) linear: &'a [[f32; 3]],
    pub(crate) pairs: &'a [[f32; 3]],
    pub(crate) triples: &'a [[f32; 3]],
}

impl Polynomial {
    /// A preset: its numbers are known to be finite and complete.
    pub(crate) const fn from_static(
        constant: [f32; 3],
        linear: &'static [[f32; 3]],
        pairs: &'static [[f32; 3]],
        triples: &'static [[f32; 3]],
    ) -> Self {
        Self {
            constant,
            linear: Coefficients::from_static(linear),
            pairs: Coefficients::from_static(pairs),
            triples: Coefficients::from_static(triples),
        }
    }

    /// A polynomial of this degree, 1 to 3. Rows of a higher degree must be empty.
    pub(super) fn new(
        degree: usize,
        constant: [f32; 3],
        linear: Coefficients,
        pairs: Coefficients,
        triples: Coefficients,
    ) -> Result<Self, PreviewError> {
        let channels = linear.len().max(1);
        check_channels(channels)?;
        check_finite(&constant)?;
        let count = |of: usize, rows: usize| if degree >= of { rows } else { 0 };
        Ok(Self {
            constant,
            linear: linear.checked(channels)?,
            pairs: pairs.checked(count(2, pair_count(channels)))?,
            triples: triples.checked(count(3, triple_count(channels)))?,
        })
    }

    /// Number of latent channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.linear.len()
    }

    /// The largest number of channels in a product: 1, 2 or 3.
    #[must_use]
    pub fn degree(&self) -> usize {
        self.terms().degree()
    }

    /// The RGB that is added to every pixel.
    #[must_use]
    pub const fn constant(&self) -> [f32; 3] {
        self.constant
    }

    /// One row per latent channel.
    #[must_use]
    pub fn linear(&self) -> &[[f32; 3]] {
        &self.linear
    }

    /// One row per product `x_i x_j`, `i <= j`, in the order 00, 01, ..., 11, 12, ...;
    /// empty below degree 2.
    #[must_use]
    pub fn pairs(&self) -> &[[f32; 3]] {
        &self.pairs
    }

    /// One row per product `x_i x_j x_k`, `i <= j <= k`, in the order 000, 001, ...; empty
    /// below degree 3.
    #[must_use]
    pub fn triples(&self) -> &[[f32; 3]] {
        &self.triples
    }

    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms {
            constant: self.constant,
            linear: &self.linear,
            pairs: &self.pairs,
            triples: &self.triples,
        }
    }
}

impl<'a> Terms<'a> {
    /// A polynomial of degree 1.
    pub(crate) const fn affine(constant: [f32; 3], linear: &'a [[f32; 3]]) -> Self {
        Self {
            constant,
            linear,
            pairs: &[],
            triples: &[],
        }
    }

    pub(crate) const fn channels(&self) -> usize {
        self.linear.len()
    }

    pub(crate) const fn degree(&self) -> usize {
        match (self.pairs, self.triples) {
            ([], _) => 1,
            (_, []) => 2,
            _ => 3,
        }
    }
}

/// The unique products of two of `channels` channels, in the order of the rows.
#[cfg(feature = "alloc")]
pub(crate) fn pairs(channels: usize) -> impl Iterator<Item = [usize; 2]> + Clone {
    (0..channels).flat_map(move |i| (i..channels).map(move |j| [i, j]))
}

/// The unique products of three of `channels` channels, in the order of the rows.
#[cfg(feature = "alloc")]
pub(crate) fn triples(channels: usize) -> impl Iterator<Item = [usize; 3]> + Clone {
    pairs(channels).flat_map(move |[i, j]| (j..channels).map(move |k| [i, j, k]))
}

pub(super) const fn pair_count(channels: usize) -> usize {
    channels * (channels + 1) / 2
}

pub(super) const fn triple_count(channels: usize) -> usize {
    pair_count(channels) * (channels + 2) / 3
}
