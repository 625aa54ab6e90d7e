//! Latents and the pictures that they should become.

use alloc::vec::Vec;
use core::fmt;

use super::score::{Score, Scorer};
use super::{FitError, Target};
use crate::map::refined::TAPS;
use crate::{LatentPreview, Latents};

/// Latents of one format and the pictures that their decoder makes of them.
///
/// Keep two: one to fit on, one to hold out. It holds `4 (channels + 3)` bytes
/// per latent pixel: the fit and its scores need every pixel more than once.
///
/// ```
/// use latent_preview::Latents;
/// use latent_preview::fit::{Pairs, Target};
///
/// // A latent of 4x4 pixels and the picture of 32x32 that the decoder made of it.
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
    height: usize,
    width: usize,
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
    /// No pairs yet, for latents of so many channels.
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
    /// [`FitError::Channels`] if the latents have other channels,
    /// [`FitError::TargetSize`] if the picture is not a whole multiple of their
    /// size, [`FitError::NonFiniteSample`] if a sample is NaN or infinite.
    pub fn add(&mut self, latents: &Latents<'_>, target: Target<'_>) -> Result<(), FitError> {
        if latents.channels() != self.channels {
            return Err(FitError::Channels {
                expected: self.channels,
                actual: latents.channels(),
            });
        }
        let [height, width] = [latents.height(), latents.width()];
        let target = target.at_size([height, width])?;
        let mut samples = Vec::with_capacity(self.channels * height * width);
        for c in 0..self.channels {
            for y in 0..height {
                for x in 0..width {
                    // Positions inside the image always have a sample.
                    let sample = latents.get(c, y, x).unwrap_or(f32::NAN);
                    if !sample.is_finite() {
                        let position = [c, y, x];
                        return Err(FitError::NonFiniteSample { position });
                    }
                    samples.push(sample);
                }
            }
        }
        self.pairs.push(Pair {
            height,
            width,
            latents: samples,
            target,
        });
        Ok(())
    }

    /// Channels of the latents.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Pairs so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// True if there are no pairs yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Latent pixels of all pairs.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.iter().map(|pair| pair.target.len()).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter()
    }

    /// How far a previewer's pictures are from the decoder's: any previewer, to
    /// compare a fit with what is published.
    ///
    /// # Errors
    ///
    /// [`FitError::NoPairs`] if there are none, [`FitError::Scale`] if the
    /// previewer's [`scale`](LatentPreview::scale) is not 1, and
    /// [`FitError::Preview`] with an error of the previewer.
    pub fn score(&self, previewer: &dyn LatentPreview) -> Result<Score, FitError> {
        match previewer.scale() {
            1 => {}
            scale => return Err(FitError::Scale { scale }),
        }
        let mut scorer = Scorer::default();
        for pair in &self.pairs {
            let shape = [self.channels, pair.height, pair.width];
            let latents = Latents::planar(&pair.latents, shape)?;
            let preview = previewer.preview_rgb(&latents)?;
            scorer.add(preview.as_bytes(), &pair.target);
        }
        scorer.finish().ok_or(FitError::NoPairs)
    }
}

impl Pair {
    pub(super) fn channels(&self) -> usize {
        self.latents.len() / self.target.len()
    }

    /// Writes the channels of a pixel.
    pub(super) fn write_pixel(&self, p: usize, out: &mut [f64]) {
        let (latents, pixels) = (&self.latents[..], self.target.len());
        // Hot: see `Gram`.
        let mut c = 0;
        while c < out.len() {
            out[c] = f64::from(latents[c * pixels + p]);
            c += 1;
        }
    }

    /// The 3x3 pixels around one; those beyond an edge are those on the edge.
    pub(super) fn neighbors(&self, p: usize) -> [usize; TAPS] {
        let near = |at: usize, offset: usize, size: usize| (at + offset).clamp(1, size) - 1;
        let (y, x) = (p / self.width, p % self.width);
        core::array::from_fn(|tap| {
            near(y, tap / 3, self.height) * self.width + near(x, tap % 3, self.width)
        })
    }
}
