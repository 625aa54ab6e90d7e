//! Where the weights of each stage lie, and how far the stages look.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::TinyLayer;

/// What the kernel computes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Net<'a> {
    pub(crate) channels: usize,
    pub(crate) scale: usize,
    layers: &'a [TinyLayer],
    weights: &'a [f32],
}

/// The weights of one stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dense<'a> {
    /// One for each output, or none.
    pub(crate) bias: &'a [f32],
    /// For each output, input, row and column.
    pub(crate) weights: &'a [f32],
    /// Weights of an output.
    row: usize,
    /// The side of the neighborhood.
    pub(crate) side: usize,
}

impl<'a> Dense<'a> {
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

impl<'a> Net<'a> {
    pub(super) const fn new(
        channels: usize,
        layers: &'a [TinyLayer],
        scale: usize,
        weights: &'a [f32],
    ) -> Self {
        Self {
            channels,
            scale,
            layers,
            weights,
        }
    }

    pub(crate) const fn layers(&self) -> &'a [TinyLayer] {
        self.layers
    }

    /// Planes of the latents (level 0) or of what a layer makes.
    pub(crate) fn planes(&self, level: usize) -> usize {
        match level.checked_sub(1) {
            None => self.channels,
            Some(layer) => self.layers[layer].width,
        }
    }

    /// How far the picture's pixels look at a level.
    pub(crate) fn margin(&self, level: usize) -> usize {
        self.layers[level..]
            .iter()
            .map(|layer| layer.side / 2)
            .sum()
    }

    /// How far the picture's pixels look at the latents.
    pub(crate) fn reach(&self) -> usize {
        self.margin(0)
    }

    const fn head_outputs(&self) -> usize {
        3 * self.scale * self.scale
    }

    /// Weights and biases of the layers before one.
    const fn start_of(&self, layer: usize) -> usize {
        layers_weight_count(self.channels, self.layers.split_at(layer).0)
    }

    const fn end_of_layers(&self) -> usize {
        self.start_of(self.layers.len())
    }

    /// The weights of a layer.
    pub(crate) fn dense(&self, layer: usize) -> Dense<'a> {
        let TinyLayer { side, width } = self.layers[layer];
        self.dense_at(self.start_of(layer), width, self.planes(layer), side)
    }

    pub(crate) fn head(&self) -> Dense<'a> {
        let inputs = self.planes(self.layers.len());
        self.dense_at(self.end_of_layers(), self.head_outputs(), inputs, 1)
    }

    pub(crate) fn skip(&self) -> Dense<'a> {
        let start = self.weights.len() - 3 * self.channels;
        Dense {
            bias: &[],
            weights: &self.weights[start..],
            row: self.channels,
            side: 1,
        }
    }

    fn dense_at(&self, start: usize, outputs: usize, inputs: usize, side: usize) -> Dense<'a> {
        let row = inputs * side * side;
        let (bias, weights) = self.weights[start..].split_at(outputs);
        Dense {
            bias,
            weights: &weights[..outputs * row],
            row,
            side,
        }
    }

    /// The weights of the same map of inputs that are `gain x + offset`, per channel.
    #[cfg(feature = "alloc")]
    pub(super) fn weights_with_input(&self, input: impl Fn(usize) -> (f64, f64)) -> Vec<f32> {
        let mut weights = self.weights.to_vec();
        let first = self.dense(0);
        let outputs = first.bias.len();
        for output in 0..outputs {
            let row = &mut weights[outputs + output * first.row..][..first.row];
            let constant = scale_inputs(row, first.side * first.side, &input);
            weights[output] = (f64::from(weights[output]) + constant) as f32;
        }
        let (head, places) = (self.end_of_layers(), self.scale * self.scale);
        for color in 0..3 {
            let start = weights.len() - (3 - color) * self.channels;
            let constant = scale_inputs(&mut weights[start..][..self.channels], 1, &input);
            for bias in &mut weights[head + color * places..][..places] {
                *bias = (f64::from(*bias) + constant) as f32;
            }
        }
        weights
    }
}

/// Weights and biases of all stages.
pub(super) const fn weight_count(channels: usize, layers: &[TinyLayer], scale: usize) -> usize {
    let last = match layers.last() {
        Some(layer) => layer.width,
        None => channels,
    };
    layers_weight_count(channels, layers) + 3 * scale * scale * (1 + last) + 3 * channels
}

const fn layers_weight_count(channels: usize, layers: &[TinyLayer]) -> usize {
    let (mut count, mut inputs, mut i) = (0, channels, 0);
    while i < layers.len() {
        let TinyLayer { side, width } = layers[i];
        count += width * (1 + inputs * side * side);
        inputs = width;
        i += 1;
    }
    count
}

/// Multiplies the weights of each channel by its gain; returns what the offsets add.
#[cfg(feature = "alloc")]
fn scale_inputs(row: &mut [f32], taps: usize, input: impl Fn(usize) -> (f64, f64)) -> f64 {
    let mut constant = 0.0;
    for (c, weights) in row.chunks_exact_mut(taps).enumerate() {
        let (gain, offset) = input(c);
        for weight in weights {
            constant += f64::from(*weight) * offset;
            *weight = (f64::from(*weight) * gain) as f32;
        }
    }
    constant
}
