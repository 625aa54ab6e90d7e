//! A projection or a tiny decoder with its latent format, and the choice of it.

use super::{tables, tiny};
use crate::map::Map;
use crate::preview::{check_channels_of, preview_at};
use crate::{
    LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Projection, TinyDecoder,
    kernel,
};

/// A projection or a tiny decoder, and the format of its latents.
///
/// Made by [`LatentFormat::previewer`], [`LatentFormat::previewer_2x`],
/// [`LatentFormat::fast_previewer`] and
/// [`PublishedProjection::previewer`](super::PublishedProjection::previewer). It refuses
/// latents that cannot be of its format; the error says what they probably are.
/// `Previewer::from` takes a [`Projection`] or a [`TinyDecoder`] of your own, without a format.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PackOrder, PixelFormat};
///
/// // FLUX.2's sampler holds 128 planes: 2x2 patches of 32 channels.
/// let samples = [0.0_f32; 128 * 4 * 4];
/// let mut picture = [0; 8 * 8 * 3];
/// let previewer = LatentFormat::Flux2.previewer()?;
///
/// let packed = Latents::planar(&samples, [128, 4, 4])?;
/// let error = previewer.preview_into(&packed, PixelFormat::Rgb8, &mut picture).unwrap_err();
/// assert!(error.to_string().contains("`Latents::packed_planes`"));
///
/// let latents = Latents::packed_planes(&samples, [128, 4, 4], PackOrder::ChannelFirst)?;
/// previewer.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Previewer {
    format: Option<LatentFormat>,
    map: Map,
    /// The latents are not in model space: a second change of space would be wrong.
    is_rescaled: bool,
}

impl LatentFormat {
    /// The previewer that comes nearest to the VAE at the latent's size, in about a
    /// millisecond: a tiny decoder, or the recommended projection where there is none.
    ///
    /// There are tiny decoders for [`Sd1`](Self::Sd1), [`Sdxl`](Self::Sdxl),
    /// [`Playground25`](Self::Playground25), [`Sd3`](Self::Sd3), [`Flux1`](Self::Flux1) and
    /// [`Flux2`](Self::Flux2). A previewer costs nothing to make; the weights of all six add
    /// 0.4 MB to a program, those of [`previewer_2x`](Self::previewer_2x) as much again.
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
            None => Err(PreviewError::NoTwice { format: self }),
        }
    }

    /// The recommended projection: a preview in microseconds, for many latents or a slow CPU.
    ///
    /// It is 10 to 40 times faster than a tiny decoder and farther from the VAE. For a format
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

    /// Like [`previewer`](Self::previewer), but only if its numbers are under MIT or
    /// Apache-2.0. Call it if your program must not carry numbers from files under GPL or other
    /// licenses.
    ///
    /// A program that calls only this and [`previewer_2x`](Self::previewer_2x), which is permissive
    /// as well, contains no other numbers: the linker leaves out those that
    /// [`previewer`](Self::previewer), [`fast_previewer`](Self::fast_previewer),
    /// [`projections`](Self::projections) and
    /// [`recommended_projection`](Self::recommended_projection) need. [The
    /// guide](crate::guide::formats#licenses-of-the-numbers) lists the formats and explains the
    /// licenses.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotPermissive`] if the numbers are under another license,
    /// [`PreviewError::NoProjection`] if there is no map for the format.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, PreviewError};
    ///
    /// assert!(LatentFormat::Wan21.permissive_previewer().is_ok());
    /// assert_eq!(
    ///     LatentFormat::Mochi.permissive_previewer(),
    ///     Err(PreviewError::NotPermissive { format: LatentFormat::Mochi, license: "GPL-3.0" }),
    /// );
    /// ```
    pub fn permissive_previewer(self) -> Result<Previewer, PreviewError> {
        if let Some(decoder) = tiny::preset(self, 1) {
            return Ok(Previewer::new(self, Map::Tiny(decoder)));
        }
        // Nothing that leads to all projections, or the linker cannot leave them out.
        match (tables::permissive(self), self.facts().license) {
            (Some(published), _) => Ok(published.previewer()),
            (None, Some(license)) => Err(PreviewError::NotPermissive {
                format: self,
                license,
            }),
            (None, None) => Err(self.no_projection()),
        }
    }

    fn no_projection(self) -> PreviewError {
        PreviewError::NoProjection { format: self }
    }
}

impl Previewer {
    pub(super) const fn new(format: LatentFormat, map: Map) -> Self {
        Self {
            format: Some(format),
            map,
            is_rescaled: false,
        }
    }

    /// A user's map, without a format.
    pub(crate) const fn from_map(map: Map) -> Self {
        Self {
            format: None,
            map,
            is_rescaled: false,
        }
    }

    /// The format of its latents; `None` for your own map.
    #[must_use]
    pub const fn format(&self) -> Option<LatentFormat> {
        self.format
    }

    /// The projection; `None` if it is a tiny decoder.
    #[must_use]
    pub const fn projection(&self) -> Option<&Projection> {
        match &self.map {
            Map::Projection(projection) => Some(projection),
            Map::Tiny(_) => None,
        }
    }

    /// The tiny decoder; `None` if it is a projection.
    #[must_use]
    pub const fn tiny_decoder(&self) -> Option<&TinyDecoder> {
        match &self.map {
            Map::Tiny(decoder) => Some(decoder),
            Map::Projection(_) => None,
        }
    }

    #[cfg(any(feature = "fit", feature = "testing"))]
    pub(crate) const fn map(&self) -> &Map {
        &self.map
    }

    /// Another map for the same latents.
    #[cfg(feature = "fit")]
    pub(crate) fn with_map(&self, map: Map) -> Self {
        Self {
            map,
            ..self.clone()
        }
    }

    #[cfg(all(feature = "fit", feature = "serde"))]
    pub(crate) const fn from_parts(
        format: Option<LatentFormat>,
        map: Map,
        is_rescaled: bool,
    ) -> Self {
        Self {
            format,
            map,
            is_rescaled,
        }
    }

    /// `true` if it takes latents of another space than the format's model space.
    #[cfg(feature = "fit")]
    pub(crate) const fn is_rescaled(&self) -> bool {
        self.is_rescaled
    }

    /// A previewer of latents in VAE space: the VAE encoder's output and the decoder's input,
    /// without the pipeline's scaling.
    ///
    /// The change of space goes into the coefficients; a preview costs the same.
    /// For FLUX.2, whose statistics differ a little (up to 1.6 %) between the four
    /// positions of a patch, their mean is used.
    ///
    /// # Errors
    ///
    /// [`PreviewError::UnknownVaeSpace`] if no source states the format's VAE space,
    /// [`PreviewError::NoFormat`] for your own map, [`PreviewError::ChangedTwice`] if this
    /// previewer already takes another space.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, Latents};
    ///
    /// let vae_space = [3.0_f32, -1.5, 0.75, 2.0];
    /// let model_space = vae_space.map(|x| x * 0.13025);
    /// let previewer = LatentFormat::Sdxl.previewer()?;
    /// assert_eq!(
    ///     previewer.for_vae_space()?.preview_rgb(&Latents::planar(&vae_space, [4, 1, 1])?)?,
    ///     previewer.preview_rgb(&Latents::planar(&model_space, [4, 1, 1])?)?,
    /// );
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    pub fn for_vae_space(&self) -> Result<Self, PreviewError> {
        let format = self.format.ok_or(PreviewError::NoFormat)?;
        let vae = format
            .vae_space()
            .ok_or(PreviewError::UnknownVaeSpace { format })?;
        self.rescaled(|channel| vae.gain_and_offset(channel, format.channels()))
    }

    /// A previewer of a variance-exploding sampler's noisy latent, `x0 + sigma * noise`, such
    /// as k-diffusion's and ComfyUI's for Stable Diffusion 1 to XL.
    ///
    /// Such a latent is `sqrt(sigma^2 + 1)` times too large; the division goes into the
    /// coefficients. Latents of flow-matching models need no scaling. An estimate of x0
    /// ([`Latents::denoised`]) needs none either and makes a better picture.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] if `sigma` is negative, NaN or infinite,
    /// [`PreviewError::ChangedTwice`] if this previewer already takes another space.
    #[cfg(feature = "alloc")]
    pub fn for_sigma(&self, sigma: f32) -> Result<Self, PreviewError> {
        let sigma = crate::latents::checked_sigma("sigma", sigma)?;
        let gain = 1.0 / libm::sqrt(sigma * sigma + 1.0);
        self.rescaled(|_| (gain, 0.0))
    }

    #[cfg(feature = "alloc")]
    fn rescaled(&self, input: impl Fn(usize) -> (f64, f64)) -> Result<Self, PreviewError> {
        if self.is_rescaled {
            return Err(PreviewError::ChangedTwice);
        }
        Ok(Self {
            format: self.format,
            map: self.map.rescaled(input)?,
            is_rescaled: true,
        })
    }
}

impl From<Projection> for Previewer {
    fn from(projection: Projection) -> Self {
        Self::from_map(Map::Projection(projection))
    }
}

impl From<TinyDecoder> for Previewer {
    fn from(decoder: TinyDecoder) -> Self {
        Self::from_map(Map::Tiny(decoder))
    }
}

impl LatentPreview for Previewer {
    fn channels(&self) -> usize {
        self.map.as_ref().channels()
    }

    fn scale(&self) -> usize {
        self.map.as_ref().scale()
    }

    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        match self.format {
            Some(format) => format.check(latents),
            None => check_channels_of(latents, self.channels()),
        }
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        pixel_format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.check(latents)?;
        let level = kernel::best_level();
        preview_at(level, self.map.as_ref(), latents, pixel_format, out)
    }
}
