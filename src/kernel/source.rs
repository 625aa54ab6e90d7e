//! The latents of an image: one tensor's, or an estimate of x0 mixed from two.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::block::BLOCK;
use super::image::{AnyImage, Planes};
use super::sample::{MAX_PAIR, Sample, VectorPair, pair_len};
use crate::Latents;
use crate::latents::Views;

/// Floats that are loaded at a time for maps of single pixels.
pub(super) const LOADED: usize = 4096;

/// Latents of any layout and type. They are read as planes where they lie, or written as
/// planes of floats to scratch that the caller lends.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) images: Images<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Images<'a> {
    Tensor(AnyImage<'a>),
    /// The weighted sum of two.
    Estimate([AnyImage<'a>; 2], [f32; 2]),
}

impl<'a> Source<'a> {
    pub(super) fn new(latents: &Latents<'a>) -> Self {
        let [channels, height, width] = latents.shape();
        let size = [height, width];
        Self {
            channels,
            height,
            width,
            images: match latents.views() {
                Views::Tensor(view) => Images::Tensor(AnyImage::new(view, size)),
                Views::Estimate([x_t, output], weights) => Images::Estimate(
                    [AnyImage::new(x_t, size), AnyImage::new(output, size)],
                    weights,
                ),
            },
        }
    }

    pub(super) const fn pixels(&self) -> usize {
        self.height * self.width
    }

    /// Pixels of each channel that fit into [`LOADED`], in whole pairs of vectors.
    pub(super) fn step<S: Simd>(&self) -> usize {
        let fit = (LOADED / self.channels).min(BLOCK);
        fit - fit % pair_len::<S>()
    }

    /// Planes of floats where they lie, and how many pixels from `first` on they have.
    pub(super) fn float_planes(&self, first: usize) -> Option<(Planes<'a, f32>, usize)> {
        match &self.images {
            Images::Tensor(AnyImage::F32(image)) if image.run() > 0 => {
                Some((image.planes(first), image.left_in_run(first)))
            }
            _ => None,
        }
    }

    /// Writes pixels of some channels as planes of floats, `stride` apart. After the last
    /// column of a row comes the next row.
    #[inline(never)]
    pub(super) fn load<S: Simd>(
        &self,
        simd: S,
        channels: Range<usize>,
        pixels: Range<usize>,
        planes: &mut [f32],
        stride: usize,
    ) {
        match &self.images {
            Images::Tensor(image) => image.load(simd, channels, pixels, planes, stride),
            Images::Estimate(images, weights) => {
                for (c, plane) in channels.zip(planes.chunks_mut(stride)) {
                    let pieces = plane[..pixels.len()].chunks_mut(BLOCK);
                    for (first, places) in (pixels.start..).step_by(BLOCK).zip(pieces) {
                        load_mixed(simd, images, *weights, c, first, places);
                    }
                }
            }
        }
    }
}

/// Writes pixels of a channel of a weighted sum, at most a block.
fn load_mixed<S: Simd>(
    simd: S,
    images: &[AnyImage<'_>; 2],
    weights: [f32; 2],
    c: usize,
    first: usize,
    places: &mut [f32],
) {
    let floats = |i: usize| images[i].floats(c, first, places.len());
    if let (Some(x), Some(y), false) = (floats(0), floats(1), weights.contains(&0.0)) {
        return mix(simd, [x, y], weights, places);
    }
    let mut terms = [[0.0; BLOCK]; 2];
    for ((term, image), weight) in terms.iter_mut().zip(images).zip(weights) {
        // A tensor without weight may even be infinite: its term stays 0.
        if weight != 0.0 {
            image.load(simd, c..c + 1, first..first + places.len(), term, BLOCK);
        }
    }
    mix(simd, [&terms[0], &terms[1]], weights, places);
}

/// `weights[0] * terms[0] + weights[1] * terms[1]`
fn mix<S: Simd>(simd: S, [x, y]: [&[f32]; 2], weights: [f32; 2], places: &mut [f32]) {
    let (length, count) = (S::f32s::LEN, places.len());
    let whole = count - count % length;
    simd.vectorize(
        #[inline(always)]
        || {
            let pieces = x[..whole].chunks_exact(length);
            let pieces = pieces.zip(y[..whole].chunks_exact(length));
            for ((x, y), places) in pieces.zip(places[..whole].chunks_exact_mut(length)) {
                mix_vector(simd, [x, y], weights).store_slice(places);
            }
            if whole < count {
                let mut padded = [[0.0; MAX_PAIR]; 2];
                padded[0][..count - whole].copy_from_slice(&x[whole..count]);
                padded[1][..count - whole].copy_from_slice(&y[whole..count]);
                let terms = [&padded[0][..length], &padded[1][..length]];
                let mixed = mix_vector(simd, terms, weights);
                places[whole..].copy_from_slice(&mixed.as_slice()[..count - whole]);
            }
        },
    );
}

#[inline(always)]
fn mix_vector<S: Simd>(simd: S, [x, y]: [&[f32]; 2], weights: [f32; 2]) -> S::f32s {
    let scaled = S::f32s::from_slice(simd, x) * weights[0];
    S::f32s::from_slice(simd, y).mul_add(weights[1], scaled)
}

/// Planes that the hot loop loads from.
pub(super) trait Load: Copy {
    /// The type that knows the order of the loaded pixels.
    type Sample: Sample;

    /// Loads pixels `first..first + pair_len` of channel `c`.
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> VectorPair<S>;
}

impl<T: Sample> Load for Planes<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> VectorPair<S> {
        self.load_pair(simd, c, first)
    }
}

/// The weighted sum of the planes of two tensors.
#[derive(Clone, Copy)]
pub(super) struct Mixed<'a, T> {
    pub(super) planes: [Planes<'a, T>; 2],
    pub(super) weights: [f32; 2],
}

impl<T: Sample> Load for Mixed<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> VectorPair<S> {
        let x = self.planes[0].load_pair(simd, c, first);
        let y = self.planes[1].load_pair(simd, c, first);
        let weight = self.weights[1];
        [
            y[0].mul_add(weight, x[0] * self.weights[0]),
            y[1].mul_add(weight, x[1] * self.weights[0]),
        ]
    }
}
