//! Previews on a thread of their own.

use std::any::Any;
use std::boxed::Box;
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::vec::Vec;
use std::{io, mem};

use crate::{LatentPreview, Latents, PixelFormat, Preview, PreviewError, kernel};

/// Makes previews on a thread of its own, so that showing them never holds up the sampler.
///
/// [`show`](Self::show) copies the latent and returns. While the thread is busy, newer
/// latents replace the one that waits: some steps are left out, the last one never is.
/// The handler gets the errors of latents; the loop does not hear of them.
///
/// If two threads show at the same time, neither is the later one. So it is not `Sync`.
/// Threads share it under a `Mutex`: the last to lock it shows the last picture.
///
/// It holds the memory of two copies of the largest latent until it is dropped: make one for each
/// run. Dropping it waits for the handler, so hold no lock then that the handler takes. Only a
/// handler that drops its own previewer does not wait: the thread ends after its last step.
///
/// ```
/// use std::sync::mpsc;
///
/// use latent_preview::{BackgroundPreviewer, LatentFormat, Latents, PixelFormat};
///
/// let (sender, pictures) = mpsc::channel();
/// let background = BackgroundPreviewer::spawn(
///     LatentFormat::Sd1.previewer()?,
///     PixelFormat::Rgb8,
///     move |step, preview| {
///         // Send it to a window, a file, a browser; take as long as it takes.
///         let _ = sender.send((step, preview));
///     },
/// )?;
/// let mut latents = vec![0.0_f32; 4 * 64 * 64];
/// for step in 0..20 {
///     latents.fill(step as f32 / 20.0); // the sampler's step
///     background.show(step, &Latents::planar(&latents, [4, 64, 64])?);
/// }
/// background.finish().expect("the handler does not panic");
/// let (step, preview) = pictures.iter().last().expect("at least one");
/// assert_eq!((step, preview?.width()), (19, 64));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BackgroundPreviewer {
    shared: Arc<Shared>,
    worker: Option<JoinHandle<Outcome>>,
    not_sync: PhantomData<Cell<()>>,
}

/// The end of the user's code. Dropping the payload of a panic may panic again: it is forgotten
/// unless the user takes it.
type Outcome = Result<(), ManuallyDrop<Box<dyn Any + Send>>>;

fn caught(users_code: impl FnOnce()) -> Outcome {
    panic::catch_unwind(AssertUnwindSafe(users_code)).map_err(ManuallyDrop::new)
}

#[derive(Debug, Default)]
struct Shared {
    mailbox: Mutex<Mailbox>,
    changed: Condvar,
}

/// Its lock is held only to move pointers, so that nobody waits long for it.
#[derive(Debug, Default)]
struct Mailbox {
    waiting: Option<Frame>,
    /// Buffers for the next copies.
    spare: Vec<Vec<f32>>,
    is_closed: bool,
    /// The thread waits for a frame: only then does it take the system's time to wake it.
    is_idle: bool,
}

#[derive(Debug)]
struct Frame {
    step: usize,
    shape: [usize; 3],
    samples: Vec<f32>,
}

impl Mailbox {
    /// A buffer for the next frame: that of the frame it replaces, which is still in the
    /// cache, or a spare one.
    fn take_buffer(&mut self) -> Vec<f32> {
        match self.waiting.take() {
            Some(frame) => frame.samples,
            None => self.spare.pop().unwrap_or_default(),
        }
    }
}

impl Shared {
    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        // No code that can panic runs under the lock.
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a frame; `None` when there will be no more.
    fn next_frame(&self) -> Option<Frame> {
        let mut mailbox = self.mailbox();
        loop {
            if let Some(frame) = mailbox.waiting.take() {
                return Some(frame);
            }
            if mailbox.is_closed {
                return None;
            }
            mailbox.is_idle = true;
            let waited = self.changed.wait(mailbox);
            mailbox = waited.unwrap_or_else(PoisonError::into_inner);
            mailbox.is_idle = false;
        }
    }
}

impl BackgroundPreviewer {
    /// Starts the thread. `handler` is called on it with the number of each step that
    /// is shown and its picture in `format`, or the error of its latent.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn spawn<P, H>(previewer: P, format: PixelFormat, mut handler: H) -> io::Result<Self>
    where
        P: LatentPreview + Send + 'static,
        H: FnMut(usize, Result<Preview, PreviewError>) + Send + 'static,
    {
        let shared = Arc::new(Shared::default());
        let ours = Arc::clone(&shared);
        let work = move || {
            let shown = caught(|| {
                while let Some(frame) = ours.next_frame() {
                    let preview = Latents::planar(&frame.samples, frame.shape)
                        .and_then(|latents| previewer.preview(&latents, format));
                    ours.mailbox().spare.push(frame.samples);
                    handler(frame.step, preview);
                }
            });
            let closed = Mailbox {
                is_closed: true,
                ..Mailbox::default()
            };
            let buffers = mem::replace(&mut *ours.mailbox(), closed);
            drop(buffers);
            // One after the other: a panic while another one unwinds would abort the process.
            let dropped = [caught(|| drop(handler)), caught(|| drop(previewer))];
            dropped.into_iter().fold(shown, Result::and)
        };
        let worker = thread::Builder::new()
            .name("latent-preview".into())
            .spawn(work)?;
        Ok(Self {
            shared,
            worker: Some(worker),
            not_sync: PhantomData,
        })
    }

    /// Hands over a copy of a latent (or of an estimate of x0, [`Latents::denoised`]). It
    /// replaces one that still waits. Takes as long as the copy, and allocates
    /// only for the first ones of a size.
    pub fn show(&self, step: usize, latents: &Latents<'_>) {
        let shape = [latents.channels(), latents.height(), latents.width()];
        let mut mailbox = self.shared.mailbox();
        // The handler has panicked.
        if mailbox.is_closed {
            return;
        }
        let mut samples = mailbox.take_buffer();
        drop(mailbox);
        samples.resize(shape.iter().product(), 0.0);
        kernel::copy_planar(latents, &mut samples);
        let frame = Frame {
            step,
            shape,
            samples,
        };
        let mut mailbox = self.shared.mailbox();
        if let Some(replaced) = mailbox.waiting.replace(frame) {
            mailbox.spare.push(replaced.samples);
        }
        let is_idle = mem::take(&mut mailbox.is_idle);
        drop(mailbox);
        if is_idle {
            self.shared.changed.notify_one();
        }
    }

    /// Waits until the last latent has been shown and the thread has ended. Dropping
    /// does the same and says nothing. Called by the handler, it does not wait.
    ///
    /// # Errors
    ///
    /// The payload of a panic of the handler or the previewer. From then on nothing was shown.
    pub fn finish(mut self) -> Result<(), Box<dyn Any + Send>> {
        self.close().map_err(ManuallyDrop::into_inner)
    }

    fn close(&mut self) -> Outcome {
        self.shared.mailbox().is_closed = true;
        self.shared.changed.notify_one();
        match self.worker.take() {
            Some(worker) if worker.thread().id() != thread::current().id() => {
                let joined = worker.join().map_err(ManuallyDrop::new);
                joined.and_then(|outcome| outcome)
            }
            // A thread cannot wait for itself.
            _ => Ok(()),
        }
    }
}

impl Drop for BackgroundPreviewer {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
