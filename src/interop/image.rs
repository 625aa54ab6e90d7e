//! Pictures of the crate `image`.

use alloc::vec::Vec;

use ::image::{DynamicImage, RgbImage, RgbaImage};

use super::{BYTES, of_format};
#[cfg(feature = "fit")]
use crate::fit::{FitError, Target};
use crate::{PixelFormat, Preview, PreviewError};

/// Without copying, for previews as [`PixelFormat::Rgb8`] or [`PixelFormat::Rgb8Truncated`]. The feature `image`.
impl TryFrom<Preview> for RgbImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let (size, pixels) = parts(preview, RGB)?;
        Self::from_raw(size[0], size[1], pixels).ok_or(PreviewError::ShapeOverflow)
    }
}

/// Without copying, for previews as [`PixelFormat::Rgba8`] or [`PixelFormat::Rgba8Truncated`]. The feature `image`.
impl TryFrom<Preview> for RgbaImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let (size, pixels) = parts(preview, RGBA)?;
        Self::from_raw(size[0], size[1], pixels).ok_or(PreviewError::ShapeOverflow)
    }
}

/// Without copying, for previews of bytes: the type that functions for saving, scaling and
/// showing pictures take. The feature `image`.
///
/// This crate uses `image` without its encoders. To write PNG or JPEG, your program must enable
/// them: `cargo add image --no-default-features --features png,jpeg`.
///
/// ```
/// use latent_preview::image::{DynamicImage, imageops::FilterType};
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let preview = LatentFormat::Sd1.previewer()?.preview_rgb(&latents)?;
/// let large = DynamicImage::try_from(preview)?.resize(64, 64, FilterType::CatmullRom);
/// assert_eq!(large.width(), 64);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl TryFrom<Preview> for DynamicImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let preview = of_format(preview, BYTES)?;
        if RGB.contains(&preview.format()) {
            RgbImage::try_from(preview).map(Self::ImageRgb8)
        } else {
            RgbaImage::try_from(preview).map(Self::ImageRgba8)
        }
    }
}

/// A decoded picture to fit on, without copying: 8-bit RGB or floats from 0 to 1. Convert other
/// pictures first; [`DynamicImage::to_rgb8`] drops alpha and extra bits. The features `fit` and
/// `image`.
///
/// ```
/// use latent_preview::Latents;
/// use latent_preview::fit::{Pairs, Target};
/// use latent_preview::image::DynamicImage;
///
/// // The picture is averaged down to the latent's size.
/// let picture = DynamicImage::new_rgb8(64, 32);
/// let samples = [0.5_f32; 4 * 4 * 8];
/// let mut pairs = Pairs::new(4);
/// pairs.add(&Latents::planar(&samples, [4, 4, 8])?, Target::try_from(&picture)?)?;
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[cfg(feature = "fit")]
impl<'a> TryFrom<&'a DynamicImage> for Target<'a> {
    type Error = FitError;

    fn try_from(picture: &'a DynamicImage) -> Result<Self, FitError> {
        let size = [picture.height(), picture.width()].map(|side| side as usize);
        // The buffer of a picture may be longer than its pixels.
        let len = size[0].saturating_mul(size[1]).saturating_mul(3);
        match picture {
            DynamicImage::ImageRgb8(picture) => {
                Self::rgb8(picture.get(..len).unwrap_or(picture), size)
            }
            DynamicImage::ImageRgb32F(picture) => {
                Self::rgb_f32(picture.get(..len).unwrap_or(picture), size)
            }
            _ => Err(FitError::TargetKind),
        }
    }
}

const RGB: &[PixelFormat] = &[PixelFormat::Rgb8, PixelFormat::Rgb8Truncated];
const RGBA: &[PixelFormat] = &[PixelFormat::Rgba8, PixelFormat::Rgba8Truncated];

/// Width, height and bytes.
fn parts(
    preview: Preview,
    takes: &'static [PixelFormat],
) -> Result<([u32; 2], Vec<u8>), PreviewError> {
    let preview = of_format(preview, takes)?;
    let side = |side| u32::try_from(side).map_err(|_| PreviewError::ShapeOverflow);
    let size = [side(preview.width())?, side(preview.height())?];
    Ok((size, preview.into_bytes()))
}
