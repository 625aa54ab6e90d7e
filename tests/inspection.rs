//! Promise: the numbers of a latent tell if it is in model space, as previewers expect.

#![cfg(feature = "std")]

#[path = "support/pairs.rs"]
mod pairs;
mod support;

use latent_preview::{LatentFormat, Latents, Looks};
use pairs::Pair;

/// All bundled latents of clean pictures: as `f32`, with their shape.
fn latents(file: &str) -> Vec<(Vec<f32>, [usize; 3])> {
    let pairs = Pair::all(file).into_iter();
    pairs.map(|pair| (pair.floats(), pair.shape)).collect()
}

fn looks(format: LatentFormat, samples: &[f32], shape: [usize; 3]) -> Looks {
    let latents = Latents::planar(samples, shape).unwrap();
    format.inspect(&latents).unwrap().looks
}

#[test]
fn real_latents_are_told_apart() {
    let mut vae = 0;
    for (file, format) in [
        ("quality/sd1", LatentFormat::Sd1),
        ("quality/sdxl", LatentFormat::Sdxl),
        ("quality/sd3", LatentFormat::Sd3),
        ("quality/flux1", LatentFormat::Flux1),
        ("quality/flux2", LatentFormat::Flux2),
        ("real/flux1", LatentFormat::Flux1),
        ("real/ltx23", LatentFormat::Ltx23),
    ] {
        for (samples, shape) in latents(file) {
            let model = looks(format, &samples, shape);
            assert!(
                matches!(model, Looks::Model | Looks::Either),
                "{file}: {model:?}"
            );
            let Some(space) = format.vae_space().filter(|space| space.mean.is_empty()) else {
                continue;
            };
            let moved: Vec<_> = samples
                .iter()
                .map(|x| x / space.scale + space.shift)
                .collect();
            let moved = looks(format, &moved, shape);
            assert!(
                matches!(moved, Looks::Vae | Looks::Either),
                "{file}: {moved:?}"
            );
            vae += usize::from(moved == Looks::Vae);
            // Scaled the wrong way.
            if space.scale < 0.2 {
                assert_eq!(model, Looks::Model, "{file}");
                let twice: Vec<_> = samples.iter().map(|x| x * space.scale).collect();
                assert_eq!(looks(format, &twice, shape), Looks::TooSmall, "{file}");
            }
        }
    }
    // All of SD1 and SDXL, whose spaces differ by a factor of five and more, and some of FLUX.1.
    assert!(vae >= 25, "{vae}");
}

#[test]
fn other_numbers_have_other_looks() {
    let shape = [4, 8, 8];
    let ramp: Vec<f32> = (0..256).map(|i| (i as f32 - 127.5) / 74.0).collect();
    let times = |factor: f32| ramp.iter().map(|x| x * factor).collect::<Vec<_>>();
    let format = LatentFormat::Sdxl;
    assert_eq!(looks(format, &ramp, shape), Looks::Model);
    assert_eq!(looks(format, &times(14.6), shape), Looks::Vae);
    assert_eq!(looks(format, &times(80.0), shape), Looks::TooLarge);
    assert_eq!(looks(format, &[0.0; 256], shape), Looks::Flat);
    // Rounding makes the variance of some constants negative.
    for value in (1..100).map(|i| i as f32 / 7.0) {
        assert_eq!(looks(format, &[value; 256], shape), Looks::Flat, "{value}");
    }
    assert_eq!(looks(format, &[f32::NAN; 256], shape), Looks::NonFinite);
    // A format without a known VAE space has model space alone.
    let mut unscaled = LatentFormat::ALL.iter().filter(|f| f.vae_space().is_none());
    let unscaled = *unscaled.next().expect("a format without a known VAE space");
    let samples: Vec<_> = ramp
        .iter()
        .copied()
        .cycle()
        .take(unscaled.channels() * 64)
        .collect();
    assert_eq!(
        looks(unscaled, &samples, [unscaled.channels(), 8, 8]),
        Looks::Model
    );
    // The statistics of the finite values.
    let mut samples = times(2.0);
    samples[7] = f32::INFINITY;
    samples[0] = -9.0;
    let latents = Latents::planar(&samples, shape).unwrap();
    let inspection = format.inspect(&latents).unwrap();
    assert_eq!((inspection.min, inspection.non_finite), (-9.0, 1));
    assert_eq!(inspection.max, 2.0 * 127.5 / 74.0);
    let finite: Vec<f64> = samples
        .iter()
        .filter(|x| x.is_finite())
        .map(|&x| f64::from(x))
        .collect();
    let mean = finite.iter().sum::<f64>() / 255.0;
    let variance = finite.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 255.0;
    assert!((f64::from(inspection.mean) - mean).abs() < 1e-6);
    assert!((f64::from(inspection.deviation) - variance.sqrt()).abs() < 1e-6);
    // Latents of another format are refused as a previewer refuses them.
    let previewer = LatentFormat::Flux1.previewer().unwrap();
    use latent_preview::LatentPreview;
    assert_eq!(
        LatentFormat::Flux1.inspect(&latents).err(),
        previewer.check(&latents).err()
    );
}

/// Every explanation has a text, and names a call if there is one.
#[test]
fn an_inspection_prints_as_a_sentence() {
    let format = LatentFormat::Sdxl;
    let print = |factor: f32| {
        let samples: Vec<f32> = (0..256)
            .map(|i| (i as f32 - 127.5) / 74.0 * factor)
            .collect();
        let latents = Latents::planar(&samples, [4, 8, 8]).unwrap();
        format.inspect(&latents).unwrap().to_string()
    };
    assert_eq!(
        print(1.0),
        "mean 0.00, deviation 1.00, -1.72 to 1.72, 0 samples not finite: looks like sdxl latents in \
         model space"
    );
    assert!(print(8.0).contains("`Previewer::for_vae_space`"));
    assert!(print(100.0).contains("`Previewer::for_sigma`"));
    assert!(print(0.1).contains("twice"));
    assert!(print(0.0).contains("zeros"));
    assert!(print(f32::NAN).contains("diverged"));
}
