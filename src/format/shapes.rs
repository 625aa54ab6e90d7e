//! Which axis of a tensor is which, for a format whose channels are known.

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
    /// Where the shape does not say which axis is which, nothing is guessed:
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
    /// let previewer = LatentFormat::Wan21.previewer();
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
                return Err(PreviewError::AmbiguousShape { format: self });
            }
            [n, c, h, w] if is_channels(c) => Axes::Images([n, c, h, w]),
            [c, t, h, w] if is_channels(c) && (self.is_video() || t == 1) => {
                Axes::Videos([1, c, t, h, w])
            }
            [n, p, h, w] if is_packed(p) => Axes::PackedPlanes([n, p, h, w]),

            [_, c, t, _, _] if is_channels(c) && is_channels(t) => {
                return Err(PreviewError::AmbiguousShape { format: self });
            }
            [n, c, t, h, w] if is_channels(c) => Axes::Videos([n, c, t, h, w]),
            [n, t, c, h, w] if is_channels(c) => {
                let images = n.checked_mul(t).ok_or(PreviewError::ShapeOverflow)?;
                Axes::Images([images, c, h, w])
            }
            _ => return Err(self.refusal(shape)),
        })
    }

    /// The image in a tensor of this format that holds one, from its shape at
    /// run time.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotOneImage`] if it holds more, and those of
    /// [`images`](Self::images).
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let samples = [0.0_f32; 4 * 8 * 8];
    /// let latents = LatentFormat::Sdxl.image(&samples, &[1, 4, 8, 8])?;
    /// assert_eq!(latents.channels(), 4);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
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

    /// What a shape that fits none of the above looks like.
    fn refusal(self, shape: &[usize]) -> PreviewError {
        let format = self;
        let actual = match *shape {
            [c, _, _] | [_, c, _, _] | [_, c, _, _, _] => c,
            [_, _] => 0,
            _ => {
                return PreviewError::FormatShape {
                    format,
                    dimensions: shape.len(),
                };
            }
        };
        match shape.last() {
            Some(&last) if Some(last) == self.packed_channels() => PreviewError::LooksPacked {
                format,
                actual: last,
                tokens: true,
            },
            Some(&last) if last == self.channels() => PreviewError::ChannelsLast { format },
            _ if actual == 0 => PreviewError::FormatShape {
                format,
                dimensions: shape.len(),
            },
            _ => PreviewError::FormatChannels { format, actual },
        }
    }

    /// Whether these can be latents of this format.
    pub(super) fn check(self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        let (format, actual) = (self, latents.channels());
        if actual == self.channels() {
            return Ok(());
        }
        let packed = self.packed_channels();
        Err(if Some(actual) == packed {
            PreviewError::LooksPacked {
                format,
                actual,
                tokens: latents.is_channels_last(),
            }
        } else if Some(latents.width()) == packed {
            // Tokens, or rows of them, taken for rows of pixels.
            PreviewError::LooksPacked {
                format,
                actual: latents.width(),
                tokens: true,
            }
        } else {
            PreviewError::FormatChannels { format, actual }
        })
    }
}
