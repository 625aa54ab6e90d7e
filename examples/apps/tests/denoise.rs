//! Promise: the program `denoise` runs a sampler from noise to a picture, and the estimates of
//! x0 show that picture earlier than the noisy latents.

mod support;

use std::fs;
use std::io::BufReader;
use std::path::Path;

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;

use support::{folder, read_png};

const DENOISE: &str = env!("CARGO_BIN_EXE_denoise");

fn psnr(a: &Path, b: &Path) -> f64 {
    let (a, b) = (read_png(a).2, read_png(b).2);
    assert_eq!(a.len(), b.len());
    let squares: f64 = a
        .iter()
        .zip(&b)
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares).log10()
}

#[test]
fn every_sampler_shows_its_picture_earlier_in_x0_than_in_x_t() {
    for (method, format) in [
        ("ddim", "sd1"),
        ("v-prediction", "sdxl"),
        ("flow", "flux1"),
        ("flow", "flux2"),
    ] {
        let folder = folder(&format!("denoise-{method}-{format}"));
        let arguments = [
            "--method",
            method,
            "--format",
            format,
            "--steps",
            "8",
            "--scale",
            "1",
            "--write-intermediates",
            "steps",
        ];
        let report = support::succeeds(DENOISE, &folder, &arguments);
        assert!(report.contains("8 steps, seed 0"), "{report}");

        let end = folder.join("denoise-out/end.png");
        assert_eq!(read_png(&end).0, 48);
        let step = |step: usize, what: &str| {
            psnr(
                &folder.join(format!("steps/step-{step:03}-{what}.png")),
                &end,
            )
        };
        for at in 3..=6 {
            let (x0, x_t) = (step(at, "x0"), step(at, "x_t"));
            assert!(x0 > x_t + 1.0, "{method} {format} {at}: {x0} {x_t}");
        }
        // A sampler without added noise ends at its last estimate.
        assert!(step(8, "x0") > 50.0, "{method} {format}");
        assert!(step(1, "x_t") < 14.0, "{method} {format}");
        let count = fs::read_dir(folder.join("steps")).unwrap().count();
        assert_eq!(count, 16);
    }
}

#[test]
fn the_sheet_and_both_animations_show_the_steps_that_were_asked_for() {
    let folder = folder("denoise-animations");
    let arguments = ["--steps", "9", "--every", "4", "--scale", "2"];
    support::succeeds(DENOISE, &folder, &arguments);
    let out = folder.join("denoise-out");
    let open = |name: &str| BufReader::new(fs::File::open(out.join(name)).unwrap());

    // Steps 1, 5 and 9: the first, every fourth, the last.
    let png = PngDecoder::new(open("run.png")).unwrap();
    assert!(png.is_apng().unwrap());
    let apng = png.apng().unwrap().into_frames().collect_frames().unwrap();
    let gif = GifDecoder::new(open("run.gif")).unwrap();
    let gif = gif.into_frames().collect_frames().unwrap();
    assert_eq!((apng.len(), gif.len()), (3, 3));
    for frame in apng.iter().chain(&gif) {
        // Two pictures of 48 pixels and a gap, twice as large.
        assert_eq!(frame.buffer().dimensions(), (2 * 98, 2 * 48));
    }
    assert_ne!(apng[0].buffer(), apng[2].buffer());

    // Four columns, the end among them, of 96 pixels and a margin; two rows.
    let (width, height, _) = read_png(&out.join("sheet.png"));
    assert_eq!((width, height), (4 * 104 + 8, 2 * (96 + 2 * 18 + 8) + 8));
}

#[test]
fn a_seed_repeats_its_run_and_another_does_not() {
    let end = |name: &str, seed: &str| {
        let folder = folder(name);
        support::succeeds(DENOISE, &folder, &["--steps", "4", "--seed", seed]);
        read_png(&folder.join("denoise-out/end.png")).2
    };
    let first = end("denoise-seed-1", "1");
    assert_eq!(first, end("denoise-seed-1-again", "1"));
    assert_ne!(first, end("denoise-seed-2", "2"));
}

#[test]
fn a_format_without_bundled_latents_is_refused() {
    let folder = folder("denoise-refused");
    let error = support::fails(DENOISE, &folder, &["--format", "wan21"]);
    assert!(error.contains("wan21 has no bundled latents"), "{error}");
}

#[test]
fn previews_learn_from_the_last_step_of_each_run() {
    let folder = folder("denoise-learn");
    for (seed, expected) in [("1", "after 1 picture"), ("2", "after 2 pictures")] {
        let arguments = [
            "--previewer",
            "ComfyUI",
            "--learn",
            "learner.json",
            "--steps",
            "4",
            "--scale",
            "1",
            "--seed",
            seed,
        ];
        let report = support::succeeds(DENOISE, &folder, &arguments);
        assert!(report.contains(expected), "{report}");
    }
}
