//! Previews on a thread of their own.

use std::boxed::Box;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::vec::Vec;
use std::{io, mem};

use crate::{LatentPreview, Latents, Preview, PreviewError, kernel};

/// Makes previews on a thread of its own, so that showing them never holds up the sampler.
///
/// [`show`](Self::show) copies the latent and returns. While the thread is busy, newer
/// latents replace the one that waits: some steps are left out, the last one never is.
/// The handler gets the errors of latents; the loop does not hear of them.
///
/// ```
/// use std::sync::mpsc;
///
/// use latent_preview::{BackgroundPreviewer, LatentFormat, Latents};
///
/// let (sender, pictures) = mpsc::channel();
/// let background = BackgroundPreviewer::spawn(
///     LatentFormat::Sd1.previewer()?,
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
    worker: Option<JoinHandle<()>>,
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
    /// is shown and its RGB8 picture, or the error of its latent.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn spawn<P, H>(previewer: P, mut handler: H) -> io::Result<Self>
    where
        P: LatentPreview + Send + 'static,
        H: FnMut(usize, Result<Preview, PreviewError>) + Send + 'static,
    {
        let shared = Arc::new(Shared::default());
        let ours = Arc::clone(&shared);
        let work = move || {
            while let Some(frame) = ours.next_frame() {
                let preview = Latents::planar(&frame.samples, frame.shape)
                    .and_then(|latents| previewer.preview_rgb(&latents));
                ours.mailbox().spare.push(frame.samples);
                handler(frame.step, preview);
            }
        };
        let worker = thread::Builder::new()
            .name("latent-preview".into())
            .spawn(work)?;
        Ok(Self {
            shared,
            worker: Some(worker),
        })
    }

    /// Hands over a copy of a latent (or of an estimate of x0, [`Latents::denoised`]). It
    /// replaces one that still waits. Takes as long as the copy, and allocates
    /// only for the first ones of a size.
    pub fn show(&self, step: usize, latents: &Latents<'_>) {
        let shape = [latents.channels(), latents.height(), latents.width()];
        let mut samples = self.shared.mailbox().take_buffer();
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
    /// does the same and says nothing.
    ///
    /// # Errors
    ///
    /// The payload of the handler's panic, if it panicked. From then on nothing was shown.
    pub fn finish(mut self) -> Result<(), Box<dyn core::any::Any + Send>> {
        self.close()
    }

    fn close(&mut self) -> thread::Result<()> {
        self.shared.mailbox().is_closed = true;
        self.shared.changed.notify_one();
        mem::take(&mut self.worker).map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for BackgroundPreviewer {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
