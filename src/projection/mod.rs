//! Maps from latent channels to RGB.

mod affine;
mod cubic;
#[cfg(feature = "alloc")]
mod fold;
mod linear;
mod polynomial;
mod quadratic;
mod refined;
#[cfg(feature = "serde")]
mod stored;
#[cfg(feature = "alloc")]
mod substitute;

pub use affine::Affine;
pub use cubic::Cubic;
pub use linear::Linear;
pub(crate) use polynomial::Polynomial;
pub use quadratic::Quadratic;
pub use refined::Refined;
pub(crate) use refined::{COLOR_LIMIT, Smoothing, Stages, TAPS};

use fearless_simd::Level;

use crate::preview::check_output;
use crate::{Coefficients, LatentPreview, Latents, PixelFormat, PreviewError, Rounding, kernel};

/// A map from the latent channels of a pixel to its RGB, in decoder range: -1 to 1.
///
/// Most kinds are polynomials of the channels of a pixel; they differ in degree.
/// [`Refined`] also looks at the neighbors and corrects the colors. Coefficients
/// are rows `[R, G, B]`, borrowed for `'static` or owned.
///
/// ```
/// use latent_preview::{LatentPreview, Projection};
///
/// // Two latent channels: brightness, and red against cyan.
/// let projection = Projection::affine(&[[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]], [0.1, 0.1, 0.1])?;
/// assert_eq!(projection.channels(), 2);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Projection {
    /// `A x`
    Linear(Linear),
    /// `A x + b`
    Affine(Affine),
    /// All products of up to two channels.
    Quadratic(Quadratic),
    /// All products of up to three channels.
    Cubic(Cubic),
    /// `A x + b`, then a kernel over the neighbors, then a correction of colors.
    Refined(Refined),
}

/// The two forms that projections are computed in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan<'a> {
    Polynomial(Polynomial<'a>),
    Stages(Stages<'a>),
}

impl Plan<'_> {
    pub(crate) const fn channels(&self) -> usize {
        match self {
            Self::Polynomial(polynomial) => polynomial.channels(),
            Self::Stages(stages) => stages.channels(),
        }
    }
}

impl Projection {
    /// The first published factors, for Stable Diffusion 1.4.
    ///
    /// Found by hand and posted to the Hugging Face forum thread "Decoding
    /// latents to RGB without upscaling". They are undersaturated; they are
    /// here for comparison and as the smallest working preset.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// assert_eq!(Projection::SD_V1_4.channels(), 4);
    /// ```
    pub const SD_V1_4: Self = Self::Linear(Linear::from_static(&[
        [0.298, 0.207, 0.208],
        [0.187, 0.286, 0.173],
        [-0.158, 0.189, 0.264],
        [-0.184, -0.271, -0.473],
    ]));

    /// `A x`: one row of factors per latent channel.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if there is no row,
    /// [`PreviewError::NonFiniteCoefficient`] if one is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// let projection = Projection::linear(&[[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]])?;
    /// assert_eq!(projection.channels(), 2);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn linear(factors: impl Into<Coefficients>) -> Result<Self, PreviewError> {
        Linear::new(factors.into()).map(Self::Linear)
    }

    /// `A x + bias`: one row of factors per latent channel.
    ///
    /// # Errors
    ///
    /// As [`linear`](Self::linear).
    ///
    /// ```
    /// use latent_preview::{Projection, PreviewError};
    ///
    /// let projection = Projection::affine(&[[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]], [0.1, 0.1, 0.2])?;
    /// let error = PreviewError::NonFiniteCoefficient { index: 2 };
    /// assert_eq!(Projection::affine(&[[0.5; 3]], [0.0, 0.0, f32::NAN]), Err(error));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn affine(factors: impl Into<Coefficients>, bias: [f32; 3]) -> Result<Self, PreviewError> {
        Affine::new(factors.into(), bias).map(Self::Affine)
    }

    /// `constant + sum of linear[i] x_i + sum of pairs x_i x_j`, `i <= j`.
    ///
    /// `linear` has one row per channel, `pairs` one per unique product, in the
    /// order 00, 01, 02, ..., 11, 12, ...: `C (C + 1) / 2` rows.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if the rows do not match the channels,
    /// [`PreviewError::NonFiniteCoefficient`] if a value is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// // One channel: 0.1 + 0.5 x - 0.2 x^2, the same for R, G and B
    /// let projection = Projection::quadratic([0.1; 3], &[[0.5; 3]], &[[-0.2; 3]])?;
    /// assert_eq!(projection.channels(), 1);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn quadratic(
        constant: [f32; 3],
        linear: impl Into<Coefficients>,
        pairs: impl Into<Coefficients>,
    ) -> Result<Self, PreviewError> {
        Quadratic::new(constant, linear.into(), pairs.into()).map(Self::Quadratic)
    }

    /// As [`quadratic`](Self::quadratic), plus the products of three channels
    /// `x_i x_j x_k`, `i <= j <= k`, in the order 000, 001, ..., 011, 012, ...:
    /// `C (C + 1) (C + 2) / 6` rows.
    ///
    /// # Errors
    ///
    /// As [`quadratic`](Self::quadratic).
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// // One channel: x - 0.1 x^3
    /// let projection = Projection::cubic([0.0; 3], &[[1.0; 3]], &[[0.0; 3]], &[[-0.1; 3]])?;
    /// assert_eq!(projection.channels(), 1);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn cubic(
        constant: [f32; 3],
        linear: impl Into<Coefficients>,
        pairs: impl Into<Coefficients>,
        triples: impl Into<Coefficients>,
    ) -> Result<Self, PreviewError> {
        Cubic::new(constant, linear.into(), pairs.into(), triples.into()).map(Self::Cubic)
    }

    /// A quadratic from full tensors, as a training script holds them: for each
    /// of R, G and B, `x' Q x + L x + constant`.
    ///
    /// `quadratic` is `[3, C, C]`, `linear` `[3, C]`, both row-major; for four
    /// channels that is 63 values with the constants. The entries of one
    /// product (`ij` and `ji`) are added up, so that the tensor need not be
    /// symmetric.
    ///
    /// # Errors
    ///
    /// As [`quadratic`](Self::quadratic).
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// let (quadratic, linear) = ([0.01; 3 * 4 * 4], [0.2; 3 * 4]);
    /// let projection = Projection::quadratic_from_tensors(&quadratic, &linear, [0.0; 3])?;
    /// assert_eq!(projection.channels(), 4);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    pub fn quadratic_from_tensors(
        quadratic: &[f32],
        linear: &[f32],
        constant: [f32; 3],
    ) -> Result<Self, PreviewError> {
        let channels = fold::channels_of(linear)?;
        Self::quadratic(
            constant,
            fold::rows(channels, linear)?,
            fold::pairs(channels, quadratic)?,
        )
    }

    /// A cubic from full tensors: `[3, C, C, C]`, `[3, C, C]` and `[3, C]`,
    /// row-major; for four channels that is 255 values with the constants.
    ///
    /// # Errors
    ///
    /// As [`quadratic`](Self::quadratic).
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// let projection = Projection::cubic_from_tensors(
    ///     &[0.001; 3 * 4 * 4 * 4],
    ///     &[0.01; 3 * 4 * 4],
    ///     &[0.2; 3 * 4],
    ///     [0.0; 3],
    /// )?;
    /// assert_eq!(projection.channels(), 4);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    pub fn cubic_from_tensors(
        cubic: &[f32],
        quadratic: &[f32],
        linear: &[f32],
        constant: [f32; 3],
    ) -> Result<Self, PreviewError> {
        let channels = fold::channels_of(linear)?;
        Self::cubic(
            constant,
            fold::rows(channels, linear)?,
            fold::pairs(channels, quadratic)?,
            fold::triples(channels, cubic)?,
        )
    }

    /// A preview with the instructions of a given level.
    pub(crate) fn preview_at(
        &self,
        level: Level,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        let plan = self.plan();
        check_output(plan.channels(), 1, latents, format, out)?;
        let encoding = kernel::Encoding::new(format, rounding);
        Ok(kernel::project(level, &plan, latents, encoding, out))
    }

    pub(crate) fn plan(&self) -> Plan<'_> {
        Plan::Polynomial(match self {
            Self::Linear(linear) => linear.polynomial(),
            Self::Affine(affine) => affine.polynomial(),
            Self::Quadratic(quadratic) => quadratic.polynomial(),
            Self::Cubic(cubic) => cubic.polynomial(),
            Self::Refined(refined) => return Plan::Stages(refined.stages()),
        })
    }
}

impl LatentPreview for Projection {
    fn channels(&self) -> usize {
        self.plan().channels()
    }

    fn preview_into_with(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.preview_at(kernel::best_level(), latents, format, rounding, out)
    }
}
