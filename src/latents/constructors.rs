//! Constructors: from samples and the shape of a tensor to its images.

use super::layout::{Layout, checked_product, checked_span};
use super::{LatentImages, Latents};
use crate::{PackOrder, PreviewError, Samples};

impl<'a> Latents<'a> {
    /// One image stored plane by plane: shape `[channels, height, width]`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ZeroDimension`], [`PreviewError::ShapeOverflow`],
    /// [`PreviewError::TooManyChannels`] if there are more than 128, or
    /// [`PreviewError::SampleCount`] if the slice is longer or shorter than the shape needs.
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 4 * 2 * 3] = std::array::from_fn(|i| i as f32);
    /// let latents = Latents::planar(&samples, [4, 2, 3])?;
    /// // channel 1, row 1, column 2
    /// assert_eq!(latents.get(1, 1, 2), Some(11.0));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn planar(
        samples: impl Into<Samples<'a>>,
        [channels, height, width]: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[channels, height, width])?;
        let layout = Layout::plain(height * width, width, 1);
        Self::new(samples, [channels, height, width], layout)
    }

    /// One image stored pixel by pixel: shape `[height, width, channels]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 2 * 3 * 4] = std::array::from_fn(|i| i as f32);
    /// let latents = Latents::interleaved(&samples, [2, 3, 4])?;
    /// // channel 1, row 1, column 2
    /// assert_eq!(latents.get(1, 1, 2), Some(21.0));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn interleaved(
        samples: impl Into<Samples<'a>>,
        [height, width, channels]: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[height, width, channels])?;
        let layout = Layout::plain(1, width * channels, channels);
        Self::new(samples, [channels, height, width], layout)
    }

    /// A batch of images stored pixel by pixel, or a video of such frames: shape
    /// `[images, height, width, channels]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 3 * 2 * 2 * 4] = std::array::from_fn(|i| i as f32);
    /// let mut images = Latents::interleaved_batch(&samples, [3, 2, 2, 4])?;
    /// // image 2, channel 1, row 0, column 1
    /// let last = images.nth(2).expect("three images");
    /// assert_eq!(last.get(1, 0, 1), Some(37.0));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn interleaved_batch(
        samples: impl Into<Samples<'a>>,
        [images, height, width, channels]: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples.into(), &[images, height, width, channels])?;
        let layout = Layout::plain(1, width * channels, channels);
        let first = Self::new(samples, [channels, height, width], layout)?;
        Ok(LatentImages::batch(
            first,
            height * width * channels,
            images,
        ))
    }

    /// A batch of planar images, or a video with the frames outermost: shape
    /// `[images, channels, height, width]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples = [0.0_f32; 3 * 4 * 8 * 8];
    /// for latents in Latents::batch(&samples, [3, 4, 8, 8])? {
    ///     assert_eq!((latents.height(), latents.width()), (8, 8));
    /// }
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn batch(
        samples: impl Into<Samples<'a>>,
        [images, channels, height, width]: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples.into(), &[images, channels, height, width])?;
        let layout = Layout::plain(height * width, width, 1);
        let first = Self::new(samples, [channels, height, width], layout)?;
        let step = channels * height * width;
        Ok(LatentImages::batch(first, step, images))
    }

    /// A video with the channels outermost: shape `[channels, frames, height, width]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 2 * 3 * 1 * 1] = std::array::from_fn(|i| i as f32);
    /// let mut frames = Latents::video(&samples, [2, 3, 1, 1])?;
    /// let last = frames.next_back().unwrap();
    /// assert_eq!((last.get(0, 0, 0), last.get(1, 0, 0)), (Some(2.0), Some(5.0)));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn video(
        samples: impl Into<Samples<'a>>,
        [channels, frames, height, width]: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples.into(), &[channels, frames, height, width])?;
        let layout = Layout::plain(frames * height * width, width, 1);
        let first = Self::new(samples, [channels, height, width], layout)?;
        Ok(LatentImages::batch(first, height * width, frames))
    }

    /// One image of 2x2 patches stored as tokens:
    /// shape `[height / 2, width / 2, 4 * channels]`.
    ///
    /// This is the `[tokens, 4 * channels]` tensor of FLUX and Qwen-Image
    /// pipelines with its first axis split into rows and columns of patches. The tensor does not
    /// hold these: they are a sixteenth of the picture's height and width for most models.
    ///
    /// # Errors
    ///
    /// [`PreviewError::TokensInLine`] if there is one row or one column only, of 64 or more
    /// tokens: that is the tensor's own shape, `[1, tokens, 4 * channels]`, not a picture.
    /// [`PreviewError::PatchCount`] if the slice is longer or shorter than the shape needs,
    /// [`PreviewError::PackedChannels`] if the last axis is not a multiple of four,
    /// [`PreviewError::ZeroDimension`], [`PreviewError::ShapeOverflow`],
    /// [`PreviewError::TooManyChannels`].
    ///
    /// ```
    /// use latent_preview::{Latents, PackOrder};
    ///
    /// // 64x64 tokens of 64 values: a 16-channel latent of 128x128
    /// let tokens = [0.0_f32; 64 * 64 * 64];
    /// let latents = Latents::packed_tokens(&tokens, [64, 64, 64], PackOrder::ChannelFirst)?;
    /// assert_eq!((latents.channels(), latents.height(), latents.width()), (16, 128, 128));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn packed_tokens(
        samples: impl Into<Samples<'a>>,
        [rows, columns, values]: [usize; 3],
        order: PackOrder,
    ) -> Result<Self, PreviewError> {
        let samples = patches(samples.into(), &[rows, columns, values])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns * values, values, 1);
        Self::new(samples, shape, layout)
    }

    /// A batch of images of 2x2 patches stored as tokens:
    /// shape `[images, height / 2, width / 2, 4 * channels]`.
    ///
    /// This is the `[images, tokens, 4 * channels]` tensor of FLUX.1 and Qwen-Image pipelines
    /// with its second axis split into rows and columns of patches.
    ///
    /// # Errors
    ///
    /// As [`packed_tokens`](Self::packed_tokens).
    ///
    /// ```
    /// use latent_preview::{Latents, PackOrder};
    ///
    /// // Two pictures of 512x384: 24 rows of 32 tokens
    /// let tokens = [0.0_f32; 2 * 24 * 32 * 64];
    /// let batch = Latents::packed_tokens_batch(&tokens, [2, 24, 32, 64], PackOrder::ChannelFirst)?;
    /// assert_eq!(batch.len(), 2);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn packed_tokens_batch(
        samples: impl Into<Samples<'a>>,
        [images, rows, columns, values]: [usize; 4],
        order: PackOrder,
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = patches(samples.into(), &[images, rows, columns, values])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns * values, values, 1);
        let first = Self::new(samples, shape, layout)?;
        Ok(LatentImages::batch(first, rows * columns * values, images))
    }

    /// One image of 2x2 patches stored as planes:
    /// shape `[4 * channels, height / 2, width / 2]`.
    ///
    /// FLUX.2's denoising loop holds such latents: 128 planes for 32 channels.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar), and [`PreviewError::PackedChannels`] if the
    /// first axis is not a multiple of four.
    ///
    /// ```
    /// use latent_preview::{Latents, PackOrder};
    ///
    /// let planes = [0.0_f32; 128 * 32 * 32];
    /// let latents = Latents::packed_planes(&planes, [128, 32, 32], PackOrder::ChannelFirst)?;
    /// assert_eq!((latents.channels(), latents.height(), latents.width()), (32, 64, 64));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn packed_planes(
        samples: impl Into<Samples<'a>>,
        [values, rows, columns]: [usize; 3],
        order: PackOrder,
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[values, rows, columns])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns, 1, rows * columns);
        Self::new(samples, shape, layout)
    }

    /// One image of any other layout: shape `[channels, height, width]` and the
    /// distance in samples between neighbors on each of these axes.
    ///
    /// The slice starts at the first sample and may be longer than the view. The stride of an
    /// axis of length 1 is ignored.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ZeroDimension`], [`PreviewError::ShapeOverflow`],
    /// [`PreviewError::TooManyChannels`], [`PreviewError::OverlappingStrides`], or [`PreviewError::SampleCount`] if
    /// the slice ends before the view does.
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// // The left half of a planar 4x8x8 latent.
    /// let samples = [0.0_f32; 4 * 8 * 8];
    /// let left = Latents::strided(&samples, [4, 8, 4], [64, 8, 1])?;
    /// assert_eq!((left.height(), left.width()), (8, 4));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn strided(
        samples: impl Into<Samples<'a>>,
        shape: [usize; 3],
        strides: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = samples.into();
        let (expected, actual) = (checked_span(shape, strides)?, samples.len());
        if actual < expected {
            return Err(PreviewError::SampleCount { expected, actual });
        }
        Self::new(
            samples,
            shape,
            Layout::plain(strides[0], strides[1], strides[2]),
        )
    }
}

/// The tokens of a picture of 128x128 pixels. A line of as many is no picture.
const SMALLEST_PICTURE: usize = 64;

/// The samples of tokens, or an error that speaks of patches. The shape ends with rows, columns
/// and values.
fn patches<'a>(samples: Samples<'a>, shape: &[usize]) -> Result<Samples<'a>, PreviewError> {
    let samples = exactly(samples, shape).map_err(|error| match error {
        PreviewError::SampleCount { expected, actual } => {
            PreviewError::PatchCount { expected, actual }
        }
        other => other,
    })?;
    match *shape {
        [.., 1, tokens, values] | [.., tokens, 1, values] if tokens >= SMALLEST_PICTURE => {
            Err(PreviewError::TokensInLine { tokens, values })
        }
        _ => Ok(samples),
    }
}

/// Checks that there are as many samples as the shape needs.
pub(crate) fn exactly<'a>(
    samples: Samples<'a>,
    shape: &[usize],
) -> Result<Samples<'a>, PreviewError> {
    let (expected, actual) = (checked_product(shape)?, samples.len());
    if actual != expected {
        return Err(PreviewError::SampleCount { expected, actual });
    }
    Ok(samples)
}

/// `[channels, height, width]` of 2x2 patches of `values` values each.
pub(super) fn unpacked(
    values: usize,
    rows: usize,
    columns: usize,
) -> Result<[usize; 3], PreviewError> {
    if values.is_multiple_of(4) {
        // No overflow: values * rows * columns has been checked.
        Ok([values / 4, 2 * rows, 2 * columns])
    } else {
        Err(PreviewError::PackedChannels { actual: values })
    }
}
