//! Arrays of the crate `ndarray`.

use ::ndarray::{Array3, ArrayView, ArrayView3, ArrayView4, Dimension};

use super::{BYTES, of_format};
use crate::{Element, LatentImages, Latents, PixelFormat, Preview, PreviewError};

/// A view of `[channels, height, width]` with any order of axes in memory, without
/// copying. The feature `ndarray`.
///
/// Other orders of axes are a matter of `permuted_axes`.
///
/// # Errors
///
/// [`PreviewError::ScatteredView`] if the view leaves out elements of its array or runs
/// backwards: a copy by `as_standard_layout` does not. [`PreviewError::ZeroDimension`] if
/// it is empty, [`PreviewError::TooManyChannels`] if it has more than 128 channels.
///
/// ```
/// use latent_preview::ndarray::Array3;
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// // Channels last.
/// let array = Array3::<f32>::zeros([8, 8, 4]);
/// let latents = Latents::try_from(array.view().permuted_axes([2, 0, 1]))?;
/// let preview = LatentFormat::Sd1.previewer()?.preview_rgb(&latents)?;
/// assert_eq!((preview.width(), preview.height()), (8, 8));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl<'a, T: Element> TryFrom<ArrayView3<'a, T>> for Latents<'a> {
    type Error = PreviewError;

    fn try_from(view: ArrayView3<'a, T>) -> Result<Self, PreviewError> {
        let (channels, height, width) = view.dim();
        let strides = strides(&view)?;
        let samples = view.to_slice_memory_order();
        let samples = samples.ok_or(PreviewError::ScatteredView)?;
        Self::strided(samples, [channels, height, width], strides)
    }
}

/// The images of a view `[images, channels, height, width]`: a batch, or a video whose axes
/// are permuted so. As for views of three axes. The feature `ndarray`.
impl<'a, T: Element> TryFrom<ArrayView4<'a, T>> for LatentImages<'a> {
    type Error = PreviewError;

    fn try_from(view: ArrayView4<'a, T>) -> Result<Self, PreviewError> {
        let (images, channels, height, width) = view.dim();
        let strides = strides(&view)?;
        let samples = view.to_slice_memory_order();
        let samples = samples.ok_or(PreviewError::ScatteredView)?;
        Self::strided(samples, [images, channels, height, width], strides)
    }
}

const FLOATS: &[PixelFormat] = &[
    PixelFormat::RgbF32,
    PixelFormat::RgbF32Planar,
    PixelFormat::DecoderF32,
];

/// The strides of a view that does not run backwards.
fn strides<T, D: Dimension, const N: usize>(
    view: &ArrayView<'_, T, D>,
) -> Result<[usize; N], PreviewError> {
    let mut strides = [0; N];
    let axes = view.strides().iter().zip(view.shape());
    for (stride, (&signed, &size)) in strides.iter_mut().zip(axes) {
        *stride = match usize::try_from(signed) {
            Ok(stride) => stride,
            // The stride of such an axis may be anything.
            Err(_) if size <= 1 => 0,
            Err(_) => return Err(PreviewError::ScatteredView),
        };
    }
    Ok(strides)
}

/// `[height, width, channels]` of bytes, without copying: for formats of bytes. The feature
/// `ndarray`.
///
/// ```
/// use latent_preview::ndarray::Array3;
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let preview = LatentFormat::Sd1.previewer()?.preview_rgb(&latents)?;
/// let array = Array3::<u8>::try_from(preview)?;
/// assert_eq!(array.dim(), (8, 8, 3));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl TryFrom<Preview> for Array3<u8> {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let preview = of_format(preview, BYTES)?;
        let channels = preview.format().bytes_per_pixel();
        let shape = [preview.height(), preview.width(), channels];
        Self::from_shape_vec(shape, preview.into_bytes()).map_err(|_| PreviewError::ShapeOverflow)
    }
}

/// `[height, width, 3]` or, for planes, `[3, height, width]` of floats, without copying. The feature `ndarray`.
impl TryFrom<Preview> for Array3<f32> {
    type Error = PreviewError;

    fn try_from(preview: Preview) -> Result<Self, PreviewError> {
        let preview = of_format(preview, FLOATS)?;
        let (height, width) = (preview.height(), preview.width());
        let shape = if preview.format() == PixelFormat::RgbF32Planar {
            [3, height, width]
        } else {
            [height, width, 3]
        };
        let floats = preview.into_f32().unwrap_or_default();
        Self::from_shape_vec(shape, floats).map_err(|_| PreviewError::ShapeOverflow)
    }
}
