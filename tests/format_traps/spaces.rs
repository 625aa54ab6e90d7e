//! Latents of another space or noise level.

use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError, Previewer, Projection};

use super::ramp;

/// FLUX.2 latents in VAE space and in model space differ and have separate previewers.
#[test]
fn flux2_has_two_spaces() {
    let samples = ramp(32 * 4 * 4);
    let latents = Latents::planar(&samples, [32, 4, 4]).unwrap();
    let model_space = LatentFormat::Flux2.previewer().unwrap();
    let vae_space = model_space.for_vae_space().unwrap();
    assert_ne!(
        model_space.preview_rgb(&latents).unwrap(),
        vae_space.preview_rgb(&latents).unwrap()
    );
    // SceneWorks' table is published for VAE space: there it has its own numbers.
    let published = LatentFormat::Flux2.projections().iter();
    let mut published = published.filter(|published| published.origin == "SceneWorks");
    let previewer = published
        .next()
        .unwrap()
        .previewer()
        .for_vae_space()
        .unwrap();
    let projection = previewer.projection().unwrap();
    assert!(matches!(projection, Projection::Affine(_)));
    let affine = projection.polynomial().unwrap();
    // 0.44093892 of 0..1 is -0.11812216 of -1..1.
    assert!(
        (affine.constant()[0] + 0.118_122_16).abs() < 1e-6,
        "{:?}",
        affine.constant()
    );
}

/// k-diffusion's x_t = x0 + sigma * noise is sqrt(sigma^2 + 1) times too large.
#[test]
fn variance_exploding_latents_are_scaled_down() {
    let previewer = LatentFormat::Sdxl.previewer().unwrap();
    let model_space = ramp(4 * 8 * 8);
    let expected = previewer
        .preview_rgb(&Latents::planar(&model_space, [4, 8, 8]).unwrap())
        .unwrap();
    for sigma in [0.0_f32, 0.03, 1.0, 14.6146] {
        let x_t: Vec<f32> = model_space
            .iter()
            .map(|&x| (f64::from(x) * (f64::from(sigma).powi(2) + 1.0).sqrt()) as f32)
            .collect();
        let latents = Latents::planar(&x_t, [4, 8, 8]).unwrap();
        let preview = previewer
            .for_sigma(sigma)
            .unwrap()
            .preview_rgb(&latents)
            .unwrap();
        for (a, b) in preview.as_bytes().iter().zip(expected.as_bytes()) {
            assert!(a.abs_diff(*b) <= 1, "{sigma}: {a} {b}");
        }
        if sigma >= 1.0 {
            assert_ne!(
                previewer.preview_rgb(&latents).unwrap(),
                expected,
                "{sigma}"
            );
        }
    }
    for sigma in [-0.1, f32::NAN, f32::INFINITY] {
        assert!(matches!(
            previewer.for_sigma(sigma),
            Err(PreviewError::NoiseLevel { name: "sigma", .. })
        ));
    }
    let largest = previewer.for_sigma(f32::MAX).unwrap();
    let latents = Latents::planar(&model_space, [4, 8, 8]).unwrap();
    assert_eq!(largest.preview_rgb(&latents).unwrap().non_finite(), 0);
}

/// Dividing twice, or by the constants of the wrong space, gives a meaningless picture.
#[test]
fn the_space_is_changed_once() {
    let model_space = LatentFormat::Sdxl.fast_previewer().unwrap();
    for changed in [
        model_space.for_vae_space().unwrap(),
        model_space.for_sigma(2.0).unwrap(),
        model_space.for_sigma(0.0).unwrap(),
    ] {
        assert_eq!(changed.for_vae_space(), Err(PreviewError::ChangedTwice));
        assert_eq!(changed.for_sigma(2.0), Err(PreviewError::ChangedTwice));
        // The kind does not change.
        assert_eq!(changed.format(), Some(LatentFormat::Sdxl));
        let latents = Latents::planar(&[0.5_f32; 4], [4, 1, 1]).unwrap();
        assert!(changed.preview_rgb(&latents).is_ok());
    }
    // A change without an offset leaves a linear map linear; with one it becomes affine.
    let is_linear =
        |previewer: &Previewer| matches!(previewer.projection(), Some(Projection::Linear(_)));
    for (format, stays) in [(LatentFormat::Sd1, true), (LatentFormat::Wan22, false)] {
        let mut published = format
            .projections()
            .iter()
            .map(|published| published.previewer());
        let linear = published.find(is_linear).unwrap();
        assert!(is_linear(&linear.for_sigma(2.0).unwrap()), "{format}");
        assert_eq!(
            is_linear(&linear.for_vae_space().unwrap()),
            stays,
            "{format}"
        );
    }
    let tiny = LatentFormat::Sdxl.previewer().unwrap();
    assert!(tiny.tiny_decoder().is_some());
    let tiny = tiny.for_vae_space().unwrap();
    assert_eq!(tiny.for_sigma(2.0), Err(PreviewError::ChangedTwice));
    // A published projection has the spaces of its format.
    for published in LatentFormat::Sdxl.projections() {
        let changed = published.previewer().for_vae_space().unwrap();
        assert_eq!(changed.for_vae_space(), Err(PreviewError::ChangedTwice));
    }
}

/// The VAE of such a map is not known, but a division by `sqrt(sigma^2 + 1)` works for any map.
#[test]
fn a_map_of_ones_own_has_no_vae_space() {
    let tiny = LatentFormat::Sdxl.previewer().unwrap();
    let own: [Previewer; 2] = [
        Projection::SD_V1_4.into(),
        tiny.tiny_decoder().unwrap().clone().into(),
    ];
    let samples = ramp(4 * 3 * 3);
    let latents = Latents::planar(&samples, [4, 3, 3]).unwrap();
    for previewer in own {
        assert_eq!(previewer.format(), None);
        assert_eq!(previewer.for_vae_space(), Err(PreviewError::NoFormat));
        let scaled = previewer.for_sigma(3.0).unwrap();
        assert_eq!(scaled.format(), None);
        assert_ne!(
            scaled.preview_rgb(&latents).unwrap(),
            previewer.preview_rgb(&latents).unwrap()
        );
        assert_eq!(scaled.for_sigma(3.0), Err(PreviewError::ChangedTwice));
        assert_eq!(scaled.for_vae_space(), Err(PreviewError::NoFormat));
        let wrong = Latents::planar(&samples[..9], [1, 3, 3]).unwrap();
        assert_eq!(
            previewer.check(&wrong),
            Err(PreviewError::ChannelCount {
                expected: 4,
                actual: 1
            })
        );
    }
}
