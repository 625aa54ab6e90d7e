//! Refusals of fits.

use latent_preview::fit::{Fit, FitError, FitKind, Learner, Pairs, Target};
use latent_preview::image::DynamicImage;
use latent_preview::{LatentFormat, Latents};

use super::{Row, check_rows};

#[test]
fn refusals_of_fits() {
    let samples = [0.0_f32, 1.0, 2.0, f32::INFINITY];
    let latents = Latents::planar(&samples, [2, 1, 2]).unwrap();
    let add = |target: Target<'_>| Pairs::new(2).add(&latents, target).err();
    let gray = [128; 6 * 17];
    let target = |width: usize| Target::rgb8(&gray[..3 * width], [1, width]).unwrap();
    let run = |kind, pairs: &Pairs| Fit::new(kind).run(pairs, None).err();
    let ramp: Vec<f32> = (0..4 * 17).map(|i| (i * i % 23) as f32).collect();
    let pairs = |values: &[f32], channels: usize| {
        let mut pairs = Pairs::new(channels);
        let width = values.len() / channels;
        let latents = Latents::planar(values, [channels, 1, width]).unwrap();
        pairs
            .add(
                &latents,
                Target::rgb8(&vec![99; 3 * width], [1, width]).unwrap(),
            )
            .unwrap();
        pairs
    };
    let many: Vec<f32> = (0..128 * 256).map(|i| (i * i % 1009) as f32).collect();
    let constant = [[0.5; 9], [0.7; 9]].concat();
    let twice = LatentFormat::Sd1.previewer_2x().unwrap();
    // Two channels that make a picture, and that picture the other way round.
    let wave: Vec<f32> = (0..128)
        .map(|i| (i as f32 * 0.37 + (i / 64) as f32).sin())
        .collect();
    let one = Latents::planar(&wave, [2, 8, 8]).unwrap();
    let pixel = |p: usize| [wave[p], wave[64 + p], -wave[p]].map(|x| (128.0 + 90.0 * x) as u8);
    let mirrored: Vec<u8> = (0..64).flat_map(|p| pixel(p / 8 * 8 + 7 - p % 8)).collect();
    let mut learner = Learner::new(2).unwrap();
    let model = LatentFormat::Sdxl.previewer().unwrap();
    let zeros = vec![0.5_f32; 16 * 3 * 16];
    let clip = Latents::video(&zeros, [16, 3, 4, 4]).unwrap();
    let frames = [Target::rgb8(&[9; 3 * 16], [4, 4]).unwrap(); 5];
    let rows: Vec<Row<FitError>> = vec![
        (
            "a fit without pairs",
            run(FitKind::Affine, &Pairs::new(4)),
            "there are no pairs of latents and pictures: add some with `Pairs::add`",
        ),
        (
            "a latent of another format",
            Pairs::new(4).add(&latents, target(2)).err(),
            "the pairs have 4 latent channels, the others have 2: use separate `Pairs` or a \
             separate `Learner` for each format",
        ),
        (
            "a latent with an infinity",
            add(target(2)),
            "the sample at channel 1, row 0, column 1 is not a finite number: keep this latent \
             out of `Pairs::add` and `Learner::learn`",
        ),
        (
            "a slice that is no picture of the size",
            Target::rgb8(&gray[..5], [1, 2]).err(),
            "a picture of this size has 6 values, the slice holds 5: give [height, width] and \
             three values per pixel to `Target::rgb8` or `Target::rgb_f32`",
        ),
        (
            "a decoder's values as they are",
            Target::rgb_f32(&[-1.0; 3], [1, 1]).err(),
            "value 0 of the picture is not from 0 to 1: give `((value + 1.0) / \
             2.0).clamp(0.0, 1.0)` of a decoder's values to `Target::rgb_f32`",
        ),
        (
            "a picture of another aspect",
            add(target(3)),
            "the picture is 1x3, which is not the same whole multiple of both sides of the \
             1x2 latents (height x width): resize it before `Target::rgb8` or `Target::rgb_f32`",
        ),
        (
            "a picture of 16 bits",
            Target::try_from(&DynamicImage::new_rgb16(2, 2)).err(),
            "the picture is neither RGB8 nor RGB32F: convert it with \
             `DynamicImage::from(picture.to_rgb8())`",
        ),
        (
            "a cubic of 128 channels",
            Fit::new(FitKind::Cubic)
                .ridge(1.0)
                .run(&pairs(&many, 128), None)
                .err(),
            "the fit has 366145 unknowns per color, more than 10000: give `Fit::new` a kind with \
             fewer coefficients",
        ),
        (
            "a cubic of few pixels",
            run(FitKind::Cubic, &pairs(&ramp, 4)),
            "the fit has 35 unknowns per color, but the pairs have only 17 pixels: add more \
             with `Pairs::add`, or give `Fit::new` a kind with fewer coefficients",
        ),
        (
            "channels that do not vary",
            run(FitKind::Affine, &pairs(&constant, 2)),
            "channel 0 does not vary independently in the pairs: add pairs in which it does \
             with `Pairs::add`, or hold its factors near 0 with `Fit::ridge`",
        ),
        (
            "a previewer of twice the size",
            pairs(&ramp, 4).score(&twice).err(),
            "the previewer's pictures are 2 times as high and as wide as the latents: \
             `Pairs::score` and `Learner` take previewers whose `LatentPreview::scale` is 1",
        ),
        (
            "a black picture, to learn from",
            learner
                .learn(&one, Target::rgb8(&[0; 3 * 64], [8, 8]).unwrap())
                .err(),
            "the picture has only one color, which teaches nothing: keep it out of \
             `Learner::learn`",
        ),
        (
            "a mirrored picture, to learn from",
            learner
                .learn(&one, Target::rgb8(&mirrored, [8, 8]).unwrap())
                .err(),
            "the picture does not match the latents, or is flipped: give `Learner::learn` the \
             picture decoded from these latents, rows from top to bottom",
        ),
        (
            "a clip without its last frames",
            Learner::from(LatentFormat::Wan21.previewer().unwrap())
                .learn_video(clip, &frames)
                .err(),
            "the latent frames stand for 9 decoded frames, not 5: give all latent and all \
             decoded frames to `Learner::learn_video`",
        ),
        (
            "a learner of another format",
            learner.resume(Learner::new(5).unwrap()).err(),
            "this learner is for no format with 2 channels, the stored one for no format with \
             5: start with `Learner::from` a previewer of the stored format, or with a new file",
        ),
        (
            "a learner that began in VAE space",
            Learner::from(model.clone())
                .resume(Learner::from(model.for_vae_space().unwrap()))
                .err(),
            "the stored learner began with latents of another space, pictures of another \
             size, or without a start: start with the same previewer as the stored learner",
        ),
        (
            "a size that overflows",
            Target::rgb8(&gray, [usize::MAX, 2]).err(),
            "the shape or its strides overflow the address space: give the sizes in samples, \
             not in bytes",
        ),
    ];
    check_rows(
        rows,
        include_str!("../../src/fit/error.rs"),
        "FitError",
        &[],
    );
}
