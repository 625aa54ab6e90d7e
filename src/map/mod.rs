//! The maps from latents to pictures, as data: nothing here computes a preview.

mod coefficients;
mod layers;
pub(crate) mod polynomial;
#[cfg(feature = "fit")]
mod recolor;
pub(crate) mod refined;
#[cfg(feature = "alloc")]
mod rescale;
#[cfg(feature = "safetensors")]
mod safetensors;
#[cfg(feature = "serde")]
pub(crate) mod serde;
#[cfg(feature = "alloc")]
mod tensors;
pub(crate) mod tiny;

pub use coefficients::Coefficients;
pub(crate) use coefficients::check_finite;
pub(crate) use layers::{Conv, change_inputs, weight_count};
pub use polynomial::Polynomial;
pub(crate) use polynomial::Terms;
pub use refined::Refined;
pub use tiny::{TinyDecoder, TinyLayer};

use crate::PreviewError;

/// The rows of a degree that a polynomial does not have.
const NONE: Coefficients = Coefficients::from_static(&[]);

/// A map from the latent channels of a pixel to its RGB, in decoder range: -1 to 1.
///
/// Most kinds are polynomials of the channels of a pixel and differ in degree. [`Refined`] also
/// reads the neighbors and corrects the colors. Coefficients are rows `[R, G, B]`, borrowed for
/// `'static` or owned.
///
/// ```
/// use latent_preview::{LatentPreview, Projection};
///
/// // Two latent channels: brightness, and red against cyan.
/// let projection = Projection::affine(&[[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]], [0.1, 0.1, 0.1])?;
/// assert!(matches!(projection, Projection::Affine(..)));
/// assert_eq!(projection.channels(), 2);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Projection {
    /// `A x`
    Linear(Polynomial),
    /// `A x + b`
    Affine(Polynomial),
    /// All products of up to two channels.
    Quadratic(Polynomial),
    /// All products of up to three channels.
    Cubic(Polynomial),
    /// A convolution, a filter over the neighbors and a color correction.
    Refined(Refined),
}

impl Projection {
    /// The first published factors, for Stable Diffusion 1.4.
    ///
    /// They were found by hand and posted to the Hugging Face forum thread "Decoding latents to
    /// RGB without upscaling". Their colors are undersaturated. Use them for comparison and as
    /// the smallest working preset.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// assert_eq!(Projection::SD_V1_4.channels(), 4);
    /// ```
    pub const SD_V1_4: Self = Self::Linear(Polynomial::from_static(
        [0.0; 3],
        &[
            [0.298, 0.207, 0.208],
            [0.187, 0.286, 0.173],
            [-0.158, 0.189, 0.264],
            [-0.184, -0.271, -0.473],
        ],
        &[],
        &[],
    ));

    /// `A x`: one row of factors per latent channel.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if there is no row,
    /// [`PreviewError::TooManyChannels`] if there are more than 128,
    /// [`PreviewError::NonFiniteCoefficient`] if a value is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Projection};
    ///
    /// let projection = Projection::linear(&[[0.5, 0.5, 0.5], [0.3, -0.3, -0.3]])?;
    /// assert_eq!(projection.channels(), 2);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn linear(factors: impl Into<Coefficients>) -> Result<Self, PreviewError> {
        Polynomial::new(1, [0.0; 3], factors.into(), NONE, NONE).map(Self::Linear)
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
        Polynomial::new(1, bias, factors.into(), NONE, NONE).map(Self::Affine)
    }

    /// `constant + sum of linear[i] x_i + sum of pairs x_i x_j`, `i <= j`.
    ///
    /// `linear` has one row per channel. `pairs` has one row per unique product, in the order
    /// 00, 01, 02, ..., 11, 12, ...: `C (C + 1) / 2` rows.
    ///
    /// # Errors
    ///
    /// [`PreviewError::CoefficientCount`] if the rows do not match the channels,
    /// [`PreviewError::TooManyChannels`] if there are more than 128,
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
        Polynomial::new(2, constant, linear.into(), pairs.into(), NONE).map(Self::Quadratic)
    }

    /// Like [`quadratic`](Self::quadratic), plus the products of three channels `x_i x_j x_k`,
    /// `i <= j <= k`, in the order 000, 001, ..., 011, 012, ...: `C (C + 1) (C + 2) / 6` rows.
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
        Polynomial::new(3, constant, linear.into(), pairs.into(), triples.into()).map(Self::Cubic)
    }

    /// A quadratic from full tensors, as a training script holds them:
    /// `x' Q x + L x + constant` for each of R, G and B.
    ///
    /// `quadratic` is `[3, C, C]` and `linear` is `[3, C]`, both row-major: for four channels,
    /// 63 values with the constants. The entries of one product (`ij` and `ji`) are added up,
    /// so the tensor need not be symmetric.
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
        let channels = tensors::channels_of(linear)?;
        Self::quadratic(
            constant,
            tensors::linear_rows(channels, linear)?,
            tensors::pair_rows(channels, quadratic)?,
        )
    }

    /// A cubic from full tensors: `[3, C, C, C]`, `[3, C, C]` and `[3, C]`, row-major: for four
    /// channels, 255 values with the constants.
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
        let channels = tensors::channels_of(linear)?;
        Self::cubic(
            constant,
            tensors::linear_rows(channels, linear)?,
            tensors::pair_rows(channels, quadratic)?,
            tensors::triple_rows(channels, cubic)?,
        )
    }

    /// The polynomial; `None` for [`Refined`].
    #[must_use]
    pub const fn polynomial(&self) -> Option<&Polynomial> {
        match self {
            Self::Linear(polynomial)
            | Self::Affine(polynomial)
            | Self::Quadratic(polynomial)
            | Self::Cubic(polynomial) => Some(polynomial),
            Self::Refined(_) => None,
        }
    }
}

/// A projection or a tiny decoder.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Map {
    Projection(Projection),
    Tiny(TinyDecoder),
}

/// Any map, borrowed, as the kernel takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MapRef<'a> {
    Polynomial(Terms<'a>),
    Refined(&'a Refined),
    Tiny(&'a TinyDecoder),
}

impl Map {
    pub(crate) fn as_ref(&self) -> MapRef<'_> {
        match self {
            Self::Projection(projection) => projection.into(),
            Self::Tiny(decoder) => decoder.into(),
        }
    }

    /// The same map of inputs that are `gain x + offset`, per channel.
    #[cfg(feature = "alloc")]
    pub(crate) fn rescaled(
        &self,
        input: impl Fn(usize) -> (f64, f64),
    ) -> Result<Self, PreviewError> {
        let channels = self.as_ref().channels();
        let inputs: alloc::vec::Vec<_> = (0..channels).map(input).collect();
        match self {
            Self::Projection(projection) => projection.rescaled(&inputs).map(Self::Projection),
            Self::Tiny(decoder) => decoder.rescaled(&inputs).map(Self::Tiny),
        }
    }
}

impl MapRef<'_> {
    pub(crate) fn channels(&self) -> usize {
        match self {
            Self::Polynomial(terms) => terms.channels(),
            Self::Refined(refined) => refined.channels(),
            Self::Tiny(decoder) => decoder.channels,
        }
    }

    /// The output pixels per latent pixel, in each direction.
    pub(crate) const fn scale(&self) -> usize {
        match self {
            Self::Polynomial(_) | Self::Refined(_) => 1,
            Self::Tiny(decoder) => decoder.scale,
        }
    }
}

impl<'a> From<&'a Projection> for MapRef<'a> {
    fn from(projection: &'a Projection) -> Self {
        match projection {
            Projection::Linear(polynomial)
            | Projection::Affine(polynomial)
            | Projection::Quadratic(polynomial)
            | Projection::Cubic(polynomial) => Self::Polynomial(polynomial.terms()),
            Projection::Refined(refined) => Self::Refined(refined),
        }
    }
}

impl<'a> From<&'a TinyDecoder> for MapRef<'a> {
    fn from(decoder: &'a TinyDecoder) -> Self {
        Self::Tiny(decoder)
    }
}
