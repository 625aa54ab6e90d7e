//! The catalog of latent spaces.

mod facts;
mod inspection;
mod names;
mod previewer;
mod published;
mod recommendation;
mod shapes;
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

use core::fmt;
use core::ops::Range;

use crate::map::Map;
use crate::{PackOrder, PreviewError};
use facts::Facts;

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

impl LatentFormat {
    /// Every format; the most used ones come first.
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

    /// The decoded frames that most latent frames stand for; 1 for formats of single pictures.
    /// [`decoded_frames`](Self::decoded_frames) has the frames of each latent frame.
    #[must_use]
    pub fn temporal_downscale(self) -> usize {
        self.facts().frames
    }

    /// The decoded frames that a latent frame stands for, so that an animation of previews
    /// keeps the time of the video.
    ///
    /// The first latent frame of a video stands for one frame, each later one for
    /// [`temporal_downscale`](Self::temporal_downscale) frames. [`MiniMaxH3`](Self::MiniMaxH3)
    /// starts again after five latent frames. In formats of single pictures, each latent frame
    /// is a picture. If a tensor holds several videos, take the index within one of them.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let wan = [0, 1, 2].map(|frame| LatentFormat::Wan21.decoded_frames(frame));
    /// assert_eq!(wan, [0..1, 1..5, 5..9]);
    /// let h3 = [4, 5, 6].map(|frame| LatentFormat::MiniMaxH3.decoded_frames(frame));
    /// assert_eq!(h3, [13..17, 17..18, 18..22]);
    /// ```
    #[must_use]
    pub fn decoded_frames(self, latent_frame: usize) -> Range<usize> {
        let Facts { frames, period, .. } = *self.facts();
        // The frames before `index` in a run that starts with a single frame.
        let before = |index: usize| match index {
            0 => 0,
            _ => frames.saturating_mul(index - 1).saturating_add(1),
        };
        let (run, index) = match period {
            None => (0, latent_frame),
            Some(period) => (latent_frame / period, latent_frame % period),
        };
        let start = period.map_or(0, |period| run.saturating_mul(before(period)));
        start.saturating_add(before(index))..start.saturating_add(before(index.saturating_add(1)))
    }

    /// The order of the values in a 2x2 patch, if pipelines return the format's latents in
    /// patches of `4 * channels` values.
    ///
    /// Pipelines differ: diffusers returns FLUX.1, Qwen-Image and Krea 2 latents as tokens,
    /// others return them unpacked; FLUX.2's sampler holds packed planes. Ideogram 4, whose
    /// format is [`Flux2`](Self::Flux2), packs in the other order, [`PackOrder::PatchFirst`].
    #[must_use]
    pub fn packing(self) -> Option<PackOrder> {
        self.facts().packing
    }

    /// The number of values in a 2x2 patch, if pipelines return patches.
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
        tables::projections(self)
    }

    /// The evidence for [`previewer`](Self::previewer); `None` if there is no map for the
    /// format.
    #[must_use]
    pub fn recommendation(self) -> Option<&'static Recommendation> {
        let facts = self.facts();
        let projection = facts
            .recommended
            .as_ref()
            .map(|(_, recommended)| recommended);
        facts.tiny.as_ref().or(projection)
    }

    /// The projection of [`fast_previewer`](Self::fast_previewer) and the evidence for it;
    /// `None` if there is no projection.
    #[must_use]
    pub fn recommended_projection(
        self,
    ) -> Option<(&'static PublishedProjection, &'static Recommendation)> {
        let facts = self.facts();
        let (index, recommendation) = facts.recommended.as_ref()?;
        Some((self.projections().get(*index)?, recommendation))
    }

    /// The previewer that comes nearest to the VAE at the latent's size, in about a
    /// millisecond: a tiny decoder, or the recommended projection where there is none.
    ///
    /// There are tiny decoders for [`Sd1`](Self::Sd1), [`Sdxl`](Self::Sdxl),
    /// [`Playground25`](Self::Playground25), [`Sd3`](Self::Sd3), [`Flux1`](Self::Flux1) and
    /// [`Flux2`](Self::Flux2). A previewer costs nothing to make.
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
        match tiny::preset(self, 1) {
            Some(decoder) => Ok(Previewer::new(self, Map::Tiny(decoder))),
            None => self.fast_previewer(),
        }
    }

    /// Like [`previewer`](Self::previewer), for a picture of twice the latent's width and
    /// height, with more detail than an enlarged preview.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoTwice`] if there is no tiny decoder for the format,
    /// [`PreviewError::NoProjection`] if there is no map for it at all.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, Latents};
    ///
    /// let samples = [0.0_f32; 4 * 8 * 8];
    /// let latents = Latents::planar(&samples, [4, 8, 8])?;
    /// # #[cfg(feature = "alloc")]
    /// assert_eq!(LatentFormat::Sdxl.previewer_2x()?.preview_rgb(&latents)?.width(), 16);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn previewer_2x(self) -> Result<Previewer, PreviewError> {
        match tiny::preset(self, 2) {
            Some(decoder) => Ok(Previewer::new(self, Map::Tiny(decoder))),
            None if self.recommendation().is_none() => Err(self.no_projection()),
            None => Err(PreviewError::NoTwice {
                format: self.name(),
            }),
        }
    }

    /// The recommended projection: a preview in microseconds, for many latents or a slow CPU.
    ///
    /// It is about ten times faster than a tiny decoder and farther from the VAE. For a format
    /// that has no tiny decoder it is [`previewer`](Self::previewer).
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoProjection`] if there is none for the format.
    pub fn fast_previewer(self) -> Result<Previewer, PreviewError> {
        match self.recommended_projection() {
            Some((published, _)) => Ok(published.previewer()),
            None => Err(self.no_projection()),
        }
    }

    fn no_projection(self) -> PreviewError {
        PreviewError::NoProjection {
            format: self.name(),
        }
    }

    /// The formats whose latents have this number of channels, unpacked or packed, and (if
    /// given) this spatial downscale.
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
