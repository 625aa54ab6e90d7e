//! Any coefficients, for any map; any size of the output.

use arbitrary::{Result, Unstructured};
use latent_preview::{
    Denoise, LatentPreview, Latents, PixelFormat, PreviewError, Projection, Refined, TinyDecoder,
    TinyLayer,
};

pub fn run(data: &[u8]) {
    // Ignores input that is too short.
    let _ = preview(&mut Unstructured::new(data));
}

fn preview(u: &mut Unstructured<'_>) -> Result<()> {
    let channels = u.int_in_range(0..=6)?;
    let map = map(u, channels)?;
    let (h, w) = (u.int_in_range(1..=5)?, u.int_in_range(1..=40)?);
    let planes = u.int_in_range(1..=6)?;
    let samples = floats(u, planes * h * w)?;
    let latents = Latents::planar(&samples, [planes, h, w]).expect("as many as the shape needs");
    let output = floats(u, planes * h * w)?;
    let output = Latents::planar(&output, [planes, h, w]).expect("as many as the shape needs");
    let latents = match Denoise::new(float(u)?, float(u)?) {
        Ok(denoise) if u.arbitrary()? => {
            Latents::denoised(&latents, &output, denoise).expect("one shape")
        }
        _ => latents,
    };
    let Ok(map) = map else {
        return Ok(());
    };
    let format = *u.choose(&[
        PixelFormat::Rgb8,
        PixelFormat::Rgba8,
        PixelFormat::Rgb8Truncated,
        PixelFormat::Rgba8Truncated,
        PixelFormat::RgbF32,
        PixelFormat::RgbF32Planar,
        PixelFormat::DecoderF32,
    ])?;
    let pixels = h * w * map.scale() * map.scale();
    let exact = pixels * format.bytes_per_pixel();
    let size = exact + u.choose(&[0, 0, 0, 1])? - u.choose(&[0, 0, 0, 1])?;
    let mut out = vec![7; size];
    match map.preview_into(&latents, format, &mut out) {
        Ok(non_finite) => {
            assert_eq!((latents.channels(), size), (map.channels(), exact));
            assert!(non_finite <= h * w);
            check_range(&out, format);
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(
                out.iter().all(|&byte| byte == 7),
                "written to in spite of {error}"
            );
            assert!(latents.channels() != map.channels() || size != exact);
        }
    }
    Ok(())
}

/// Display values are from 0 to 1, alpha is 255.
fn check_range(out: &[u8], format: PixelFormat) {
    match format {
        PixelFormat::Rgba8 | PixelFormat::Rgba8Truncated => {
            assert!(out.iter().skip(3).step_by(4).all(|&alpha| alpha == 255));
        }
        PixelFormat::RgbF32 | PixelFormat::RgbF32Planar => {
            let (floats, _) = out.as_chunks::<4>();
            let mut floats = floats.iter().map(|&bytes| f32::from_ne_bytes(bytes));
            assert!(floats.all(|value| (0.0..=1.0).contains(&value)));
        }
        _ => {}
    }
}

type Map = std::result::Result<Box<dyn LatentPreview>, PreviewError>;

/// A map with arbitrary coefficients, the right number or not.
fn map(u: &mut Unstructured<'_>, channels: usize) -> Result<Map> {
    let off = *u.choose(&[0, 0, 0, 0, 0, 1])?;
    let pairs = channels * (channels + 1) / 2;
    let triples = pairs * (channels + 2) / 3;
    let constant = [float(u)?, float(u)?, float(u)?];
    let boxed = |projection: Projection| -> Box<dyn LatentPreview> { Box::new(projection) };
    Ok(match u.int_in_range(0..=5)? {
        0 => Projection::linear(rows(u, channels)?).map(boxed),
        1 => Projection::affine(rows(u, channels)?, constant).map(boxed),
        2 => Projection::quadratic(constant, rows(u, channels)?, rows(u, pairs + off)?).map(boxed),
        3 => Projection::cubic(
            constant,
            rows(u, channels)?,
            rows(u, pairs)?,
            rows(u, triples + off)?,
        )
        .map(boxed),
        4 => refined(u, channels, constant)?.map(|refined| boxed(refined.into())),
        _ => tiny(u, channels)?.map(|decoder| -> Box<dyn LatentPreview> { Box::new(decoder) }),
    })
}

fn refined(
    u: &mut Unstructured<'_>,
    channels: usize,
    constant: [f32; 3],
) -> Result<std::result::Result<Refined, PreviewError>> {
    let mut refined = match u.arbitrary()? {
        true => Refined::conv3x3(rows(u, 9 * channels)?, constant),
        false => Refined::conv1x1(rows(u, channels)?, constant),
    };
    if u.arbitrary()? {
        let [a, b, c] = [float(u)?, float(u)?, float(u)?];
        refined = refined.and_then(|refined| refined.with_filter(a, b, c));
    }
    if u.arbitrary()? {
        let (linear, pairs, triples) = (rows(u, 3)?, rows(u, 6)?, rows(u, 10)?);
        refined = refined.and_then(|refined| refined.with_colors(constant, linear, pairs, triples));
    }
    Ok(refined)
}

fn tiny(
    u: &mut Unstructured<'_>,
    channels: usize,
) -> Result<std::result::Result<TinyDecoder, PreviewError>> {
    let mut layers = Vec::new();
    for _ in 0..u.int_in_range(0..=5)? {
        layers.push(TinyLayer {
            kernel_size: *u.choose(&[1, 3, 3, 2])?,
            channels: *u.choose(&[1, 2, 5, 8, 0, usize::MAX])?,
        });
    }
    let scale = *u.choose(&[1, 2, 2, 0, usize::MAX])?;
    let mut count = 0_usize;
    let mut inputs = channels;
    for layer in &layers {
        let fan_in = inputs * layer.kernel_size * layer.kernel_size;
        count = count.wrapping_add(layer.channels.wrapping_mul(1 + fan_in));
        inputs = layer.channels.min(100);
    }
    let places = scale.wrapping_mul(scale).min(4);
    count = count.wrapping_add(3 * places * (1 + inputs) + 3 * channels);
    let weights = floats(u, count.min(10_000))?;
    Ok(TinyDecoder::new(channels, &layers, scale, weights))
}

fn rows(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<[f32; 3]>> {
    (0..count)
        .map(|_| Ok([float(u)?, float(u)?, float(u)?]))
        .collect()
}

fn floats(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<f32>> {
    (0..count).map(|_| float(u)).collect()
}

/// Two bytes per value, so that little input goes far: ordinary values and all others.
fn float(u: &mut Unstructured<'_>) -> Result<f32> {
    if u.is_empty() {
        return Ok(0.25);
    }
    let bits: u16 = u.arbitrary()?;
    Ok(f32::from_bits(u32::from(bits) << 16))
}
