//! Promise: common mistakes with latents are refused with an error or have the right result.

#![cfg(feature = "alloc")]

use std::collections::HashSet;

use latent_preview::{
    LatentFormat, LatentPreview, Latents, PackOrder, PixelFormat, PreviewError, Previewer,
    Projection,
};

/// Distinct numbers.
fn ramp(length: usize) -> Vec<f32> {
    (0..length)
        .map(|i| (i * 7919 % 1009) as f32 / 252.0 - 2.0)
        .collect()
}

fn refusal(previewer: &Previewer, latents: &Latents<'_>) -> PreviewError {
    let mut out = vec![0xa5; latents.height() * latents.width() * 3];
    let error = previewer
        .preview_into(latents, PixelFormat::Rgb8, &mut out)
        .unwrap_err();
    assert!(
        out.iter().all(|&byte| byte == 0xa5),
        "written in spite of {error}"
    );
    assert_eq!(previewer.preview_rgb(latents), Err(error.clone()));
    error
}

#[test]
fn packed_planes_of_flux2_are_recognized() {
    let samples = ramp(128 * 4 * 4);
    // A single pixel lies as a token would.
    for side in [1, 4] {
        let samples = &samples[..128 * side * side];
        let planes = Latents::planar(samples, [128, side, side]).unwrap();
        let error = refusal(&LatentFormat::Flux2.previewer().unwrap(), &planes);
        assert_eq!(
            error,
            PreviewError::LooksPacked {
                format: "flux2",
                expected: 32,
                actual: 128,
                tokens: false
            }
        );
    }

    // The catalog knows how they are packed.
    let unpacked = Latents::packed_planes(&samples, [128, 4, 4], PackOrder::ChannelFirst).unwrap();
    for shape in [&[128, 4, 4][..], &[1, 128, 4, 4]] {
        let image = LatentFormat::Flux2.image(&samples, shape).unwrap();
        assert_eq!(
            (image.channels(), image.height(), image.width()),
            (32, 8, 8)
        );
        for (c, y, x) in [(0, 0, 0), (3, 5, 2), (31, 7, 7)] {
            assert_eq!(image.get(c, y, x), unpacked.get(c, y, x));
        }
    }
}

/// Sides of 64 and 128 are the most common; they must not be taken for tokens of 64 and 128
/// values.
#[test]
fn latents_of_another_model_are_no_tokens() {
    let samples = [0.0_f32; 4 * 128 * 128];
    for (format, side) in [(LatentFormat::Flux1, 64), (LatentFormat::Flux2, 128)] {
        let samples = &samples[..4 * side * side];
        let latents = Latents::planar(samples, [4, side, side]).unwrap();
        let previewer = format.previewer().unwrap();
        let refusals = [
            previewer.preview_rgb(&latents).unwrap_err(),
            format.images(samples, &[4, side, side]).unwrap_err(),
            format.images(samples, &[1, 4, side, side]).unwrap_err(),
        ];
        for error in refusals {
            assert!(
                matches!(error, PreviewError::FormatChannels { actual: 4, .. }),
                "{error}"
            );
            assert!(
                error.to_string().contains("these have 4, as in "),
                "{error}"
            );
        }
    }
}

/// FLUX.1, Qwen-Image and Krea 2 in diffusers: `[batch, tokens, 64]`.
#[test]
fn tokens_are_recognized() {
    let samples = ramp(6 * 64);
    for format in [LatentFormat::Flux1, LatentFormat::Wan21] {
        let error = PreviewError::LooksPacked {
            format: format.name(),
            expected: 16,
            actual: 64,
            tokens: true,
        };
        for shape in [&[6, 64][..], &[1, 6, 64], &[2, 3, 64], &[1, 2, 3, 64]] {
            assert_eq!(
                format.images(&samples, shape).err(),
                Some(error.clone()),
                "{shape:?}"
            );
        }
        let previewer = format.previewer().unwrap();
        let interleaved = Latents::interleaved(&samples, [2, 3, 64]).unwrap();
        assert_eq!(refusal(&previewer, &interleaved), error);
        let as_rows = Latents::planar(&samples, [1, 6, 64]).unwrap();
        assert_eq!(refusal(&previewer, &as_rows), error);

        // With rows and columns given, the result is right.
        let tokens = Latents::packed_tokens(&samples, [2, 3, 64], PackOrder::ChannelFirst).unwrap();
        let preview = previewer.preview_rgb(&tokens).unwrap();
        assert_eq!((preview.width(), preview.height()), (6, 4));
    }
}

/// The same values in the two orders make the same picture if the order is given.
#[test]
fn ideogram_packs_the_other_way() {
    assert_eq!("Ideogram 4".parse(), Ok(LatentFormat::Flux2));
    let channel_first = ramp(6 * 128);
    let mut patch_first = vec![0.0; channel_first.len()];
    for token in 0..6 {
        for channel in 0..32 {
            for position in 0..4 {
                patch_first[token * 128 + position * 32 + channel] =
                    channel_first[token * 128 + channel * 4 + position];
            }
        }
    }
    let previewer = LatentFormat::Flux2.previewer().unwrap();
    let picture = |samples: &[f32], order| {
        previewer
            .preview_rgb(&Latents::packed_tokens(samples, [2, 3, 128], order).unwrap())
            .unwrap()
    };
    let flux = picture(&channel_first, PackOrder::ChannelFirst);
    assert_eq!(flux, picture(&patch_first, PackOrder::PatchFirst));
    assert_ne!(flux, picture(&patch_first, PackOrder::ChannelFirst));
}

/// Z-Image in mflux is `[16, 1, height, width]`.
#[test]
fn a_frame_axis_of_one_is_no_batch() {
    let samples = ramp(16 * 4 * 4);
    let image = LatentFormat::Flux1.image(&samples, &[16, 1, 4, 4]).unwrap();
    assert_eq!(image.get(5, 1, 2), Some(samples[5 * 16 + 6]));
}

/// An SDXL with FLUX.2's autoencoder holds 32 planes, unpacked.
#[test]
fn flux2_latents_may_be_unpacked_already() {
    let format: LatentFormat = "SDXL with FLUX.2 VAE".parse().unwrap();
    let samples = ramp(32 * 4 * 4);
    let image = format.image(&samples, &[1, 32, 4, 4]).unwrap();
    assert_eq!((image.height(), image.width()), (4, 4));
    assert!(format.previewer().unwrap().preview_rgb(&image).is_ok());
}

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

#[test]
fn models_of_similar_names_are_different_formats() {
    let parse = |name: &str| name.parse::<LatentFormat>().unwrap();
    for (a, b) in [
        ("Cosmos 1", "Cosmos-Predict 2"),
        ("Qwen-Image", "Qwen-Image 2.1"),
        ("HunyuanImage 2.1", "HunyuanVideo"),
        ("HunyuanVideo", "HunyuanVideo 1.5"),
        ("LTX-2", "LTX-2.3"),
        ("LTX-Video", "LTX-2"),
        ("Wan 2.2 A14B", "Wan 2.2 TI2V-5B"),
        ("FLUX.1", "FLUX.2"),
        ("Sana 1.0", "Sana Sprint"),
        ("Chroma", "Chroma Radiance"),
        ("Z-Image", "Z-Image pixel"),
        ("Playground v2.5", "SDXL"),
        ("CogVideoX 2b", "CogVideoX 5b"),
        ("Kandinsky 5 image", "Kandinsky 5 video"),
    ] {
        assert_ne!(parse(a), parse(b), "{a} {b}");
    }
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

#[test]
fn latents_of_another_model_are_refused_by_name() {
    let samples = ramp(16 * 4 * 6);
    let latents = Latents::planar(&samples, [16, 4, 6]).unwrap();
    let error = refusal(&LatentFormat::Sdxl.previewer().unwrap(), &latents);
    let PreviewError::FormatChannels {
        format: "sdxl",
        expected: 4,
        actual: 16,
        like,
    } = error
    else {
        panic!("{error:?}");
    };
    let like: HashSet<_> = like.split(", ").collect();
    assert_eq!(
        like,
        LatentFormat::fitting(16, None)
            .map(LatentFormat::name)
            .collect()
    );
    let message = error.to_string();
    for part in [
        "sdxl latents have 4 channels",
        "16",
        "flux1",
        "sd3",
        "wan21",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(
        LatentFormat::Sdxl.images(&samples, &[1, 16, 4, 6]).err(),
        Some(error)
    );
}

#[test]
fn a_batch_left_in_is_named() {
    let samples = ramp(3 * 4 * 8 * 8);
    let error = Latents::planar(&samples, [4, 8, 8])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("3 times as many") && error.contains("Latents::batch"),
        "{error}"
    );

    let format = LatentFormat::Sd1;
    let error = format.image(&samples, &[3, 4, 8, 8]).unwrap_err();
    assert_eq!(error, PreviewError::NotOneImage { images: 3 });
    assert!(
        error.to_string().contains("LatentFormat::images"),
        "{error}"
    );
    assert_eq!(format.images(&samples, &[3, 4, 8, 8]).unwrap().len(), 3);
}

#[test]
fn a_video_is_no_image() {
    let samples = ramp(2 * 16 * 3 * 4 * 4);
    let format = LatentFormat::Wan21;
    let error = format
        .image(&samples[..16 * 3 * 16], &[1, 16, 3, 4, 4])
        .unwrap_err();
    assert_eq!(error, PreviewError::NotOneImage { images: 3 });

    // Frames of several videos, in order, whichever axis comes first.
    let sample = |video, channel, frame, pixel| ((video * 16 + channel) * 3 + frame) * 16 + pixel;
    let images: Vec<_> = format
        .images(&samples, &[2, 16, 3, 4, 4])
        .unwrap()
        .collect();
    assert_eq!(images.len(), 6);
    for (index, image) in images.iter().enumerate() {
        let expected = samples[sample(index / 3, 11, index % 3, 9)];
        assert_eq!(image.get(11, 2, 1), Some(expected), "{index}");
    }
    let frames_first: Vec<_> = format
        .images(&samples, &[2, 3, 16, 4, 4])
        .unwrap()
        .collect();
    assert_eq!(frames_first.len(), 6);
    assert_eq!(
        frames_first[4].get(11, 2, 1),
        Some(samples[(4 * 16 + 11) * 16 + 9])
    );
    let one_video = format.images(&samples, &[16, 6, 4, 4]).unwrap();
    assert_eq!(one_video.len(), 6);
}

#[test]
fn shapes_that_may_be_two_things_are_refused() {
    let format = LatentFormat::Wan21;
    let ambiguous = Some(PreviewError::AmbiguousShape {
        format: "wan21",
        channels: 16,
    });
    let samples = ramp(16 * 16 * 4);
    assert_eq!(format.images(&samples, &[16, 16, 2, 2]).err(), ambiguous);
    assert_eq!(format.images(&samples, &[1, 16, 16, 2, 2]).err(), ambiguous);
    // Four images of four channels are a batch: SD1 has no videos.
    let samples = ramp(4 * 4 * 4);
    assert_eq!(
        LatentFormat::Sd1
            .images(&samples, &[4, 4, 2, 2])
            .unwrap()
            .len(),
        4
    );
}

#[test]
fn other_shapes_say_what_they_look_like() {
    let format = LatentFormat::Sdxl;
    let samples = ramp(4 * 6 * 5);
    let error = format.images(&samples, &[6, 5, 4]).unwrap_err();
    assert_eq!(
        error,
        PreviewError::ChannelsLast {
            format: "sdxl",
            channels: 4,
            like: ""
        }
    );
    assert!(
        error.to_string().contains("`Latents::interleaved`"),
        "{error}"
    );
    assert_eq!(format.images(&samples, &[1, 6, 5, 4]).err(), Some(error));

    for shape in [&[][..], &[120], &[6, 20], &[1, 1, 1, 4, 6, 5]] {
        let dimensions = shape.len();
        let error = format.images(&samples, shape).unwrap_err();
        assert_eq!(
            error,
            PreviewError::FormatShape {
                format: "sdxl",
                channels: 4,
                dimensions
            },
            "{shape:?}"
        );
    }
    assert_eq!(
        format.images(&samples, &[4, 6, 6]).err(),
        Some(PreviewError::SampleCount {
            expected: 144,
            actual: 120
        })
    );
    assert_eq!(
        format.images(&samples, &[0, 4, 6, 5]).err(),
        Some(PreviewError::ZeroDimension { index: 0 })
    );
    let huge = usize::MAX;
    for shape in [
        &[huge, 4, 2, 2][..],
        &[4, huge, huge],
        &[huge, huge, 4, 1, 1],
        &[huge, 4, huge, huge, huge],
    ] {
        assert_eq!(
            format.images(&samples, shape).err(),
            Some(PreviewError::ShapeOverflow)
        );
    }
}
