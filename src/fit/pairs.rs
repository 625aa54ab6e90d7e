//! Pairs of latents and their decoded pictures.

use alloc::{vec, vec::Vec};
use core::fmt;

use super::score::{Score, Scorer};
use super::{FitError, Target};
use crate::map::refined::TAPS;
use crate::{LatentPreview, Latents, PreviewError, kernel};

/// Latents of one format and their decoded pictures.
///
/// Make two of them: one to fit on, one to hold out. It holds `4 (channels + 3)` bytes per
/// latent pixel: the fit and its scores need every pixel more than once.
///
/// ```
/// use latent_preview::Latents;
/// use latent_preview::fit::{Pairs, Target};
///
/// // A latent of 4x4 pixels and its decoded picture of 32x32.
/// let (samples, picture) = ([0.1_f32; 4 * 4 * 4], [128_u8; 32 * 32 * 3]);
/// let mut pairs = Pairs::new(4);
/// pairs.add(&Latents::planar(&samples, [4, 4, 4])?, Target::rgb8(&picture, [32, 32])?)?;
/// assert!(!pairs.is_empty());
/// assert_eq!((pairs.len(), pairs.channels(), pairs.pixels()), (1, 4, 16));
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone)]
pub struct Pairs {
    channels: usize,
    pairs: Vec<Pair>,
}

/// A latent and its picture.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Plane by plane.
    pub(super) latents: Vec<f32>,
    /// The picture at the latents' size, 0 to 1.
    pub(super) target: Vec<[f32; 3]>,
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairs")
            .field("channels", &self.channels)
            .field("len", &self.len())
            .field("pixels", &self.pixels())
            .finish_non_exhaustive()
    }
}

impl Pairs {
    /// An empty set of pairs, for latents of `channels` channels.
    #[must_use]
    pub const fn new(channels: usize) -> Self {
        Self {
            channels,
            pairs: Vec::new(),
        }
    }

    /// Adds a latent and its picture.
    ///
    /// # Errors
    ///
    /// [`FitError::Channels`] if the latents have another number of channels,
    /// [`FitError::TargetSize`] if the picture is not a whole multiple of their size,
    /// [`FitError::NonFiniteSample`] if a sample is NaN or infinite.
    pub fn add(&mut self, latents: &Latents<'_>, target: Target<'_>) -> Result<(), FitError> {
        self.pairs.push(Pair::new(self.channels, latents, target)?);
        Ok(())
    }

    /// Number of channels of the latents.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Number of pairs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// `true` if there are no pairs yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Number of latent pixels of all pairs.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.iter().map(|pair| pair.target.len()).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter()
    }

    /// Scores any previewer's pictures against the decoder's, for example to compare a fit with
    /// a published projection.
    ///
    /// # Errors
    ///
    /// [`FitError::NoPairs`] if there are no pairs, [`FitError::Scale`] if the previewer's
    /// [`scale`](LatentPreview::scale) is not 1, and [`FitError::Preview`] with the previewer's
    /// error.
    pub fn score(&self, previewer: &dyn LatentPreview) -> Result<Score, FitError> {
        match previewer.scale() {
            1 => {}
            scale => return Err(FitError::Scale { scale }),
        }
        let mut scorer = Scorer::default();
        for pair in &self.pairs {
            let preview = previewer.preview_rgb(&pair.as_latents()?)?;
            scorer.add(preview.as_bytes(), &pair.target);
        }
        scorer.finish().ok_or(FitError::NoPairs)
    }
}

impl Pair {
    /// A copy of a latent of `channels` channels, and its picture at the latent's size.
    pub(super) fn new(
        channels: usize,
        latents: &Latents<'_>,
        target: Target<'_>,
    ) -> Result<Self, FitError> {
        if latents.channels() != channels {
            return Err(FitError::Channels {
                expected: channels,
                actual: latents.channels(),
            });
        }
        let [height, width] = [latents.height(), latents.width()];
        let target = target.at_size([height, width])?;
        let mut samples = vec![0.0; channels * height * width];
        kernel::copy_planar(latents, &mut samples);
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            let (plane, p) = (height * width, at % (height * width));
            let position = [at / plane, p / width, p % width];
            return Err(FitError::NonFiniteSample { position });
        }
        Ok(Self {
            height,
            width,
            latents: samples,
            target,
        })
    }

    /// The latent, plane by plane.
    pub(super) fn as_latents(&self) -> Result<Latents<'_>, PreviewError> {
        Latents::planar(&self.latents, [self.channels(), self.height, self.width])
    }

    pub(super) fn channels(&self) -> usize {
        self.latents.len() / self.target.len()
    }

    /// Writes the channels of a pixel.
    pub(super) fn write_pixel<T: From<f32>>(&self, p: usize, out: &mut [T]) {
        let (latents, pixels) = (&self.latents[..], self.target.len());
        // Hot: see `Gram`.
        let mut c = 0;
        while c < out.len() {
            out[c] = T::from(latents[c * pixels + p]);
            c += 1;
        }
    }

    /// The 3x3 pixels around a pixel. Beyond an edge, the pixels on the edge are repeated.
    pub(super) fn neighbors(&self, p: usize) -> [usize; TAPS] {
        let near = |at: usize, offset: usize, size: usize| (at + offset).clamp(1, size) - 1;
        let (y, x) = (p / self.width, p % self.width);
        core::array::from_fn(|tap| {
            near(y, tap / 3, self.height) * self.width + near(x, tap % 3, self.width)
        })
    }
}
