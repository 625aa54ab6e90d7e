//! A learner on another thread.

use std::sync::mpsc;

use latent_preview::fit::{BackgroundLearner, FitError, Learned, Learner, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError};

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
