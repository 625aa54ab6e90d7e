//! Latents of another model, and shapes that are not those of an image.

use std::collections::HashSet;

use latent_preview::{LatentFormat, Latents, PreviewError};

use super::{ramp, refusal};

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

#[test]
fn latents_of_another_model_are_refused_by_name() {
    let samples = ramp(16 * 4 * 6);
    let latents = Latents::planar(&samples, [16, 4, 6]).unwrap();
    let error = refusal(&LatentFormat::Sdxl.previewer().unwrap(), &latents);
    let (format, actual, last_axis) = (LatentFormat::Sdxl, 16, 6);
    let expected = PreviewError::FormatChannels {
        format,
        actual,
        last_axis,
    };
    assert_eq!(error, expected);
    let message = error.to_string();
    let (_, like) = message.split_once(", as in ").unwrap();
    let (like, _) = like.split_once(": make a previewer").unwrap();
    let like: HashSet<_> = like.split(", ").collect();
    let fitting = LatentFormat::fitting(16, None).map(LatentFormat::name);
    assert_eq!(like, fitting.collect());
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
    let ambiguous = Some(PreviewError::AmbiguousShape { format });
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
    assert_eq!(error, PreviewError::ChannelsLast { format, actual: 6 });
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
            PreviewError::FormatShape { format, dimensions },
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
