//! Arrays of the crate `ndarray`.

use ::ndarray::{Array3, ArrayBase, ArrayView, ArrayView3, ArrayView4, Data, Dimension, Ix3, Ix4};

use super::{BYTES, of_format};
use crate::format::{Axes, only};
use crate::{Element, LatentFormat, LatentImages, Latents, PixelFormat, Preview, PreviewError};

/// Arrays of `ndarray`, by their axes. The feature `ndarray`.
impl LatentFormat {
    /// The images in an array of this format: [`images`](Self::images) of an array or a view of
    /// any dimension, with any order of axes in memory, without copying.
    ///
    /// It takes a reference to an array (`&array`) or a view by value, such as the `ArrayViewD`
    /// of an `ort` output. For channels last, call `permuted_axes`.
    ///
    /// # Errors
    ///
    /// The errors of [`images`](Self::images) for shapes. [`PreviewError::ScatteredView`] if
    /// the view has gaps in memory, such as a crop, or runs backwards: `as_standard_layout`
    /// copies it. `outer_iter` returns the images of a batch with gaps one by one.
    ///
    /// ```
    /// use latent_preview::ndarray::{Array4, Array5};
    /// use latent_preview::{LatentFormat, LatentPreview};
    ///
    /// let video = Array5::<f32>::zeros([1, 16, 3, 8, 8]);
    /// let previewer = LatentFormat::Wan21.previewer()?;
    /// for frame in LatentFormat::Wan21.images_of(&video)? {
    ///     assert_eq!(previewer.preview_rgb(&frame)?.width(), 8);
    /// }
    ///
    /// // Channels last: [images, height, width, channels].
    /// let batch = Array4::<f32>::zeros([2, 8, 8, 4]);
    /// let images = LatentFormat::Sd1.images_of(batch.view().permuted_axes([0, 3, 1, 2]))?;
    /// assert_eq!(images.len(), 2);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn images_of<'a, T: Element, D: Dimension>(
        self,
        array: impl Into<ArrayView<'a, T, D>>,
    ) -> Result<LatentImages<'a>, PreviewError> {
        let view = array.into();
        images(&view, self.axes(view.shape())?)
    }

    /// The image in an array of this format that holds exactly one: [`image`](Self::image) of
    /// an array or a view of any dimension.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotOneImage`] if it holds more, and the errors of
    /// [`images_of`](Self::images_of).
    ///
    /// ```
    /// use latent_preview::ndarray::ArrayD;
    /// use latent_preview::{LatentFormat, LatentPreview};
    ///
    /// let array = ArrayD::<f32>::zeros(vec![1, 4, 8, 8]);
    /// let latents = LatentFormat::Sdxl.image_of(&array)?;
    /// assert_eq!(LatentFormat::Sdxl.previewer()?.preview_rgb(&latents)?.width(), 8);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn image_of<'a, T: Element, D: Dimension>(
        self,
        array: impl Into<ArrayView<'a, T, D>>,
    ) -> Result<Latents<'a>, PreviewError> {
        only(self.images_of(array)?)
    }
}

/// An array `[channels, height, width]` for your own map, by reference: like its view. The
/// feature `ndarray`.
impl<'a, T: Element, S: Data<Elem = T>> TryFrom<&'a ArrayBase<S, Ix3>> for Latents<'a> {
    type Error = PreviewError;

    fn try_from(array: &'a ArrayBase<S, Ix3>) -> Result<Self, PreviewError> {
        Self::try_from(array.view())
    }
}

/// A view of `[channels, height, width]` with any order of axes in memory, without
/// copying. The feature `ndarray`.
///
/// Call it for your own map; for a format, [`LatentFormat::image_of`] knows the axes. For other
/// orders of axes, call `permuted_axes`.
///
/// # Errors
///
/// [`PreviewError::ScatteredView`] if the view leaves out elements of its array or runs
/// backwards: a copy by `as_standard_layout` does not. [`PreviewError::ZeroDimension`] if
/// it is empty, [`PreviewError::TooManyChannels`] if it has more than 128 channels.
///
/// ```
/// use latent_preview::ndarray::Array3;
/// use latent_preview::{LatentPreview, Latents, Projection};
///
/// // Channels last.
/// let array = Array3::<f32>::zeros([8, 8, 4]);
/// let latents = Latents::try_from(array.view().permuted_axes([2, 0, 1]))?;
/// let preview = Projection::SD_V1_4.preview_rgb(&latents)?;
/// assert_eq!((preview.width(), preview.height()), (8, 8));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
impl<'a, T: Element> TryFrom<ArrayView3<'a, T>> for Latents<'a> {
    type Error = PreviewError;

    fn try_from(view: ArrayView3<'a, T>) -> Result<Self, PreviewError> {
        only(images(&view, Axes::IMAGE)?)
    }
}

/// The images of an array `[images, channels, height, width]`, by reference: like its view. The
/// feature `ndarray`.
impl<'a, T: Element, S: Data<Elem = T>> TryFrom<&'a ArrayBase<S, Ix4>> for LatentImages<'a> {
    type Error = PreviewError;

    fn try_from(array: &'a ArrayBase<S, Ix4>) -> Result<Self, PreviewError> {
        Self::try_from(array.view())
    }
}

/// The images of a view `[images, channels, height, width]`: a batch, or a video whose axes
/// are permuted so. As for views of three axes. The feature `ndarray`.
impl<'a, T: Element> TryFrom<ArrayView4<'a, T>> for LatentImages<'a> {
    type Error = PreviewError;

    fn try_from(view: ArrayView4<'a, T>) -> Result<Self, PreviewError> {
        images(&view, Axes::BATCH)
    }
}

/// The images of a view that does not run backwards and has at most five axes.
fn images<'a, T: Element, D: Dimension>(
    view: &ArrayView<'a, T, D>,
    axes: Axes,
) -> Result<LatentImages<'a>, PreviewError> {
    let mut strides = [0; 5];
    let signed = view.strides().iter().zip(view.shape());
    for (stride, (&signed, &size)) in strides.iter_mut().zip(signed) {
        *stride = match usize::try_from(signed) {
            Ok(stride) => stride,
            // The stride of such an axis may be anything.
            Err(_) if size <= 1 => 0,
            Err(_) => return Err(PreviewError::ScatteredView),
        };
    }
    // No axis runs backwards, so the slice starts with the first element of the view.
    let samples = view.to_slice_memory_order();
    let samples = samples.ok_or(PreviewError::ScatteredView)?;
    axes.images(samples.into(), view.shape(), &strides[..view.ndim()])
}

const FLOATS: &[PixelFormat] = &[
    PixelFormat::RgbF32,
    PixelFormat::RgbF32Planar,
    PixelFormat::DecoderF32,
];

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
