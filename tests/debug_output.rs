//! Promise: `dbg!` of a type that holds many numbers prints sizes, formats and counts.

#![cfg(feature = "fit")]

use std::fmt::Debug;

use latent_preview::fit::{Pairs, Target};
use latent_preview::{
    Denoise, LatentFormat, LatentPreview, Latents, OwnedSamples, PixelFormat, Projection, Samples,
};

/// No more than a few lines of a terminal.
fn short(what: &dyn Debug, parts: &[&str]) {
    for text in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(text.len() < 1500, "{} bytes: {:.300}...", text.len(), text);
        for part in parts {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}

#[test]
fn numbers_by_the_thousand_are_counted_not_printed() {
    let values = vec![0.123_456_f32; 16 * 64 * 64];
    let latents = Latents::planar(&values, [16, 64, 64]).unwrap();
    short(
        &latents,
        &["channels: 16", "height: 64", "width: 64", "F32"],
    );
    let estimate = Latents::denoised(&latents, &latents, Denoise::flow(0.5).unwrap()).unwrap();
    short(&estimate, &["is_estimate: true"]);
    short(&Samples::from(&values[..]), &["65536 samples of F32"]);
    short(
        &OwnedSamples::F32(values.clone()),
        &["65536 samples of F32"],
    );
    let images = Latents::batch(&values, [4, 4, 64, 64]).unwrap();
    short(&images, &["left: 4", "channels: 4"]);

    let previewer = LatentFormat::Flux1.previewer().unwrap();
    short(&previewer, &["Flux1", "coefficients"]);
    short(
        previewer.tiny_decoder().unwrap(),
        &["channels: 16", "scale: 1"],
    );
    let preview = previewer.preview(&latents, PixelFormat::RgbF32).unwrap();
    short(
        &preview,
        &["width: 64", "height: 64", "RgbF32", "non_finite: 0"],
    );
    for &format in LatentFormat::ALL {
        for published in format.projections() {
            short(published, &[published.origin, published.license]);
            short(&published.projection, &["coefficients"]);
        }
    }
    let large = Projection::cubic(
        [0.0; 3],
        vec![[0.1; 3]; 16],
        vec![[0.1; 3]; 136],
        vec![[0.1; 3]; 816],
    );
    short(&large.unwrap(), &["816 coefficients"]);

    let picture = vec![7; 512 * 512 * 3];
    let target = Target::rgb8(&picture, [512, 512]).unwrap();
    short(&target, &["height: 512"]);
    let mut pairs = Pairs::new(16);
    pairs.add(&latents, target).unwrap();
    short(&pairs, &["len: 1", "pixels: 4096"]);
}
