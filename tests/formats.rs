//! Promise: every format previews latents of its shape, in every space, or says
//! why not.

#![cfg(feature = "alloc")]

use std::collections::HashSet;

use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Projection};
use proptest::prelude::*;

fn formats() -> impl Strategy<Value = LatentFormat> {
    prop::sample::select(LatentFormat::ALL)
}

fn floats(previewer: &dyn LatentPreview, latents: &Latents<'_>) -> Vec<f32> {
    let preview = previewer.preview(latents, PixelFormat::RgbF32);
    preview.unwrap().as_f32().unwrap().to_vec()
}

#[test]
fn every_format_previews_latents_of_its_shape() {
    for &format in LatentFormat::ALL {
        let samples = vec![0.25_f32; format.channels() * 3 * 5];
        let latents = Latents::planar(&samples, [format.channels(), 3, 5]).unwrap();
        let Some((published, reason)) = format.recommended() else {
            let error = PreviewError::NoProjection {
                format: format.name(),
            };
            assert!(error.to_string().contains(format.name()));
            assert_eq!(format.previewer(), Err(error));
            assert_eq!((format.tiny(), format.tiny_2x()), (None, None));
            continue;
        };
        assert!(!reason.is_empty());
        let previewer = format.previewer().unwrap();
        assert_eq!(previewer, published.previewer());
        assert_eq!(previewer.format(), Some(format));
        assert_eq!(previewer.channels(), format.channels());
        assert_eq!(previewer.projection(), Some(&published.projection));
        assert_eq!(previewer.tiny_decoder(), None);
        let mut out = vec![0; 3 * 5 * 3];
        let result = previewer.preview_into(&latents, PixelFormat::Rgb8, &mut out);
        assert_eq!(result, Ok(0), "{format}");
        assert_eq!(previewer.preview_rgb(&latents).unwrap().as_bytes(), out);
    }
}

#[test]
fn every_projection_fits_its_format_and_is_cited() {
    for &format in LatentFormat::ALL {
        let mut origins = HashSet::new();
        for published in format.projections() {
            assert_eq!(
                published.projection.channels(),
                format.channels(),
                "{format}"
            );
            assert_eq!(published.format, format);
            assert!(matches!(
                published.pixel_format,
                PixelFormat::Rgb8 | PixelFormat::Rgb8Truncated
            ));
            assert!(origins.insert(published.origin), "{format}");
            if published.origin.starts_with("latent-preview ") {
                assert_eq!(published.repository, "latent-preview");
            } else {
                assert!(published.repository.contains('/'), "{format}");
            }
            assert!(!published.path.is_empty() && !published.license.is_empty());
            // Other projects have nothing above affine.
            let affine = published.projection.polynomial();
            let Some(affine) = affine.filter(|polynomial| polynomial.degree() == 1) else {
                assert_eq!(published.repository, "latent-preview", "{format}");
                continue;
            };
            let factors = affine.linear();
            assert!(factors.as_flattened().iter().all(|x| x.is_finite()));
            assert!(factors.as_flattened().iter().any(|&x| x != 0.0));
        }
    }
    let forum = LatentFormat::Sd1.projections().iter();
    let mut forum = forum.filter(|published| published.origin == "forum v1.4");
    assert_eq!(forum.next().unwrap().projection, Projection::SD_V1_4);
}

#[test]
fn formats_are_found_by_channels_and_downscale() {
    use LatentFormat::*;
    let fitting = |channels, downscale| -> HashSet<_> {
        LatentFormat::fitting(channels, downscale).collect()
    };
    assert_eq!(fitting(12, None), HashSet::from([Mochi]));
    assert_eq!(fitting(48, Some(16)), HashSet::from([Wan22]));
    assert_eq!(
        fitting(128, Some(32)),
        HashSet::from([LtxVideo, Ltx2, Ltx23])
    );
    // Packed latents have four times the channels and twice the downscale.
    assert_eq!(fitting(128, Some(16)), HashSet::from([Flux2]));
    assert_eq!(
        fitting(64, Some(16)),
        HashSet::from([QwenImage21, Flux1, Wan21])
    );
    assert_eq!(fitting(5, None), HashSet::new());
    assert_eq!(fitting(4, Some(4)), HashSet::from([SdX4Upscaler, CascadeB]));
    assert!(fitting(4, None).is_superset(&HashSet::from([Sd1, Sdxl])));
}

proptest! {
    /// The change of space in the coefficients is the change of space of the
    /// latent, computed here from the published constants in f64.
    #[test]
    fn vae_space_is_folded_in(
        format in formats(),
        values in prop::collection::vec(-8.0_f32..8.0, 128),
    ) {
        let channels = format.channels();
        let Ok(previewer) = format.previewer() else {
            prop_assert!(format.recommended().is_none());
            return Ok(());
        };
        let Some(vae) = format.vae_space() else {
            let error = PreviewError::UnknownVaeSpace { format: format.name() };
            prop_assert_eq!(previewer.for_vae_space(), Err(error));
            return Ok(());
        };
        // One statistic per channel, or four per channel that are averaged.
        let statistic = |values: &[f32], c: usize, default: f64| match values.len() / channels {
            0 => default,
            n => (0..n).map(|i| f64::from(values[n * c + i])).sum::<f64>() / n as f64,
        };
        let vae_space = &values[..channels];
        let model_space: Vec<f32> = vae_space
            .iter()
            .enumerate()
            .map(|(c, &x)| {
                let centered = f64::from(x) - f64::from(vae.shift) - statistic(vae.mean, c, 0.0);
                (centered * f64::from(vae.scale) / statistic(vae.std, c, 1.0)) as f32
            })
            .collect();
        let a = floats(
            &previewer.for_vae_space().unwrap(),
            &Latents::planar(vae_space, [channels, 1, 1]).unwrap(),
        );
        let b = floats(&previewer, &Latents::planar(&model_space, [channels, 1, 1]).unwrap());
        for (a, b) in a.iter().zip(&b) {
            prop_assert!((a - b).abs() < 1e-4, "{format}: {a} {b}");
        }
    }
}

/// 128 statistics, one per position of a patch, against their mean per channel.
#[test]
fn averaging_the_statistics_of_flux2_is_a_small_error() {
    let vae = LatentFormat::Flux2.vae_space().unwrap();
    let projection = LatentFormat::Flux2.previewer().unwrap();
    let from_vae = projection.for_vae_space().unwrap();
    let mut worst = 0.0_f32;
    for position in 0..4 {
        // A latent two deviations from the mean, in signs that vary.
        let model_space: Vec<f32> = (0..32)
            .map(|c| if c * 7 % 3 == 0 { 2.0 } else { -2.0 })
            .collect();
        let vae_space: Vec<f32> = (0..32)
            .map(|c| {
                let k = 4 * c + position;
                (f64::from(model_space[c]) * f64::from(vae.std[k]) + f64::from(vae.mean[k])) as f32
            })
            .collect();
        let exact = floats(
            &projection,
            &Latents::planar(&model_space, [32, 1, 1]).unwrap(),
        );
        let ours = floats(&from_vae, &Latents::planar(&vae_space, [32, 1, 1]).unwrap());
        for (a, b) in exact.iter().zip(&ours) {
            worst = worst.max((a - b).abs());
        }
    }
    assert!(worst < 2.0 / 255.0, "{} levels", worst * 255.0);
}
