//! Promise: a program whose picture does not fit on the disk fails and says so.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;

const DENOISE: &str = env!("CARGO_BIN_EXE_denoise");
const FIT: &str = env!("CARGO_BIN_EXE_fit");
const LEARNING_CURVE: &str = env!("CARGO_BIN_EXE_learning_curve");
const PREVIEW: &str = env!("CARGO_BIN_EXE_preview");

#[test]
fn every_file_that_does_not_fit_is_an_error() {
    let pairs = latent_preview_apps::data().join("sd1.safetensors");
    let pairs = pairs.to_str().unwrap();
    let denoise = [
        "--steps",
        "2",
        "--scale",
        "1",
        "--write-intermediates",
        "steps",
    ];
    let one = [
        pairs,
        "--tensor",
        "flower.lat",
        "--format",
        "sd1",
        "--output",
        "one.png",
    ];
    let fit = [pairs, "--kind", "affine"];
    let learning = ["--orders", "1", "--pictures", "1"];
    for (program, arguments, file) in [
        (PREVIEW, &[][..], "preview-out/sd1-sheet.png"),
        (PREVIEW, &[], "preview-out/sd1-astronaut-ComfyUI.png"),
        (PREVIEW, &one, "one.png"),
        (DENOISE, &denoise, "steps/step-001-x0.png"),
        (DENOISE, &denoise, "denoise-out/sheet.png"),
        (DENOISE, &denoise, "denoise-out/end.png"),
        (DENOISE, &denoise, "denoise-out/run.png"),
        (DENOISE, &denoise, "denoise-out/run.gif"),
        (FIT, &fit, "fit-out/projection.json"),
        (FIT, &fit, "fit-out/report.txt"),
        (FIT, &fit, "fit-out/before-after.png"),
        (
            LEARNING_CURVE,
            &learning,
            "learning-curve-out/learning-curve.png",
        ),
        (LEARNING_CURVE, &learning, "learning-curve-out/sd1.png"),
    ] {
        let folder = support::folder("full-disk");
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink("/dev/full", &path).unwrap();
        let error = support::fails(program, &folder, arguments);
        assert!(error.contains(file), "{file}: {error}");
        assert!(error.contains("No space left"), "{file}: {error}");
    }
}
