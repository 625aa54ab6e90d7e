//! The meaning of a tensor's axes, for a format with a known number of channels.

use super::tables;
use crate::latents::exactly;
use crate::latents::layout::checked_product;
use crate::{LatentFormat, LatentImages, Latents, PreviewError, Samples};

/// The meaning of the axes of a tensor of latents. The last two are height and width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axes {
    videos: Option<usize>,
    /// The frames of a video, or the images of a batch.
    frames: Option<usize>,
    channels: usize,
    /// `true` if the channels are those of 2x2 patches, in
    /// [`PackOrder::ChannelFirst`](crate::PackOrder).
    is_packed: bool,
}

impl Axes {
    /// `[channels, height, width]`
    pub(crate) const IMAGE: Self = Self {
        videos: None,
        frames: None,
        channels: 0,
        is_packed: false,
    };
    /// `[images, channels, height, width]`
    pub(crate) const BATCH: Self = Self {
        frames: Some(0),
        channels: 1,
        ..Self::IMAGE
    };
    /// `[channels, frames, height, width]`
    const VIDEO: Self = Self {
        frames: Some(1),
        channels: 0,
        ..Self::IMAGE
    };

    /// `[videos, channels, frames, height, width]`
    const VIDEOS: Self = Self {
        videos: Some(0),
        frames: Some(2),
        channels: 1,
        ..Self::IMAGE
    };
    /// `[videos, frames, channels, height, width]`
    const BATCHES: Self = Self {
        videos: Some(0),
        frames: Some(1),
        channels: 2,
        ..Self::IMAGE
    };

    const fn packed(self) -> Self {
        Self {
            is_packed: true,
            ..self
        }
    }

    /// The value of each axis, in the order `[videos, frames, channels, height, width]`.
    fn sorted(self, of_axes: &[usize], absent: usize) -> [usize; 5] {
        let last = of_axes.len().saturating_sub(1);
        let (height, width) = (Some(last.saturating_sub(1)), Some(last));
        let axes = [self.videos, self.frames, Some(self.channels), height, width];
        axes.map(|axis| {
            let value = axis.and_then(|axis| of_axes.get(axis));
            value.copied().unwrap_or(absent)
        })
    }

    /// The number of images in a tensor of this shape.
    #[cfg(feature = "candle")]
    pub(crate) fn count(self, shape: &[usize]) -> usize {
        let [videos, frames, ..] = self.sorted(shape, 1);
        videos.saturating_mul(frames)
    }

    /// The images of a tensor, from its first sample on.
    pub(crate) fn images<'a>(
        self,
        samples: Samples<'a>,
        shape: &[usize],
        strides: &[usize],
    ) -> Result<LatentImages<'a>, PreviewError> {
        // An error names the place of a zero in this shape.
        checked_product(shape)?;
        let (sizes, strides) = (self.sorted(shape, 1), self.sorted(strides, 0));
        LatentImages::strided(samples, sizes, strides, self.is_packed)
    }
}

/// The image of a tensor that holds exactly one.
pub(crate) fn only(mut images: LatentImages<'_>) -> Result<Latents<'_>, PreviewError> {
    match (images.next(), images.len()) {
        (Some(image), 0) => Ok(image),
        (_, left) => Err(PreviewError::NotOneImage { images: left + 1 }),
    }
}

impl LatentFormat {
    /// The images in a tensor of this format, from its shape at run time.
    ///
    /// | shape | what it is |
    /// |---|---|
    /// | `[C, height, width]` | one image |
    /// | `[images, C, height, width]` | a batch, or the frames of a video |
    /// | `[C, frames, height, width]` | a video, for video formats (for any format if it has one frame) |
    /// | `[videos, C, frames, height, width]`, `[videos, frames, C, height, width]` | videos, one after the other |
    /// | `[4C, height / 2, width / 2]`, `[images, 4C, height / 2, width / 2]` | FLUX.2's packed planes, in [`PackOrder::ChannelFirst`](crate::PackOrder::ChannelFirst) |
    ///
    /// `C` stands for [`channels`](Self::channels). A shape that fits a row is what the row
    /// says, even if its width is as large as `C`: it could be the channels, too. Only packed
    /// planes as wide as `C` are refused if an image with the channels last would be no more
    /// oblong than theirs. If your arrays have the channels last, call
    /// [`Latents::interleaved`] instead.
    ///
    /// # Errors
    ///
    /// [`PreviewError::AmbiguousShape`] if a batch may also be a video,
    /// [`PreviewError::LooksPacked`] for tokens (the shape does not say how many are in a row),
    /// [`PreviewError::ChannelsLast`], [`PreviewError::FormatChannels`],
    /// [`PreviewError::FormatShape`] for any other number of axes, and the errors of
    /// [`Latents::planar`].
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, PixelFormat};
    ///
    /// let samples = [0.0_f32; 16 * 5 * 8 * 8];
    /// let mut picture = [0; 8 * 8 * 3];
    /// let previewer = LatentFormat::Wan21.previewer()?;
    /// for frame in LatentFormat::Wan21.images(&samples, &[1, 16, 5, 8, 8])? {
    ///     previewer.preview_into(&frame, PixelFormat::Rgb8, &mut picture)?;
    /// }
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn images<'a>(
        self,
        samples: impl Into<Samples<'a>>,
        shape: &[usize],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let axes = self.axes(shape)?;
        let samples = exactly(samples.into(), shape)?;
        // The strides of a contiguous tensor, which has at most five axes.
        let (mut strides, mut stride) = ([0; 5], 1);
        for (own, size) in strides.iter_mut().zip(shape).rev() {
            *own = stride;
            stride *= size;
        }
        axes.images(samples, shape, &strides[..shape.len()])
    }

    /// The meaning of the axes of a tensor of this format.
    pub(crate) fn axes(self, shape: &[usize]) -> Result<Axes, PreviewError> {
        let channels = self.channels();
        let is_channels = |axis: usize| axis == channels;
        let are_tokens =
            |height, width| Some(width) == self.packed_channels() && is_column(height, width);
        Ok(match *shape {
            // A batch of as many images as a latent has channels is one of tokens.
            [c, h, w] if is_channels(c) && !are_tokens(h, w) => Axes::IMAGE,
            [p, h, w] if self.are_planes(p, h, w) => Axes::IMAGE.packed(),

            [n, c, _, _] if self.is_video() && is_channels(n) && is_channels(c) => {
                return Err(PreviewError::AmbiguousShape { format: self });
            }
            [_, c, _, _] if is_channels(c) => Axes::BATCH,
            [c, t, _, _] if is_channels(c) && (self.is_video() || t == 1) => Axes::VIDEO,
            [_, p, h, w] if self.are_planes(p, h, w) => Axes::BATCH.packed(),

            [_, c, t, _, _] if is_channels(c) && is_channels(t) => {
                return Err(PreviewError::AmbiguousShape { format: self });
            }
            [_, c, _, _, _] if is_channels(c) => Axes::VIDEOS,
            [_, _, c, _, _] if is_channels(c) => Axes::BATCHES,
            _ => return Err(self.refusal(shape)),
        })
    }

    /// The image in a tensor of this format that holds exactly one, from its shape at run time.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotOneImage`] if it holds more, and the errors of
    /// [`images`](Self::images).
    pub fn image<'a>(
        self,
        samples: impl Into<Samples<'a>>,
        shape: &[usize],
    ) -> Result<Latents<'a>, PreviewError> {
        only(self.images(samples, shape)?)
    }

    fn is_video(self) -> bool {
        self.temporal_downscale() > 1
    }

    /// The error for a shape that fits none of these, by its most likely cause.
    fn refusal(self, shape: &[usize]) -> PreviewError {
        match *shape {
            [_, values] if Some(values) == self.packed_channels() => {
                self.looks_packed(values, true)
            }
            [c, height, width] | [_, c, height, width] | [_, c, _, height, width] => {
                self.other_axes(c, height, width)
            }
            _ => PreviewError::FormatShape {
                format: self,
                dimensions: shape.len(),
            },
        }
    }

    /// `true` for the packed planes of a format that has them. A width of as many pixels as the
    /// format has channels may also be the channels of an image with channels last: planes are
    /// then the shape whose picture is less oblong.
    fn are_planes(self, channels: usize, height: usize, width: usize) -> bool {
        let own = self.channels();
        self.has_packed_planes() && channels == 4 * own && (width != own || height < 2 * own)
    }

    /// The error for this length of the axis at the place of the channels, and for these of the
    /// next ones.
    fn other_axes(self, actual: usize, height: usize, width: usize) -> PreviewError {
        let (format, packed) = (self, self.packed_channels());
        // The most common mistake is a latent of another model: its channels are in the right
        // place, and its width is by chance as long as the format has channels or a token has
        // values. No picture is as narrow as 16 columns.
        let is_of_another = Some(actual) != packed
            && !tables::with_channels(actual).is_empty()
            && width > 16
            && !is_column(height, width);
        if self.are_planes(actual, height, width) {
            self.looks_packed(actual, false)
        } else if width == self.channels() && !is_of_another {
            PreviewError::ChannelsLast { format, actual }
        } else if Some(actual) == packed {
            // A grid of tokens may be as high as a token has values.
            self.looks_packed(actual, width == actual)
        } else if Some(width) == packed && !is_of_another {
            self.looks_packed(width, true)
        } else {
            PreviewError::FormatChannels {
                format,
                actual,
                last_axis: width,
            }
        }
    }

    const fn looks_packed(self, actual: usize, tokens: bool) -> PreviewError {
        PreviewError::LooksPacked {
            format: self,
            actual,
            tokens,
        }
    }

    /// Refuses latents that cannot be of this format.
    pub(super) fn check(self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        let (format, actual) = (self, latents.channels());
        let (height, width) = (latents.height(), latents.width());
        // A single pixel is channels-last in every layout.
        let is_channels_last = latents.is_channels_last() && height * width > 1;
        if actual == self.channels() {
            Ok(())
        } else if !is_channels_last {
            Err(self.other_axes(actual, height, width))
        } else if Some(actual) == self.packed_channels() {
            Err(self.looks_packed(actual, true))
        } else {
            Err(PreviewError::FormatChannels {
                format,
                actual,
                last_axis: actual,
            })
        }
    }
}

/// `true` if no picture is that high: a column of tokens is.
const fn is_column(height: usize, width: usize) -> bool {
    height / 8 >= width
}
