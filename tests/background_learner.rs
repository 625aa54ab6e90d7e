//! Promise: nothing that the handler of a learner's thread does, dropping included, panics
//! anywhere else, ends the process or hangs.

#![cfg(all(feature = "fit", feature = "std"))]

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{mem, panic};

use latent_preview::Latents;
use latent_preview::fit::{BackgroundLearner, FitError, Learned, Learner, Target};

/// Panics when dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("this test's bomb");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Finish,
    Drop,
    FinishInHandler,
    DropInHandler,
}

/// A regression would abort this process or wait until the time is up.
#[test]
fn no_panic_leaves_the_thread_and_nobody_waits_for_himself() {
    let samples: Vec<f32> = (0..4 * 64).map(|i| (i * 37 % 101) as f32 / 50.0).collect();
    let latents = Latents::planar(&samples, [4, 8, 8]).unwrap();
    let picture: Vec<u8> = (0..3 * 64).map(|i| (i * 53 % 251) as u8).collect();
    let target = Target::rgb8(&picture, [8, 8]).unwrap();
    for end in [
        End::Finish,
        End::Drop,
        End::FinishInHandler,
        End::DropInHandler,
    ] {
        for [handler_panics, handler_is_mined] in
            (0..4).map(|bits| [1, 2].map(|bit| bits & bit != 0))
        {
            let case = (end, handler_panics, handler_is_mined);
            let (ended, has_ended) = mpsc::channel::<&str>();
            let owner = Arc::new(Mutex::new(None::<BackgroundLearner>));
            let ours = Arc::clone(&owner);
            let mine = handler_is_mined.then(|| Bomb);
            let handler = move |_: Result<&Learned, FitError>| {
                let _ = (&mine, &ended);
                let taken = || ours.lock().unwrap().take().unwrap();
                match end {
                    End::FinishInHandler => {
                        let error = taken().finish().unwrap_err();
                        assert!(error.downcast::<&str>().unwrap().contains("its own thread"));
                    }
                    End::DropInHandler => drop(taken()),
                    End::Finish | End::Drop => {}
                }
                ended.send("this picture was handled").unwrap();
                if handler_panics {
                    panic::panic_any(Bomb);
                }
            };
            let learner = BackgroundLearner::spawn(Learner::new(4).unwrap(), handler).unwrap();
            let mut guard = owner.lock().unwrap();
            guard.insert(learner).learn(&latents, target).unwrap();
            drop(guard);
            let limit = Duration::from_secs(60);
            let handled = has_ended.recv_timeout(limit);
            assert_eq!(handled, Ok("this picture was handled"), "{case:?}");
            if end == End::Finish {
                match owner.lock().unwrap().take().unwrap().finish() {
                    Ok(learner) => {
                        assert!(!handler_panics && !handler_is_mined, "{case:?}");
                        assert_eq!(learner.learned().pictures, 1);
                    }
                    // The payload belongs to its receiver.
                    Err(payload) => {
                        assert!(handler_panics || handler_is_mined, "{case:?}");
                        assert_eq!(payload.is::<Bomb>(), handler_panics, "{case:?}");
                        mem::forget(payload);
                    }
                }
            } else if end == End::Drop {
                owner.lock().unwrap().take();
            }
            // The thread has dropped the handler, and with it this sender.
            let gone = has_ended.recv_timeout(limit);
            assert_eq!(gone, Err(RecvTimeoutError::Disconnected), "{case:?}");
        }
    }
}
