//! The entries of the generated tables, but for the projections: a program that asks for none of
//! those does not contain them.

use super::Recommendation;
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
