//! Any shape, strides and length for every constructor of `Latents`.

use arbitrary::{Result, Unstructured};
use latent_preview::{
    DType, Denoise, LatentFormat, LatentImages, LatentPreview, Latents, OwnedSamples, PackOrder,
    PixelFormat, PreviewError, Projection, Samples, linear_decode,
};

pub fn run(data: &[u8]) {
    // Ignores input that is too short.
    let _ = construct(Unstructured::new(data));
}

fn construct(mut u: Unstructured<'_>) -> Result<()> {
    let mut sizes = [0; 8];
    for each in &mut sizes {
        *each = size(&mut u)?;
    }
    let [a, b, c, d, e, strides @ ..] = sizes;
    let order = *u.choose(&[PackOrder::ChannelFirst, PackOrder::PatchFirst])?;
    let format = *u.choose(LatentFormat::ALL)?;
    let axes = u.int_in_range(0..=6)?;
    let constructor = u.int_in_range(0..=8)?;
    let dtype = *u.choose(&[DType::F32, DType::F16, DType::Bf16])?;
    let bytes = u.take_rest();

    let Ok(owned) = OwnedSamples::from_le_bytes(dtype, bytes) else {
        assert!(!bytes.len().is_multiple_of(dtype.size()));
        return Ok(());
    };
    let samples = owned.as_samples();
    if let Ok(borrowed) = Samples::from_le_bytes(dtype, bytes) {
        assert_eq!(borrowed.len(), samples.len());
    }
    let one = |latents: std::result::Result<Latents<'_>, PreviewError>| {
        if let Ok(latents) = latents {
            see(&latents, samples.len());
        }
    };
    let many = |images: std::result::Result<LatentImages<'_>, PreviewError>| {
        if let Ok(images) = images {
            see_all(images, samples.len());
        }
    };
    match constructor {
        0 => one(Latents::planar(samples, [a, b, c])),
        1 if axes == 4 => many(Latents::interleaved_batch(samples, [a, b, c, d])),
        1 => one(Latents::interleaved(samples, [a, b, c])),
        2 => one(Latents::strided(samples, [a, b, c], strides)),
        3 => one(Latents::packed_tokens(samples, [a, b, c], order)),
        4 => one(Latents::packed_planes(samples, [a, b, c], order)),
        5 => many(Latents::batch(samples, [a, b, c, d])),
        6 => many(Latents::video(samples, [a, b, c, d])),
        7 => one(format.image(samples, &[a, b, c, d, e, 1][..axes])),
        _ => many(format.images(samples, &[a, b, c, d, e, 1][..axes])),
    }

    let rows = [[0.5, -0.25, 1.0]; 4];
    let mut rgb = vec![7.0; (bytes.len() / dtype.size() / 4 * 3).wrapping_add(a % 2)];
    if linear_decode(samples, &rows, &mut rgb).is_err() {
        assert!(rgb.iter().all(|&value| value == 7.0));
    }
    Ok(())
}

/// Mostly small numbers, sometimes the largest ones.
fn size(u: &mut Unstructured<'_>) -> Result<usize> {
    Ok(match u.int_in_range(0..=15)? {
        0 => usize::MAX - u.int_in_range(0..=3)?,
        1 => usize::MAX / u.int_in_range(1..=16)?,
        2 => 1 << u.int_in_range(0..=usize::BITS - 1)?,
        3 => u.arbitrary()?,
        4 => *u.choose(&[0, 3, 4, 16, 32, 64, 128])?,
        _ => u.int_in_range(1..=12)?,
    })
}

fn see_all(mut images: LatentImages<'_>, samples: usize) {
    let count = images.len();
    assert!((1..=samples).contains(&count));
    for latents in [images.nth(count / 2), images.next_back()]
        .into_iter()
        .flatten()
    {
        see(&latents, samples / count);
    }
}

/// Checks that an image has no more elements than samples, and previews it.
fn see(latents: &Latents<'_>, samples: usize) {
    let (c, h, w) = (latents.channels(), latents.height(), latents.width());
    let elements = c.checked_mul(h).and_then(|plane| plane.checked_mul(w));
    assert!((1..=samples).contains(&elements.expect("a size")));
    assert!(latents.get(c - 1, h - 1, w - 1).is_some());
    for outside in [
        (c, 0, 0),
        (0, h, 0),
        (0, 0, w),
        (usize::MAX, usize::MAX, usize::MAX),
    ] {
        assert_eq!(latents.get(outside.0, outside.1, outside.2), None);
    }

    let projection = Projection::affine(vec![[0.25, 0.5, -0.5]; c], [0.1; 3]).expect("finite");
    let mut picture = vec![7; h * w * 3];
    let non_finite = projection.preview_into(latents, PixelFormat::Rgb8, &mut picture);
    let is_finite =
        |at: usize| (0..c).all(|c| latents.get(c, at / w, at % w).is_some_and(f32::is_finite));
    let expected = (0..h * w).filter(|&at| !is_finite(at)).count();
    assert_eq!(non_finite, Ok(expected));
    // The sum of a pixel's channels decides its brightness.
    for at in [0, h * w / 2, h * w - 1] {
        let values = || (0..c).filter_map(|c| latents.get(c, at / w, at % w));
        if !values().all(|value| value.abs() < 1e3) {
            continue;
        }
        let sum: f64 = values().map(f64::from).sum();
        let level = ((0.25 * sum + 1.1) * 127.5).clamp(0.0, 255.0);
        assert!((f64::from(picture[3 * at]) - level).abs() < 1.0, "{level}");
    }

    let denoise = Denoise::v_prediction(0.5).expect("a level");
    let x0 = Latents::denoised(latents, latents, denoise).expect("one shape");
    let counted = projection.preview_into(&x0, PixelFormat::Rgb8, &mut picture);
    assert!(counted.expect("the same shape") >= expected);
}
