//! A learner on another thread.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{mem, panic};

use latent_preview::fit::{BackgroundLearner, FitError, Learned, Learner, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError};

use super::support::{Bomb, End};
use super::{PLANE, SIDE, decoder, pairs_of, previews, published, teach};

#[test]
fn an_untaught_learner_previews_and_refuses_as_its_start() {
    let start = LatentFormat::Sd1.previewer_2x().unwrap();
    let learner = Learner::from(start.clone());
    let background = BackgroundLearner::spawn(learner.clone(), |_| {}).unwrap();
    let other = [0.0_f32; 16];
    let other = Latents::planar(&other, [16, 1, 1]).unwrap();
    for previewer in [&learner as &dyn LatentPreview, &background] {
        assert_eq!(previews(previewer), previews(&start));
        assert!(previewer.check(&other).is_err());
        assert_eq!(previewer.check(&other), start.check(&other));
    }
    let nothing = Learner::new(16).unwrap();
    assert_eq!(nothing.check(&other), Err(PreviewError::NothingLearned));
}

#[test]
fn a_thread_learns_the_same_while_previews_go_on() {
    let pairs = pairs_of(&decoder(4), 4, 1100);
    let mut expected = Learner::from(published(4));
    teach(&mut expected, &pairs);
    let (sender, reports) = mpsc::channel();
    let background = BackgroundLearner::spawn(Learner::from(published(4)), move |learned| {
        sender
            .send(learned.map(|learned: &Learned| learned.pictures))
            .unwrap();
    })
    .unwrap();
    for pair in &pairs {
        background.learn(&pair.latents(), pair.target()).unwrap();
        background.preview_rgb(&pair.latents()).unwrap();
    }
    let black = vec![0; 3 * PLANE];
    let target = Target::rgb8(&black, [SIDE, SIDE]).unwrap();
    background.learn(&pairs[0].latents(), target).unwrap();
    let reports: Vec<_> = reports.iter().take(5).collect();
    assert_eq!(reports[..4], [1, 2, 3, 4].map(Ok));
    assert_eq!(reports[4], Err(FitError::OneColor));
    assert_eq!(previews(&background), previews(&expected));
    let learner = background.finish().unwrap();
    assert_eq!(learner.learned(), expected.learned());
}

/// A regression would abort this process or wait until the time is up.
#[test]
fn no_panic_leaves_the_thread_and_nobody_waits_for_himself() {
    let samples: Vec<f32> = (0..4 * 64).map(|i| (i * 37 % 101) as f32 / 50.0).collect();
    let latents = Latents::planar(&samples, [4, 8, 8]).unwrap();
    let picture: Vec<u8> = (0..3 * 64).map(|i| (i * 53 % 251) as u8).collect();
    let target = Target::rgb8(&picture, [8, 8]).unwrap();
    for end in End::ALL {
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
