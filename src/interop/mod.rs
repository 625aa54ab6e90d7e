//! Conversions from and to types of other crates, each with its own file and feature.

#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "image")]
mod image;
#[cfg(feature = "ndarray")]
mod ndarray;

#[cfg(feature = "candle")]
pub use candle::TensorError;

#[cfg(any(feature = "image", feature = "ndarray"))]
use crate::{PixelFormat, Preview, PreviewError};

/// The pixel formats of bytes.
#[cfg(any(feature = "image", feature = "ndarray"))]
const BYTES: &[PixelFormat] = &[
    PixelFormat::Rgb8,
    PixelFormat::Rgba8,
    PixelFormat::Rgb8Truncated,
    PixelFormat::Rgba8Truncated,
];

/// Returns a preview if it has one of the formats that a conversion takes.
#[cfg(any(feature = "image", feature = "ndarray"))]
fn of_format(preview: Preview, expected: &'static [PixelFormat]) -> Result<Preview, PreviewError> {
    let actual = preview.format();
    if expected.contains(&actual) {
        Ok(preview)
    } else {
        Err(PreviewError::PictureFormat { expected, actual })
    }
}
