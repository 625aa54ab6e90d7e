//! Learning on a separate thread.

use core::any::Any;
use std::mem::ManuallyDrop;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::vec::Vec;
use std::{boxed::Box, io};

use super::{Learned, Learner};
use crate::fit::pairs::Pair;
use crate::fit::{FitError, Target};
use crate::worker::{Worker, caught};
use crate::{LatentImages, LatentPreview, Latents, PixelFormat, PreviewError, Previewer};

/// A [`Learner`] that learns on its own thread: neither the sampler nor a preview waits.
///
/// Share it in an `Arc`. It previews with the map learned so far, also inside a
/// [`BackgroundPreviewer`](crate::BackgroundPreviewer). Pictures that wait are kept at the
/// latent's size.
///
/// ```
/// use std::sync::Arc;
///
/// use latent_preview::fit::{BackgroundLearner, Learner, Target};
/// use latent_preview::{BackgroundPreviewer, LatentFormat, Latents, PixelFormat};
///
/// let learner = Learner::from(LatentFormat::Wan22.fast_previewer()?);
/// let learner = BackgroundLearner::spawn(learner, |learned| match learned {
///     Ok(learned) => println!("{learned}"),
///     Err(reason) => println!("learned nothing: {reason}"),
/// })?;
/// let learner = Arc::new(learner);
/// let previews = BackgroundPreviewer::spawn(
///     Arc::clone(&learner),
///     PixelFormat::Rgb8,
///     |_step, _preview| {},
/// )?;
/// # let latent: Vec<f32> = (0..48 * 64).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
/// # let decoded: Vec<u8> = (0..64)
/// #     .flat_map(|p| [0, 1, 2].map(|c| (100.0 + 40.0 * latent[c * 64 + p]) as u8))
/// #     .collect();
/// let latents = Latents::planar(&latent, [48, 8, 8])?;
/// previews.show(0, &latents);
/// learner.learn(&latents, Target::rgb8(&decoded, [8, 8])?)?; // returns at once
///
/// // At the end of the program, to store it:
/// # previews.finish().expect("no panic");
/// let learner = Arc::into_inner(learner).expect("no other owner");
/// assert_eq!(learner.finish().expect("the handler does not panic").learned().pictures, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BackgroundLearner {
    /// Without lessons: it makes pairs and knows the channels.
    begun: Learner,
    shown: Arc<RwLock<Option<Arc<Previewer>>>>,
    clips: Sender<Vec<Pair>>,
    worker: Worker<Learner>,
}

impl BackgroundLearner {
    /// Starts the thread, which calls `handler` with the result of each picture.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub fn spawn<H>(mut learner: Learner, mut handler: H) -> io::Result<Self>
    where
        H: FnMut(Result<&Learned, FitError>) + Send + 'static,
    {
        let begun = Learner::begin(learner.channels, learner.start.clone());
        let shared = |learner: &Learner| learner.previewer().cloned().map(Arc::new);
        let shown = Arc::new(RwLock::new(shared(&learner)));
        let ours = Arc::clone(&shown);
        let (clips, waiting) = mpsc::channel::<Vec<Pair>>();
        let work = move || {
            let learned = caught(|| {
                for clip in waiting {
                    let outcome = learner.take_in(&clip).map(|_| ());
                    if outcome.is_ok() {
                        let shown = shared(&learner);
                        // The lock is held only to move a pointer: no code that can panic runs
                        // under it.
                        *ours.write().unwrap_or_else(PoisonError::into_inner) = shown;
                    }
                    handler(outcome.map(|()| learner.learned()));
                }
                learner
            });
            let dropped = caught(|| drop(handler));
            learned.and_then(|learner| dropped.map(|()| learner))
        };
        Ok(Self {
            begun,
            shown,
            clips,
            worker: Worker::spawn("latent-preview-learner", work)?,
        })
    }

    /// Hands over a latent and its picture. The call copies the latent and scales the picture
    /// down to the latent's size.
    ///
    /// # Errors
    ///
    /// The errors of [`Learner::learn`] that do not depend on the picture's colors; the handler
    /// gets the others. After the handler has panicked, nothing is learned.
    pub fn learn(&self, latents: &Latents<'_>, picture: Target<'_>) -> Result<(), FitError> {
        let pair = self.begun.pair(latents, picture)?;
        self.send([pair].into());
        Ok(())
    }

    /// Hands over a clip, as for [`Learner::learn_video`].
    ///
    /// # Errors
    ///
    /// As [`learn`](Self::learn), and [`FitError::FrameCount`].
    pub fn learn_video(
        &self,
        latents: LatentImages<'_>,
        frames: &[Target<'_>],
    ) -> Result<(), FitError> {
        self.send(self.begun.clip(latents, frames)?);
        Ok(())
    }

    fn send(&self, clip: Vec<Pair>) {
        // A thread that has panicked receives nothing.
        let _ = self.clips.send(clip);
    }

    /// Waits until all pictures are learned, and returns the learner. Dropping does not wait:
    /// the thread learns from the remaining pictures and calls the handler, then everything
    /// learned is lost.
    ///
    /// # Errors
    ///
    /// The payload of a panic of the handler or of a destructor in it, or a text if the handler
    /// calls this: its thread cannot wait for itself. Everything learned is then lost.
    pub fn finish(self) -> Result<Learner, Box<dyn Any + Send>> {
        drop(self.clips);
        match self.worker.join() {
            Some(learned) => learned.map_err(ManuallyDrop::into_inner),
            None => Err(Box::new(
                "the handler of a learner cannot wait for its own thread",
            )),
        }
    }

    fn shown(&self) -> Result<Arc<Previewer>, PreviewError> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone().ok_or(PreviewError::NothingLearned)
    }
}

impl LatentPreview for BackgroundLearner {
    fn channels(&self) -> usize {
        self.begun.channels()
    }

    fn scale(&self) -> usize {
        self.begun.scale()
    }

    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        self.shown()?.check(latents)
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.shown()?.preview_into(latents, format, out)
    }
}
