//! A thread that runs the user's code: its panics end the work, never the process.

use std::any::Any;
use std::boxed::Box;
use std::io;
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::thread::{self, JoinHandle};

/// The result of the user's code. Dropping the payload of a panic may panic again, so the
/// payload is forgotten unless the user takes it.
pub(crate) type Outcome<T> = Result<T, ManuallyDrop<Box<dyn Any + Send>>>;

/// Runs code of the user. Each of the user's destructors needs a call of its own: a panic while
/// another one unwinds would abort the process.
pub(crate) fn caught<T>(users_code: impl FnOnce() -> T) -> Outcome<T> {
    panic::catch_unwind(AssertUnwindSafe(users_code)).map_err(ManuallyDrop::new)
}

#[derive(Debug)]
pub(crate) struct Worker<T>(JoinHandle<Outcome<T>>);

impl<T: Send + 'static> Worker<T> {
    pub(crate) fn spawn<W>(name: &str, work: W) -> io::Result<Self>
    where
        W: FnOnce() -> Outcome<T> + Send + 'static,
    {
        let thread = thread::Builder::new().name(name.into());
        thread.spawn(work).map(Self)
    }

    /// Waits for the end of the thread; `None` on this very thread, which cannot wait for
    /// itself.
    pub(crate) fn join(self) -> Option<Outcome<T>> {
        if self.0.thread().id() == thread::current().id() {
            return None;
        }
        let joined = self.0.join().map_err(ManuallyDrop::new);
        Some(joined.and_then(|outcome| outcome))
    }
}
