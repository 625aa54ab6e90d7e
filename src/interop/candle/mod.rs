//! Tensors of the crate `candle-core`, on the CPU and on other devices.

mod borrow;
mod network;
mod planes;

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use ::candle_core::{DType, Device, Tensor};

use crate::format::Axes;
use crate::{
    Denoise, LatentFormat, LatentPreview, Preview, PreviewError, Previewer, Projection, TinyDecoder,
};
use borrow::with_images;
use network::Network;
use planes::{mixed, planes};

/// Previews of candle tensors. The feature `candle`.
///
/// Made by [`Previewer::on_device`], [`Projection::on_device`] and
/// [`TinyDecoder::on_device`]. What lies in main memory is borrowed and previewed by the
/// previewer itself. On any other device the preview is computed there, as tensor
/// operations, and only the small picture is copied back.
///
/// Tensors are of `f32`, `f16` or `bf16`, in model space. For a [`Previewer`], their shape is
/// one of those that [`LatentFormat::images`] takes; for a projection or a tiny
/// decoder of your own `[channels, height, width]` or `[images, channels, height, width]`.
///
/// ```
/// use latent_preview::LatentFormat;
/// use latent_preview::candle_core::{DType, Device, Tensor};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let device = Device::Cpu; // or that of your model
/// let previewer = LatentFormat::Sdxl.previewer().on_device(&device)?;
///
/// // At each step:
/// let latents = Tensor::zeros((1, 4, 128, 128), DType::F16, &device)?;
/// let preview = previewer.preview(&latents)?;
/// assert_eq!((preview.width(), preview.height()), (128, 128));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TensorPreviewer {
    map: Map,
    network: Network,
}

/// What it computes where the tensor is in main memory.
#[derive(Clone, Debug)]
enum Map {
    Projection(Projection),
    Tiny(TinyDecoder),
    Format(Previewer),
}

impl Map {
    fn previewer(&self) -> &dyn LatentPreview {
        match self {
            Self::Projection(projection) => projection,
            Self::Tiny(decoder) => decoder,
            Self::Format(previewer) => previewer,
        }
    }

    fn format(&self) -> Option<LatentFormat> {
        match self {
            Self::Format(previewer) => Some(previewer.format()),
            _ => None,
        }
    }
}

impl Previewer {
    /// The same previewer for candle tensors; its coefficients are copied to the device.
    /// The feature `candle`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoProjection`] if the format has none, [`PreviewError::Tensor`] if
    /// candle reports an error.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let previewer = LatentFormat::Flux2.previewer().on_device(&Device::Cpu)?;
    /// let packed = Tensor::zeros((1, 128, 8, 8), DType::BF16, &Device::Cpu).unwrap();
    /// assert_eq!(previewer.preview(&packed)?.width(), 16);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn on_device(&self, device: &Device) -> Result<TensorPreviewer, PreviewError> {
        let network = match (self.projection(), self.tiny_decoder()) {
            (Some(projection), _) => Network::of_plan(&projection.plan(), device),
            (None, Some(decoder)) => Network::of_net(&decoder.net(), device),
            (None, None) => {
                let format = self.format();
                return Err(PreviewError::NoProjection { format });
            }
        }
        .map_err(failure)?;
        let map = Map::Format(self.clone());
        Ok(TensorPreviewer { map, network })
    }
}

impl Projection {
    /// The same projection for candle tensors; its coefficients are copied to the device.
    /// The feature `candle`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Tensor`] if candle reports an error.
    ///
    /// ```
    /// use latent_preview::Projection;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let previewer = Projection::SD_V1_4.on_device(&Device::Cpu)?;
    /// let latents = Tensor::zeros((4, 8, 8), DType::F32, &Device::Cpu).unwrap();
    /// assert_eq!(previewer.preview(&latents)?.as_bytes()[0], 128);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn on_device(&self, device: &Device) -> Result<TensorPreviewer, PreviewError> {
        let network = Network::of_plan(&self.plan(), device).map_err(failure)?;
        let map = Map::Projection(self.clone());
        Ok(TensorPreviewer { map, network })
    }
}

impl TinyDecoder {
    /// The same decoder for candle tensors; its weights are copied to the device.
    /// The feature `candle`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Tensor`] if candle reports an error.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let sdxl = LatentFormat::Sdxl.tiny_2x().expect("there is one for SDXL");
    /// let decoder = sdxl.tiny_decoder().expect("it is a tiny decoder");
    /// let previewer = decoder.on_device(&Device::Cpu)?;
    /// let latents = Tensor::zeros((4, 8, 8), DType::F32, &Device::Cpu).unwrap();
    /// assert_eq!(previewer.preview(&latents)?.width(), 16);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn on_device(&self, device: &Device) -> Result<TensorPreviewer, PreviewError> {
        let network = Network::of_net(&self.net(), device).map_err(failure)?;
        let map = Map::Tiny(self.clone());
        Ok(TensorPreviewer { map, network })
    }
}

impl TensorPreviewer {
    /// The picture of a tensor that holds one image, as RGB8.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotOneImage`] if it holds more, and those of
    /// [`previews`](Self::previews).
    pub fn preview(&self, latents: &Tensor) -> Result<Preview, PreviewError> {
        only(self.previews(latents)?.into_iter())
    }

    /// The pictures of all images in a tensor, in order, as RGB8.
    ///
    /// # Errors
    ///
    /// Those of [`LatentFormat::images`] for shapes; [`PreviewError::Tensor`] if the tensor
    /// is of another type, lies on another device than the coefficients, or candle
    /// reports an error.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let previewer = LatentFormat::Wan21.previewer().on_device(&Device::Cpu)?;
    /// let video = Tensor::zeros((1, 16, 5, 8, 8), DType::F32, &Device::Cpu).unwrap();
    /// assert_eq!(previewer.previews(&video)?.len(), 5);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn previews(&self, latents: &Tensor) -> Result<Vec<Preview>, PreviewError> {
        let axes = self.axes(latents)?;
        if !latents.device().is_cpu() {
            return self.read_back(&planes(latents, axes).map_err(failure)?);
        }
        let previewer = self.map.previewer();
        with_images(latents, axes, |images| {
            images
                .map(|latents| previewer.preview_rgb(&latents))
                .collect()
        })
    }

    /// The picture of the clean latent that the model sees in `x_t`, of tensors that hold
    /// one image. What [`LatentPreview::preview_denoised`] is for slices.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OtherShape`] if the images differ in shape,
    /// [`PreviewError::NotOneImage`], and those of [`previews`](Self::previews).
    ///
    /// ```
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    /// use latent_preview::{Denoise, LatentFormat};
    ///
    /// let previewer = LatentFormat::Flux1.previewer().on_device(&Device::Cpu)?;
    /// let x_t = Tensor::zeros((1, 16, 8, 8), DType::F32, &Device::Cpu).unwrap();
    /// let velocity = Tensor::zeros((1, 16, 8, 8), DType::BF16, &Device::Cpu).unwrap();
    /// let preview = previewer.preview_denoised(&x_t, &velocity, Denoise::flow(0.75)?)?;
    /// assert_eq!(preview.width(), 8);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn preview_denoised(
        &self,
        x_t: &Tensor,
        model_output: &Tensor,
        denoise: Denoise,
    ) -> Result<Preview, PreviewError> {
        let (axes, output_axes) = (self.axes(x_t)?, self.axes(model_output)?);
        if !x_t.device().is_cpu() {
            let x_t = planes(x_t, axes).map_err(failure)?;
            let output = planes(model_output, output_axes).map_err(failure)?;
            let x0 = mixed(&x_t, &output, denoise)?;
            return only(self.read_back(&x0)?.into_iter());
        }
        let previewer = self.map.previewer();
        with_images(x_t, axes, |x_t| {
            with_images(model_output, output_axes, |output| {
                previewer.preview_denoised(&only(x_t)?, &only(output)?, denoise)
            })
        })
    }

    /// The pictures as a tensor `[images, height, width, 3]` of `u8` on the device of the
    /// latents, for what goes on there: a grid, an encoder.
    ///
    /// Always computed as tensor operations: in main memory,
    /// [`previews`](Self::previews) is faster. A level differs by 1 at the most.
    ///
    /// # Errors
    ///
    /// As [`previews`](Self::previews).
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    /// use latent_preview::candle_core::{DType, Device, Tensor};
    ///
    /// let previewer = LatentFormat::Sd3.previewer().on_device(&Device::Cpu)?;
    /// let latents = Tensor::zeros((2, 16, 8, 8), DType::F16, &Device::Cpu).unwrap();
    /// assert_eq!(previewer.pictures(&latents)?.dims(), [2, 8, 8, 3]);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn pictures(&self, latents: &Tensor) -> Result<Tensor, PreviewError> {
        let axes = self.axes(latents)?;
        planes(latents, axes)
            .and_then(|planes| self.network.rgba(&planes))
            .and_then(|rgba| rgba.narrow(3, 0, 3)?.contiguous())
            .map_err(failure)
    }

    /// The pictures of planes, made on their device.
    fn read_back(&self, planes: &Tensor) -> Result<Vec<Preview>, PreviewError> {
        let rgba = self.network.rgba(planes).map_err(failure)?;
        let (_, height, width, channels) = rgba.dims4().map_err(failure)?;
        let places = self.network.scale() * self.network.scale();
        let bytes = rgba
            .flatten_all()
            .and_then(|flat| flat.to_vec1::<u8>())
            .map_err(failure)?;
        let images = bytes.chunks_exact(height * width * channels);
        Ok(images
            .map(|pixels| {
                let (pixels, _) = pixels.as_chunks::<4>();
                let rgb = pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
                let non_finite = pixels.iter().filter(|pixel| pixel[3] == 0).count();
                Preview::of_rgb8([width, height], rgb, non_finite / places)
            })
            .collect())
    }

    /// Which axis of a tensor is which.
    fn axes(&self, latents: &Tensor) -> Result<Axes, PreviewError> {
        if !matches!(latents.dtype(), DType::F32 | DType::F16 | DType::BF16) {
            let dtype = latents.dtype().as_str();
            return Err(failure(format_args!("samples of {dtype} are not latents")));
        }
        let shape = latents.dims();
        if let Some(index) = shape.iter().position(|&size| size == 0) {
            return Err(PreviewError::ZeroDimension { index });
        }
        if let Some(format) = self.map.format() {
            return format.axes(shape);
        }
        let images = match *shape {
            [channels, height, width] => [1, channels, height, width],
            [images, channels, height, width] => [images, channels, height, width],
            _ => {
                let axes = shape.len();
                return Err(failure(format_args!(
                    "{axes} axes instead of three or four"
                )));
            }
        };
        let (expected, actual) = (self.map.previewer().channels(), images[1]);
        if actual == expected {
            Ok(Axes::Images(images))
        } else {
            Err(PreviewError::ChannelCount { expected, actual })
        }
    }
}

/// The one item of what should hold one.
fn only<T>(mut images: impl ExactSizeIterator<Item = T>) -> Result<T, PreviewError> {
    match (images.next(), images.len()) {
        (Some(image), 0) => Ok(image),
        (_, left) => Err(PreviewError::NotOneImage { images: left + 1 }),
    }
}

/// What went wrong with a tensor.
fn failure(reason: impl Display) -> PreviewError {
    PreviewError::Tensor {
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What only other devices do, tried in main memory.
    #[test]
    fn read_back_pictures_are_previews() {
        let mut samples: Vec<f32> = (0..2 * 4 * 5 * 7)
            .map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0)
            .collect();
        samples[140 + 3 * 35 + 2] = f32::NAN;
        samples[140 + 6] = f32::INFINITY;
        let latents = Tensor::from_vec(samples, (2, 4, 5, 7), &Device::Cpu).unwrap();
        let format = LatentFormat::Sd1;
        for previewer in [format.previewer(), format.tiny_2x().unwrap()] {
            let on_device = previewer.on_device(&Device::Cpu).unwrap();
            let axes = on_device.axes(&latents).unwrap();
            let read_back = on_device
                .read_back(&planes(&latents, axes).unwrap())
                .unwrap();
            let previews = on_device.previews(&latents).unwrap();
            assert_eq!(read_back.len(), previews.len());
            let non_finite: Vec<_> = read_back.iter().map(Preview::non_finite).collect();
            assert_eq!(non_finite, [0, 2]);
            // The second image has an infinity, whose sums depend on their order.
            let (a, b) = (&read_back[0], &previews[0]);
            assert_eq!((a.width(), a.height()), (b.width(), b.height()));
            let mut levels = a.as_bytes().iter().zip(b.as_bytes());
            assert!(levels.all(|(a, b)| a.abs_diff(*b) <= 1));
        }
    }
}
