//! Real latents, with their pictures by tiny autoencoders and by full VAEs.

use std::slice;

use latent_preview::fit::{LearnedMap, Learner, Target};
use latent_preview::{LatentFormat, Latents, Previewer};

use super::{Pair, Random, pairs, score, teach};

/// The pairs of a file that are unseen, and the others, both by name.
fn split(file: &str, is_unseen: impl Fn(&pairs::Pair) -> bool) -> [Vec<Pair>; 2] {
    let (unseen, others): (Vec<_>, Vec<_>) =
        pairs::Pair::all(file).into_iter().partition(is_unseen);
    [unseen, others].map(|pairs| pairs.into_iter().map(floats).collect())
}

fn floats(pair: pairs::Pair) -> Pair {
    Pair {
        shape: pair.shape,
        samples: pair.floats(),
        picture: pair.target,
    }
}

/// Teaches picture by picture; none may do harm. The scores before and after.
fn taught(start: &Previewer, others: &[Pair], unseen: &[Pair]) -> [f64; 2] {
    let mut learner = Learner::from(start.clone());
    let before = score(start, unseen);
    let mut after = before;
    for pair in others {
        teach(&mut learner, slice::from_ref(pair));
        after = score(&learner, unseen);
        assert!(
            after > before - 0.3,
            "{}: {after} {before}",
            learner.learned()
        );
    }
    [before, after]
}

#[test]
fn real_pictures_teach_more_than_tables() {
    let mut tables = LatentFormat::Sd1.projections().iter();
    let table = tables.find(|published| published.origin == "ComfyUI");
    let [unseen, others] = split("quality/sd1", |pair| !pair.is_train);
    let [before, after] = taught(&table.unwrap().previewer(), &others[..6], &unseen);
    assert!(after > before + 2.0, "{after} {before}");
}

/// Such a picture has not been unseen by the map that learned the original: no map gets its good
/// score.
#[test]
fn the_same_picture_at_another_size_is_no_other_picture() {
    let mut tables = LatentFormat::Sd1.projections().iter();
    let start = tables.find(|table| table.origin == "ComfyUI").unwrap();
    let [_, pairs] = split("quality/sd1", |pair| !pair.is_train);
    for pair in &pairs {
        let [_, height, width] = pair.shape;
        let enlarged = resampled(pair, [2 * height, 2 * width], |y, x| [y / 2, x / 2]);
        let crop = |cut: usize| resampled(pair, [height - cut, width - cut], |y, x| [y, x]);
        for variants in [vec![enlarged], (1..4).map(crop).collect()] {
            let mut learner = Learner::from(start.previewer());
            teach(&mut learner, slice::from_ref(pair));
            teach(&mut learner, &variants);
            let learned = learner.learned();
            assert_eq!(learned.map, LearnedMap::Start, "{learned}");
        }
    }
}

/// A pair of another size, whose pixels are those at `from(y, x)`.
fn resampled(
    pair: &Pair,
    [height, width]: [usize; 2],
    from: impl Fn(usize, usize) -> [usize; 2],
) -> Pair {
    let [channels, rows, columns] = pair.shape;
    let pixels: Vec<_> = (0..height * width)
        .map(|p| from(p / width, p % width))
        .map(|[y, x]| y * columns + x)
        .collect();
    let (picture, _) = pair.picture.as_chunks::<3>();
    let plane = |c: usize| pixels.iter().map(move |p| c * rows * columns + p);
    Pair {
        shape: [channels, height, width],
        samples: (0..channels)
            .flat_map(plane)
            .map(|i| pair.samples[i])
            .collect(),
        picture: pixels.iter().flat_map(|&p| picture[p]).collect(),
    }
}

#[test]
fn few_pictures_do_no_harm_to_others() {
    for (file, format) in [
        ("quality/sdxl", LatentFormat::Sdxl),
        ("quality/sd3", LatentFormat::Sd3),
        ("quality/flux1", LatentFormat::Flux1),
        ("quality/flux2", LatentFormat::Flux2),
        ("real/flux1", LatentFormat::Flux1),
    ] {
        for start in [
            format.previewer().unwrap(),
            format.projections()[0].previewer(),
        ] {
            for name in pairs::Pair::all(file).iter().map(|pair| &pair.name) {
                let [unseen, others] = split(file, |pair| pair.name == *name);
                taught(&start, &others, &unseen);
            }
        }
    }
}

/// The crate's own previewers leave little to learn.
#[test]
fn no_preset_gets_worse_in_the_mean_of_orders() {
    const ORDERS: usize = 4;
    const PICTURES: usize = 6;
    let [unseen, mut others] = split("quality/sd1", |pair| !pair.is_train);
    assert!(others.len() >= 2 * PICTURES);
    let format = LatentFormat::Sd1;
    let mut random = Random(1800);
    for start in [format.previewer(), format.fast_previewer()].map(Result::unwrap) {
        let before = score(&start, &unseen);
        let mut sums = [0.0; PICTURES];
        for _ in 0..ORDERS {
            for i in (1..others.len()).rev() {
                let of_all = (random.unit() + 1.0) / 2.0 * (i + 1) as f32;
                others.swap(i, (of_all as usize).min(i));
            }
            let mut learner = Learner::from(start.clone());
            for (pair, sum) in others.iter().zip(&mut sums) {
                teach(&mut learner, slice::from_ref(pair));
                *sum += score(&learner, &unseen);
            }
        }
        for sum in sums {
            let mean = sum / ORDERS as f64;
            assert!(mean > before - 0.1, "{mean} {before}");
        }
    }
}

/// Most clips are variants of a few scenes, which must not count as separate pictures.
#[test]
fn clips_do_no_harm_to_other_scenes() {
    let start = LatentFormat::Ltx23.previewer().unwrap();
    let mut gains = Vec::new();
    for scene in ["i2v", "lora", "e2e"] {
        let [unseen, others] = split("real/ltx23", |pair| pair.name.starts_with(scene));
        let before = score(&start, &unseen);
        let (mut learner, mut gain) = (Learner::from(start.clone()), 0.0);
        for clip in others.chunks(2) {
            let [channels, height, width] = clip[0].shape;
            let frames: Vec<_> = clip.iter().flat_map(|pair| pair.samples.clone()).collect();
            let video = Latents::batch(&frames, [2, channels, height, width]).unwrap();
            // The second latent frame stands for eight, whose mean the file holds.
            let decoded: [Target; 9] = [0, 1, 1, 1, 1, 1, 1, 1, 1].map(|i: usize| clip[i].target());
            learner.learn_video(video, &decoded).unwrap();
            let after = score(&learner, &unseen);
            assert!(
                after > before - 0.3,
                "{scene}: {after} {before}, {}",
                learner.learned()
            );
            gain = after - before;
        }
        gains.push(gain);
    }
    assert!(gains.iter().sum::<f64>() > 3.0, "{gains:?}");
}
