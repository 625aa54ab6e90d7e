//! The same map with mixed colors: `matrix^T rgb + offset`, in decoder range.

use alloc::vec::Vec;

use super::{Coefficients, Map, Polynomial, Projection, Refined, TinyDecoder};
use crate::PreviewError;

/// The share of each input color in each output color, and the offset.
struct Mix<'a> {
    matrix: &'a [[f64; 3]],
    offset: [f64; 3],
}

impl Mix<'_> {
    fn linear(&self, rgb: [f64; 3]) -> [f64; 3] {
        core::array::from_fn(|o| (0..3).map(|i| rgb[i] * self.matrix[i][o]).sum())
    }

    fn rows(&self, rows: &[[f32; 3]]) -> Coefficients {
        let mixed = |row: &[f32; 3]| self.linear(row.map(f64::from)).map(|value| value as f32);
        rows.iter().map(mixed).collect::<Vec<_>>().into()
    }

    /// The mix of a constant to which the offset, divided by `gain`, is added.
    fn constant(&self, constant: [f32; 3], gain: f64) -> [f32; 3] {
        let mixed = self.linear(constant.map(f64::from));
        core::array::from_fn(|o| (mixed[o] + self.offset[o] / gain) as f32)
    }

    fn polynomial(&self, p: &Polynomial) -> Result<Polynomial, PreviewError> {
        let constant = self.constant(p.constant, 1.0);
        let [linear, pairs, triples] = [&p.linear, &p.pairs, &p.triples].map(|r| self.rows(r));
        Polynomial::new(p.degree(), constant, linear, pairs, triples)
    }

    fn refined(&self, refined: &Refined) -> Result<Refined, PreviewError> {
        let mut mixed = refined.clone();
        if let Some(colors) = &refined.colors {
            mixed.colors = Some(self.polynomial(colors)?);
            return Ok(mixed);
        }
        // The filter multiplies a constant by the sum of its weights.
        let filter = refined.filter.unwrap_or([1.0, 0.0, 0.0]).map(f64::from);
        let gain = filter[0] + 4.0 * (filter[1] + filter[2]);
        let bias = self.constant(refined.bias, gain);
        let begun = Refined::begin(self.rows(&refined.factors), bias, refined.is_3x3)?;
        mixed.factors = begun.factors;
        mixed.bias = begun.bias;
        Ok(mixed)
    }

    fn tiny(&self, decoder: &TinyDecoder) -> Result<TinyDecoder, PreviewError> {
        let mut weights = decoder.weights.to_vec();
        let head = decoder.start_of(decoder.layers().len());
        let (places, skip) = (decoder.scale * decoder.scale, 3 * decoder.channels);
        let skip = weights.len() - skip;
        let inputs = (skip - head) / (3 * places) - 1;
        // Mixes three weights, one per color, that lie `step` apart.
        let mut mix = |first: usize, step: usize, offset: [f64; 3]| {
            let rgb = core::array::from_fn(|o| f64::from(weights[first + o * step]));
            for (o, value) in self.linear(rgb).into_iter().enumerate() {
                weights[first + o * step] = (value + offset[o]) as f32;
            }
        };
        // The net makes display values: `(decoder range + 1) / 2`.
        let offset = core::array::from_fn(|o| {
            let of_ones: f64 = self.matrix.iter().map(|row| row[o]).sum();
            (self.offset[o] + 1.0 - of_ones) / 2.0
        });
        for place in 0..places {
            mix(head + place, places, offset);
        }
        let rows = head + 3 * places;
        for at in 0..places * inputs {
            mix(rows + at, places * inputs, [0.0; 3]);
        }
        for channel in 0..decoder.channels {
            mix(skip + channel, decoder.channels, [0.0; 3]);
        }
        TinyDecoder::new(decoder.channels, decoder.layers(), decoder.scale, weights)
    }
}

impl Map {
    /// The map whose R, G and B are those of this one times the rows of `matrix`, plus `offset`.
    pub(crate) fn recolored(
        &self,
        matrix: &[[f64; 3]],
        offset: [f64; 3],
    ) -> Result<Self, PreviewError> {
        let mix = Mix { matrix, offset };
        Ok(match self {
            Self::Tiny(decoder) => Self::Tiny(mix.tiny(decoder)?),
            Self::Projection(projection) => Self::Projection(match projection {
                Projection::Linear(p) | Projection::Affine(p) => {
                    Projection::Affine(mix.polynomial(p)?)
                }
                Projection::Quadratic(p) => Projection::Quadratic(mix.polynomial(p)?),
                Projection::Cubic(p) => Projection::Cubic(mix.polynomial(p)?),
                Projection::Refined(refined) => Projection::Refined(mix.refined(refined)?),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{LatentFormat, LatentPreview, Latents, PixelFormat, Previewer};

    #[test]
    fn colors_of_every_kind_of_map_are_mixed() {
        let matrix = [[0.9, 0.1, 0.0], [-0.2, 1.1, 0.05], [0.0, 0.03, 0.8]];
        let offset = [0.05, -0.1, 0.2];
        let format = LatentFormat::Sd1;
        let published = format.projections().iter().map(|p| p.previewer());
        let filtered = Refined::conv1x1(vec![[0.3, 0.2, 0.1]; 4], [0.1; 3])
            .and_then(|refined| refined.with_filter(0.5, 0.1, 0.05))
            .unwrap();
        let others = [
            format.previewer().unwrap(),
            format.previewer_2x().unwrap(),
            Previewer::from(Projection::from(filtered)),
        ];
        let samples: Vec<f32> = (0..4 * 36)
            .map(|i| (i * 37 % 41) as f32 / 15.0 - 1.3)
            .collect();
        let latents = Latents::planar(&samples, [4, 6, 6]).unwrap();
        for previewer in published.chain(others) {
            let mixed = previewer.with_map(previewer.map().recolored(&matrix, offset).unwrap());
            let [before, after] =
                [&previewer, &mixed].map(|p| p.preview(&latents, PixelFormat::DecoderF32).unwrap());
            let pixels = |p: &crate::Preview| p.as_f32().unwrap().as_chunks::<3>().0.to_vec();
            let mix = Mix {
                matrix: &matrix,
                offset,
            };
            for (before, after) in pixels(&before).into_iter().zip(pixels(&after)) {
                let expected = mix.constant(before, 1.0);
                for (a, e) in after.iter().zip(expected) {
                    assert!(
                        (a - e).abs() < 1e-4 * (1.0 + e.abs()),
                        "{a} {e}: {previewer:?}"
                    );
                }
            }
        }
    }
}
