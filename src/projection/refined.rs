//! An affine stage, a kernel over neighbors, a correction of colors.

use super::{Cubic, Polynomial, Projection};
use crate::coefficients::check_finite;
use crate::{Coefficients, PreviewError};

/// Taps of a 3x3 neighborhood: rows from top to bottom, each from left to right.
pub(crate) const TAPS: usize = 9;

/// RGB is clamped to this, either way, before its colors are corrected. A
/// little more than decoder range: what is brighter than white still has a shade.
pub(crate) const COLOR_LIMIT: f32 = 1.25;

/// Three stages, of which the last two may be left out:
///
/// 1. an affine map from latent channels to RGB, of the pixel alone or of its
///    3x3 neighborhood;
/// 2. a 3x3 kernel over the RGB of the neighbors;
/// 3. a cubic polynomial of R, G and B, clamped to -1.25 to 1.25 first, so that
///    noisy latents cannot drive it far off.
///
/// Neighbors beyond an edge are those on the edge. Convert it with
/// `Projection::from`.
///
/// ```
/// use latent_preview::{LatentPreview, Projection, Refined};
///
/// // One channel, smoothed a little.
/// let refined = Refined::pixelwise(&[[0.5, 0.5, 0.5]], [0.0; 3])?
///     .with_symmetric_kernel(0.4, 0.1, 0.05)?;
/// assert_eq!(Projection::from(refined).channels(), 1);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
///
/// ```
/// use latent_preview::Refined;
///
/// // What it is made of:
/// let refined = Refined::pixelwise(&[[0.5; 3]], [0.1; 3])?.with_symmetric_kernel(0.4, 0.1, 0.05)?;
/// assert_eq!((refined.factors(), refined.bias()), (&[[0.5; 3]][..], [0.1; 3]));
/// assert_eq!(refined.symmetric_kernel(), Some([0.4, 0.1, 0.05]));
/// assert!(!refined.is_neighborhood() && refined.kernel().is_none());
/// assert!(refined.colors().is_none());
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Refined {
    factors: Coefficients,
    bias: [f32; 3],
    is_neighborhood: bool,
    kernel: Option<Kernel>,
    colors: Option<Cubic>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kernel {
    /// Of the pixel, its four and its four diagonal neighbors.
    Symmetric([f32; 3]),
    /// A row of R, G, B for each of R, G, B of each tap.
    Full(Coefficients),
}

/// What the kernel module computes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stages<'a> {
    /// One row per channel, or one per tap and channel.
    pub(crate) factors: &'a [[f32; 3]],
    pub(crate) bias: [f32; 3],
    pub(crate) is_neighborhood: bool,
    pub(crate) smoothing: Smoothing<'a>,
    pub(crate) colors: Option<Polynomial<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Smoothing<'a> {
    None,
    Symmetric([f32; 3]),
    Full(&'a [[f32; 3]]),
}

impl Stages<'_> {
    pub(crate) const fn channels(&self) -> usize {
        if self.is_neighborhood {
            self.factors.len() / TAPS
        } else {
            self.factors.len()
        }
    }

    /// The affine map of one tap, or of the pixel.
    pub(crate) fn tap(&self, tap: usize) -> &[[f32; 3]] {
        let channels = self.channels();
        &self.factors[tap * channels..][..channels]
    }
}

impl Refined {
    /// Begins with an affine map of the pixel: one row per latent channel.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if there is no row,
    /// [`PreviewError::NonFiniteCoefficient`] if a value is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// let refined = Refined::pixelwise(&[[0.5, 0.4, 0.3], [0.2, 0.0, -0.2]], [0.0; 3])?;
    /// assert_eq!(refined.factors().len(), 2);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn pixelwise(
        factors: impl Into<Coefficients>,
        bias: [f32; 3],
    ) -> Result<Self, PreviewError> {
        Self::begin(factors.into(), bias, false)
    }

    /// Begins with an affine map of the 3x3 neighborhood: for each position,
    /// rows from top to bottom and from left to right, one row per channel.
    ///
    /// # Errors
    ///
    /// As [`pixelwise`](Self::pixelwise); the number of rows must be a multiple
    /// of nine.
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// // Four channels; the middle position alone is the fifth of nine.
    /// static ROWS: [[f32; 3]; 9 * 4] = {
    ///     let mut rows = [[0.0; 3]; 9 * 4];
    ///     rows[4 * 4] = [0.3, 0.3, 0.3];
    ///     rows
    /// };
    /// assert!(Refined::neighborhood(&ROWS, [0.0; 3]).is_ok());
    /// ```
    pub fn neighborhood(
        factors: impl Into<Coefficients>,
        bias: [f32; 3],
    ) -> Result<Self, PreviewError> {
        Self::begin(factors.into(), bias, true)
    }

    fn begin(
        factors: Coefficients,
        bias: [f32; 3],
        is_neighborhood: bool,
    ) -> Result<Self, PreviewError> {
        let per_channel = if is_neighborhood { TAPS } else { 1 };
        let channels = factors.len().div_ceil(per_channel).max(1);
        check_finite(&bias)?;
        Ok(Self {
            factors: factors.checked(channels * per_channel)?,
            bias,
            is_neighborhood,
            kernel: None,
            colors: None,
        })
    }

    /// Of numbers known to be right: a preset.
    pub(crate) const fn from_static(
        factors: &'static [[f32; 3]],
        bias: [f32; 3],
        is_neighborhood: bool,
        kernel: [f32; 3],
        colors: Cubic,
    ) -> Self {
        Self {
            factors: Coefficients::from_static(factors),
            bias,
            is_neighborhood,
            kernel: Some(Kernel::Symmetric(kernel)),
            colors: Some(colors),
        }
    }

    /// Adds the same kernel for R, G and B: the weights of the pixel, of each of
    /// the four beside it and of each of the four diagonal ones.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NonFiniteCoefficient`] if a weight is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// // Weights of a blur add up to 1: 0.4 + 4 * 0.1 + 4 * 0.05.
    /// let blurred = Refined::pixelwise(&[[0.5; 3]], [0.0; 3])?.with_symmetric_kernel(0.4, 0.1, 0.05)?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn with_symmetric_kernel(
        mut self,
        center: f32,
        edge: f32,
        corner: f32,
    ) -> Result<Self, PreviewError> {
        check_finite(&[center, edge, corner])?;
        self.kernel = Some(Kernel::Symmetric([center, edge, corner]));
        Ok(self)
    }

    /// Adds a kernel that also mixes colors: for each of nine positions, as in
    /// [`neighborhood`](Self::neighborhood), what its R, its G and its B add to
    /// R, G and B: 27 rows.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if there are not 27 rows,
    /// [`PreviewError::NonFiniteCoefficient`] if a value is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::Refined;
    ///
    /// // Nothing but the middle position, whose red and blue change places.
    /// static ROWS: [[f32; 3]; 27] = {
    ///     let mut rows = [[0.0; 3]; 27];
    ///     (rows[12][2], rows[13][1], rows[14][0]) = (1.0, 1.0, 1.0);
    ///     rows
    /// };
    /// let refined = Refined::pixelwise(&[[0.5, 0.1, 0.0]], [0.0; 3])?.with_kernel(&ROWS)?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn with_kernel(mut self, rows: impl Into<Coefficients>) -> Result<Self, PreviewError> {
        self.kernel = Some(Kernel::Full(rows.into().checked(3 * TAPS)?));
        Ok(self)
    }

    /// Adds a cubic polynomial of the clamped R, G and B, in decoder range, with
    /// rows as for [`Projection::cubic`] of three channels: 3, 6 and 10.
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
    /// let refined = Refined::pixelwise(&[[0.5, 0.1, 0.0]], [0.0; 3])?
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
        self.colors = Some(Cubic::new(constant, linear, pairs.into(), triples.into())?);
        Ok(self)
    }

    /// The affine stage: one row per channel, or one per position and channel.
    #[must_use]
    pub fn factors(&self) -> &[[f32; 3]] {
        &self.factors
    }

    /// What the affine stage adds to every pixel.
    #[must_use]
    pub const fn bias(&self) -> [f32; 3] {
        self.bias
    }

    /// Whether the affine stage looks at the neighbors.
    #[must_use]
    pub const fn is_neighborhood(&self) -> bool {
        self.is_neighborhood
    }

    /// The weights of the symmetric kernel, if it has that kind.
    #[must_use]
    pub const fn symmetric_kernel(&self) -> Option<[f32; 3]> {
        match self.kernel {
            Some(Kernel::Symmetric(weights)) => Some(weights),
            _ => None,
        }
    }

    /// The 27 rows of the kernel that mixes colors, if it has that kind.
    #[must_use]
    pub fn kernel(&self) -> Option<&[[f32; 3]]> {
        match &self.kernel {
            Some(Kernel::Full(rows)) => Some(rows),
            _ => None,
        }
    }

    /// The correction of colors.
    #[must_use]
    pub const fn colors(&self) -> Option<&Cubic> {
        self.colors.as_ref()
    }

    pub(crate) fn stages(&self) -> Stages<'_> {
        Stages {
            factors: &self.factors,
            bias: self.bias,
            is_neighborhood: self.is_neighborhood,
            smoothing: match &self.kernel {
                None => Smoothing::None,
                Some(Kernel::Symmetric(weights)) => Smoothing::Symmetric(*weights),
                Some(Kernel::Full(rows)) => Smoothing::Full(rows),
            },
            colors: self.colors.as_ref().map(Cubic::polynomial),
        }
    }

    /// The same map of inputs that are `gain x + offset`, per channel.
    #[cfg(feature = "alloc")]
    pub(super) fn with_input(&self, inputs: &[(f64, f64)]) -> Result<Self, PreviewError> {
        let mut bias = self.bias.map(f64::from);
        let mut rows = alloc::vec::Vec::with_capacity(self.factors.len());
        for (row, &(gain, offset)) in self.factors.iter().zip(inputs.iter().cycle()) {
            for (sum, &value) in bias.iter_mut().zip(row) {
                *sum += f64::from(value) * offset;
            }
            rows.push(row.map(|value| (f64::from(value) * gain) as f32));
        }
        let begun = Self::begin(
            rows.into(),
            bias.map(|value| value as f32),
            self.is_neighborhood,
        )?;
        Ok(Self {
            kernel: self.kernel.clone(),
            colors: self.colors.clone(),
            ..begun
        })
    }
}

impl From<Refined> for Projection {
    fn from(refined: Refined) -> Self {
        Self::Refined(refined)
    }
}
