//! Previews get better: which map is chosen, and what the figures say.

use latent_preview::fit::{LearnedMap, Learner, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError, Projection};

use super::{Random, SIDE, decoder, pairs_of, previews, published, score, teach};

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
