//! The places of the weights of each stage of a [`TinyDecoder`], and how far the stages look.

use super::{TinyDecoder, TinyLayer};

/// The weights of a convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conv<'a> {
    /// One for each output, or none.
    pub(crate) bias: &'a [f32],
    /// For each output, input, row and column.
    pub(crate) weights: &'a [f32],
    /// Weights of an output.
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

    /// How far the picture's pixels look at the latents (depth 0) or at a layer's output.
    pub(crate) fn margin(&self, depth: usize) -> usize {
        let later = &self.layers()[depth..];
        later.iter().map(|layer| layer.kernel_size / 2).sum()
    }

    const fn head_outputs(&self) -> usize {
        3 * self.scale * self.scale
    }

    /// Weights and biases of the layers before one.
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

/// Weights and biases of all stages.
pub(crate) const fn weight_count(channels: usize, layers: &[TinyLayer], scale: usize) -> usize {
    let last = match layers.last() {
        Some(layer) => layer.channels,
        None => channels,
    };
    layers_weight_count(channels, layers) + 3 * scale * scale * (1 + last) + 3 * channels
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
