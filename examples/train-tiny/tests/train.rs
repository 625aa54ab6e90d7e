//! Promise: a training makes weights that the crate loads and that are better than the affine
//! map it starts with, and the report comes from the crate's own decoder.

use std::path::Path;
use std::process::Command;

use latent_preview::{LatentFormat, LatentPreview, TinyDecoder};

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_train-tiny"))
        .args(arguments)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// PSNR of the pairs that the file lists for testing.
fn test_psnr(report: &str) -> f64 {
    let line = report
        .lines()
        .find(|line| line.starts_with("test"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_short_training_is_better_than_the_affine_map() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/quality/sd1.safetensors");
    let pairs = pairs.to_str().unwrap();
    let arguments = [
        "--steps", "150", "--batch", "4", "--layers", "3x8,1x8", "--output", output,
    ];
    let report = run(&[&[pairs], &arguments[..]].concat());
    // The affine map of these pairs has 18.8 dB.
    assert!(test_psnr(&report) > 19.8, "{report}");

    let weights = folder.path().join("weights.safetensors");
    let scored = run(&["--score", weights.to_str().unwrap(), pairs]);
    assert_eq!(test_psnr(&scored), test_psnr(&report));
    let decoder = TinyDecoder::from_safetensors(&std::fs::read(weights).unwrap()).unwrap();
    assert_eq!((decoder.channels(), decoder.scale()), (4, 1));
    let plot = std::fs::read(folder.path().join("loss.png")).unwrap();
    assert!(plot.starts_with(b"\x89PNG"));
}

#[test]
fn a_training_at_twice_the_size_takes_pictures_of_that_size() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/quality/flux2.safetensors");
    // The file has two such pictures, both for testing; one is used for training nevertheless.
    let copy = folder.path().join("pairs.safetensors");
    let bytes = std::fs::read(pairs).unwrap();
    let text = b"\"test\":\"astronaut,camera,flower\"";
    let at = bytes
        .windows(text.len())
        .position(|window| window == text)
        .unwrap();
    let mut changed = bytes.clone();
    changed[at..at + text.len()].copy_from_slice(b"\"test\":\"flower,camera,nothing\"  ");
    std::fs::write(&copy, changed).unwrap();
    let report = run(&[
        copy.to_str().unwrap(),
        "--scale",
        "2",
        "--steps",
        "20",
        "--layers",
        "3x4",
        "--output",
        output,
    ]);
    assert!(test_psnr(&report) > 12.0, "{report}");
    let weights = std::fs::read(folder.path().join("weights.safetensors")).unwrap();
    assert_eq!(TinyDecoder::from_safetensors(&weights).unwrap().scale(), 2);
}

/// Else one of the two would be left out in silence.
#[test]
fn pairs_of_one_name_are_refused() {
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/quality/sd1.safetensors");
    let output = Command::new(env!("CARGO_BIN_EXE_train-tiny"))
        .args([&pairs, &pairs])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("two files have"));
}

#[test]
fn presets_are_scored() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let preset = root.join("src/format/tiny/sd1.safetensors");
    let pairs = root.join("examples/data/quality/sd1.safetensors");
    let report = run(&["--score", preset.to_str().unwrap(), pairs.to_str().unwrap()]);
    assert!(test_psnr(&report) > 28.0, "{report}");
    let decoder = TinyDecoder::from_safetensors(&std::fs::read(preset).unwrap()).unwrap();
    assert_eq!(
        LatentFormat::Sd1.previewer().unwrap().tiny_decoder(),
        Some(&decoder)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/quality/sd1.safetensors");
    for file in ["loss.png", "report.txt"] {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join(file)).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_train-tiny"))
            .args([
                "--steps", "1", "--batch", "1", "--layers", "1x4", "--output",
            ])
            .args([folder.path(), &*pairs])
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{file}: {error}");
        assert!(error.contains(file), "{error}");
        assert!(error.contains("No space left"), "{file}: {error}");
    }
}

/// A terminal obeys the text after an escape, which can make it show something false.
#[test]
fn names_are_shown_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/quality/sd1.safetensors");
    let copy = folder.path().join("pairs.safetensors");
    let bytes = std::fs::read(pairs).unwrap();
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    let (header, data) = rest.split_at(length);
    let header = str::from_utf8(header).unwrap();
    assert!(header.contains("astronaut"));
    let header = header.replace("astronaut", r"\u001b[31m");
    let length = (header.len() as u64).to_le_bytes();
    std::fs::write(&copy, [&length[..], header.as_bytes(), data].concat()).unwrap();
    let report = run(&[
        copy.to_str().unwrap(),
        "--steps",
        "1",
        "--batch",
        "1",
        "--layers",
        "1x4",
        "--validate",
        r"\u{1b}[31m",
        "--output",
        folder.path().to_str().unwrap(),
    ]);
    assert!(report.contains(r"\u{1b}[31m"), "{report}");
    assert!(!report.contains('\u{1b}'), "{report}");
}
