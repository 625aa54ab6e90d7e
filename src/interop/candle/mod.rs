//! Tensors of the crate `candle-core`, on the CPU and on other devices.

mod borrow;
mod error;

use alloc::vec::Vec;

use ::candle_core::{DType, Device, Tensor};

pub use self::error::TensorError;
use crate::format::Axes;
use crate::{Denoise, LatentPreview, Latents, Preview, PreviewError, Previewer};
use borrow::with_images;

/// Candle tensors. The feature `candle`.
///
/// Tensors in main memory are borrowed. Tensors of another device, a model's output, and tensors
/// whose elements overlap within an image are copied. Tensors are of `f32`, `f16` or `bf16`, in
/// model space. For a previewer of a format, their shape is one
/// of those that [`LatentFormat::images`](crate::LatentFormat::images) takes; for a map of your
/// own `[channels, height, width]` or `[images, channels, height, width]`.
impl Previewer {
    /// The picture of a tensor that holds one image, as RGB8.
    ///
    /// # Errors
    ///
    /// [`TensorError::NotOneImage`] if it holds more, and the errors of
    /// [`preview_tensors`](Self::preview_tensors).
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let device = Device::Cpu; // or the device of your model
    /// let previewer = LatentFormat::Sdxl.previewer()?;
    ///
    /// // At each step:
    /// let latents = Tensor::zeros((1, 4, 128, 128), DType::F16, &device)?;
    /// let preview = previewer.preview_tensor(&latents)?;
    /// assert_eq!((preview.width(), preview.height()), (128, 128));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preview_tensor(&self, latents: &Tensor) -> Result<Preview, TensorError> {
        self.check_one(latents)?;
        let previews = self.preview_tensors(latents)?;
        previews.into_iter().next().ok_or(NONE)
    }

    /// The pictures of all images in a tensor, in order, as RGB8.
    ///
    /// # Errors
    ///
    /// The errors of [`LatentFormat::images`](crate::LatentFormat::images) for shapes, with
    /// candle's calls; [`TensorError::DType`] if the tensor has another type;
    /// [`TensorError::Candle`] if candle reports an error.
    pub fn preview_tensors(&self, latents: &Tensor) -> Result<Vec<Preview>, TensorError> {
        with_images(&in_main_memory(latents)?, self.axes(latents)?, |images| {
            let previews = images.map(|latents| self.preview_rgb(&latents));
            previews.collect()
        })
    }

    /// The picture of the clean latent that the model sees in `x_t`:
    /// [`preview_tensor`](Self::preview_tensor) of [`Latents::denoised`]. Both tensors hold one
    /// image.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OtherShape`] if the images differ in shape, and the errors of
    /// [`preview_tensor`](Self::preview_tensor).
    pub fn preview_denoised_tensor(
        &self,
        x_t: &Tensor,
        model_output: &Tensor,
        denoise: Denoise,
    ) -> Result<Preview, TensorError> {
        let (axes, output_axes) = (self.check_one(x_t)?, self.check_one(model_output)?);
        let x_t = in_main_memory(x_t)?;
        // A separate copy: two locks on tensors that other threads write to can deadlock.
        let model_output = in_main_memory(&model_output.force_contiguous()?)?;
        let previews = with_images(&model_output, output_axes, |output| {
            Ok(with_images(&x_t, axes, |x_t| {
                let previews = x_t.zip(output).map(|(x_t, output)| {
                    self.preview_rgb(&Latents::denoised(&x_t, &output, denoise)?)
                });
                previews.collect::<Result<Vec<_>, _>>()
            }))
        })??;
        previews.into_iter().next().ok_or(NONE)
    }

    /// Refuses a tensor that holds more than one image.
    fn check_one(&self, latents: &Tensor) -> Result<Axes, TensorError> {
        let axes = self.axes(latents)?;
        match axes.count(latents.dims()) {
            1 => Ok(axes),
            images => Err(TensorError::NotOneImage { images }),
        }
    }

    /// The meaning of each axis of a tensor.
    fn axes(&self, latents: &Tensor) -> Result<Axes, TensorError> {
        if !matches!(latents.dtype(), DType::F32 | DType::F16 | DType::BF16) {
            let dtype = latents.dtype().as_str();
            return Err(TensorError::DType { dtype });
        }
        let shape = latents.dims();
        if let Some(index) = shape.iter().position(|&size| size == 0) {
            return Err(PreviewError::ZeroDimension { index }.into());
        }
        if let Some(format) = self.format() {
            return Ok(format.axes(shape)?);
        }
        match shape.len() {
            3 => Ok(Axes::IMAGE),
            4 => Ok(Axes::BATCH),
            axes => Err(TensorError::Axes { axes }),
        }
    }
}

/// No picture, although the axes promise an image.
const NONE: TensorError = TensorError::NotOneImage { images: 0 };

/// The tensor itself, or its copy from another device.
fn in_main_memory(latents: &Tensor) -> Result<Tensor, TensorError> {
    if latents.device().is_cpu() {
        return Ok(latents.clone());
    }
    // `contiguous` first, so that a view does not copy its whole storage.
    Ok(latents.contiguous()?.to_device(&Device::Cpu)?)
}
