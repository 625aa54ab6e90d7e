//! The entries of the generated tables.

use super::PublishedProjection;
use crate::PackOrder;

pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) channels: usize,
    pub(super) downscale: usize,
    pub(super) frames: usize,
    pub(super) packing: Option<PackOrder>,
    pub(super) models: &'static [&'static str],
    /// Other names that people type.
    pub(super) names: &'static [&'static str],
    pub(super) vae: Option<VaeSpace>,
    pub(super) projections: &'static [PublishedProjection],
    /// The index of the recommended one, and the reason.
    pub(super) recommended: Option<(usize, &'static str)>,
}

/// The change from the VAE's latents to those that the denoising loop holds:
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
    /// The mean of each channel; empty if the format does not normalize by
    /// channel. FLUX.2 has one per packed channel, `4 * channels`.
    pub mean: &'static [f32],
    /// The standard deviation of each channel, as many as `mean`.
    pub std: &'static [f32],
}

impl VaeSpace {
    /// Gain and offset of a channel: `model = gain * vae + offset`.
    ///
    /// Statistics per packed channel are averaged over the patch's four positions:
    /// they are nearly equal, and a projection knows no positions.
    #[cfg(feature = "alloc")]
    pub(super) fn gain_and_offset(&self, channel: usize, channels: usize) -> (f64, f64) {
        let of_channel = |values: &[f32], default: f64| {
            let positions = values.len() / channels;
            let own = values.get(channel * positions..(channel + 1) * positions);
            match own {
                Some(own @ [_, ..]) => {
                    own.iter().map(|&x| f64::from(x)).sum::<f64>() / own.len() as f64
                }
                _ => default,
            }
        };
        let gain = f64::from(self.scale) / of_channel(self.std, 1.0);
        (
            gain,
            -(f64::from(self.shift) + of_channel(self.mean, 0.0)) * gain,
        )
    }
}
