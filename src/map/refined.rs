//! Projections of three stages: affine, a filter over neighbors, a color correction.

use super::coefficients::check_finite;
use super::{Polynomial, Projection};
use crate::channels::check_channels;
use crate::{Coefficients, PreviewError};

/// Positions of a 3x3 neighborhood: rows from top to bottom, each from left to right.
pub(crate) const TAPS: usize = 9;

/// RGB is clamped to plus or minus this before the color correction. It is a little more than
/// decoder range, so that colors brighter than white keep a hue.
pub(crate) const COLOR_LIMIT: f32 = 1.25;

/// A projection of three stages, of which the last two are optional:
///
/// 1. an affine map from latent channels to RGB: a 1x1 or a 3x3 convolution;
/// 2. a symmetric 3x3 filter, the same for R, G and B;
/// 3. a cubic polynomial of R, G and B, a color correction. R, G and B are clamped to -1.25 to
///    1.25 first, so that noisy latents cannot drive it far off.
///
/// Beyond an edge, the pixels on the edge are repeated. Convert it with `Projection::from`.
///
/// ```
/// use latent_preview::{LatentPreview, Projection, Refined};
///
/// // One channel, smoothed a little.
/// let refined = Refined::conv1x1(&[[0.5, 0.5, 0.5]], [0.0; 3])?.with_filter(0.4, 0.1, 0.05)?;
/// assert_eq!((refined.factors().len(), refined.filter()), (1, Some([0.4, 0.1, 0.05])));
/// assert_eq!(Projection::from(refined).channels(), 1);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Refined {
    /// One row per channel, or one per position and channel.
    pub(crate) factors: Coefficients,
    pub(crate) bias: [f32; 3],
    pub(crate) is_3x3: bool,
    pub(crate) filter: Option<[f32; 3]>,
    pub(crate) colors: Option<Polynomial>,
}

impl Refined {
    /// Begins with an affine map of the pixel: one row per latent channel.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if there is no row,
    /// [`PreviewError::TooManyChannels`],
    /// [`PreviewError::NonFiniteCoefficient`] if a value is NaN or infinite.
    pub fn conv1x1(factors: impl Into<Coefficients>, bias: [f32; 3]) -> Result<Self, PreviewError> {
        Self::begin(factors.into(), bias, false)
    }

    /// Begins with an affine map of the 3x3 neighborhood: one row per channel for each
    /// position, positions from top to bottom and from left to right.
    ///
    /// # Errors
    ///
    /// As [`conv1x1`](Self::conv1x1); the number of rows must be a multiple of nine.
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// // Four channels; only the middle position, the fifth of nine, has weights.
    /// static ROWS: [[f32; 3]; 9 * 4] = {
    ///     let mut rows = [[0.0; 3]; 9 * 4];
    ///     rows[4 * 4] = [0.3, 0.3, 0.3];
    ///     rows
    /// };
    /// assert!(Refined::conv3x3(&ROWS, [0.0; 3]).is_ok());
    /// ```
    pub fn conv3x3(factors: impl Into<Coefficients>, bias: [f32; 3]) -> Result<Self, PreviewError> {
        Self::begin(factors.into(), bias, true)
    }

    pub(super) fn begin(
        factors: Coefficients,
        bias: [f32; 3],
        is_3x3: bool,
    ) -> Result<Self, PreviewError> {
        let per_channel = if is_3x3 { TAPS } else { 1 };
        let channels = factors.len().div_ceil(per_channel).max(1);
        check_channels(channels)?;
        check_finite(&bias)?;
        Ok(Self {
            factors: factors.checked(channels * per_channel)?,
            bias,
            is_3x3,
            filter: None,
            colors: None,
        })
    }

    /// A preset: its numbers are known to be right.
    pub(crate) const fn from_static(
        factors: &'static [[f32; 3]],
        bias: [f32; 3],
        is_3x3: bool,
        filter: [f32; 3],
        colors: Polynomial,
    ) -> Self {
        Self {
            factors: Coefficients::from_static(factors),
            bias,
            is_3x3,
            filter: Some(filter),
            colors: Some(colors),
        }
    }

    /// Adds a filter, the same for R, G and B: the weights of the pixel, of each of its four
    /// direct neighbors and of each of its four diagonal ones.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NonFiniteCoefficient`] if a weight is NaN or infinite.
    pub fn with_filter(
        mut self,
        center: f32,
        edge: f32,
        corner: f32,
    ) -> Result<Self, PreviewError> {
        check_finite(&[center, edge, corner])?;
        self.filter = Some([center, edge, corner]);
        Ok(self)
    }

    /// Adds a color correction: a cubic polynomial of the clamped R, G and B, in decoder range.
    /// Its rows are those of [`Projection::cubic`] with three channels: 3, 6 and 10.
    ///
    /// # Errors
    ///
    /// As [`Projection::cubic`].
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// // Leaves the colors as they are.
    /// let identity = &[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    /// let refined = Refined::conv1x1(&[[0.5, 0.1, 0.0]], [0.0; 3])?
    ///     .with_colors([0.0; 3], identity, &[[0.0; 3]; 6], &[[0.0; 3]; 10])?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn with_colors(
        mut self,
        constant: [f32; 3],
        linear: impl Into<Coefficients>,
        pairs: impl Into<Coefficients>,
        triples: impl Into<Coefficients>,
    ) -> Result<Self, PreviewError> {
        let linear = linear.into().checked(3)?;
        let colors = Polynomial::new(3, constant, linear, pairs.into(), triples.into())?;
        self.colors = Some(colors);
        Ok(self)
    }

    /// Number of latent channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.factors.len() / if self.is_3x3 { TAPS } else { 1 }
    }

    /// The affine stage: one row per channel, or one per position and channel.
    #[must_use]
    pub fn factors(&self) -> &[[f32; 3]] {
        &self.factors
    }

    /// The RGB that the affine stage adds to every pixel.
    #[must_use]
    pub const fn bias(&self) -> [f32; 3] {
        self.bias
    }

    /// `true` if the affine stage reads the neighbors.
    #[must_use]
    pub const fn is_3x3(&self) -> bool {
        self.is_3x3
    }

    /// The weights of the filter: center, edge, corner.
    #[must_use]
    pub const fn filter(&self) -> Option<[f32; 3]> {
        self.filter
    }

    /// The color correction.
    #[must_use]
    pub const fn colors(&self) -> Option<&Polynomial> {
        self.colors.as_ref()
    }
}

impl From<Refined> for Projection {
    fn from(refined: Refined) -> Self {
        Self::Refined(refined)
    }
}
