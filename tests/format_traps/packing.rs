//! Packed latents, viewed as if they were not, and the other way round.

use latent_preview::{LatentFormat, LatentPreview, Latents, PackOrder, PreviewError};

use super::{ramp, refusal};

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
                format: LatentFormat::Flux2,
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
            format,
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

/// Grids of tokens and images with the channels last, of the most common sizes: no sampler holds
/// planes of patches of these formats.
#[test]
fn grids_and_channels_last_are_not_taken_for_planes() {
    let samples = vec![0.0_f32; 16 * 1024 * 64];
    for format in [LatentFormat::Flux1, LatentFormat::Wan21] {
        let refusal = |shape: &[usize]| {
            let count = shape.iter().product();
            format.images(&samples[..count], shape).unwrap_err()
        };
        let previewer = format.previewer().unwrap();
        let refusal_of = |view: &Latents<'_>| super::refusal(&previewer, view);
        for shape in [&[64, 64, 64][..], &[1, 64, 64, 64], &[64, 48, 64]] {
            let error = refusal(shape);
            assert!(
                matches!(error, PreviewError::LooksPacked { tokens: true, .. }),
                "{shape:?}: {error}"
            );
        }
        for shape in [&[64, 64, 16][..], &[1, 64, 64, 16], &[1, 64, 32, 16]] {
            let error = refusal(shape);
            assert!(
                matches!(error, PreviewError::ChannelsLast { actual: 64, .. }),
                "{shape:?}: {error}"
            );
            assert!(!error.to_string().contains("another format"), "{error}");
            // A planar view of the same shape gets the same answer.
            if let &[c, h, w] = shape {
                let view = Latents::planar(&samples[..c * h * w], [c, h, w]).unwrap();
                assert_eq!(refusal_of(&view), error);
            }
        }
        // Four images of a batch are no latent of four channels, sixteen no single latent.
        for images in [2, 3, 4, 8, 16] {
            let error = refusal(&[images, 1024, 64]);
            assert!(
                matches!(error, PreviewError::LooksPacked { tokens: true, .. }),
                "{images}: {error}"
            );
        }
        // Rows of tokens that equal another format's channels.
        for shape in [&[32, 32, 64][..], &[1, 48, 64, 64]] {
            let message = refusal(shape).to_string();
            assert!(message.contains("packed tokens"), "{message}");
        }
        let error = refusal(&[64, 40, 50]);
        assert!(
            matches!(error, PreviewError::LooksPacked { tokens: false, .. }),
            "{error}"
        );
    }
}

/// Planes as wide as FLUX.2 has channels, 512 pixels, or an image with the channels last.
#[test]
fn planes_of_flux2_are_told_from_channels_last_by_their_picture() {
    let samples = vec![0.0_f32; 128 * 128 * 32];
    let images = |shape: &[usize]| {
        let count = shape.iter().product();
        let images = LatentFormat::Flux2.images(&samples[..count], shape)?;
        Ok(images
            .map(|image| [image.height(), image.width()])
            .collect())
    };
    // 512x512 and 512x768.
    assert_eq!(images(&[128, 32, 32]), Ok(vec![[64, 64]]));
    assert_eq!(images(&[1, 128, 48, 32]), Ok(vec![[96, 64]]));
    let (format, actual) = (LatentFormat::Flux2, 128);
    let error = PreviewError::ChannelsLast { format, actual };
    assert!(error.to_string().contains("packed planes"), "{error}");
    // 1024x1024, and 1024x512.
    assert_eq!(images(&[1, 128, 128, 32]), Err(error.clone()));
    assert_eq!(images(&[128, 64, 32]), Err(error));
}

/// An interleaved view has its channels where they belong, whatever its width.
#[test]
fn interleaved_views_are_not_told_to_be_interleaved() {
    let samples = [0.0_f32; 64 * 32 * 64];
    for (format, shape) in [
        (LatentFormat::Flux1, [64, 16, 4]),
        (LatentFormat::Flux2, [64, 32, 64]),
    ] {
        let samples = &samples[..shape.iter().product()];
        let view = Latents::interleaved(samples, shape).unwrap();
        let error = refusal(&format.previewer().unwrap(), &view);
        assert!(
            matches!(error, PreviewError::FormatChannels { .. }),
            "{error}"
        );
        assert!(!error.to_string().contains("last axis"), "{error}");
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
