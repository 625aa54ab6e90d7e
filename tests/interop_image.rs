//! Promise: previews become pictures of the crate `image`, with the same bytes at the same
//! address.

#![cfg(feature = "image")]

use latent_preview::image::{DynamicImage, RgbImage, RgbaImage};
use latent_preview::{LatentPreview, Latents, PixelFormat, Preview, PreviewError, Projection};

fn preview(format: PixelFormat) -> Preview {
    let samples: Vec<f32> = (0..4 * 3 * 5).map(|i| i as f32 / 20.0 - 1.5).collect();
    let latents = Latents::planar(&samples, [4, 3, 5]).unwrap();
    Projection::SD_V1_4.preview(&latents, format).unwrap()
}

#[test]
fn previews_become_pictures() {
    let rgb = preview(PixelFormat::Rgb8);
    let address = rgb.as_bytes().as_ptr();
    let picture = RgbImage::try_from(rgb.clone()).unwrap();
    assert_eq!(picture.dimensions(), (5, 3));
    assert_eq!(picture.as_raw(), rgb.as_bytes());
    let moved = RgbImage::try_from(rgb).unwrap();
    assert_eq!(moved.as_raw().as_ptr(), address);

    let rgba = preview(PixelFormat::Rgba8);
    let picture = RgbaImage::try_from(rgba.clone()).unwrap();
    assert_eq!(picture.as_raw(), rgba.as_bytes());

    let down = preview(PixelFormat::Rgb8Truncated);
    let picture = RgbImage::try_from(down.clone()).unwrap();
    assert_eq!(picture.as_raw(), down.as_bytes());
    let down = preview(PixelFormat::Rgba8Truncated);
    let picture = RgbaImage::try_from(down.clone()).unwrap();
    assert_eq!(picture.as_raw(), down.as_bytes());
}

#[test]
fn any_preview_of_bytes_becomes_a_picture_of_its_kind() {
    let rgb = DynamicImage::try_from(preview(PixelFormat::Rgb8)).unwrap();
    assert!(rgb.as_rgb8().is_some());
    let rgba = DynamicImage::try_from(preview(PixelFormat::Rgba8)).unwrap();
    assert_eq!(rgba.to_rgb8(), rgb.to_rgb8());
    let rgb = DynamicImage::try_from(preview(PixelFormat::Rgb8Truncated)).unwrap();
    assert!(rgb.as_rgb8().is_some());
    let rgba = DynamicImage::try_from(preview(PixelFormat::Rgba8Truncated)).unwrap();
    assert!(rgba.as_rgba8().is_some());
    assert_eq!(rgba.to_rgb8(), rgb.to_rgb8());
}

#[test]
fn other_formats_are_refused_with_what_is_taken() {
    let refused = |expected, actual| Err(PreviewError::PictureFormat { expected, actual });
    let rgba = PixelFormat::Rgba8;
    assert_eq!(
        RgbImage::try_from(preview(rgba)),
        refused(&[PixelFormat::Rgb8, PixelFormat::Rgb8Truncated], rgba)
    );
    let rgb = PixelFormat::Rgb8;
    assert_eq!(
        RgbaImage::try_from(preview(rgb)).map(|_| ()),
        refused(&[PixelFormat::Rgba8, PixelFormat::Rgba8Truncated], rgb).map(|_: RgbImage| ())
    );
    for floats in [
        PixelFormat::RgbF32,
        PixelFormat::RgbF32Planar,
        PixelFormat::DecoderF32,
    ] {
        assert!(DynamicImage::try_from(preview(floats)).is_err());
    }
}

#[cfg(feature = "fit")]
#[test]
fn pictures_are_targets() {
    use latent_preview::fit::{FitError, Pairs, Target};
    use latent_preview::image::{Rgb, Rgb32FImage};

    let samples = [0.5_f32; 4];
    let latents = Latents::planar(&samples, [4, 1, 1]).unwrap();
    let bytes = RgbImage::from_fn(2, 2, |x, _| Rgb([if x == 0 { 0 } else { 255 }; 3]));
    let floats = Rgb32FImage::from_pixel(2, 2, Rgb([0.5; 3]));
    let gray = Projection::affine(&[[0.0; 3]; 4], [0.0; 3]).unwrap();
    for picture in [bytes.into(), DynamicImage::from(floats)] {
        let mut pairs = Pairs::new(4);
        pairs
            .add(&latents, Target::try_from(&picture).unwrap())
            .unwrap();
        // Level 128 of 255 instead of one half.
        assert!(pairs.score(&gray).unwrap().mae < 0.51);
    }
    let other = DynamicImage::new_luma8(2, 2);
    assert_eq!(Target::try_from(&other).err(), Some(FitError::TargetKind));
    let outside = DynamicImage::from(Rgb32FImage::from_pixel(1, 1, Rgb([1.5; 3])));
    assert!(matches!(
        Target::try_from(&outside),
        Err(FitError::TargetRange { .. })
    ));
}

/// A picture may have a buffer longer than its pixels, and no pixels at all.
#[cfg(feature = "fit")]
#[test]
fn longer_buffers_and_empty_pictures_are_no_trouble() {
    use latent_preview::fit::{Pairs, Target};
    use latent_preview::image::{DynamicImage, Rgb32FImage};

    let latents = Latents::planar(&[0.5_f32; 4], [1, 2, 2]).unwrap();
    let pixels = |side: u32, len| RgbImage::from_raw(side, side, vec![200; len]).unwrap();
    let floats = Rgb32FImage::from_raw(2, 2, vec![0.25; 99]).unwrap();
    for (picture, is_taken) in [
        (pixels(2, 12).into(), true),
        (pixels(2, 100).into(), true),
        (DynamicImage::from(floats), true),
        (pixels(0, 0).into(), false),
        (pixels(0, 100).into(), false),
    ] {
        let target = Target::try_from(&picture).unwrap();
        assert_eq!(Pairs::new(1).add(&latents, target).is_ok(), is_taken);
    }
}
