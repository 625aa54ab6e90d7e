//! The account that a learner gives of itself.

use core::fmt;

/// The map that a [`Learner`](super::Learner) shows, and why.
///
/// ```
/// use latent_preview::fit::{LearnedMap, Learner};
/// use latent_preview::LatentFormat;
///
/// let learner = Learner::from(LatentFormat::Wan22.previewer()?);
/// let learned = learner.learned();
/// assert_eq!((learned.pictures, learned.map), (0, LearnedMap::Start));
/// println!("{learned}"); // "the start, after 0 pictures"
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Learned {
    /// Pictures and clips that it has taken in.
    pub pictures: usize,
    /// The map that makes the previews.
    pub map: LearnedMap,
    /// PSNR of the map in dB, on pictures that it did not see: each was left out once, with an
    /// eighth of the others if there are many. `None` before the first picture, and without a
    /// start before the second. The map in use has seen all of them and is a little better.
    pub psnr: Option<f64>,
    /// PSNR of the start on the same pictures; `None` if there is no start.
    pub start_psnr: Option<f64>,
}

/// The kind of map that makes the previews of a [`Learner`](super::Learner).
///
/// ```
/// use latent_preview::fit::{LearnedMap, Learner};
///
/// let learner = Learner::new(16)?; // no start, no picture yet
/// assert_eq!(learner.learned().map, LearnedMap::Nothing);
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LearnedMap {
    /// Nothing: it has no start, and has learned nothing yet.
    Nothing,
    /// The start. Nothing else is clearly better.
    Start,
    /// A linear map of the latents added to the start: of 3x3 pixels, or of one above 64
    /// channels. A start that is not linear has its colors mixed anew.
    Linear,
    /// The same, and a correction of colors after it.
    LinearAndColors,
}

impl fmt::Display for LearnedMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing",
            Self::Start => "the start",
            Self::Linear => "a linear map",
            Self::LinearAndColors => "a linear map with corrected colors",
        })
    }
}

impl fmt::Display for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pictures = if self.pictures == 1 {
            "picture"
        } else {
            "pictures"
        };
        write!(f, "{}, after {} {pictures}", self.map, self.pictures)?;
        match (self.psnr, self.start_psnr) {
            (Some(psnr), Some(start)) if self.map != LearnedMap::Start => {
                write!(f, ": {psnr:.1} dB on unseen ones, the start {start:.1} dB")
            }
            (Some(psnr), _) => write!(f, ": {psnr:.1} dB on unseen ones"),
            (None, _) => Ok(()),
        }
    }
}
