//! The pixel formats of previews, and the comparison of a picture with the reference.

use latent_preview::PixelFormat;
use proptest::prelude::*;

use super::reference;

/// The distance in levels from a rounding boundary within which a `u8` may go either way.
const BOUNDARY: f64 = 1e-3;

pub const FORMATS: [PixelFormat; 7] = [
    PixelFormat::Rgb8,
    PixelFormat::Rgba8,
    PixelFormat::Rgb8Truncated,
    PixelFormat::Rgba8Truncated,
    PixelFormat::RgbF32,
    PixelFormat::RgbF32Planar,
    PixelFormat::DecoderF32,
];

/// Every format, the most common one a little more often.
pub fn formats() -> impl Strategy<Value = PixelFormat> {
    prop_oneof![
        1 => Just(PixelFormat::Rgb8),
        7 => proptest::sample::select(FORMATS.to_vec()),
    ]
}

/// Compares a picture with the reference's values in decoder range. The `f32` arithmetic may be
/// off by `error(pixel, output)`; if that is `None`, any value will do.
pub fn check(
    format: PixelFormat,
    out: &[u8],
    expected: &[[f64; 3]],
    error: impl Fn(usize, usize) -> Option<f64>,
) -> Result<(), TestCaseError> {
    let pixels = expected.len();
    prop_assert_eq!(out.len(), pixels * format.bytes_per_pixel());
    let float = |index: usize| {
        let bytes = out[index * 4..][..4].try_into().unwrap();
        f64::from(f32::from_ne_bytes(bytes))
    };
    for (p, rgb) in expected.iter().enumerate() {
        for (o, &decoded) in rgb.iter().enumerate() {
            let Some(error) = error(p, o) else { continue };
            let display = reference::display(decoded);
            let place = format_args!("pixel {p} output {o}, {decoded}");
            match format {
                PixelFormat::Rgb8 => check_byte(out[p * 3 + o], display, error, false),
                PixelFormat::Rgb8Truncated => check_byte(out[p * 3 + o], display, error, true),
                PixelFormat::Rgba8 | PixelFormat::Rgba8Truncated => {
                    prop_assert_eq!(out[p * 4 + 3], 255);
                    let truncates = format == PixelFormat::Rgba8Truncated;
                    check_byte(out[p * 4 + o], display, error, truncates)
                }
                PixelFormat::DecoderF32 => check_decoded(float(p * 3 + o), decoded, error),
                PixelFormat::RgbF32 => check_float(float(p * 3 + o), display, error),
                _ => check_float(float(o * pixels + p), display, error),
            }
            .map_err(|failure| TestCaseError::fail(format!("{place}: {failure}")))?;
        }
    }
    Ok(())
}

fn check_byte(actual: u8, display: f64, error: f64, truncates: bool) -> Result<(), String> {
    let expected = reference::byte(display, truncates);
    let scaled = display * 255.0;
    let to_boundary = match truncates {
        false => (scaled - scaled.floor() - 0.5).abs(),
        true => (scaled - scaled.round()).abs(),
    };
    let is_near = actual.abs_diff(expected) <= 1 && to_boundary <= BOUNDARY.max(error * 127.5)
        // If terms cancel, only the rounding error may be left in f32.
        || error * 127.5 > 0.5;
    match actual == expected || is_near {
        true => Ok(()),
        false => Err(format!("{actual} for {expected} ({scaled})")),
    }
}

fn check_float(actual: f64, display: f64, error: f64) -> Result<(), String> {
    match (actual - display).abs() <= 2e-7 + error {
        true => Ok(()),
        false => Err(format!("{actual} for {display}")),
    }
}

fn check_decoded(actual: f64, decoded: f64, error: f64) -> Result<(), String> {
    let is_same = actual == decoded || (actual.is_nan() && decoded.is_nan());
    let is_near = (actual - decoded).abs() <= 1e-6 * decoded.abs() + 4e-7 + 2.0 * error;
    match is_same || is_near {
        true => Ok(()),
        false => Err(format!("{actual} for {decoded}")),
    }
}
