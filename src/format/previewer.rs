//! A projection or a tiny decoder that knows its latent format.

#[cfg(feature = "alloc")]
use crate::Preview;
#[cfg(feature = "alloc")]
use crate::denoise::square_root;
use crate::{
    LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Projection, Rounding,
    TinyDecoder,
};

/// A projection or a tiny decoder that knows which latents it is for.
///
/// Made by [`LatentFormat::previewer`], [`LatentFormat::tiny`], [`LatentFormat::tiny_2x`]
/// and [`PublishedProjection::previewer`](super::PublishedProjection::previewer).
/// It refuses latents that cannot be of its format with an error that says what
/// they look like.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PackOrder, PixelFormat};
///
/// // FLUX.2's sampler holds 128 planes: 2x2 patches of 32 channels.
/// let samples = [0.0_f32; 128 * 4 * 4];
/// let mut picture = [0; 8 * 8 * 3];
/// let previewer = LatentFormat::Flux2.previewer();
///
/// let packed = Latents::planar(&samples, [128, 4, 4])?;
/// let error = previewer.preview_into(&packed, PixelFormat::Rgb8, &mut picture).unwrap_err();
/// assert!(error.to_string().contains("Latents::packed_planes"));
///
/// let latents = Latents::packed_planes(&samples, [128, 4, 4], PackOrder::ChannelFirst)?;
/// previewer.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Previewer {
    format: LatentFormat,
    map: Map,
}

/// What it computes.
#[derive(Clone, Debug, PartialEq)]
enum Map {
    None,
    Projection(Projection),
    Tiny(TinyDecoder),
}

impl Previewer {
    pub(super) fn new(format: LatentFormat, projection: Option<Projection>) -> Self {
        let map = projection.map_or(Map::None, Map::Projection);
        Self { format, map }
    }

    pub(super) const fn tiny(format: LatentFormat, decoder: TinyDecoder) -> Self {
        let map = Map::Tiny(decoder);
        Self { format, map }
    }

    /// The format whose latents it takes.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// assert_eq!(LatentFormat::Sdxl.previewer().format(), LatentFormat::Sdxl);
    /// ```
    #[must_use]
    pub const fn format(&self) -> LatentFormat {
        self.format
    }

    /// The map itself; `None` if it is a tiny decoder, or if nobody has published a
    /// projection for the format.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, Projection};
    ///
    /// let previewer = LatentFormat::Sdxl.previewer();
    /// assert!(matches!(previewer.projection(), Some(Projection::Refined(_))));
    /// ```
    #[must_use]
    pub const fn projection(&self) -> Option<&Projection> {
        match &self.map {
            Map::Projection(projection) => Some(projection),
            _ => None,
        }
    }

    /// The net itself; `None` if it is a projection.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let previewer = LatentFormat::Sdxl.tiny().expect("there is one for SDXL");
    /// let decoder = previewer.tiny_decoder().expect("it is a tiny decoder");
    /// assert_eq!(decoder.layers().len(), 2);
    /// ```
    #[must_use]
    pub const fn tiny_decoder(&self) -> Option<&TinyDecoder> {
        match &self.map {
            Map::Tiny(decoder) => Some(decoder),
            _ => None,
        }
    }

    /// A previewer of latents in VAE space: as the VAE's encoder makes them and
    /// its decoder takes them, before the pipeline scales them.
    ///
    /// The change of space goes into the coefficients; a preview costs the same.
    /// For FLUX.2, whose statistics differ a little (up to 1.6 %) between the four
    /// positions of a patch, their mean is used.
    ///
    /// # Errors
    ///
    /// [`PreviewError::UnknownVaeSpace`] if no source states the format's VAE
    /// space, [`PreviewError::NoProjection`] if the format has no projection.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, Latents};
    ///
    /// let vae_space = [3.0_f32, -1.5, 0.75, 2.0];
    /// let model_space = vae_space.map(|x| x * 0.13025);
    /// let previewer = LatentFormat::Sdxl.previewer();
    /// assert_eq!(
    ///     previewer.for_vae_space()?.preview_rgb(&Latents::planar(&vae_space, [4, 1, 1])?)?,
    ///     previewer.preview_rgb(&Latents::planar(&model_space, [4, 1, 1])?)?,
    /// );
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    pub fn for_vae_space(&self) -> Result<Self, PreviewError> {
        let format = self.format;
        let vae = format
            .vae_space()
            .ok_or(PreviewError::UnknownVaeSpace { format })?;
        let channels = format.channels();
        self.with_input(|channel| vae.gain_and_offset(channel, channels))
    }

    /// A previewer of the noisy latent of a variance-exploding sampler, such as
    /// k-diffusion's and ComfyUI's for Stable Diffusion 1 to XL: `x0 + sigma * noise`.
    ///
    /// Such a latent is `sqrt(sigma^2 + 1)` times too large; the division goes
    /// into the coefficients. Latents of flow-matching models need no scaling.
    /// An estimate of x0 ([`Latents::denoised`]) needs none either and is the better
    /// picture.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] if `sigma` is negative, NaN or infinite,
    /// [`PreviewError::NoProjection`] if the format has no projection.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview, Latents};
    ///
    /// let sigma = 14.6;
    /// let x_t = [9.0_f32, -3.0, 20.0, 1.0];
    /// let preview = LatentFormat::Sd1
    ///     .previewer()
    ///     .for_sigma(sigma)?
    ///     .preview_rgb(&Latents::planar(&x_t, [4, 1, 1])?)?;
    /// assert_eq!(preview.as_bytes().len(), 3);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    pub fn for_sigma(&self, sigma: f32) -> Result<Self, PreviewError> {
        let sigma = crate::denoise::checked_sigma("sigma", sigma)?;
        let gain = 1.0 / square_root(sigma * sigma + 1.0);
        self.with_input(|_| (gain, 0.0))
    }

    #[cfg(feature = "alloc")]
    fn with_input(&self, input: impl Fn(usize) -> (f64, f64)) -> Result<Self, PreviewError> {
        let format = self.format;
        let map = match &self.map {
            Map::None => return Err(PreviewError::NoProjection { format }),
            Map::Projection(projection) => Map::Projection(projection.with_input(input)?),
            Map::Tiny(decoder) => Map::Tiny(decoder.with_input(input)?),
        };
        Ok(Self { format, map })
    }

    /// What previews these latents, if they can be of the format.
    fn check(&self, latents: &Latents<'_>) -> Result<&dyn LatentPreview, PreviewError> {
        let format = self.format;
        format.check(latents)?;
        match &self.map {
            Map::None => Err(PreviewError::NoProjection { format }),
            Map::Projection(projection) => Ok(projection),
            Map::Tiny(decoder) => Ok(decoder),
        }
    }
}

impl LatentPreview for Previewer {
    fn channels(&self) -> usize {
        self.format.channels()
    }

    fn scale(&self) -> usize {
        self.tiny_decoder().map_or(1, LatentPreview::scale)
    }

    fn preview_into_with(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.check(latents)?
            .preview_into_with(latents, format, rounding, out)
    }

    #[cfg(feature = "alloc")]
    fn preview(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
    ) -> Result<Preview, PreviewError> {
        self.check(latents)?.preview(latents, format, rounding)
    }
}
