//! Several images in one tensor.

use core::fmt;
use core::ops::Range;

use super::Latents;
use super::constructors::unpacked;
use super::layout::{Layout, checked_product, checked_span};
use crate::{PackOrder, PreviewError, Samples};

/// The images of a batch or the frames of a video, in order, without copying.
///
/// Made by [`LatentFormat::images`](crate::LatentFormat::images) and by the constructors of
/// [`Latents`] that take several images. `len()` counts the images left, `nth(i)` skips to an image in constant time.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// let samples = [0.0_f32; 16 * 9 * 8 * 8];
/// let mut frames = Latents::video(&samples, [16, 9, 8, 8])?;
/// let middle = frames.nth(4).expect("nine frames");
/// assert_eq!(frames.len(), 4); // the frames after it
/// # #[cfg(feature = "alloc")]
/// let preview = LatentFormat::Wan21.previewer()?.preview_rgb(&middle)?;
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone)]
pub struct LatentImages<'a> {
    first: Latents<'a>,
    /// Samples from one image to the next of the same video.
    step: usize,
    /// Images per video; a batch counts as one video here.
    frames: usize,
    /// Samples from one video to the next.
    video_step: usize,
    left: Range<usize>,
}

impl fmt::Debug for LatentImages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LatentImages")
            .field("left", &self.left.len())
            .field("each", &self.first)
            .finish_non_exhaustive()
    }
}

impl<'a> LatentImages<'a> {
    /// Images of one shape and layout, `step` samples apart.
    pub(super) const fn batch(first: Latents<'a>, step: usize, images: usize) -> Self {
        Self {
            first,
            step,
            frames: images,
            video_step: 0,
            left: 0..images,
        }
    }

    /// Images `[videos, frames, channels, height, width]` with any stride on each axis, like
    /// [`Latents::strided`]. With `is_packed`, the channels are those of 2x2 patches in
    /// [`PackOrder::ChannelFirst`].
    pub(crate) fn strided(
        samples: Samples<'a>,
        [videos, frames, channels, height, width]: [usize; 5],
        [video_step, step, channel, row, column]: [usize; 5],
        is_packed: bool,
    ) -> Result<Self, PreviewError> {
        checked_product(&[videos, frames, channels, height, width])?;
        let one = checked_span([channels, height, width], [channel, row, column])?;
        // The end of the last image.
        let reach = |size: usize, step: usize| step.checked_mul(size - 1);
        let expected = reach(videos, video_step)
            .and_then(|start| start.checked_add(reach(frames, step)?))
            .and_then(|start| start.checked_add(one))
            .ok_or(PreviewError::ShapeOverflow)?;
        let actual = samples.len();
        if actual < expected {
            return Err(PreviewError::SampleCount { expected, actual });
        }
        let (shape, layout) = if is_packed {
            let shape = unpacked(channels, height, width)?;
            let order = PackOrder::ChannelFirst;
            let layout = Layout::packed(order, shape[0], row, column, channel);
            (shape, layout)
        } else {
            let layout = Layout::plain(channel, row, column);
            ([channels, height, width], layout)
        };
        Ok(Self {
            first: Latents::new(samples, shape, layout)?,
            step,
            frames,
            video_step,
            left: 0..videos * frames,
        })
    }

    fn image(&self, index: usize) -> Latents<'a> {
        let mut image = self.first;
        let (video, frame) = (index / self.frames, index % self.frames);
        image.view.layout.offset += video * self.video_step + frame * self.step;
        image
    }
}

impl<'a> Iterator for LatentImages<'a> {
    type Item = Latents<'a>;

    fn next(&mut self) -> Option<Latents<'a>> {
        self.left.next().map(|index| self.image(index))
    }

    fn nth(&mut self, n: usize) -> Option<Latents<'a>> {
        self.left.nth(n).map(|index| self.image(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl DoubleEndedIterator for LatentImages<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().map(|index| self.image(index))
    }
}

impl ExactSizeIterator for LatentImages<'_> {}

impl core::iter::FusedIterator for LatentImages<'_> {}
