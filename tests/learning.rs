//! Promise: a learner's previews get better with each picture and are hardly ever worse than
//! its start's; it refuses pictures that would teach it something wrong; its state is bounded
//! and can be stored.

#![cfg(all(feature = "fit", feature = "std"))]

mod support;

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use latent_preview::fit::{
    BackgroundLearner, FitError, Learned, LearnedMap, Learner, Pairs, Target,
};
use latent_preview::{
    DType, LatentFormat, LatentPreview, Latents, OwnedSamples, PreviewError, Previewer, Projection,
    Refined, f16,
};
use safetensors::SafeTensors;
use support::Random;

const SIDE: usize = 16;
const PLANE: usize = SIDE * SIDE;

/// A latent and its decoded picture.
struct Pair {
    samples: Vec<f32>,
    picture: Vec<u8>,
}

impl Pair {
    fn latents(&self) -> Latents<'_> {
        let channels = self.samples.len() / PLANE;
        Latents::planar(&self.samples, [channels, SIDE, SIDE]).unwrap()
    }

    fn target(&self) -> Target<'_> {
        Target::rgb8(&self.picture, [SIDE, SIDE]).unwrap()
    }
}

/// A smooth latent: waves of random direction, and a little noise at each pixel.
fn samples(random: &mut Random, channels: usize) -> Vec<f32> {
    let mut samples = Vec::new();
    for _ in 0..channels {
        let [a, b, shift, level] = [0; 4].map(|_| random.unit());
        for p in 0..PLANE {
            let (y, x) = ((p / SIDE) as f32, (p % SIDE) as f32);
            let wave = (0.5 * a * x + 0.5 * b * y + 3.0 * shift).sin();
            samples.push(wave + level + 0.3 * random.unit());
        }
    }
    samples
}

/// A stand-in for a decoder, which reads the neighbors.
fn decoder(channels: usize) -> Projection {
    let mut random = Random(7);
    let mut rows = random.rows(9 * channels, 0.03);
    rows[4 * channels..5 * channels].copy_from_slice(&random.rows(channels, 0.35));
    Refined::conv3x3(rows, [0.1, 0.0, -0.1]).unwrap().into()
}

/// A stand-in for a published table, which reads the pixel alone and is not quite right.
fn published(channels: usize) -> Previewer {
    let Projection::Refined(decoder) = decoder(channels) else {
        unreachable!()
    };
    let mut random = Random(8);
    let mut rows = decoder.factors()[4 * channels..5 * channels].to_vec();
    for row in &mut rows {
        *row = row.map(|value| 0.7 * value + 0.05 * random.unit());
    }
    Projection::affine(rows, [0.2, 0.1, 0.1]).unwrap().into()
}

fn pairs_of(decoder: &dyn LatentPreview, count: usize, seed: u64) -> Vec<Pair> {
    let channels = decoder.channels();
    let pair = |i| {
        let samples = samples(&mut Random(seed + i), channels);
        let latents = Latents::planar(&samples, [channels, SIDE, SIDE]).unwrap();
        let picture = decoder.preview_rgb(&latents).unwrap().into_bytes();
        Pair { samples, picture }
    };
    (0..count as u64).map(pair).collect()
}

fn score(previewer: &dyn LatentPreview, pairs: &[Pair]) -> f64 {
    let mut gathered = Pairs::new(previewer.channels());
    for pair in pairs {
        gathered.add(&pair.latents(), pair.target()).unwrap();
    }
    gathered.score(previewer).unwrap().psnr
}

fn teach(learner: &mut Learner, pairs: &[Pair]) {
    for pair in pairs {
        learner.learn(&pair.latents(), pair.target()).unwrap();
    }
}

/// The bytes of previews of unseen latents.
fn previews(previewer: &dyn LatentPreview) -> Vec<u8> {
    let samples = samples(&mut Random(999), previewer.channels());
    let latents = Latents::planar(&samples, [previewer.channels(), SIDE, SIDE]).unwrap();
    previewer.preview_rgb(&latents).unwrap().into_bytes()
}

#[test]
fn previews_get_better_and_say_by_how_much() {
    let (learn, unseen) = (pairs_of(&decoder(4), 5, 100), pairs_of(&decoder(4), 3, 200));
    let start = published(4);
    let before = score(&start, &unseen);
    let mut learner = Learner::from(start.clone());
    assert_eq!(previews(&learner), previews(&start));
    assert_eq!(learner.learned().to_string(), "the start, no pictures yet");
    teach(&mut learner, &learn[..1]);
    // One picture says nothing about others.
    assert_eq!(learner.learned().map, LearnedMap::Start);
    assert_eq!(previews(&learner), previews(&start));
    let psnr = learner.learned().psnr.unwrap();
    assert_eq!(
        learner.learned().to_string(),
        format!("the start, after 1 picture: {psnr:.1} dB on unseen pictures")
    );

    teach(&mut learner, &learn[1..]);
    let (after, learned) = (score(&learner, &unseen), *learner.learned());
    assert!(after > before + 6.0, "{after} {before}");
    assert_eq!(learned.pictures, 5);
    let (psnr, start_psnr) = (learned.psnr.unwrap(), learned.start_psnr.unwrap());
    assert!((start_psnr - before).abs() < 2.0, "{learned}, {before}");
    assert!(
        psnr > start_psnr + 6.0 && psnr < after + 3.0,
        "{learned}, {after}"
    );
    let text = learned.to_string();
    let figures = format!(
        "after 5 pictures: {psnr:.1} dB on unseen pictures; the start has {start_psnr:.1} dB"
    );
    assert!(
        text.starts_with("a linear map") && text.ends_with(&figures),
        "{text}"
    );
    // The learned map is a map like any other.
    let map = learner.previewer().unwrap().projection().unwrap();
    assert!(matches!(map, Projection::Refined(_)));
    assert_eq!(previews(map), previews(&learner));
}

#[test]
fn a_start_that_is_right_stays() {
    let start = published(4);
    let mut learner = Learner::from(start.clone());
    for pair in pairs_of(&start, 6, 300) {
        let learned = learner.learn(&pair.latents(), pair.target()).unwrap();
        assert_eq!(learned.map, LearnedMap::Start, "{learned}");
    }
    assert_eq!(previews(&learner), previews(&start));
}

/// Bundled pictures of a format: names, shapes, latents and pictures.
fn bundled(format: LatentFormat) -> Vec<(bool, [usize; 3], OwnedSamples, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/quality");
    let bytes = fs::read(folder.join(format!("{format}.safetensors"))).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap_or_default();
    let test: Vec<&str> = metadata["test"].split(',').collect();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut names: Vec<_> = tensors.names();
    names.retain(|name| name.ends_with(".lat"));
    names.sort_unstable();
    let pair = |name: &&str| {
        let name = name.trim_end_matches(".lat");
        let latent = tensors.tensor(&format!("{name}.lat")).unwrap();
        let picture = tensors.tensor(&format!("{name}.rgb")).unwrap();
        let samples = OwnedSamples::from_le_bytes(DType::F16, latent.data()).unwrap();
        let shape = latent.shape().try_into().unwrap();
        (
            test.contains(&name),
            shape,
            samples,
            picture.data().to_vec(),
        )
    };
    names.iter().map(pair).collect()
}

#[test]
fn real_pictures_teach_more_than_tables_and_are_never_refused() {
    for (format, gain) in [(LatentFormat::Sd1, 2.0), (LatentFormat::Flux1, 0.0)] {
        let pairs = bundled(format);
        let table = format.projections().iter().find(|p| p.origin == "ComfyUI");
        let start = table.unwrap().previewer();
        let (mut learner, mut unseen) =
            (Learner::from(start.clone()), Pairs::new(format.channels()));
        for (is_test, shape, samples, picture) in &pairs {
            if *is_test {
                let latents = Latents::planar(samples, *shape).unwrap();
                let target = Target::rgb8(picture, [shape[1], shape[2]]).unwrap();
                unseen.add(&latents, target).unwrap();
            }
        }
        let before = unseen.score(&start).unwrap().psnr;
        for (_, shape, samples, picture) in pairs.iter().filter(|pair| !pair.0).take(6) {
            let latents = Latents::planar(samples, *shape).unwrap();
            let target = Target::rgb8(picture, [shape[1], shape[2]]).unwrap();
            learner.learn(&latents, target).unwrap();
            let now = unseen.score(&learner).unwrap().psnr;
            assert!(
                now > before - 0.3,
                "{format}: {}: {now} {before}",
                learner.learned()
            );
        }
        let after = unseen.score(&learner).unwrap().psnr;
        assert!(after >= before + gain, "{format}: {after} {before}");
    }
}

/// The latents of a file and their pictures by the full VAE, by name.
fn real(format: LatentFormat) -> Vec<(String, OwnedSamples, [usize; 3], Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/real");
    let bytes = fs::read(folder.join(format!("{format}.safetensors"))).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut names: Vec<_> = tensors.names().into_iter().collect();
    names.sort_unstable();
    let latents = names.iter().filter_map(|name| name.strip_suffix(".lat"));
    let read = |name: &str| {
        let latent = tensors.tensor(&format!("{name}.lat")).unwrap();
        let samples = OwnedSamples::from_le_bytes(DType::F16, latent.data()).unwrap();
        let picture = tensors.tensor(&format!("{name}.rgb")).unwrap();
        let shape = latent.shape().try_into().unwrap();
        (name.to_owned(), samples, shape, picture.data().to_vec())
    };
    latents.map(read).collect()
}

#[test]
fn pictures_of_full_vaes_do_no_harm_to_other_scenes() {
    let format = LatentFormat::Flux1;
    for unseen in 0..2 {
        let pairs = real(format);
        for start in [
            format.previewer().unwrap(),
            format.projections()[0].previewer(),
        ] {
            let (mut learner, mut score) = (Learner::from(start.clone()), Pairs::new(16));
            for (i, (_, samples, shape, picture)) in pairs.iter().enumerate() {
                let latents = Latents::planar(samples, *shape).unwrap();
                let target = Target::rgb8(picture, [shape[1], shape[2]]).unwrap();
                if i == unseen {
                    score.add(&latents, target).unwrap();
                } else {
                    learner.learn(&latents, target).unwrap();
                }
            }
            let [before, after] = [&start as &dyn LatentPreview, &learner]
                .map(|previewer| score.score(previewer).unwrap().psnr);
            assert!(after > before - 0.3, "{after} {before}");
        }
    }

    // Most clips are variants of a few scenes, which must not count as separate pictures.
    let format = LatentFormat::Ltx23;
    let start = format.previewer().unwrap();
    for unseen in ["i2v", "lora", "e2e"] {
        let (mut learner, mut score) = (Learner::from(start.clone()), Pairs::new(128));
        let pairs = real(format);
        for clip in pairs.chunks(2) {
            let shape = clip[0].2;
            let size = [shape[1], shape[2]];
            let targets = [0, 1].map(|i| Target::rgb8(&clip[i].3, size).unwrap());
            let latents = [0, 1].map(|i| Latents::planar(&clip[i].1, shape).unwrap());
            if clip[0].0.starts_with(unseen) {
                for (latents, target) in latents.iter().zip(targets) {
                    score.add(latents, target).unwrap();
                }
                continue;
            }
            let frames: Vec<f32> = latents
                .iter()
                .flat_map(|l| (0..128 * 64).filter_map(|i| l.get(i / 64, i / 8 % 8, i % 8)))
                .collect();
            let video = Latents::batch(&frames, [2, 128, 8, 8]).unwrap();
            // The second latent frame stands for eight, whose mean the file holds.
            let decoded: Vec<_> = [0, 1, 1, 1, 1, 1, 1, 1, 1]
                .map(|i: usize| targets[i])
                .into();
            learner.learn_video(video, &decoded).unwrap();
            let [before, after] = [&start as &dyn LatentPreview, &learner]
                .map(|previewer| score.score(previewer).map_or(0.0, |score| score.psnr));
            assert!(
                after > before - 0.3,
                "{unseen}: {after} {before}, {}",
                learner.learned()
            );
        }
    }
}

#[test]
fn variants_of_a_picture_and_gray_pictures_count_for_little() {
    let pair = &pairs_of(&decoder(4), 1, 1400)[0];
    let mut variants = Learner::from(published(4));
    let mut random = Random(1401);
    for _ in 0..6 {
        let samples: Vec<f32> = pair
            .samples
            .iter()
            .map(|x| x + 0.1 * random.unit())
            .collect();
        let latents = Latents::planar(&samples, [4, SIDE, SIDE]).unwrap();
        let picture = decoder(4).preview_rgb(&latents).unwrap();
        let target = Target::rgb8(picture.as_bytes(), [SIDE, SIDE]).unwrap();
        variants.learn(&latents, target).unwrap();
    }
    assert_eq!(variants.learned().map, LearnedMap::Start);

    // A decoder that makes everything gray may exist, but the pictures do not tell.
    let gray = Projection::affine(vec![[0.3; 3]; 4], [0.0; 3]).unwrap();
    let mut learner = Learner::from(published(4));
    teach(&mut learner, &pairs_of(&gray, 6, 1500));
    assert_eq!(learner.learned().map, LearnedMap::Start);
}

#[test]
fn without_a_start_the_first_picture_makes_a_previewer() {
    let pairs = pairs_of(&decoder(8), 4, 400);
    let unseen = pairs_of(&decoder(8), 2, 500);
    let mut learner = Learner::new(8).unwrap();
    let error = learner.preview_rgb(&pairs[0].latents()).unwrap_err();
    assert_eq!(error, PreviewError::NothingLearned);
    assert!(error.to_string().contains("`Learner::learn`"));
    assert!(learner.previewer().is_none());
    assert_eq!(learner.learned().map, LearnedMap::Nothing);
    assert_eq!(learner.learned().to_string(), "no pictures yet");
    let gray = Projection::affine(vec![[0.0; 3]; 8], [0.0; 3]).unwrap();
    let gray = score(&gray, &unseen);
    teach(&mut learner, &pairs[..1]);
    // Parts of the only picture do not count as unseen pictures.
    assert_eq!(learner.learned().psnr, None);
    let text = learner.learned().to_string();
    assert!(
        text.ends_with(", after 1 picture: a score needs two different pictures"),
        "{text}"
    );
    let one = score(&learner, &unseen);
    assert!(one > gray + 4.0, "{one} {gray}");
    teach(&mut learner, &pairs[1..]);
    let four = score(&learner, &unseen);
    assert!(four > one + 3.0, "{four} {one}");
    assert_eq!(learner.learned().start_psnr, None);
    assert!(learner.learned().psnr.is_some());
    for channels in [0, 129] {
        assert!(Learner::new(channels).is_err());
    }
}

#[test]
fn many_channels_are_learned_per_pixel() {
    let mut random = Random(9);
    let decoder = Projection::affine(random.rows(128, 0.1), [0.0; 3]).unwrap();
    let mut learner = Learner::new(128).unwrap();
    teach(&mut learner, &pairs_of(&decoder, 2, 600));
    let map = learner.previewer().unwrap().projection().unwrap();
    let rows = match map {
        Projection::Refined(refined) => refined.factors().len(),
        projection => projection.polynomial().unwrap().linear().len(),
    };
    assert_eq!(rows, 128);
}

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

#[test]
fn a_tiny_decoder_learns_other_colors() {
    let start = LatentFormat::Sd1.previewer().unwrap();
    let mut pairs = pairs_of(&start, 5, 1000);
    for pair in &mut pairs {
        for rgb in pair.picture.as_chunks_mut::<3>().0 {
            let [r, g, b] = rgb.map(f32::from);
            *rgb = [0.6 * r + 70.0, 0.7 * g + 20.0, 0.2 * g + 0.5 * b].map(|value| value as u8);
        }
    }
    let mut learner = Learner::from(start.clone());
    teach(&mut learner, &pairs[..4]);
    assert_eq!(learner.learned().map, LearnedMap::Linear);
    assert!(learner.previewer().unwrap().tiny_decoder().is_some());
    let (before, after) = (score(&start, &pairs[4..]), score(&learner, &pairs[4..]));
    assert!(after > before + 8.0, "{after} {before}");
}

/// Two pictures have opposite casts. A map that has seen both is off by one cast; by more, if it
/// has seen the other one alone.
#[test]
fn the_figure_of_unseen_pictures_is_of_unseen_pictures() {
    const CAST: u8 = 20;
    let gentle = Projection::affine(Random(9).rows(4, 0.1), [0.0; 3]).unwrap();
    let mut pairs = pairs_of(&gentle, 2, 1040);
    let [up, down] = &mut pairs[..] else {
        unreachable!()
    };
    up.picture.iter_mut().for_each(|byte| *byte += CAST);
    down.picture.iter_mut().for_each(|byte| *byte -= CAST);
    let mut learner = Learner::new(4).unwrap();
    teach(&mut learner, &pairs);
    let of_seen = 20.0 * (255.0 / f64::from(CAST)).log10();
    let told = learner.learned().psnr.unwrap();
    assert!(told < of_seen - 2.0, "{told} {of_seen}");
}

/// No linear map makes them.
#[test]
fn a_curve_of_the_colors_is_learned() {
    let start = published(4);
    let mut pairs = pairs_of(&start, 9, 1050);
    for byte in pairs.iter_mut().flat_map(|pair| &mut pair.picture) {
        *byte = (255.0 * (f32::from(*byte) / 255.0).powf(2.2)).round() as u8;
    }
    let mut learner = Learner::from(start.clone());
    teach(&mut learner, &pairs[..6]);
    assert_eq!(learner.learned().map, LearnedMap::LinearAndColors);
    let (before, after) = (score(&start, &pairs[6..]), score(&learner, &pairs[6..]));
    assert!(after > before + 8.0, "{after} {before}");
}

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

#[cfg(feature = "serde")]
mod stored {
    use super::*;
    use serde_json::{Value, json};

    fn json(learner: &Learner) -> Value {
        serde_json::to_value(learner).unwrap()
    }

    #[test]
    fn a_stored_learner_goes_on_as_if_nothing_had_been() {
        let tiny = LatentFormat::Sd1.previewer().unwrap();
        let rescaled = LatentFormat::Sd1
            .fast_previewer()
            .unwrap()
            .for_vae_space()
            .unwrap();
        let starts = [Some(published(4)), Some(tiny), Some(rescaled), None];
        for start in starts {
            let pairs = pairs_of(&decoder(4), 4, 1200);
            let begin = || {
                start
                    .clone()
                    .map_or_else(|| Learner::new(4).unwrap(), Learner::from)
            };
            let mut learner = begin();
            let text = serde_json::to_string(&learner).unwrap();
            let untaught: Learner = serde_json::from_str(&text).unwrap();
            assert_eq!(untaught.learned(), learner.learned());
            teach(&mut learner, &pairs[..2]);
            let (learned, shown) = (*learner.learned(), previews(&learner));
            let text = serde_json::to_string(&learner).unwrap();
            let bytes = postcard::to_allocvec(&learner).unwrap();
            let from_json: Learner = serde_json::from_str(&text).unwrap();
            let from_bytes: Learner = postcard::from_bytes(&bytes).unwrap();
            teach(&mut learner, &pairs[2..]);
            for stored in [from_json, from_bytes] {
                let mut again = begin();
                again.resume(stored).unwrap();
                assert_eq!(
                    (*again.learned(), previews(&again)),
                    (learned, shown.clone())
                );
                teach(&mut again, &pairs[2..]);
                assert_eq!(again.learned(), learner.learned());
                assert_eq!(previews(&again), previews(&learner));
                assert_eq!(json(&again), json(&learner));
            }
        }
    }

    #[test]
    fn another_format_is_refused() {
        let [sd1, sdxl] = [LatentFormat::Sd1, LatentFormat::Sdxl]
            .map(|format| Learner::from(format.previewer().unwrap()));
        let error = sd1.clone().resume(sdxl.clone()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("sd1 with 4 channels, the stored one for sdxl")
        );
        assert!(sd1.clone().resume(Learner::new(4).unwrap()).is_err());
        assert!(
            Learner::new(4)
                .unwrap()
                .resume(Learner::new(8).unwrap())
                .is_err()
        );
        assert!(sd1.clone().resume(sd1).is_ok());
    }

    /// The format is the same, but the space or the size is another: previews would be wrong.
    #[test]
    fn another_kind_of_start_is_refused() {
        let format = LatentFormat::Flux1;
        let model = format.previewer().unwrap();
        let kinds = [
            model.clone(),
            model.for_vae_space().unwrap(),
            format.previewer_2x().unwrap(),
        ]
        .map(Learner::from);
        for (i, ours) in kinds.iter().enumerate() {
            for (j, theirs) in kinds.iter().enumerate() {
                let resumed = ours.clone().resume(theirs.clone());
                let expected = if i == j {
                    Ok(())
                } else {
                    Err(FitError::OtherStart)
                };
                assert_eq!(resumed, expected, "{i} {j}");
            }
        }
        // Another map of the same kind is accepted: the stored learner continues.
        let fast = Learner::from(format.fast_previewer().unwrap());
        assert_eq!(kinds[0].clone().resume(fast), Ok(()));
    }

    #[test]
    fn a_corrupt_state_is_refused() {
        let mut learner = Learner::from(published(4));
        teach(&mut learner, &pairs_of(&decoder(4), 2, 1300));
        let good = json(&learner);
        let infinite = 0x7c00;
        type Change = fn(&mut Value);
        let wrong: [(&str, Change); 8] = [
            ("version 1, not 2", |state| {
                state["version"] = json!(2);
            }),
            ("another number of channels", |state| {
                state["channels"] = json!(5);
            }),
            ("more or fewer lessons", |state| {
                state["pictures"] = json!(3);
            }),
            ("a lesson is broken", |state| {
                state["lessons"][0].as_array_mut().unwrap().pop();
            }),
            ("a lesson is broken", |state| {
                state["lessons"][1] = json!([]);
            }),
            ("no latent format", |state| {
                state["start"]["format"] = json!("sd17");
            }),
            ("another number of channels", |state| {
                state["start"]["format"] = json!("flux1");
            }),
            ("unknown field", |state| {
                state["more"] = json!(1);
            }),
        ];
        for (reason, change) in wrong {
            let mut state = good.clone();
            change(&mut state);
            let error = serde_json::from_value::<Learner>(state).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
        let mut state = good.clone();
        state["lessons"][0][7] = json!(infinite);
        assert!(serde_json::from_value::<Learner>(state).is_err());
        assert!(serde_json::from_value::<Learner>(good).is_ok());
    }

    #[test]
    fn its_size_is_bounded() {
        // Small pictures: the choice takes most of the time.
        let decoder = Projection::affine(vec![[0.5, 0.3, -0.2]], [0.0; 3]).unwrap();
        let mut learner = Learner::new(1).unwrap();
        let mut sizes = Vec::new();
        for seed in 0..40 {
            let samples: Vec<f32> = samples(&mut Random(seed), 1)[..32].to_vec();
            let latents = Latents::planar(&samples, [1, 2, 16]).unwrap();
            let picture = decoder.preview_rgb(&latents).unwrap();
            let target = Target::rgb8(picture.as_bytes(), [2, 16]).unwrap();
            learner.learn(&latents, target).unwrap();
            sizes.push(json(&learner)["lessons"].as_array().unwrap().len());
        }
        assert_eq!(
            (sizes[31], sizes[39], learner.learned().pictures),
            (32, 32, 40)
        );
    }
}
