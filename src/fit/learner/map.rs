//! The part that a learner adds to its start, and the map of both together.

use alloc::{vec, vec::Vec};

use super::lesson::{Inputs, RINGS};
use crate::fit::color_correction::ColorCorrection;
use crate::fit::weights::Weights;
use crate::map::Map;
use crate::{PreviewError, Previewer, Projection, Refined};

/// A linear map of the inputs that is added to the start's colors, then a color correction.
#[derive(Clone)]
pub(super) struct Addition {
    pub(super) linear: Weights,
    pub(super) colors: Option<ColorCorrection>,
}

impl Addition {
    /// The addition and its start as one previewer, which costs no more than any other map.
    pub(super) fn applied_to(
        self,
        start: Option<&Previewer>,
        inputs: Inputs,
    ) -> Result<Previewer, PreviewError> {
        let map = match (inputs, start) {
            (Inputs::StartColors, Some(start)) => {
                let mut matrix = self.linear.rows;
                for (o, row) in matrix.iter_mut().enumerate() {
                    row[o] += 1.0;
                }
                start.map().recolored(&matrix, self.linear.constant)?
            }
            _ => Map::Projection(self.projection(start, inputs)?),
        };
        Ok(match start {
            Some(start) => start.with_map(map),
            None => Previewer::from_map(map),
        })
    }

    fn projection(
        self,
        start: Option<&Previewer>,
        inputs: Inputs,
    ) -> Result<Projection, PreviewError> {
        let start = start.and_then(|start| start.projection()?.polynomial());
        let mut bias = self.linear.constant;
        if let Some(start) = start {
            for (sum, value) in bias.iter_mut().zip(start.constant()) {
                *sum += f64::from(value);
            }
        }
        let bias = bias.map(|value| value as f32);
        let rows = &self.linear.rows;
        let with_start = |channel: usize, row: [f64; 3]| -> [f32; 3] {
            let linear = start.map_or([0.0; 3], |start| start.linear()[channel]);
            core::array::from_fn(|o| (row[o] + f64::from(linear[o])) as f32)
        };
        let mut refined = if inputs == Inputs::Neighborhood {
            let channels = rows.len() / 3;
            let mut factors = vec![[0.0; 3]; RINGS.len() * channels];
            for (tap, factors) in factors.chunks_exact_mut(channels).enumerate() {
                for (channel, factor) in factors.iter_mut().enumerate() {
                    let row = rows[RINGS[tap] * channels + channel];
                    *factor = match RINGS[tap] {
                        0 => with_start(channel, row),
                        _ => row.map(|value| (value / 4.0) as f32),
                    };
                }
            }
            Refined::conv3x3(factors, bias)?
        } else {
            let factors: Vec<_> = (0..)
                .zip(rows)
                .map(|(c, &row)| with_start(c, row))
                .collect();
            if self.colors.is_none() {
                return Projection::affine(factors, bias);
            }
            Refined::conv1x1(factors, bias)?
        };
        if let Some(weights) = self.colors.map(ColorCorrection::finish) {
            let [linear, pairs, triples] = weights.rows_f32(3);
            refined = refined.with_colors(weights.constant_f32(), linear, pairs, triples)?;
        }
        Ok(refined.into())
    }
}
