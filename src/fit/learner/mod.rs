//! A previewer that learns from decoded pictures.

#[cfg(feature = "std")]
mod background;
mod candidates;
mod choice;
mod learned;
mod lesson;
mod map;
#[cfg(feature = "serde")]
mod serde;
mod suspect;
mod table;

use alloc::vec::Vec;

#[cfg(feature = "std")]
pub use background::BackgroundLearner;
pub use learned::{Learned, LearnedMap};

use super::disturbance::Noise;
use super::pairs::Pair;
use super::{FitError, Target};
use crate::channels::check_channels;
use crate::{
    LatentFormat, LatentImages, LatentPreview, Latents, PixelFormat, PreviewError, Previewer,
};
use lesson::{Inputs, Lesson};

/// The number of pictures kept. If there are more, each has the same chance to be kept.
const PICTURES: usize = 32;

/// A previewer that gets better with every picture that the VAE decodes anyway.
///
/// Start it with any [`Previewer`] whose pictures have the latent's size, or with only the
/// number of channels. At the end of a run, give it the final latent and the decoded picture.
/// It then previews with the map that is best on pictures it was not fitted on. If none is
/// clearly better than the start, it previews with the start. [`learned`](Self::learned) says
/// which map is in use.
///
/// It keeps 384 pixels of each of at most 32 pictures (a uniform choice among all it has seen):
/// 1.3 MB for 16 channels, 2.5 MB for 32, at most 4.9 MB (64 channels). It can be cloned and
/// sent to threads; [`BackgroundLearner`] learns while the next run previews. The feature
/// `serde` stores its state. [`previewer`](Self::previewer) returns the learned map.
///
/// ```
/// use latent_preview::fit::{Learner, Target};
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// // No published score exists for this format's table.
/// let mut learner = Learner::from(LatentFormat::Wan22.previewer()?);
/// # let latent: Vec<f32> = (0..48 * 64).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
/// # let decoded: Vec<u8> = (0..64)
/// #     .flat_map(|p| [0, 1, 2].map(|c| (100.0 + 40.0 * latent[c * 64 + p]) as u8))
/// #     .collect();
/// # let (height, width) = (8, 8);
/// // A run: previews at each step, the decoded picture at the end.
/// let latents = Latents::planar(&latent, [48, 8, 8])?;
/// let preview = learner.preview_rgb(&latents)?;
/// match learner.learn(&latents, Target::rgb8(&decoded, [height, width])?) {
///     Ok(learned) => println!("{learned}"),
///     Err(reason) => println!("learned nothing: {reason}"),
/// }
/// # assert_eq!(learner.learned().pictures, 1);
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Learner {
    channels: usize,
    start: Option<Previewer>,
    lessons: Vec<Lesson>,
    /// The map in use; `None` without start and lessons.
    shown: Option<Previewer>,
    learned: Learned,
}

impl Learner {
    /// A learner without a start, for a model without a table. Before the first picture it
    /// makes no previews.
    ///
    /// # Errors
    ///
    /// [`PreviewError::TooManyChannels`] if there are more than 128,
    /// [`PreviewError::ZeroDimension`] if `channels` is 0.
    ///
    /// ```
    /// use latent_preview::fit::{Learner, Target};
    /// use latent_preview::{LatentPreview, Latents};
    ///
    /// let mut learner = Learner::new(2)?;
    /// let latent: Vec<f32> = (0..2 * 64).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
    /// let latents = Latents::planar(&latent, [2, 8, 8])?;
    /// let error = learner.preview_rgb(&latents).unwrap_err();
    /// assert!(error.to_string().contains("`Learner::learn`"));
    ///
    /// let decoded: Vec<u8> = (0..64)
    ///     .flat_map(|p| [latent[p], latent[64 + p], 0.0].map(|x| (120.0 + 60.0 * x) as u8))
    ///     .collect();
    /// learner.learn(&latents, Target::rgb8(&decoded, [8, 8])?)?;
    /// let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 5;
    /// assert!(learner.preview_rgb(&latents)?.as_bytes().iter().zip(&decoded).all(near));
    /// # Ok::<(), latent_preview::fit::FitError>(())
    /// ```
    pub fn new(channels: usize) -> Result<Self, FitError> {
        check_channels(channels)?;
        if channels == 0 {
            return Err(PreviewError::ZeroDimension { index: 0 }.into());
        }
        Ok(Self::begin(channels, None))
    }

    fn begin(channels: usize, start: Option<Previewer>) -> Self {
        let map = match start {
            Some(_) => LearnedMap::Start,
            None => LearnedMap::Nothing,
        };
        Self {
            channels,
            lessons: Vec::new(),
            shown: start.clone(),
            start,
            learned: Learned {
                pictures: 0,
                map,
                psnr: None,
                start_psnr: None,
            },
        }
    }

    /// Learns from the final latent of a run and its decoded picture, and chooses the map
    /// again. A latent of 128x128 takes about 0.1 s with 16 channels, 0.2 s with 48 or 128
    /// (one core of a shared AMD EPYC, `learning_curve --time` in `examples`, 2026-11-26).
    ///
    /// # Errors
    ///
    /// After an error the learner is unchanged. [`FitError::Channels`],
    /// [`FitError::TargetSize`] and [`FitError::NonFiniteSample`] as for
    /// [`Pairs::add`](super::Pairs::add); [`FitError::OneColor`] and
    /// [`FitError::AnotherPicture`] if the picture would teach nothing or something wrong;
    /// [`FitError::Scale`] if the start's pictures are larger than the latents;
    /// [`FitError::Preview`] if the latents cannot be of the start's format.
    pub fn learn(
        &mut self,
        latents: &Latents<'_>,
        picture: Target<'_>,
    ) -> Result<&Learned, FitError> {
        let pair = self.pair(latents, picture)?;
        self.take_in(&[pair])
    }

    /// Like [`learn`](Self::learn), from one clip: all its latent frames and all decoded
    /// frames, in order. The clip counts as one picture.
    ///
    /// The format says which decoded frames a latent frame stands for
    /// ([`LatentFormat::decoded_frames`]); the learner learns their mean. Without a format,
    /// each latent frame has one decoded frame.
    ///
    /// # Errors
    ///
    /// Those of [`learn`](Self::learn), and [`FitError::FrameCount`] if the number of decoded
    /// frames does not match the latent frames.
    pub fn learn_video(
        &mut self,
        latents: LatentImages<'_>,
        frames: &[Target<'_>],
    ) -> Result<&Learned, FitError> {
        let clip = self.clip(latents, frames)?;
        self.take_in(&clip)
    }

    /// The kind of map in use, and its scores.
    #[must_use]
    pub const fn learned(&self) -> &Learned {
        &self.learned
    }

    /// The map in use; `None` without a start before the first picture. The previewer itself
    /// does not learn.
    #[must_use]
    pub const fn previewer(&self) -> Option<&Previewer> {
        self.shown.as_ref()
    }

    /// The format of the start.
    #[must_use]
    pub fn format(&self) -> Option<LatentFormat> {
        self.start.as_ref().and_then(Previewer::format)
    }

    /// Continues from another learner, such as a stored one: its start, its pictures and its
    /// map replace those of this learner. Deserializing a stored learner takes as long as
    /// learning a picture, since it chooses its map again.
    ///
    /// # Errors
    ///
    /// [`FitError::OtherLearner`] if it is for another format or another number of channels,
    /// [`FitError::OtherStart`] if its start makes pictures of another size, if only one of the
    /// two has a start, or if one start takes latents of another space than the model's and the
    /// other is not the same previewer.
    pub fn resume(&mut self, stored: Self) -> Result<(), FitError> {
        let name = |learner: &Self| learner.format().map_or("no format", LatentFormat::name);
        let [ours, theirs] = [&*self, &stored].map(|learner| (name(learner), learner.channels));
        if ours != theirs {
            return Err(FitError::OtherLearner {
                expected: ours,
                actual: theirs,
            });
        }
        let is_alike = match (&self.start, &stored.start) {
            // The change of space is in the map.
            (Some(ours), Some(theirs)) if ours.is_rescaled() || theirs.is_rescaled() => {
                ours == theirs
            }
            (Some(ours), Some(theirs)) => ours.scale() == theirs.scale(),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if !is_alike {
            return Err(FitError::OtherStart);
        }
        *self = stored;
        Ok(())
    }

    fn pair(&self, latents: &Latents<'_>, picture: Target<'_>) -> Result<Pair, FitError> {
        if let Some(start) = &self.start {
            if start.scale() != 1 {
                let scale = start.scale();
                return Err(FitError::Scale { scale });
            }
            start.check(latents)?;
        }
        Pair::new(self.channels, latents, picture)
    }

    fn clip(
        &self,
        latents: LatentImages<'_>,
        frames: &[Target<'_>],
    ) -> Result<Vec<Pair>, FitError> {
        let format = self.format();
        let decoded = |at: usize| format.map_or(at..at + 1, |format| format.decoded_frames(at));
        let expected = latents
            .len()
            .checked_sub(1)
            .map_or(0, |last| decoded(last).end);
        if expected != frames.len() || frames.is_empty() {
            let actual = frames.len();
            return Err(FitError::FrameCount { expected, actual });
        }
        let mut clip = Vec::with_capacity(latents.len());
        for (at, latents) in latents.enumerate() {
            let frames = &frames[decoded(at)];
            let mut pair = self.pair(&latents, frames[0])?;
            for frame in &frames[1..] {
                let picture = frame.at_size([pair.height, pair.width])?;
                for (sum, value) in pair.target.iter_mut().zip(picture) {
                    (0..3).for_each(|o| sum[o] += value[o]);
                }
            }
            let count = frames.len() as f32;
            for pixel in &mut pair.target {
                *pixel = pixel.map(|value| value / count);
            }
            clip.push(pair);
        }
        Ok(clip)
    }

    fn inputs(&self) -> Inputs {
        Inputs::of(self.start.as_ref(), self.channels)
    }

    fn take_in(&mut self, clip: &[Pair]) -> Result<&Learned, FitError> {
        let start = self.start.as_ref();
        suspect::check(clip, start)?;
        let pictures = self.learned.pictures.saturating_add(1);
        let lesson = Lesson::new(clip, start, self.inputs())?;
        let mut learner = self.clone();
        if learner.lessons.len() < PICTURES {
            learner.lessons.push(lesson);
        } else {
            // Keeps each picture so far with the same probability.
            let place = Noise::new(pictures as u64).below(pictures);
            if let Some(kept) = learner.lessons.get_mut(place) {
                *kept = lesson;
            }
        }
        learner.learned.pictures = pictures;
        learner.choose()?;
        *self = learner;
        Ok(&self.learned)
    }

    /// Chooses the map by the lessons.
    fn choose(&mut self) -> Result<(), FitError> {
        let inputs = self.inputs();
        let count = inputs.count(self.channels);
        let has_start = self.start.is_some();
        let choice = choice::choose(&self.lessons, inputs, count, has_start);
        // Numbers overflow: no VAE decodes such latents.
        let choice = choice.ok_or(FitError::AnotherPicture)?;
        // In decoder range, black and white are 2 apart.
        let psnr = |error: f64| 10.0 * libm::log10(4.0 / error);
        self.learned.psnr = choice.is_of_unseen.then(|| psnr(choice.error));
        self.learned.start_psnr = has_start.then(|| psnr(choice.start_error));
        (self.learned.map, self.shown) = match choice.addition {
            None => (LearnedMap::Start, self.start.clone()),
            Some(addition) => {
                let map = match addition.colors {
                    None => LearnedMap::Linear,
                    Some(_) => LearnedMap::LinearAndColors,
                };
                (map, Some(addition.applied_to(self.start.as_ref(), inputs)?))
            }
        };
        Ok(())
    }
}

impl From<Previewer> for Learner {
    /// A learner that starts with a previewer.
    fn from(start: Previewer) -> Self {
        Self::begin(start.channels(), Some(start))
    }
}

impl LatentPreview for Learner {
    fn channels(&self) -> usize {
        self.channels
    }

    fn scale(&self) -> usize {
        self.start.as_ref().map_or(1, LatentPreview::scale)
    }

    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        let shown = self.shown.as_ref().ok_or(PreviewError::NothingLearned)?;
        shown.check(latents)
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        let shown = self.shown.as_ref().ok_or(PreviewError::NothingLearned)?;
        shown.preview_into(latents, format, out)
    }
}
