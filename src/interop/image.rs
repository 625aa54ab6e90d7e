//! Pictures of the crate `image`.

use alloc::vec::Vec;

use ::image::{DynamicImage, RgbImage, RgbaImage};

use super::of_format;
#[cfg(feature = "fit")]
use crate::fit::Target;
use crate::{PixelFormat, Preview, PreviewError};

/// Without copying, for previews as [`PixelFormat::Rgb8`]. The feature `image`.
///
/// ```
/// use latent_preview::image::RgbImage;
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let picture = RgbImage::try_from(LatentFormat::Sd1.previewer().preview_rgb(&latents)?)?;
/// assert_eq!(picture.dimensions(), (8, 8));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl TryFrom<Preview> for RgbImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let (size, pixels) = parts(preview, &[PixelFormat::Rgb8])?;
        Self::from_raw(size[0], size[1], pixels).ok_or(PreviewError::ShapeOverflow)
    }
}

/// Without copying, for previews as [`PixelFormat::Rgba8`]. The feature `image`.
///
/// ```
/// use latent_preview::image::RgbaImage;
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat, Rounding};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let previewer = LatentFormat::Sd1.previewer();
/// let preview = previewer.preview(&latents, PixelFormat::Rgba8, Rounding::Nearest)?;
/// assert_eq!(RgbaImage::try_from(preview)?.get_pixel(0, 0)[3], 255);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl TryFrom<Preview> for RgbaImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let (size, pixels) = parts(preview, &[PixelFormat::Rgba8])?;
        Self::from_raw(size[0], size[1], pixels).ok_or(PreviewError::ShapeOverflow)
    }
}

/// Without copying, for previews of bytes: what saves, scales and shows pictures of any
/// kind takes it. The feature `image`.
///
/// ```
/// use latent_preview::image::{DynamicImage, imageops::FilterType};
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let preview = LatentFormat::Sd1.previewer().preview_rgb(&latents)?;
/// let large = DynamicImage::try_from(preview)?.resize(64, 64, FilterType::CatmullRom);
/// assert_eq!(large.width(), 64);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl TryFrom<Preview> for DynamicImage {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let preview = of_format(preview, &[PixelFormat::Rgb8, PixelFormat::Rgba8])?;
        if preview.format() == PixelFormat::Rgb8 {
            RgbImage::try_from(preview).map(Self::ImageRgb8)
        } else {
            RgbaImage::try_from(preview).map(Self::ImageRgba8)
        }
    }
}

/// Without copying. The feature `image`.
///
/// ```
/// use latent_preview::Preview;
/// use latent_preview::image::{Rgb, RgbImage};
///
/// let preview = Preview::from(RgbImage::from_pixel(3, 2, Rgb([9, 8, 7])));
/// assert_eq!((preview.width(), preview.height()), (3, 2));
/// assert_eq!(preview.as_bytes()[..3], [9, 8, 7]);
/// ```
impl From<RgbImage> for Preview {
    fn from(picture: RgbImage) -> Self {
        let size = [picture.width(), picture.height()].map(|side| side as usize);
        Self::from_bytes(size, PixelFormat::Rgb8, picture.into_raw())
    }
}

/// Without copying. The feature `image`.
///
/// ```
/// use latent_preview::image::RgbaImage;
/// use latent_preview::{PixelFormat, Preview};
///
/// let preview = Preview::from(RgbaImage::new(3, 2));
/// assert_eq!(preview.format(), PixelFormat::Rgba8);
/// ```
impl From<RgbaImage> for Preview {
    fn from(picture: RgbaImage) -> Self {
        let size = [picture.width(), picture.height()].map(|side| side as usize);
        Self::from_bytes(size, PixelFormat::Rgba8, picture.into_raw())
    }
}

/// A decoded picture to fit on, without copying: one of 8-bit RGB or of floats between 0
/// and 1. Others are to be converted first: [`DynamicImage::to_rgb8`] drops what is more than
/// that. The features `fit` and `image`.
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
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[cfg(feature = "fit")]
impl<'a> TryFrom<&'a DynamicImage> for Target<'a> {
    type Error = PreviewError;

    fn try_from(picture: &'a DynamicImage) -> Result<Self, PreviewError> {
        let size = [picture.height(), picture.width()].map(|side| side as usize);
        match picture {
            DynamicImage::ImageRgb8(picture) => Self::rgb8(picture, size),
            DynamicImage::ImageRgb32F(picture) => Self::rgb_f32(picture, size),
            _ => Err(PreviewError::TargetKind),
        }
    }
}

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
