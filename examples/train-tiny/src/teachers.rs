//! Teachers: tiny decoders that were trained before, whose mean teaches another one. The mean
//! is nearer to the decoder's pictures than each of them, and it has an answer for latents
//! without a picture.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use latent_preview::{LatentPreview, TinyDecoder};

use crate::pairs::Pair;

pub struct Teachers(Vec<TinyDecoder>);

impl Teachers {
    /// The teachers; `None` if there are none.
    pub fn load(paths: &[PathBuf], scale: usize) -> Result<Option<Self>> {
        let decoders: Vec<_> = paths
            .iter()
            .map(|path| crate::load(path))
            .collect::<Result<_>>()?;
        ensure!(
            decoders.iter().all(|decoder| decoder.scale() == scale),
            "the teachers make pictures of another scale"
        );
        Ok((!decoders.is_empty()).then_some(Self(decoders)))
    }

    /// Moves the target of a pair by a share of the way to the teachers' picture.
    pub fn teach(&self, pair: &mut Pair, share: f32) -> Result<()> {
        let mut sums = vec![0.0; pair.target.len()];
        for decoder in &self.0 {
            for (sum, value) in sums.iter_mut().zip(pair.decoded_by(decoder)?) {
                *sum += value;
            }
        }
        let count = self.0.len() as f32;
        for (target, sum) in pair.target.iter_mut().zip(sums) {
            *target += share * (sum / count - *target);
        }
        Ok(())
    }
}
