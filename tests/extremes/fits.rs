//! Targets, fits and learners.

use latent_preview::fit::{Disturbance, Fit, FitKind, Learner, Pairs, RefinedShape, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents};
use proptest::prelude::*;

use super::{float, size};

proptest! {
    #[test]
    fn targets_of_any_size(size in prop::array::uniform2(size()), len in 0..50_usize) {
        let latents = Latents::planar(&[0.5_f32; 6], [1, 2, 3]).unwrap();
        let (bytes, floats) = (vec![9; len], vec![0.5; len]);
        let targets = [Target::rgb8(&bytes, size), Target::rgb_f32(&floats, size)];
        for target in targets.into_iter().flatten() {
            let width = (size[0] / 2).checked_mul(3);
            let is_multiple = size[0] > 0 && size[0] % 2 == 0 && width == Some(size[1]);
            prop_assert_eq!(Pairs::new(1).add(&latents, target).is_ok(), is_multiple);
        }
    }

    #[test]
    fn channels_of_any_number(channels in size()) {
        prop_assert_eq!(Learner::new(channels).is_ok(), (1..=128).contains(&channels));
        prop_assert!(Pairs::new(channels).is_empty());
    }

    #[test]
    fn colors_of_any_size(colors in prop::collection::vec(float(), 3)) {
        let is_color = colors.iter().all(|color| (0.0..=1.0).contains(color));
        prop_assert_eq!(Target::rgb_f32(&colors, [1, 1]).is_ok(), is_color);
    }

    /// Each pair is refused, or the fit and the learner preview.
    #[test]
    fn samples_and_weights_of_any_size(
        mut samples in prop::collection::vec(float(), 64),
        is_finite in any::<bool>(),
        colors in prop::collection::vec(0.0..=1.0_f32, 3 * 64),
        [ridge, weight, noise] in prop::array::uniform3(float().prop_map(f64::from)),
        kind in prop::sample::select(vec![
            FitKind::Linear, FitKind::Affine, FitKind::Cubic, FitKind::Refined(RefinedShape::SMALL),
        ]),
    ) {
        for sample in samples.iter_mut().filter(|sample| is_finite && !sample.is_finite()) {
            *sample = 0.5;
        }
        let latents = Latents::planar(&samples, [1, 8, 8]).unwrap();
        let target = Target::rgb_f32(&colors, [8, 8]).unwrap();
        let mut pairs = Pairs::new(1);
        let is_pair = pairs.add(&latents, target).is_ok();
        prop_assert!(is_pair || !is_finite);
        if is_pair {
            let disturbances = [Disturbance::Noise { signal: noise }, Disturbance::Gain(weight)];
            let fit = Fit::new(kind).ridge(ridge).disturbed(&disturbances, weight);
            let fitted = fit.run_with_progress(&pairs, Some(&pairs), &mut |_| {});
            prop_assert_eq!(fit.run(&pairs, None).is_ok(), fitted.is_ok());
            if let Ok(fitted) = fitted {
                prop_assert!(fitted.projection.preview_rgb(&latents).is_ok());
                prop_assert!(pairs.score(&fitted.projection).is_ok());
            }
        }
        let mut learner = Learner::new(1).unwrap();
        let is_learned = learner.learn(&latents, target).is_ok();
        prop_assert_eq!(learner.preview_rgb(&latents).is_ok(), is_learned);
        let _ = learner.learn(&latents, target);
        prop_assert!(Learner::new(1).unwrap().resume(learner).is_ok());

        let video = || Latents::video(&samples, [4, 4, 2, 2]).unwrap();
        let frames = colors.chunks(12).map(|colors| Target::rgb_f32(colors, [2, 2]).unwrap());
        let frames: Vec<_> = frames.collect();
        let mut learner = Learner::from(LatentFormat::Sd1.previewer().unwrap());
        let _ = learner.learn_video(video(), &frames[..4]);
        prop_assert!(learner.learn_video(video(), &frames[..5]).is_err());
    }
}
