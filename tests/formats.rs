//! Promise: every format previews latents of its shape, in every space, or says
//! why not.

#![cfg(feature = "alloc")]

use std::collections::HashSet;

use latent_preview::{
    Evidence, LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Projection,
    PublishedProjection,
};
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
        let Some((published, _)) = format.recommended_projection() else {
            let name = format.name();
            let refusals = [
                (format.previewer(), PreviewError::NoProjection { format }),
                (
                    format.fast_previewer(),
                    PreviewError::NoProjection { format },
                ),
                (format.previewer_2x(), PreviewError::NoProjection { format }),
            ];
            for (previewer, error) in refusals {
                assert!(error.to_string().contains(name));
                assert_eq!(previewer, Err(error));
            }
            assert_eq!(format.recommendation(), None);
            continue;
        };
        let fast = format.fast_previewer().unwrap();
        assert_eq!(fast, published.previewer());
        assert_eq!(fast.projection(), Some(&published.projection));
        assert_eq!(fast.tiny_decoder(), None);
        // The default is another one just where there is one of twice the size, too.
        let previewer = format.previewer().unwrap();
        assert_eq!(previewer != fast, format.previewer_2x().is_ok(), "{format}");
        assert_eq!((previewer.scale(), fast.scale()), (1, 1));
        assert_eq!(previewer.format(), Some(format));
        assert_eq!(previewer.channels(), format.channels());
        let mut out = vec![0; 3 * 5 * 3];
        let result = previewer.preview_into(&latents, PixelFormat::Rgb8, &mut out);
        assert_eq!(result, Ok(0), "{format}");
        assert_eq!(previewer.preview_rgb(&latents).unwrap().as_bytes(), out);
    }
}

/// A recommendation says how it is known, and nothing of others is recommended that is known
/// to be wrong.
#[test]
fn every_recommendation_has_its_evidence() {
    let mut known = HashSet::new();
    for &format in LatentFormat::ALL {
        let Some((published, projection)) = format.recommended_projection() else {
            continue;
        };
        let default = format.recommendation().unwrap();
        for recommendation in [default, projection] {
            assert!(!recommendation.reason.is_empty(), "{format}");
            let is_measured = recommendation.evidence >= Evidence::TinyAutoencoder;
            assert!(recommendation.psnr.is_none() || is_measured, "{format}");
            known.insert(recommendation.evidence);
        }
        assert!(default.psnr >= projection.psnr, "{format}");
        // With one table there is no choice.
        let others = format
            .projections()
            .iter()
            .filter(|other| other.doubt.is_none());
        assert!(published.doubt.is_none() || others.count() == 0, "{format}");
    }
    assert_eq!(known.len(), 6, "{known:?}");
}

/// Causal VAEs decode the first latent frame to one frame; MiniMax H3 does so every five.
#[test]
fn decoded_frames_follow_each_other() {
    for &format in LatentFormat::ALL {
        let mut end = 0;
        for latent_frame in 0..40 {
            let frames = format.decoded_frames(latent_frame);
            assert_eq!(frames.start, end, "{format} {latent_frame}");
            let is_first = match format {
                LatentFormat::MiniMaxH3 => latent_frame % 5 == 0,
                _ => latent_frame == 0,
            };
            let expected = if is_first {
                1
            } else {
                format.temporal_downscale()
            };
            assert_eq!(frames.len(), expected, "{format} {latent_frame}");
            end = frames.end;
        }
        // Far beyond any video: no overflow.
        assert!(format.decoded_frames(usize::MAX).start > 0);
    }
    // 81 frames of Wan are 21 latent frames, 34 of MiniMax H3 are 10.
    assert_eq!(LatentFormat::Wan21.decoded_frames(20), 77..81);
    assert_eq!(LatentFormat::MiniMaxH3.decoded_frames(9), 30..34);
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
        HashSet::from([QwenImage21, HunyuanImage21Refiner, Flux1, Wan21])
    );
    assert_eq!(fitting(5, None), HashSet::new());
    assert_eq!(fitting(4, Some(4)), HashSet::from([SdX4Upscaler, CascadeB]));
    assert!(fitting(4, None).is_superset(&HashSet::from([Sd1, Sdxl])));
}

proptest! {
    /// Every sample of a tensor is in an image of the format's channels, or it is refused.
    #[test]
    fn images_have_the_channels_of_their_format(
        format in formats(),
        axes in prop::collection::vec(0..6_usize, 0..7),
    ) {
        let channels = format.channels();
        let shape: Vec<_> =
            axes.into_iter().map(|axis| [1, 2, 3, 4, channels, 4 * channels][axis]).collect();
        let count = shape.iter().product::<usize>();
        prop_assume!(count <= 1 << 20);
        if let Ok(images) = format.images(&vec![0.0_f32; count], &shape) {
            let mut held = 0;
            for image in images {
                prop_assert_eq!(image.channels(), channels, "{} {:?}", format, shape);
                held += channels * image.height() * image.width();
            }
            prop_assert_eq!(held, count, "{} {:?}", format, shape);
        }
    }

    /// The change of space in the coefficients is the change of space of the
    /// latent, computed here from the published constants in f64.
    #[test]
    fn vae_space_is_folded_in(
        format in formats(),
        values in prop::collection::vec(-8.0_f32..8.0, 128),
    ) {
        let channels = format.channels();
        let Ok(default) = format.previewer() else {
            prop_assert!(format.recommendation().is_none());
            return Ok(());
        };
        let Some(vae) = format.vae_space() else {
            let error = PreviewError::UnknownVaeSpace { format };
            prop_assert_eq!(default.for_vae_space(), Err(error));
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
        let published = format.projections().iter().map(PublishedProjection::previewer);
        for previewer in [default].into_iter().chain(format.previewer_2x()).chain(published) {
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
}

/// 128 statistics, one per position of a patch, against their mean per channel.
#[test]
fn averaging_the_statistics_of_flux2_is_a_small_error() {
    let vae = LatentFormat::Flux2.vae_space().unwrap();
    let projection = LatentFormat::Flux2.fast_previewer().unwrap();
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
