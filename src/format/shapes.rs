//! Which axis of a tensor is which, for a format whose channels are known.

use super::tables;
use crate::{LatentFormat, LatentImages, Latents, PackOrder, PreviewError, Samples};

/// The axes of a tensor of latents, from the outermost on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Axes {
    /// `[images, channels, height, width]`
    Images([usize; 4]),
    /// `[videos, channels, frames, height, width]`
    Videos([usize; 5]),
    /// `[images, 4 channels, height / 2, width / 2]`, in [`PackOrder::ChannelFirst`].
    PackedPlanes([usize; 4]),
}

/// The commonest mistake is a latent of another model: 64 columns are no token of 64 values,
/// and 32 columns not the 32 channels of FLUX.2, if there is a format of so many channels.
fn is_of_another(channels: usize) -> bool {
    !tables::with_channels(channels).is_empty()
}

impl LatentFormat {
    /// The images in a tensor of this format, from its shape at run time.
    ///
    /// | shape | what it is |
    /// |---|---|
    /// | `[C, height, width]` | one image |
    /// | `[images, C, height, width]` | a batch, or the frames of a video |
    /// | `[C, frames, height, width]` | a video, of formats of videos and if one frame of any |
    /// | `[videos, C, frames, height, width]`, `[videos, frames, C, height, width]` | videos, one after the other |
    /// | `[4C, height / 2, width / 2]`, `[images, 4C, height / 2, width / 2]` | 2x2-packed planes, of formats that have them, in [`PackOrder::ChannelFirst`] |
    ///
    /// `C` stands for [`channels`](Self::channels).
    ///
    /// # Errors
    ///
    /// Nothing is guessed if the shape does not say which axis is which:
    /// [`PreviewError::AmbiguousShape`] if two axes may be the channels,
    /// [`PreviewError::LooksPacked`] for tokens, whose rows and columns the
    /// shape does not tell, [`PreviewError::ChannelsLast`],
    /// [`PreviewError::FormatChannels`], [`PreviewError::FormatShape`] for any
    /// other number of axes, and the errors of [`Latents::planar`].
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
        let samples = samples.into();
        match self.axes(shape)? {
            Axes::Images(shape) => Latents::batch(samples, shape),
            Axes::Videos(shape) => Latents::videos(samples, shape),
            Axes::PackedPlanes(shape) => {
                Latents::packed_planes_batch(samples, shape, PackOrder::ChannelFirst)
            }
        }
    }

    /// Which axis of a tensor of this format is which.
    pub(crate) fn axes(self, shape: &[usize]) -> Result<Axes, PreviewError> {
        let channels = self.channels();
        let is_channels = |axis: usize| axis == channels;
        let is_packed = |axis: usize| Some(axis) == self.packed_channels();
        Ok(match *shape {
            [c, h, w] if is_channels(c) => Axes::Images([1, c, h, w]),
            [p, h, w] if is_packed(p) => Axes::PackedPlanes([1, p, h, w]),

            [n, c, _, _] if n > 1 && self.is_video() && is_channels(n) && is_channels(c) => {
                return Err(PreviewError::AmbiguousShape {
                    format: self.name(),
                    channels,
                });
            }
            [n, c, h, w] if is_channels(c) => Axes::Images([n, c, h, w]),
            [c, t, h, w] if is_channels(c) && (self.is_video() || t == 1) => {
                Axes::Videos([1, c, t, h, w])
            }
            [n, p, h, w] if is_packed(p) => Axes::PackedPlanes([n, p, h, w]),

            [_, c, t, _, _] if is_channels(c) && is_channels(t) => {
                return Err(PreviewError::AmbiguousShape {
                    format: self.name(),
                    channels,
                });
            }
            [n, c, t, h, w] if is_channels(c) => Axes::Videos([n, c, t, h, w]),
            [n, t, c, h, w] if is_channels(c) => {
                let images = n.checked_mul(t).ok_or(PreviewError::ShapeOverflow)?;
                Axes::Images([images, c, h, w])
            }
            _ => return Err(self.refusal(shape)),
        })
    }

    /// The image in a tensor of this format that holds one, from its shape at run time.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotOneImage`] if it holds more, and those of [`images`](Self::images).
    pub fn image<'a>(
        self,
        samples: impl Into<Samples<'a>>,
        shape: &[usize],
    ) -> Result<Latents<'a>, PreviewError> {
        let mut images = self.images(samples, shape)?;
        match (images.next(), images.len()) {
            (Some(image), 0) => Ok(image),
            (_, left) => Err(PreviewError::NotOneImage { images: left + 1 }),
        }
    }

    fn is_video(self) -> bool {
        self.temporal_downscale() > 1
    }

    /// The error for a shape that fits none of the above, by its looks.
    fn refusal(self, shape: &[usize]) -> PreviewError {
        let (format, channels) = (self.name(), self.channels());
        let (last, actual) = match *shape {
            [_, last] => (Some(last), None),
            [c, _, last] | [_, c, _, last] | [_, c, _, _, last] => (Some(last), Some(c)),
            _ => (None, None),
        };
        match (last, actual) {
            (Some(last), _)
                if Some(last) == self.packed_channels() && !actual.is_some_and(is_of_another) =>
            {
                self.looks_packed(last, true)
            }
            (Some(last), _) if last == channels && !actual.is_some_and(is_of_another) => {
                PreviewError::ChannelsLast { format, channels }
            }
            (last, Some(actual)) => self.other_channels(actual, last == Some(channels)),
            (_, None) => PreviewError::FormatShape {
                format,
                channels,
                dimensions: shape.len(),
            },
        }
    }

    fn looks_packed(self, actual: usize, tokens: bool) -> PreviewError {
        PreviewError::LooksPacked {
            format: self.name(),
            expected: self.channels(),
            actual,
            tokens,
        }
    }

    fn other_channels(self, actual: usize, are_last: bool) -> PreviewError {
        PreviewError::FormatChannels {
            format: self.name(),
            expected: self.channels(),
            actual,
            like: tables::with_channels(actual),
            are_last,
        }
    }

    /// Refuses latents that cannot be of this format.
    pub(super) fn check(self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        let (actual, packed) = (latents.channels(), self.packed_channels());
        if actual == self.channels() {
            Ok(())
        } else if Some(actual) == packed {
            // A single pixel is channels-last in every layout.
            let is_one_pixel = latents.width() * latents.height() == 1;
            Err(self.looks_packed(actual, !is_one_pixel && latents.is_channels_last()))
        } else if Some(latents.width()) == packed && !is_of_another(actual) {
            // Tokens, or rows of them, taken for rows of pixels.
            Err(self.looks_packed(latents.width(), true))
        } else {
            Err(self.other_channels(actual, false))
        }
    }
}
