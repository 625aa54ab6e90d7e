//! The catalog of latent spaces.

mod facts;
mod names;
mod previewer;
mod published;
mod shapes;
#[rustfmt::skip]
mod tables;
mod tiny;

pub use facts::VaeSpace;
pub use previewer::Previewer;
pub use published::PublishedProjection;
#[cfg(feature = "candle")]
pub(crate) use shapes::Axes;

use core::fmt;

use crate::map::Map;
use crate::{PackOrder, PreviewError};
use facts::Facts;

/// A latent space: the numbers that an autoencoder makes of pictures, as models hold them.
///
/// Models that share an autoencoder and its normalization share a format. Find
/// one by name with `parse` (any spelling of a model's name will do), or by its
/// channels with [`fitting`](Self::fitting).
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat};
///
/// let format: LatentFormat = "stable-diffusion-xl-base-1.0".parse()?;
/// assert_eq!(format, LatentFormat::Sdxl);
///
/// let samples = [0.0_f32; 4 * 16 * 16];
/// let latents = Latents::planar(&samples, [4, 16, 16])?;
/// let mut picture = [0; 16 * 16 * 3];
/// format.previewer()?.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
///
#[doc = include_str!("formats.md")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LatentFormat {
    /// Stable Diffusion 1 and 2.
    Sd1,
    /// Stable Diffusion XL.
    Sdxl,
    /// Playground 2.5: the autoencoder of SDXL, normalized per channel.
    Playground25,
    /// Stable Diffusion x4 upscaler.
    SdX4Upscaler,
    /// Stable Diffusion 3 and 3.5.
    Sd3,
    /// Stable Cascade, prior (stage C).
    CascadePrior,
    /// Stable Cascade, stage B.
    CascadeB,
    /// Kandinsky 2.1. No projection.
    Kandinsky21,
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
    /// Mochi 1.
    Mochi,
    /// Cosmos 1; Cosmos-Predict 2 is [`Wan21`](Self::Wan21).
    Cosmos1,
    /// CogView 4.
    CogView4,
    /// CogVideoX 2B. No projection.
    CogVideoX,
    /// CogVideoX 5B and 1.5. No projection.
    CogVideoX15,
    /// Sana 1.0.
    SanaBase,
    /// Sana Sprint.
    SanaSprint,
    /// MiniMax H3.
    MiniMaxH3,
    /// Ming-Image.
    MingImage,
    /// SeedVR2. No projection.
    SeedVr2,
    /// RGB from -1 to 1: models that have no autoencoder.
    RgbPixels,
}

impl LatentFormat {
    /// Every format, in the order of the families' names.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// for format in LatentFormat::ALL {
    ///     println!("{format}: {} channels, {:?}", format.channels(), format.models());
    /// }
    /// ```
    pub const ALL: &'static [Self] = tables::ALL;

    fn facts(self) -> &'static Facts {
        tables::facts(self)
    }

    /// The short name that `Display` prints and `parse` reads, such as `sdxl`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The models that use it.
    #[must_use]
    pub fn models(self) -> &'static [&'static str] {
        self.facts().models
    }

    /// Latent channels, unpacked.
    #[must_use]
    pub fn channels(self) -> usize {
        self.facts().channels
    }

    /// The pixels of the decoded picture that a latent pixel stands for, in each direction.
    #[must_use]
    pub fn spatial_downscale(self) -> usize {
        self.facts().downscale
    }

    /// The frames of the decoded video that a latent frame stands for; 1 for formats of
    /// single pictures.
    #[must_use]
    pub fn temporal_downscale(self) -> usize {
        self.facts().frames
    }

    /// The order of the values in a 2x2 patch, if pipelines hand the format out
    /// in patches of `4 * channels` values.
    ///
    /// Pipelines differ: diffusers gives FLUX.1, Qwen-Image and Krea 2 as tokens, others give
    /// the same models unpacked; FLUX.2's sampler holds packed planes. Ideogram 4, of format
    /// [`Flux2`](Self::Flux2), packs in the other order, [`PackOrder::PatchFirst`].
    #[must_use]
    pub fn packing(self) -> Option<PackOrder> {
        self.facts().packing
    }

    /// Values of a 2x2 patch, if pipelines hand them out.
    fn packed_channels(self) -> Option<usize> {
        self.packing().map(|_| 4 * self.channels())
    }

    /// The change from the VAE's space to model space; `None` if no source states it.
    #[must_use]
    pub fn vae_space(self) -> Option<VaeSpace> {
        self.facts().vae
    }

    /// The published projections, by origin, to compare them.
    #[must_use]
    pub fn projections(self) -> &'static [PublishedProjection] {
        self.facts().projections
    }

    /// The projection that [`previewer`](Self::previewer) uses and the reason
    /// for the choice; `None` if there is no projection.
    #[must_use]
    pub fn recommended(self) -> Option<(&'static PublishedProjection, &'static str)> {
        let facts = self.facts();
        let (index, reason) = facts.recommended?;
        Some((facts.projections.get(index)?, reason))
    }

    /// The recommended previewer. It costs nothing to make.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoProjection`] if there is no map for the format.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat};
    ///
    /// let samples = [0.0_f32; 16 * 8 * 8];
    /// let latents = Latents::planar(&samples, [16, 8, 8])?;
    /// let mut picture = [0; 8 * 8 * 3];
    /// LatentFormat::Flux1.previewer()?.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn previewer(self) -> Result<Previewer, PreviewError> {
        match self.recommended() {
            Some((published, _)) => Ok(published.previewer()),
            None => Err(PreviewError::NoProjection {
                format: self.name(),
            }),
        }
    }

    /// A small net of convolutions: nearer to the VAE's picture than any projection and
    /// steadier on noisy latents, but some ten times slower than the recommended one;
    /// `None` if there is none for the format.
    ///
    /// There are nets for [`Sd1`](Self::Sd1), [`Sdxl`](Self::Sdxl), [`Sd3`](Self::Sd3),
    /// [`Flux1`](Self::Flux1) and [`Flux2`](Self::Flux2).
    #[must_use]
    pub fn tiny(self) -> Option<Previewer> {
        tiny::preset(self, 1).map(|decoder| Previewer::new(self, Map::Tiny(decoder)))
    }

    /// As [`tiny`](Self::tiny), for a picture of twice the latent's width and height, with
    /// detail that no enlarged small preview has.
    #[must_use]
    pub fn tiny_2x(self) -> Option<Previewer> {
        tiny::preset(self, 2).map(|decoder| Previewer::new(self, Map::Tiny(decoder)))
    }

    /// The formats whose latents have so many channels, unpacked or packed, and
    /// (if given) this spatial downscale.
    ///
    /// A packed latent has twice the downscale of its format.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let formats: Vec<_> = LatentFormat::fitting(128, Some(16)).collect();
    /// assert_eq!(formats, [LatentFormat::Flux2]);
    /// ```
    pub fn fitting(channels: usize, downscale: Option<usize>) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |format| {
            let fits = |held, scale| held == channels && downscale.is_none_or(|d| d == scale);
            let scale = format.spatial_downscale();
            fits(format.channels(), scale)
                || format
                    .packed_channels()
                    .is_some_and(|packed| fits(packed, 2 * scale))
        })
    }
}

impl fmt::Display for LatentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
