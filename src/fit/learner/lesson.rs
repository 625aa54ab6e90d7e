//! The part of a picture that a learner keeps.

use alloc::{vec, vec::Vec};

use half::f16;

use crate::fit::FitError;
use crate::fit::disturbance::Noise;
use crate::fit::pairs::Pair;
use crate::map::refined::TAPS;
use crate::{LatentPreview, PixelFormat, PreviewError, Previewer, Projection};

/// The number of pixels kept of a picture. Neighbors are so similar that more of them add
/// little: 256 cost 0.1 dB after ten pictures, four times as many gain nothing.
pub(super) const PIXELS: usize = 384;

/// Above this, the learned map reads each pixel alone: with neighbors it would have more
/// unknowns than a few pictures have pixels.
const MOST_CHANNELS_3X3: usize = 64;

/// The numbers that the learned part of a map is linear in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Inputs {
    /// Each channel of the pixel, its mean over the four direct neighbors and over the four
    /// diagonal ones: a symmetric 3x3 convolution.
    Neighborhood,
    /// Each channel of the pixel.
    Pixel,
    /// R, G and B of a start that is not a linear map.
    StartColors,
}

impl Inputs {
    /// The inputs that can be merged with a start, so that the learned map costs no more than
    /// one map.
    pub(super) fn of(start: Option<&Previewer>, channels: usize) -> Self {
        let is_linear = start.is_none_or(|start| {
            matches!(
                start.projection(),
                Some(Projection::Linear(_) | Projection::Affine(_))
            )
        });
        match is_linear {
            false => Self::StartColors,
            true if channels > MOST_CHANNELS_3X3 => Self::Pixel,
            true => Self::Neighborhood,
        }
    }

    pub(super) const fn count(self, channels: usize) -> usize {
        match self {
            Self::Neighborhood => 3 * channels,
            Self::Pixel => channels,
            Self::StartColors => 3,
        }
    }

    /// Writes the inputs of a pixel.
    fn write(self, pair: &Pair, p: usize, start: [f32; 3], out: &mut [f32]) {
        let channels = pair.channels();
        match self {
            Self::StartColors => out.copy_from_slice(&start),
            Self::Pixel => pair.write_pixel(p, out),
            Self::Neighborhood => {
                let mut near = vec![0.0; channels];
                out.fill(0.0);
                for (tap, q) in pair.neighbors(p).into_iter().enumerate() {
                    pair.write_pixel(q, &mut near);
                    let ring = RINGS[tap];
                    let sums = &mut out[ring * channels..][..channels];
                    for (sum, value) in sums.iter_mut().zip(&near) {
                        *sum += value / if ring == 0 { 1.0 } else { 4.0 };
                    }
                }
            }
        }
    }
}

/// The ring of each of the 3x3 pixels: 0 the pixel, 1 its direct neighbors, 2 the diagonal
/// ones.
pub(super) const RINGS: [usize; TAPS] = [2, 1, 2, 1, 0, 1, 2, 1, 2];

/// Pixels of a picture, or of the frames of a clip, from top to bottom.
///
/// For each pixel in turn: its inputs, then R, G and B of the start and of the decoder in
/// decoder range.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lesson {
    pub(super) values: Vec<f16>,
}

/// The number of values after a pixel's inputs.
pub(super) const COLORS: usize = 6;

impl Lesson {
    /// Keeps the pixels at the same places of every picture, whatever its size. A small picture
    /// has several places in a pixel.
    pub(super) fn new(
        clip: &[Pair],
        start: Option<&Previewer>,
        inputs: Inputs,
    ) -> Result<Self, FitError> {
        let count = inputs.count(clip[0].channels());
        let width = count + COLORS;
        let mut values = vec![f16::ZERO; PIXELS * width];
        let mut row = vec![0.0; width];
        let places = places();
        for (frame, pair) in clip.iter().enumerate() {
            let colors = start_colors(start, pair)?;
            for (place, kept) in places.iter().zip(values.chunks_exact_mut(width)) {
                let along = |axis: usize, size: usize| (place[axis] * size as f64) as usize;
                if along(0, clip.len()) != frame {
                    continue;
                }
                let p = along(1, pair.height) * pair.width + along(2, pair.width);
                let start = colors.as_ref().map_or([0.0; 3], |colors| colors[p]);
                inputs.write(pair, p, start, &mut row[..count]);
                row[count..count + 3].copy_from_slice(&start);
                let target = pair.target[p].map(|value| 2.0 * value - 1.0);
                row[count + 3..].copy_from_slice(&target);
                let limit = f32::from(f16::MAX);
                for (kept, value) in kept.iter_mut().zip(&row) {
                    *kept = f16::from_f32(value.clamp(-limit, limit));
                }
            }
        }
        Ok(Self { values })
    }
}

/// Where the pixels are that a lesson keeps, from top to bottom: the shares of the clip's length,
/// of the height and of the width, each below 1.
fn places() -> [[f64; 3]; PIXELS] {
    let mut random = Noise::new(0);
    let mut share = || 1.0 - random.uniform();
    core::array::from_fn(|i| {
        let (x, frame) = (share(), share());
        [frame, (i as f64 + 0.5) / PIXELS as f64, x]
    })
}

/// The start's picture of a latent, in decoder range.
pub(super) fn start_colors(
    start: Option<&Previewer>,
    pair: &Pair,
) -> Result<Option<Vec<[f32; 3]>>, PreviewError> {
    let Some(start) = start else { return Ok(None) };
    let preview = start.preview(&pair.as_latents()?, PixelFormat::DecoderF32)?;
    let floats = preview.as_f32().unwrap_or_default();
    Ok(Some(floats.as_chunks().0.to_vec()))
}
