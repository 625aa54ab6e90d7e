//! Previews on a separate thread.

use std::any::Any;
use std::boxed::Box;
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;
use std::{io, mem};

use crate::worker::{Outcome, Worker, caught};
use crate::{LatentPreview, Latents, PixelFormat, Preview, PreviewError, kernel};

/// Makes previews on its own thread, so that showing them never holds up the sampler.
///
/// [`show`](Self::show) copies the latent and returns. While the thread is busy, a newer latent
/// replaces the one that waits: steps are skipped, but never the last. The handler gets the
/// errors of latents; the loop does not see them.
///
/// It is not `Sync`: if two threads called `show` at the same time, neither step would be the
/// later one. Threads share it under a `Mutex`: the last to lock it shows the last picture.
///
/// It keeps the memory of two copies of the largest latent until it is dropped: make one for
/// each run. Dropping it waits for the handler, so do not drop it while you hold a lock that
/// the handler takes. A handler that drops its own previewer does not wait: the thread ends
/// after its last step.
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
///         // Send it to a window, a file or a browser. The sampler does not wait for this.
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
    worker: Option<Worker<()>>,
    not_sync: PhantomData<Cell<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    mailbox: Mutex<Mailbox>,
    changed: Condvar,
}

/// The frames and buffers between two threads. The lock is held only to move pointers, so
/// nobody waits long for it.
#[derive(Debug, Default)]
struct Mailbox {
    waiting: Option<Frame>,
    /// Buffers for the next copies.
    spare: Vec<Vec<f32>>,
    is_closed: bool,
    /// The thread waits for a frame. Only then is it worth a system call to wake it.
    is_idle: bool,
}

#[derive(Debug)]
struct Frame {
    step: usize,
    shape: [usize; 3],
    samples: Vec<f32>,
}

impl Mailbox {
    /// A buffer for the next frame: the one of the frame it replaces, which is still in the
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
    /// Starts the thread, which calls `handler` with the number of each step shown and its
    /// picture in `format`, or the error of its latent.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
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
            let dropped = [caught(|| drop(handler)), caught(|| drop(previewer))];
            dropped.into_iter().fold(shown, Result::and)
        };
        Ok(Self {
            shared,
            worker: Some(Worker::spawn("latent-preview", work)?),
            not_sync: PhantomData,
        })
    }

    /// Hands over a copy of a latent (or of an estimate of x0, [`Latents::denoised`]), which
    /// replaces one that still waits. The call takes as long as the copy, and allocates only
    /// for the first latents of a size.
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

    /// Waits until the last latent has been shown and the thread has ended. Dropping does the
    /// same but reports no panic. If the handler calls it, it does not wait.
    ///
    /// # Errors
    ///
    /// The payload of a panic in the handler or the previewer. Nothing was shown after that
    /// panic.
    pub fn finish(mut self) -> Result<(), Box<dyn Any + Send>> {
        self.close().map_err(ManuallyDrop::into_inner)
    }

    fn close(&mut self) -> Outcome<()> {
        self.shared.mailbox().is_closed = true;
        self.shared.changed.notify_one();
        self.worker.take().and_then(Worker::join).unwrap_or(Ok(()))
    }
}

impl Drop for BackgroundPreviewer {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
