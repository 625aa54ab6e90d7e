//! Checked, borrowed views of latents in every layout that pipelines use.

mod constructors;
mod images;

pub use images::LatentImages;

use crate::layout::Layout;
use crate::{DType, Denoise, PreviewError, Samples};

/// One latent image: borrowed samples, their shape and their layout.
///
/// Constructors take the samples as `&[f32]`, `&[f16]`, `&[bf16]` (or a
/// [`Samples`] of a type known at run time) and the shape *of the tensor as it
/// is stored*, in the order of the layout's name. Nothing is copied.
///
/// | what you hold | shape | constructor |
/// |---|---|---|
/// | one image, planes (NCHW without N) | `[channels, height, width]` | [`planar`](Self::planar) |
/// | one image, channels last | `[height, width, channels]` | [`interleaved`](Self::interleaved) |
/// | a batch of planar images | `[images, channels, height, width]` | [`batch`](Self::batch) |
/// | a video, channels outermost | `[channels, frames, height, width]` | [`video`](Self::video) |
/// | a video, frames outermost | `[frames, channels, height, width]` | [`video_frames`](Self::video_frames) |
/// | 2x2-packed tokens | `[height / 2, width / 2, 4 * channels]` | [`packed_tokens`](Self::packed_tokens) |
/// | 2x2-packed planes | `[4 * channels, height / 2, width / 2]` | [`packed_planes`](Self::packed_planes) |
/// | anything else | `[channels, height, width]` and strides | [`strided`](Self::strided) |
///
/// The numbers are *model space*: what the denoising loop holds.
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
#[derive(Clone, Copy, Debug)]
pub struct Latents<'a> {
    samples: Samples<'a>,
    channels: usize,
    height: usize,
    width: usize,
    layout: Layout,
    /// Set by [`denoised`](Self::denoised): what is seen is a mixture.
    estimate: Option<Estimate<'a>>,
}

/// The tensor that is mixed in, and the weights of both.
#[derive(Clone, Copy, Debug)]
struct Estimate<'a> {
    samples: Samples<'a>,
    layout: Layout,
    weights: [f32; 2],
}

/// Samples, where they lie and what they are multiplied with.
pub(crate) type Term<'a> = (Samples<'a>, &'a Layout, f32);

impl<'a> Latents<'a> {
    fn new(samples: Samples<'a>, shape: [usize; 3], mut layout: Layout) -> Self {
        let [channels, height, width] = shape;
        // The steps of an axis of length 1 are never taken. Setting them to what
        // a planar image has lets such images be seen as contiguous.
        if channels == 1 {
            layout.channel = 0;
        }
        if width == 1 {
            (layout.column_pair, layout.column_odd) = (2, 1);
        }
        if height == 1 {
            (layout.row_pair, layout.row_odd) = (2 * width, width);
        }
        Self {
            samples,
            channels,
            height,
            width,
            layout,
            estimate: None,
        }
    }

    /// The clean latent that a model sees in a noisy one: an estimate of x0,
    /// mixed from `x_t` and `model_output` while a preview loads them.
    ///
    /// Both must have one shape; type and layout may differ. Nothing is copied:
    /// every previewer takes the estimate as it takes a tensor, in a single pass.
    /// [`Denoise`] has the weights.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OtherShape`] if the shapes differ,
    /// [`PreviewError::NestedEstimate`] if one of them is an estimate already.
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
    /// let preview = LatentFormat::Flux1.previewer().preview_rgb(&x0)?;
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
        // What counts alone needs no mixing.
        let weights = [denoise.x_t(), denoise.model_output()];
        if weights == [1.0, 0.0] {
            return Ok(*x_t);
        }
        if weights == [0.0, 1.0] {
            return Ok(*model_output);
        }
        Ok(Self {
            estimate: Some(Estimate {
                samples: model_output.samples,
                layout: model_output.layout,
                weights,
            }),
            ..*x_t
        })
    }

    const fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    /// Latent channels.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Rows of latent pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Latent pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether the channels of a pixel are neighbors.
    pub(crate) const fn is_channels_last(&self) -> bool {
        self.layout.channel == 1
    }

    /// Type of the samples; `F32` for an estimate, whatever it is mixed from.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self.estimate {
            None => self.samples.dtype(),
            Some(_) => DType::F32,
        }
    }

    /// The value at a channel, row and column, or `None` outside the image.
    ///
    /// Call it to check that a layout says what you think it says, or to write
    /// a [`LatentPreview`](crate::LatentPreview) of your own.
    #[must_use]
    pub fn get(&self, channel: usize, y: usize, x: usize) -> Option<f32> {
        self.get_exact(channel, y, x).map(|value| value as f32)
    }

    /// As [`get`](Self::get), without rounding what is mixed.
    pub(crate) fn get_exact(&self, channel: usize, y: usize, x: usize) -> Option<f64> {
        if channel >= self.channels || y >= self.height || x >= self.width {
            return None;
        }
        let sample = |samples: &Samples<'_>, layout: &Layout| {
            let sample = samples.get(layout.row(channel, y) + layout.column(x));
            sample.map(f64::from)
        };
        let Some(terms) = self.terms() else {
            return sample(&self.samples, &self.layout);
        };
        let mut sum = 0.0;
        for (samples, layout, weight) in terms {
            // What has no weight may even be infinite.
            if weight != 0.0 {
                sum += f64::from(weight) * sample(&samples, layout)?;
            }
        }
        Some(sum)
    }

    /// What an estimate is mixed from.
    pub(crate) const fn terms(&self) -> Option<[Term<'_>; 2]> {
        match &self.estimate {
            None => None,
            Some(other) => Some([
                (self.samples, &self.layout, other.weights[0]),
                (other.samples, &other.layout, other.weights[1]),
            ]),
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

    pub(crate) const fn samples(&self) -> Samples<'a> {
        self.samples
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }
}
