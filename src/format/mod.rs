//! The catalog of latent spaces.

// Rustdoc lists the methods of `LatentFormat` in the order of these four.
mod previewer;
mod shapes;

mod facts;
mod inspection;

mod names;
mod published;
mod recommendation;
#[rustfmt::skip]
mod tables;
mod tiny;

pub use facts::VaeSpace;
pub use inspection::{Inspection, Looks};
pub use previewer::Previewer;
pub use published::PublishedProjection;
pub use recommendation::{Evidence, Recommendation};
#[cfg(any(feature = "candle", feature = "ndarray"))]
pub(crate) use shapes::Axes;
#[cfg(feature = "ndarray")]
pub(crate) use shapes::only;
pub(crate) use tables::with_channels;

use core::fmt;

/// A latent space: an autoencoder and its normalization.
///
/// Models that share an autoencoder and its normalization share a format. Find it once, when the
/// model is loaded:
///
/// | you have | call |
/// |---|---|
/// | the model's files | `LatentFormat::from_model`, with the feature `identify` |
/// | the model's name, in any spelling | `name.parse::<LatentFormat>()` |
/// | the number of latent channels | [`fitting`](Self::fitting), which returns every format with that number |
/// | the format itself | the variant, such as [`Sdxl`](Self::Sdxl) |
///
/// Then [`previewer`](Self::previewer) turns latents into pictures, and [`images`](Self::images)
/// finds the images in a tensor by its shape.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, PixelFormat};
///
/// let format: LatentFormat = "stable-diffusion-xl-base-1.0".parse()?;
/// assert_eq!(format, LatentFormat::Sdxl);
///
/// let (samples, shape) = ([0.0_f32; 4 * 16 * 16], [1, 4, 16, 16]);
/// let latents = format.image(&samples, &shape)?;
/// let mut picture = [0; 16 * 16 * 3];
/// format.previewer()?.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
///
/// [The guide](crate::guide::formats) has tables of all formats: their models, channels and
/// sizes, the quality of their previews with the evidence, and the licenses of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LatentFormat {
    /// Stable Diffusion 1 and 2.
    Sd1,
    /// Stable Diffusion XL.
    Sdxl,
    /// Stable Diffusion 3 and 3.5.
    Sd3,
    /// Playground 2.5: the autoencoder of SDXL, normalized per channel.
    Playground25,
    /// Stable Diffusion x4 upscaler.
    SdX4Upscaler,
    /// FLUX.1, and Chroma, Lumina 2, Z-Image and others.
    Flux1,
    /// FLUX.2.
    Flux2,
    /// Wan 2.1, Wan 2.2 A14B, Qwen-Image, Cosmos-Predict 2 and others.
    Wan21,
    /// Wan 2.2 TI2V-5B.
    Wan22,
    /// Qwen-Image 2.1, which is not the space of Qwen-Image.
    QwenImage21,
    /// LTX-Video.
    LtxVideo,
    /// LTX-2.
    Ltx2,
    /// LTX-2.3, which is not the space of LTX-2.
    Ltx23,
    /// HunyuanVideo.
    HunyuanVideo,
    /// HunyuanVideo 1.5.
    HunyuanVideo15,
    /// HunyuanImage 2.1.
    HunyuanImage21,
    /// The refiner of HunyuanImage 2.1. No projection.
    HunyuanImage21Refiner,
    /// Sana 1.0.
    SanaBase,
    /// Sana Sprint.
    SanaSprint,
    /// CogView 4.
    CogView4,
    /// CogView3-Plus. No projection.
    CogView3Plus,
    /// CogVideoX 2B. No projection.
    CogVideoX,
    /// CogVideoX 5B and 1.5. No projection.
    CogVideoX15,
    /// Allegro. No projection.
    Allegro,
    /// Stable Cascade, prior (stage C).
    CascadePrior,
    /// Stable Cascade, stage B.
    CascadeB,
    /// Cosmos 1; Cosmos-Predict 2 is [`Wan21`](Self::Wan21).
    Cosmos1,
    /// DC-AE f32c32, the version `in`. No projection.
    DcAeF32In,
    /// DC-AE f32c32, the version `mix`. No projection.
    DcAeF32Mix,
    /// DC-AE f64c128, the version `in`. No projection.
    DcAeF64In,
    /// DC-AE f64c128, the version `mix`. No projection.
    DcAeF64Mix,
    /// EasyAnimate 5.1. No projection.
    EasyAnimate51,
    /// GLM-Image. No projection.
    GlmImage,
    /// Kandinsky 2.1. No projection.
    Kandinsky21,
    /// Ming-Image.
    MingImage,
    /// MiniMax H3.
    MiniMaxH3,
    /// Mochi 1.
    Mochi,
    /// RGB from -1 to 1: models that have no autoencoder.
    RgbPixels,
    /// SeedVR2. No projection.
    SeedVr2,
}

impl fmt::Display for LatentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
