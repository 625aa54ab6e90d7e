//! Promise: the background previewer shows the right pictures, skips some when busy but never
//! the last, disturbs no other code, and ends.

#![cfg(feature = "std")]

mod support;

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use std::{mem, panic};

use latent_preview::{
    BackgroundPreviewer, Denoise, LatentFormat, LatentPreview, Latents, PixelFormat, Preview,
    PreviewError, Projection, f16,
};
use support::{Bomb, End, Layout, Stored};

type Shown = (usize, Result<Preview, PreviewError>);

fn collecting() -> (BackgroundPreviewer, mpsc::Receiver<Shown>) {
    let (sender, shown) = mpsc::channel();
    let background = BackgroundPreviewer::spawn(
        Projection::SD_V1_4,
        PixelFormat::Rgb8,
        move |step, preview| {
            sender.send((step, preview)).unwrap();
        },
    );
    (background.unwrap(), shown)
}

/// A latent that holds its step.
fn samples(step: usize) -> Vec<f32> {
    (0..4 * 6 * 8)
        .map(|i| ((i * 37 + step * 11) % 100) as f32 / 50.0 - 1.0)
        .collect()
}

#[test]
fn pictures_are_those_of_their_steps() {
    let (background, shown) = collecting();
    for step in 0..50 {
        let samples = samples(step);
        let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
        background.show(step, &latents);
        if step % 7 == 0 {
            thread::sleep(Duration::from_millis(2));
        }
    }
    background.finish().unwrap();
    let shown: Vec<Shown> = shown.iter().collect();
    assert!(shown.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(shown.last().unwrap().0, 49);
    for (step, preview) in shown {
        let samples = samples(step);
        let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
        assert_eq!(preview, Projection::SD_V1_4.preview_rgb(&latents));
    }
}

#[test]
fn every_layout_type_and_estimate_is_copied_right() {
    let values = samples(3);
    let at = |c: usize, y: usize, x: usize| values[(c * 6 + y) * 8 + x];
    let shape = [4, 6, 8];
    for layout in Layout::ALL {
        let floats = Stored::new(shape, layout, 1, 9.0, at);
        let filler = f16::from_f32(9.0);
        let halves = Stored::new(shape, layout, 1, filler, |c, y, x| {
            f16::from_f32(at(c, y, x))
        });
        let (floats, halves) = (floats.latents().unwrap(), halves.latents().unwrap());
        let denoise = Denoise::new(0.5, 1.5).unwrap();
        let estimate = Latents::denoised(&floats, &halves, denoise).unwrap();
        for (latents, allowed) in [(floats, 0), (halves, 0), (estimate, 1)] {
            let (background, shown) = collecting();
            background.show(0, &latents);
            background.finish().unwrap();
            let (_, preview) = shown.recv().unwrap();
            let expected = Projection::SD_V1_4.preview_rgb(&latents).unwrap();
            for (a, b) in preview.unwrap().as_bytes().iter().zip(expected.as_bytes()) {
                assert!(a.abs_diff(*b) <= allowed, "{layout:?}");
            }
        }
    }
}

/// A handler that waits for the test, so that the thread is surely busy.
#[test]
fn a_busy_thread_skips_all_but_the_newest() {
    let (entered, has_entered) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let steps = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&steps);
    let background =
        BackgroundPreviewer::spawn(Projection::SD_V1_4, PixelFormat::Rgb8, move |step, _| {
            log.lock().unwrap().push(step);
            entered.send(()).unwrap();
            is_released.recv().unwrap();
        })
        .unwrap();
    let samples = samples(0);
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    background.show(0, &latents);
    has_entered.recv().unwrap();
    for step in 1..100 {
        // Would wait forever if it waited for the handler.
        background.show(step, &latents);
    }
    release.send(()).unwrap();
    release.send(()).unwrap();
    background.finish().unwrap();
    assert_eq!(*steps.lock().unwrap(), [0, 99]);
}

#[test]
fn what_is_wrong_goes_to_the_handler_and_the_next_is_shown() {
    let (sender, shown) = mpsc::channel();
    let previewer = LatentFormat::Flux1.previewer().unwrap();
    let background =
        BackgroundPreviewer::spawn(previewer, PixelFormat::Rgb8, move |step, preview| {
            sender.send((step, preview)).unwrap();
        })
        .unwrap();
    let wrong = samples(0);
    background.show(0, &Latents::planar(&wrong, [4, 6, 8]).unwrap());
    let (step, preview) = shown.recv().unwrap();
    assert_eq!(step, 0);
    assert!(matches!(preview, Err(PreviewError::FormatChannels { .. })));
    let right = [0.0_f32; 16 * 4];
    background.show(1, &Latents::planar(&right, [16, 2, 2]).unwrap());
    background.finish().unwrap();
    assert!(shown.recv().unwrap().1.is_ok());
}

#[test]
fn a_handler_that_panics_harms_nobody() {
    let background = BackgroundPreviewer::spawn(Projection::SD_V1_4, PixelFormat::Rgb8, |_, _| {
        panic!("this test's handler");
    })
    .unwrap();
    let samples = samples(0);
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    for step in 0..20 {
        background.show(step, &latents);
        thread::sleep(Duration::from_millis(1));
    }
    let panic = background.finish().unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "this test's handler");
}

/// A previewer that panics when dropped.
struct Mined(Projection, Bomb);

impl LatentPreview for Mined {
    fn channels(&self) -> usize {
        self.0.channels()
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.0.preview_into(latents, format, out)
    }
}

/// A regression would abort this process or wait until the time is up.
#[test]
fn no_panic_leaves_the_thread_and_nobody_waits_for_himself() {
    let samples = samples(0);
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    for end in End::ALL {
        for [handler_panics, handler_is_mined, previewer_is_mined] in
            (0..8).map(|bits| [1, 2, 4].map(|bit| bits & bit != 0))
        {
            let case = (end, handler_panics, handler_is_mined, previewer_is_mined);
            let (ended, has_ended) = mpsc::channel::<&str>();
            let owner = Arc::new(Mutex::new(None::<BackgroundPreviewer>));
            let ours = Arc::clone(&owner);
            let mine = handler_is_mined.then(|| Bomb);
            let handler = move |_: usize, _: Result<Preview, PreviewError>| {
                let _ = (&mine, &ended);
                let taken = || ours.lock().unwrap().take().unwrap();
                match end {
                    End::FinishInHandler => taken().finish().unwrap(),
                    End::DropInHandler => drop(taken()),
                    End::Finish | End::Drop => {}
                }
                ended.send("this frame was handled").unwrap();
                if handler_panics {
                    panic::panic_any(Bomb);
                }
            };
            let rgb = PixelFormat::Rgb8;
            let background = if previewer_is_mined {
                BackgroundPreviewer::spawn(Mined(Projection::SD_V1_4, Bomb), rgb, handler)
            } else {
                BackgroundPreviewer::spawn(Projection::SD_V1_4, rgb, handler)
            };
            let mut guard = owner.lock().unwrap();
            let background = guard.insert(background.unwrap());
            background.show(0, &latents);
            drop(guard);
            let limit = Duration::from_secs(60);
            let handled = has_ended.recv_timeout(limit);
            assert_eq!(handled, Ok("this frame was handled"), "{case:?}");
            if end == End::Finish {
                let finished = owner.lock().unwrap().take().unwrap().finish();
                let panics = handler_panics || handler_is_mined || previewer_is_mined;
                assert_eq!(finished.is_err(), panics, "{case:?}");
                // The payload belongs to its receiver.
                if let Err(payload) = finished {
                    assert_eq!(payload.is::<Bomb>(), handler_panics, "{case:?}");
                    mem::forget(payload);
                }
            } else if end == End::Drop {
                owner.lock().unwrap().take();
            }
            // The thread has dropped the handler, and with it this sender.
            let gone = has_ended.recv_timeout(limit);
            assert_eq!(gone, Err(mpsc::RecvTimeoutError::Disconnected), "{case:?}");
        }
    }
}

#[test]
fn a_handler_that_lets_go_of_its_previewer_still_gets_the_last_step() {
    let owner = Arc::new(Mutex::new(None::<BackgroundPreviewer>));
    let ours = Arc::clone(&owner);
    let (sender, steps) = mpsc::channel();
    let handler = move |step, _| {
        // Waits until both steps have been shown.
        drop(ours.lock().unwrap().take());
        sender.send(step).unwrap();
    };
    let background = BackgroundPreviewer::spawn(Projection::SD_V1_4, PixelFormat::Rgb8, handler);
    let mut guard = owner.lock().unwrap();
    let background = guard.insert(background.unwrap());
    let samples = samples(0);
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    background.show(0, &latents);
    background.show(1, &latents);
    drop(guard);
    assert_eq!(steps.iter().last(), Some(1));
}

#[test]
fn pictures_are_in_the_format_that_is_asked_for() {
    let samples = samples(5);
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    for format in [
        PixelFormat::Rgb8,
        PixelFormat::Rgba8Truncated,
        PixelFormat::RgbF32Planar,
        PixelFormat::DecoderF32,
    ] {
        let (sender, shown) = mpsc::channel();
        let handler = move |_, preview| sender.send(preview).unwrap();
        let background = BackgroundPreviewer::spawn(Projection::SD_V1_4, format, handler).unwrap();
        background.show(0, &latents);
        background.finish().unwrap();
        let expected = Projection::SD_V1_4.preview(&latents, format);
        assert_eq!(shown.recv().unwrap(), expected);
    }
}

/// With `Sync`, two threads could show at the same time and an older step could be the last. A
/// regression does not compile.
#[test]
fn it_may_go_to_another_thread_but_not_be_shared() {
    trait NotSync {
        const IS_SYNC: bool = false;
    }
    struct Of<T>(PhantomData<T>);
    impl<T> NotSync for Of<T> {}
    impl<T: Sync> Of<T> {
        const IS_SYNC: bool = true;
    }
    const { assert!(!Of::<BackgroundPreviewer>::IS_SYNC) };
    // This also says that it may be sent.
    const { assert!(Of::<Mutex<BackgroundPreviewer>>::IS_SYNC) };
}

/// Reports its drop: its thread has then released it.
struct Witness(Arc<AtomicBool>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn eight_runs_at_once_lose_no_last_frame_and_leak_no_thread() {
    let runs = (0..8).map(|run| {
        thread::spawn(move || {
            let ended = Arc::new(AtomicBool::new(false));
            let witness = Witness(Arc::clone(&ended));
            let last = Arc::new(Mutex::new(None));
            let log = Arc::clone(&last);
            let background = BackgroundPreviewer::spawn(
                Projection::SD_V1_4,
                PixelFormat::Rgb8,
                move |step, _| {
                    let _ = &witness;
                    thread::sleep(Duration::from_micros(300));
                    *log.lock().unwrap() = Some(step);
                },
            )
            .unwrap();
            let samples = samples(run);
            let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
            for step in 0..200 {
                background.show(step, &latents);
            }
            // By name or by falling out of scope.
            if run % 2 == 0 {
                background.finish().unwrap();
            } else {
                drop(background);
            }
            assert!(ended.load(Ordering::SeqCst));
            *last.lock().unwrap()
        })
    });
    for run in runs.collect::<Vec<_>>() {
        assert_eq!(run.join().unwrap(), Some(199));
    }
}
