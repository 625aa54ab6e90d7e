//! What other crates and programs want of our types: a file and a feature each.

#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "evcxr")]
mod evcxr;
#[cfg(feature = "image")]
mod image;
#[cfg(feature = "ndarray")]
mod ndarray;

#[cfg(feature = "candle")]
pub use candle::TensorPreviewer;

#[cfg(any(feature = "image", feature = "ndarray"))]
use crate::{PixelFormat, Preview, PreviewError};

/// Passes on a preview of one of the formats that a conversion takes.
#[cfg(any(feature = "image", feature = "ndarray"))]
fn of_format(preview: Preview, takes: &'static [PixelFormat]) -> Result<Preview, PreviewError> {
    let actual = preview.format();
    if takes.contains(&actual) {
        Ok(preview)
    } else {
        Err(PreviewError::PictureFormat { takes, actual })
    }
}
