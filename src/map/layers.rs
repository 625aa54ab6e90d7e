//! The places of the weights of each stage of a [`TinyDecoder`], and the reach of the stages.

use super::{TinyDecoder, TinyLayer};

/// The weights of a convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conv<'a> {
    /// One value for each output, or none.
    pub(crate) bias: &'a [f32],
    /// One value for each output, input, row and column.
    pub(crate) weights: &'a [f32],
    /// Weights per output.
    row: usize,
    pub(crate) kernel_size: usize,
}

impl<'a> Conv<'a> {
    /// The weights of an output.
    #[inline(always)]
    pub(crate) fn row(&self, output: usize) -> &'a [f32] {
        &self.weights[output * self.row..][..self.row]
    }

    /// The weights of `N` outputs.
    pub(crate) fn rows<const N: usize>(&self, first: usize) -> [&'a [f32]; N] {
        let mut rows: [&[f32]; N] = [&[]; N];
        for (n, row) in rows.iter_mut().enumerate() {
            *row = self.row(first + n);
        }
        rows
    }
}

impl TinyDecoder {
    /// Channels of the latents (depth 0) or of a layer's output.
    pub(crate) fn planes(&self, depth: usize) -> usize {
        match depth.checked_sub(1) {
            None => self.channels,
            Some(layer) => self.layers()[layer].channels,
        }
    }

    /// How far the picture's pixels reach into the latents (depth 0) or into a layer's output.
    pub(crate) fn margin(&self, depth: usize) -> usize {
        let later = &self.layers()[depth..];
        later.iter().map(|layer| layer.kernel_size / 2).sum()
    }

    const fn head_outputs(&self) -> usize {
        3 * self.scale * self.scale
    }

    /// The number of weights and biases before a layer.
    pub(super) fn start_of(&self, layer: usize) -> usize {
        layers_weight_count(self.channels, &self.layers()[..layer])
    }

    pub(crate) fn conv(&self, layer: usize) -> Conv<'_> {
        let TinyLayer {
            kernel_size,
            channels,
        } = self.layers()[layer];
        let inputs = self.planes(layer);
        self.conv_at(self.start_of(layer), channels, inputs, kernel_size)
    }

    pub(crate) fn head(&self) -> Conv<'_> {
        let depth = self.layers().len();
        let start = self.start_of(depth);
        self.conv_at(start, self.head_outputs(), self.planes(depth), 1)
    }

    pub(crate) fn skip(&self) -> Conv<'_> {
        let start = self.weights.len() - 3 * self.channels;
        Conv {
            bias: &[],
            weights: &self.weights[start..],
            row: self.channels,
            kernel_size: 1,
        }
    }

    fn conv_at(&self, start: usize, outputs: usize, inputs: usize, kernel_size: usize) -> Conv<'_> {
        let row = inputs * kernel_size * kernel_size;
        let (bias, weights) = self.weights[start..].split_at(outputs);
        Conv {
            bias,
            weights: &weights[..outputs * row],
            row,
            kernel_size,
        }
    }
}

/// The number of weights and biases of all stages.
pub(crate) const fn weight_count(channels: usize, layers: &[TinyLayer], scale: usize) -> usize {
    let last = match layers.last() {
        Some(layer) => layer.channels,
        None => channels,
    };
    layers_weight_count(channels, layers) + 3 * scale * scale * (1 + last) + 3 * channels
}

/// Changes weights, in the order of [`TinyDecoder::new`], so that the map takes latents `x`
/// that become `gain x + offset`, per channel. The latents enter by the first layer and the
/// skip.
pub(crate) const fn change_inputs(
    weights: &mut [f32],
    layers: &[TinyLayer],
    scale: usize,
    inputs: &[(f64, f64)],
) {
    let [first, ..] = layers else { return };
    let (channels, outputs) = (inputs.len(), first.channels);
    let taps = first.kernel_size * first.kernel_size;
    let mut output = 0;
    while output < outputs {
        let row = outputs + output * channels * taps;
        let constant = scale_row(weights, row, taps, inputs);
        weights[output] = (weights[output] as f64 + constant) as f32;
        output += 1;
    }
    let (head, places) = (layers_weight_count(channels, layers), scale * scale);
    let skip = weights.len() - 3 * channels;
    let mut color = 0;
    while color < 3 {
        let constant = scale_row(weights, skip + color * channels, 1, inputs);
        let mut bias = head + color * places;
        while bias < head + (color + 1) * places {
            weights[bias] = (weights[bias] as f64 + constant) as f32;
            bias += 1;
        }
        color += 1;
    }
}

/// Multiplies the weights of each input by its gain; returns the sum that the offsets add.
const fn scale_row(weights: &mut [f32], start: usize, taps: usize, inputs: &[(f64, f64)]) -> f64 {
    let (mut constant, mut i) = (0.0, 0);
    while i < inputs.len() * taps {
        let (gain, offset) = inputs[i / taps];
        let weight = weights[start + i] as f64;
        constant += weight * offset;
        weights[start + i] = (weight * gain) as f32;
        i += 1;
    }
    constant
}

const fn layers_weight_count(mut inputs: usize, layers: &[TinyLayer]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < layers.len() {
        let TinyLayer {
            kernel_size,
            channels,
        } = layers[i];
        count += channels * (1 + inputs * kernel_size * kernel_size);
        inputs = channels;
        i += 1;
    }
    count
}
