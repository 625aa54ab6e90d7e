//! A learner's report.

use core::fmt;

/// The kind of map that a [`Learner`](super::Learner) uses, and its scores.
///
/// ```
/// use latent_preview::fit::{LearnedMap, Learner};
/// use latent_preview::LatentFormat;
///
/// let learner = Learner::from(LatentFormat::Wan22.previewer()?);
/// let learned = learner.learned();
/// assert_eq!((learned.pictures, learned.map), (0, LearnedMap::Start));
/// println!("{learned}"); // "the start, no pictures yet"
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Learned {
    /// Number of pictures and clips learned.
    pub pictures: usize,
    /// The map that makes the previews.
    pub map: LearnedMap,
    /// PSNR of the map in dB on unseen pictures: each picture was left out once, with an eighth
    /// of the others if there are many. `None` before the first picture, and without a start
    /// before the second different one. The map in use is fitted on all pictures and is a little better.
    pub psnr: Option<f64>,
    /// PSNR of the start on the same pictures; `None` before the first picture, or if there is no
    /// start.
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
    /// No map: the learner has no start and has learned nothing yet.
    Nothing,
    /// The start: no other map is clearly better.
    Start,
    /// A linear map of the latents added to the start: of 3x3 pixels, or of one pixel above 64
    /// channels. If the start is not linear, a linear map of its colors.
    Linear,
    /// A linear map of the latents, then a color correction.
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
        match (self.map, self.pictures) {
            (LearnedMap::Nothing, 0) => return f.write_str("no pictures yet"),
            (map, 0) => return write!(f, "{map}, no pictures yet"),
            (map, 1) => write!(f, "{map}, after 1 picture: ")?,
            (map, pictures) => write!(f, "{map}, after {pictures} pictures: ")?,
        }
        match (self.psnr, self.start_psnr) {
            (Some(psnr), Some(start)) if self.map != LearnedMap::Start => {
                write!(
                    f,
                    "{psnr:.1} dB on unseen pictures; the start has {start:.1} dB"
                )
            }
            (Some(psnr), _) => write!(f, "{psnr:.1} dB on unseen pictures"),
            (None, _) => f.write_str("a score needs two different pictures"),
        }
    }
}
