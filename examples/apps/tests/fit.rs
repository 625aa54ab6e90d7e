//! Promise: the program `fit` makes a projection from the bundled pairs that is as good as the
//! preset of its kind, takes files and folders, and reports what is wrong with others.

mod support;

use std::fs;

use latent_preview::{LatentFormat, LatentPreview, Latents, Projection};
use support::{fails, folder, read_png, succeeds};

const FIT: &str = env!("CARGO_BIN_EXE_fit");

/// The number after a line's title.
fn psnr(report: &str, title: &str) -> f64 {
    let line = report.lines().find_map(|line| line.strip_prefix(title));
    let line = line.unwrap_or_else(|| panic!("{title}: {report}"));
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_bundled_pairs_make_the_small_preset() {
    let folder = folder("fit-bundled");
    let pairs = latent_preview_apps::data().join("quality/sd1.safetensors");
    let report = succeeds(
        FIT,
        &folder,
        &[
            pairs.to_str().unwrap(),
            "--format",
            "sd1",
            "--kind",
            "small",
            "--ridge",
            "1e-3",
            "--noise",
            "0.25",
            "--gain",
            "1.6",
            "--disturbed-weight",
            "0.2",
        ],
    );
    // On six pictures that neither was fitted on. The preset was fitted on twice as many.
    let (fitted, preset) = (
        psnr(&report, "fit, held-out pairs"),
        psnr(&report, "latent-preview small"),
    );
    assert!((fitted - preset).abs() < 0.2, "{fitted} {preset}");
    assert!(fitted > psnr(&report, "Draw Things") + 3.0, "{report}");

    // They are the same map: their pictures differ by a few levels.
    let json = fs::read_to_string(folder.join("fit-out/projection.json")).unwrap();
    let projection: Projection = serde_json::from_str(&json).unwrap();
    let mut published = LatentFormat::Sd1.projections().iter();
    let preset = published.find(|p| p.origin == "latent-preview small");
    let samples: Vec<f32> = (0..4 * 32 * 32)
        .map(|i| ((i % 1024) as f32 / 512.0 - 1.0) * ((i / 1024) as f32 / 2.0 - 0.8))
        .collect();
    let latents = Latents::planar(&samples, [4, 32, 32]).unwrap();
    let a = projection.preview_rgb(&latents).unwrap();
    let b = preset.unwrap().previewer().preview_rgb(&latents).unwrap();
    let bytes = a.as_bytes().iter().zip(b.as_bytes());
    let sum: u32 = bytes.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    let mean = f64::from(sum) / a.as_bytes().len() as f64;
    assert!(mean < 12.0, "{mean}");

    let written = fs::read_to_string(folder.join("fit-out/report.txt")).unwrap();
    assert!(report.contains(&written) && written.contains("made with"));
    let (width, height, pixels) = read_png(&folder.join("fit-out/before-after.png"));
    // Three pictures of 48x48, four times as large, and margins; six rows.
    assert!(width > 3 * 192 && height > 6 * 192, "{width} {height}");
    assert!(pixels.iter().any(|&level| level != pixels[0]));
}

/// A `.npy` file of version 1.0.
fn npy(shape: &str, values: &[f32]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let values: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    [
        b"\x93NUMPY\x01\x00",
        &length[..],
        header.as_bytes(),
        &values,
    ]
    .concat()
}

#[test]
fn a_folder_of_latents_and_pictures_is_enough() {
    let folder = folder("fit-folder");
    let pairs = folder.join("pairs");
    fs::create_dir(&pairs).unwrap();
    let truth = Projection::affine(vec![[0.3, 0.1, 0.0], [0.0, -0.2, 0.4]], [0.1; 3]).unwrap();
    for index in 0..5 {
        let samples: Vec<f32> = (0..2 * 16 * 16)
            .map(|i| ((i * 7919 + index * 104_729) % 1000) as f32 / 500.0 - 1.0)
            .collect();
        let latents = Latents::planar(&samples, [2, 16, 16]).unwrap();
        fs::write(
            pairs.join(format!("{index}.npy")),
            npy("(1, 2, 16, 16)", &samples),
        )
        .unwrap();
        let preview = truth.preview_rgb(&latents).unwrap();
        let picture = image::RgbImage::from_raw(16, 16, preview.into_bytes()).unwrap();
        // Like a decoder's: larger than the latent.
        let picture = image::imageops::resize(&picture, 64, 64, image::imageops::Nearest);
        picture.save(pairs.join(format!("{index}.png"))).unwrap();
    }
    // Without a picture it does not count.
    fs::write(pairs.join("alone.npy"), npy("(2, 1, 1)", &[0.0; 2])).unwrap();
    let report = succeeds(
        FIT,
        &folder,
        &["pairs", "--kind", "affine", "--output", "out"],
    );
    assert!(
        report.contains("to 4 pairs of 2 channels; 1 are held out"),
        "{report}"
    );
    assert!(psnr(&report, "fit, held-out pairs") > 50.0, "{report}");
    let json = fs::read_to_string(folder.join("out/projection.json")).unwrap();
    let fitted: Projection = serde_json::from_str(&json).unwrap();
    let Projection::Affine(fitted) = fitted else {
        panic!("{json}");
    };
    assert!((fitted.linear()[1][2] - 0.4).abs() < 0.01, "{json}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = folder("fit-wrong");
    fs::create_dir(folder.join("empty")).unwrap();
    assert!(fails(FIT, &folder, &["empty"]).contains("no latent has a picture of its name"));
    assert!(fails(FIT, &folder, &["missing.safetensors"]).contains("missing.safetensors"));

    let pairs = folder.join("pairs");
    fs::create_dir(&pairs).unwrap();
    fs::write(pairs.join("a.npy"), npy("(2, 5, 5)", &[0.5; 50])).unwrap();
    let save = |width, height| {
        let picture = image::RgbImage::new(width, height);
        picture.save(pairs.join("a.png")).unwrap();
    };
    save(10, 5);
    let message = fails(FIT, &folder, &["pairs", "--kind", "affine"]);
    assert!(
        message.contains("not the same whole multiple of both sides"),
        "{message}"
    );
    fs::rename(pairs.join("a.npy"), pairs.join("\u{1b}[31m.npy")).unwrap();
    fs::rename(pairs.join("a.png"), pairs.join("\u{1b}[31m.png")).unwrap();
    let message = fails(FIT, &folder, &["pairs", "--kind", "affine"]);
    assert!(
        message.contains(r"\u{1b}[31m") && !message.contains('\u{1b}'),
        "{message}"
    );
    fs::rename(pairs.join("\u{1b}[31m.npy"), pairs.join("a.npy")).unwrap();
    save(5, 5);
    let message = fails(FIT, &folder, &["pairs", "--kind", "affine"]);
    assert!(
        message.contains("channel 0 does not vary independently"),
        "{message}"
    );
    let message = fails(FIT, &folder, &["pairs", "--format", "sd1"]);
    assert!(message.contains("sd1 latents have"), "{message}");
    fs::write(pairs.join("a.png"), b"no picture").unwrap();
    assert!(fails(FIT, &folder, &["pairs"]).contains("a.png"));
}
