//! Pictures that a learner refuses, and those that teach the same.

use latent_preview::fit::{BackgroundLearner, FitError, LearnedMap, Learner, Target};
use latent_preview::{LatentFormat, Latents, f16};

use super::{PLANE, Pair, SIDE, decoder, pairs_of, previews, published, score, teach};

#[test]
fn bad_pictures_are_refused_and_change_nothing() {
    let good = pairs_of(&decoder(4), 5, 700);
    let mut learner = Learner::from(published(4));
    teach(&mut learner, &good[..3]);
    let (before, shown) = (*learner.learned(), previews(&learner));

    let latents = good[3].latents();
    let mirrored: Vec<u8> = good[3]
        .picture
        .chunks(3 * SIDE)
        .flat_map(|row| row.chunks(3).rev().flatten().copied())
        .collect();
    let upside_down: Vec<u8> = good[3]
        .picture
        .chunks(3 * SIDE)
        .rev()
        .flatten()
        .copied()
        .collect();
    let of_another = good[4].picture.clone();
    let (black, one_color) = (vec![0; 3 * PLANE], [200, 30, 90].repeat(PLANE));
    for (picture, reason) in [
        (mirrored, FitError::AnotherPicture),
        (upside_down, FitError::AnotherPicture),
        (of_another, FitError::AnotherPicture),
        (black, FitError::OneColor),
        (one_color, FitError::OneColor),
    ] {
        let target = Target::rgb8(&picture, [SIDE, SIDE]).unwrap();
        let error = learner.learn(&latents, target).unwrap_err();
        assert_eq!(error, reason);
        assert!(error.to_string().contains("`Learner::learn`"), "{error}");
    }
    let mut samples = good[3].samples.clone();
    samples[PLANE + SIDE + 2] = f32::NAN;
    let broken = Latents::planar(&samples, [4, SIDE, SIDE]).unwrap();
    let error = learner.learn(&broken, good[3].target()).unwrap_err();
    assert_eq!(
        error,
        FitError::NonFiniteSample {
            position: [1, 1, 2]
        }
    );
    let small = Latents::planar(&samples[..3 * PLANE], [3, SIDE, SIDE]).unwrap();
    assert!(learner.learn(&small, good[3].target()).is_err());
    let twice = LatentFormat::Sd1.previewer_2x().unwrap();
    let error = Learner::from(twice)
        .learn(&latents, good[3].target())
        .unwrap_err();
    assert_eq!(error, FitError::Scale { scale: 2 });

    assert_eq!((*learner.learned(), previews(&learner)), (before, shown));
    learner.learn(&latents, good[3].target()).unwrap();
}

#[test]
fn layouts_types_and_sizes_teach_the_same() {
    let pairs = pairs_of(&decoder(4), 3, 800);
    let [mut planar, mut other] = [(); 2].map(|()| Learner::from(published(4)));
    for pair in &pairs {
        let half: Vec<f16> = pair.samples.iter().copied().map(f16::from_f32).collect();
        let rounded: Vec<f32> = half.iter().map(|value| value.to_f32()).collect();
        let latents = Latents::planar(&rounded, [4, SIDE, SIDE]).unwrap();
        planar.learn(&latents, pair.target()).unwrap();
        let interleaved: Vec<f16> = (0..4 * PLANE)
            .map(|i| half[i % 4 * PLANE + i / 4])
            .collect();
        let latents = Latents::interleaved(&interleaved, [SIDE, SIDE, 4]).unwrap();
        // Each pixel twice in both directions.
        let large: Vec<u8> = (0..4 * PLANE)
            .flat_map(|p| {
                let (y, x) = (p / (2 * SIDE) / 2, p % (2 * SIDE) / 2);
                pair.picture[3 * (y * SIDE + x)..][..3].iter().copied()
            })
            .collect();
        let target = Target::rgb8(&large, [2 * SIDE, 2 * SIDE]).unwrap();
        other.learn(&latents, target).unwrap();
    }
    assert_ne!(planar.learned().map, LearnedMap::Start);
    assert_eq!(planar.learned(), other.learned());
    assert_eq!(previews(&planar), previews(&other));
}

#[test]
fn a_clip_teaches_all_its_frames_as_one_picture() {
    let format = LatentFormat::Wan21;
    let start = format.previewer().unwrap();
    let pairs = pairs_of(&decoder(16), 9, 900);
    let mut learner = Learner::from(start.clone());
    let background = BackgroundLearner::spawn(learner.clone(), |_| {}).unwrap();
    for clip in pairs.chunks(3) {
        // `[16, 3, SIDE, SIDE]`: three latent frames stand for 1, 4 and 4 decoded ones.
        let planes = |c: usize| {
            clip.iter()
                .map(move |pair| &pair.samples[c * PLANE..][..PLANE])
        };
        let samples: Vec<f32> = (0..16).flat_map(planes).flatten().copied().collect();
        let video = || Latents::video(&samples, [16, 3, SIDE, SIDE]).unwrap();
        let frames = [0, 1, 1, 1, 1, 2, 2, 2, 2].map(|i: usize| clip[i].target());
        let error = learner.learn_video(video(), &frames[..3]).unwrap_err();
        let (expected, actual) = (9, 3);
        assert_eq!(error, FitError::FrameCount { expected, actual });
        learner.learn_video(video(), &frames).unwrap();
        background.learn_video(video(), &frames).unwrap();
        // Without a format, each latent frame has one decoded frame.
        let mut plain = Learner::new(16).unwrap();
        let targets: Vec<_> = clip.iter().map(Pair::target).collect();
        plain.learn_video(video(), &targets).unwrap();
        assert_eq!(plain.learned().pictures, 1);
    }
    assert_eq!(learner.learned().pictures, 3);
    assert_eq!(learner.format(), Some(format));
    assert_eq!(background.finish().unwrap().learned(), learner.learned());
    let (before, after) = (score(&start, &pairs), score(&learner, &pairs));
    assert!(after > before + 3.0, "{} {before}", learner.learned());
}
