//! Checked, borrowed views of latents in every layout that pipelines use.

mod constructors;
mod denoise;
mod images;
pub(crate) mod layout;
mod samples;

pub(crate) use constructors::exactly;
pub use denoise::Denoise;
#[cfg(feature = "alloc")]
pub(crate) use denoise::checked_sigma;
pub use images::LatentImages;
pub use layout::PackOrder;
#[cfg(feature = "alloc")]
pub use samples::OwnedSamples;
pub use samples::{Element, Samples};

use core::fmt;

use crate::channels::check_channels;
use crate::{DType, PreviewError};
use layout::Layout;

/// One latent image: borrowed samples, their shape and their layout.
///
/// Constructors take the samples as `&[f32]`, `&[f16]`, `&[bf16]` (or a [`Samples`] whose type
/// is only known at run time) and the shape *in the order in which the tensor is stored*.
/// Nothing is copied.
///
/// | you hold | shape | constructor |
/// |---|---|---|
/// | one image, planes (NCHW without N) | `[channels, height, width]` | [`planar`](Self::planar) |
/// | one image, channels last | `[height, width, channels]` | [`interleaved`](Self::interleaved) |
/// | a batch or a video, channels last | `[images, height, width, channels]` | [`interleaved_batch`](Self::interleaved_batch) |
/// | a batch of planar images | `[images, channels, height, width]` | [`batch`](Self::batch) |
/// | a video, channels outermost | `[channels, frames, height, width]` | [`video`](Self::video) |
/// | a video, frames outermost | `[frames, channels, height, width]` | [`batch`](Self::batch) |
/// | 2x2-packed tokens | `[height / 2, width / 2, 4 * channels]` | [`packed_tokens`](Self::packed_tokens) |
/// | a batch of 2x2-packed tokens | `[images, height / 2, width / 2, 4 * channels]` | [`packed_tokens_batch`](Self::packed_tokens_batch) |
/// | 2x2-packed planes | `[4 * channels, height / 2, width / 2]` | [`packed_planes`](Self::packed_planes) |
/// | anything else | `[channels, height, width]` and strides | [`strided`](Self::strided) |
/// | a latent and the model's output | those of both | [`denoised`](Self::denoised) |
/// | a tensor whose shape is only known at run time | | [`LatentFormat::images`](crate::LatentFormat::images) |
///
/// The numbers are in *model space*: those that the denoising loop holds. A latent has at most
/// 128 channels.
///
/// ```
/// use latent_preview::{DType, Latents, f16};
///
/// let samples = [f16::ONE; 4 * 2 * 3];
/// let latents = Latents::planar(&samples, [4, 2, 3])?;
/// assert_eq!((latents.channels(), latents.height(), latents.width()), (4, 2, 3));
/// assert_eq!((latents.dtype(), latents.get(3, 1, 2)), (DType::F16, Some(1.0)));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Latents<'a> {
    channels: usize,
    height: usize,
    width: usize,
    view: View<'a>,
    /// The second view and the weights, if this is an estimate of x0.
    estimate: Option<Estimate<'a>>,
}

/// Samples and their places in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) samples: Samples<'a>,
    pub(crate) layout: Layout,
}

/// The model's output, and the weights of the latent and of that output.
#[derive(Clone, Copy, Debug)]
struct Estimate<'a> {
    model_output: View<'a>,
    weights: [f32; 2],
}

/// The numbers of an image: one tensor, or a weighted sum of two.
#[derive(Clone, Copy)]
pub(crate) enum Views<'a> {
    Tensor(View<'a>),
    Estimate([View<'a>; 2], [f32; 2]),
}

/// Prints shape and type only: nobody reads thousands of numbers on one line.
impl fmt::Debug for Latents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latents")
            .field("channels", &self.channels)
            .field("height", &self.height)
            .field("width", &self.width)
            .field("dtype", &self.dtype())
            .field("is_estimate", &self.estimate.is_some())
            .finish_non_exhaustive()
    }
}

impl<'a> Latents<'a> {
    fn new(
        samples: Samples<'a>,
        shape: [usize; 3],
        mut layout: Layout,
    ) -> Result<Self, PreviewError> {
        let [channels, height, width] = shape;
        check_channels(channels)?;
        // The strides of an axis of length 1 are never used. Setting them to those of a planar
        // image makes such images count as contiguous.
        if channels == 1 {
            layout.channel = 0;
        }
        if width == 1 {
            (layout.column_pair, layout.column_odd) = (2, 1);
        }
        if height == 1 {
            (layout.row_pair, layout.row_odd) = (2 * width, width);
        }
        Ok(Self {
            channels,
            height,
            width,
            view: View { samples, layout },
            estimate: None,
        })
    }

    /// An estimate of x0, the clean latent that the model sees in a noisy one.
    ///
    /// `x_t` and `model_output` must have the same shape; type and layout may differ. Nothing
    /// is copied: every previewer accepts an estimate, and mixes the two tensors while it reads
    /// them, in one pass. [`Denoise`] has the weights.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OtherShape`] if the shapes differ, [`PreviewError::NestedEstimate`] if
    /// one of them is already an estimate.
    ///
    /// ```
    /// use latent_preview::{Denoise, LatentFormat, LatentPreview, Latents, f16};
    ///
    /// let x_t = [0.5_f32; 16 * 8 * 8];
    /// let velocity = [f16::from_f32(0.25); 16 * 8 * 8];
    /// let x0 = Latents::denoised(
    ///     &Latents::planar(&x_t, [16, 8, 8])?,
    ///     &Latents::planar(&velocity, [16, 8, 8])?,
    ///     Denoise::flow(0.8)?,
    /// )?;
    /// assert_eq!(x0.get(0, 0, 0), Some(0.3)); // 0.5 - 0.8 * 0.25
    /// # #[cfg(feature = "alloc")]
    /// let preview = LatentFormat::Flux1.previewer()?.preview_rgb(&x0)?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn denoised(
        x_t: &Self,
        model_output: &Self,
        denoise: Denoise,
    ) -> Result<Self, PreviewError> {
        if x_t.shape() != model_output.shape() {
            return Err(PreviewError::OtherShape {
                expected: x_t.shape(),
                actual: model_output.shape(),
            });
        }
        if x_t.estimate.is_some() || model_output.estimate.is_some() {
            return Err(PreviewError::NestedEstimate);
        }
        // A weight of 1 beside a weight of 0 is the tensor itself.
        let weights = [denoise.x_t(), denoise.model_output()];
        if weights == [1.0, 0.0] {
            return Ok(*x_t);
        }
        if weights == [0.0, 1.0] {
            return Ok(*model_output);
        }
        Ok(Self {
            estimate: Some(Estimate {
                model_output: model_output.view,
                weights,
            }),
            ..*x_t
        })
    }

    pub(crate) const fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    /// Number of latent channels.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Number of rows of latent pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Number of latent pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// `true` if the channels of a pixel are adjacent in memory.
    pub(crate) const fn is_channels_last(&self) -> bool {
        self.view.layout.channel == 1
    }

    /// Type of the samples; `F32` for an estimate.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self.estimate {
            None => self.view.samples.dtype(),
            Some(_) => DType::F32,
        }
    }

    /// The value at a channel, row and column, or `None` outside the image.
    ///
    /// Call it to check that a layout is the one you expect, or to write your own
    /// [`LatentPreview`](crate::LatentPreview).
    #[must_use]
    pub fn get(&self, channel: usize, y: usize, x: usize) -> Option<f32> {
        if channel >= self.channels || y >= self.height || x >= self.width {
            return None;
        }
        let sample = |view: &View<'_>| {
            let index = view.layout.row(channel, y) + view.layout.column(x);
            view.samples.get(index)
        };
        match self.views() {
            Views::Tensor(view) => sample(&view),
            Views::Estimate(views, weights) => {
                let mut sum = 0.0_f64;
                for (view, weight) in views.iter().zip(weights) {
                    // A tensor with weight 0 may even be infinite.
                    if weight != 0.0 {
                        sum += f64::from(weight) * f64::from(sample(view)?);
                    }
                }
                Some(sum as f32)
            }
        }
    }

    /// The samples of the image.
    pub(crate) const fn views(&self) -> Views<'a> {
        match self.estimate {
            None => Views::Tensor(self.view),
            Some(estimate) => Views::Estimate([self.view, estimate.model_output], estimate.weights),
        }
    }

    /// How many pixels have a NaN or infinite value in some channel.
    #[cold]
    pub(crate) fn count_non_finite(&self) -> usize {
        let is_finite =
            |y, x| (0..self.channels).all(|c| self.get(c, y, x).is_some_and(f32::is_finite));
        (0..self.height)
            .map(|y| (0..self.width).filter(|&x| !is_finite(y, x)).count())
            .sum()
    }
}
