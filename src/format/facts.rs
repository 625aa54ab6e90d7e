//! The entries of the generated tables, and the methods that read them. The projections stand
//! apart: a program that asks for none of those does not contain them.

use core::ops::Range;

use super::{LatentFormat, PublishedProjection, Recommendation, tables};
use crate::PackOrder;

pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) channels: usize,
    pub(super) downscale: usize,
    pub(super) frames: usize,
    /// The latent frames after which a video starts again with a single frame.
    pub(super) period: Option<usize>,
    pub(super) packing: Option<PackOrder>,
    pub(super) models: &'static [&'static str],
    /// Other names that people type.
    pub(super) names: &'static [&'static str],
    pub(super) vae: Option<VaeSpace>,
    /// The index of the recommended projection, and the evidence for it.
    pub(super) recommended: Option<(usize, Recommendation)>,
    /// The evidence for the tiny decoder, if there is one.
    pub(super) tiny: Option<Recommendation>,
    /// That of the default previewer's numbers, if there is a previewer.
    pub(super) license: Option<&'static str>,
}

/// The change from VAE space to model space:
/// `model = (vae - shift - mean[c]) * scale / std[c]`.
///
/// ```
/// use latent_preview::LatentFormat;
///
/// let vae = LatentFormat::Flux1.vae_space().unwrap();
/// let model = |x: f32| (x - vae.shift) * vae.scale;
/// assert_eq!(model(0.1159), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct VaeSpace {
    /// The factor; 1 if the format has none.
    pub scale: f32,
    /// The number that is subtracted first; 0 if the format has none.
    pub shift: f32,
    /// The mean of each channel; empty if the format does not normalize by channel. FLUX.2 has
    /// one mean per packed channel, `4 * channels`.
    pub mean: &'static [f32],
    /// The standard deviation of each channel, as many as `mean`.
    pub std: &'static [f32],
}

impl VaeSpace {
    /// Gain and offset of a channel: `model = gain * vae + offset`.
    ///
    /// Statistics per packed channel are averaged over the patch's four positions: they are
    /// nearly equal, and a map does not depend on the position.
    pub(super) const fn gain_and_offset(&self, channel: usize, channels: usize) -> (f64, f64) {
        let gain = self.scale as f64 / average(self.std, channel, channels, 1.0);
        let center = self.shift as f64 + average(self.mean, channel, channels, 0.0);
        (gain, -center * gain)
    }

    /// Gain and offset of a channel from this space to another one of the same VAE.
    pub(super) const fn to(&self, other: &Self, channel: usize, channels: usize) -> (f64, f64) {
        let from = self.gain_and_offset(channel, channels);
        let to = other.gain_and_offset(channel, channels);
        (to.0 / from.0, to.1 - from.1 * to.0 / from.0)
    }
}

/// The statistic of a channel.
const fn average(values: &[f32], channel: usize, channels: usize, default: f64) -> f64 {
    let positions = values.len() / channels;
    if positions == 0 {
        return default;
    }
    let (mut sum, mut i) = (0.0, 0);
    while i < positions {
        sum += values[channel * positions + i] as f64;
        i += 1;
    }
    sum / positions as f64
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

    pub(super) fn facts(self) -> &'static Facts {
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

    /// Samplers hold FLUX.2's patches as planes. Those of other formats are tokens, whose grid
    /// would be taken for planes.
    pub(super) const fn has_packed_planes(self) -> bool {
        matches!(self, Self::Flux2)
    }

    /// The number of values in a 2x2 patch, if pipelines return patches.
    pub(crate) fn packed_channels(self) -> Option<usize> {
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
