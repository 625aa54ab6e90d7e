//! Several images in one tensor.

use core::fmt;
use core::ops::Range;

use super::Latents;
#[cfg(any(feature = "candle", feature = "ndarray"))]
use super::layout::{checked_product, checked_span};
#[cfg(any(feature = "candle", feature = "ndarray"))]
use crate::{PreviewError, Samples};

/// The images of a batch or the frames of a video, in order, without copying.
///
/// Made by [`Latents::batch`], [`Latents::video`] and [`LatentFormat::images`](crate::LatentFormat::images).
/// `len()` counts what is left, `nth(i)` skips to an image in constant time.
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
    pub(super) first: Latents<'a>,
    /// From an image to the next of the same video.
    pub(super) step: usize,
    /// Images per video; a batch is a single video here.
    pub(super) frames: usize,
    /// From a video to the next.
    pub(super) video_step: usize,
    pub(super) left: Range<usize>,
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

    /// Images `[images, channels, height, width]` with any distance between neighbors on
    /// each axis, as [`Latents::strided`].
    #[cfg(any(feature = "candle", feature = "ndarray"))]
    pub(crate) fn strided(
        samples: impl Into<Samples<'a>>,
        [images, channels, height, width]: [usize; 4],
        [step, channel, row, column]: [usize; 4],
    ) -> Result<Self, PreviewError> {
        let samples = samples.into();
        let shape = [channels, height, width];
        checked_product(&[images, channels, height, width])?;
        let one = checked_span(shape, [channel, row, column])?;
        // The end of the last image.
        let expected = step
            .checked_mul(images - 1)
            .and_then(|start| start.checked_add(one))
            .ok_or(PreviewError::ShapeOverflow)?;
        if samples.len() < expected {
            return Err(PreviewError::SampleCount {
                expected,
                actual: samples.len(),
            });
        }
        let first = Latents::strided(samples, shape, [channel, row, column])?;
        Ok(Self::batch(first, step, images))
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
