//! The latents of an image: one tensor, or an estimate of x0 mixed from two.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::block::BLOCK;
use super::image::{AnyImage, Planes, with_image};
use super::sample::{MAX_PAIR, Sample, VectorPair, load_in_order, pair_len};
use crate::Latents;
use crate::latents::Views;

/// The number of floats loaded at a time, for single pixels or 3x3 neighborhoods.
pub(super) const LOADED: usize = 4096;

/// The number of floats of each tensor mixed at a time.
const MIXED: usize = 512;

/// Latents of any layout and type. They are read as planes in place, or written as planes of
/// floats to scratch that the caller lends.
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
    /// The weighted sum of two tensors.
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

    /// The number of pixels of each channel that fit into [`LOADED`], in whole pairs of
    /// vectors.
    pub(super) fn step<S: Simd>(&self) -> usize {
        let fit = (LOADED / self.channels).min(BLOCK);
        fit - fit % pair_len::<S>()
    }

    /// Planes of floats in place, and the number of their pixels from `first` on.
    pub(super) fn float_planes(&self, first: usize) -> Option<(Planes<'a, f32>, usize)> {
        match &self.images {
            Images::Tensor(AnyImage::F32(image)) if image.run > 0 => {
                Some((image.planes(first), image.left_in_run(first)))
            }
            _ => None,
        }
    }

    /// Writes pixels of some channels as planes of floats, `stride` apart. The next row follows
    /// the last column of a row.
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
                load_mixed(simd, images, *weights, channels, pixels, planes, stride);
            }
        }
    }
}

/// [`Source::load`] for a weighted sum. Runs of samples are mixed in place, other layouts from
/// scratch, some channels at a time.
fn load_mixed<S: Simd>(
    simd: S,
    images: &[AnyImage<'_>; 2],
    weights: [f32; 2],
    channels: Range<usize>,
    pixels: Range<usize>,
    planes: &mut [f32],
    stride: usize,
) {
    let (first, count) = (pixels.start, pixels.len());
    let left = |image: &AnyImage<'_>| with_image!(image, image => image.left_in_run(first));
    if images.iter().map(left).all(|left| left >= count) && !weights.contains(&0.0) {
        return with_image!(&images[0], x => with_image!(&images[1], y => simd.vectorize(
            #[inline(always)]
            || for (c, plane) in channels.zip(planes.chunks_mut(stride)) {
                let terms = (x.piece(c, first, count), y.piece(c, first, count));
                mix(simd, terms, weights, &mut plane[..count]);
            },
        )));
    }
    let mut scratch = [[0.0; MIXED]; 2];
    for first in pixels.clone().step_by(MIXED) {
        let piece = first..(first + MIXED).min(pixels.end);
        let (at, count) = (first - pixels.start, piece.len());
        for c in channels.clone().step_by(MIXED / count) {
            let group = c..(c + MIXED / count).min(channels.end);
            for ((image, weight), term) in images.iter().zip(weights).zip(&mut scratch) {
                // A tensor with weight 0 may even be infinite: its term stays 0.
                if weight != 0.0 {
                    image.load(simd, group.clone(), piece.clone(), term, count);
                }
            }
            simd.vectorize(
                #[inline(always)]
                || {
                    for (i, c) in group.enumerate() {
                        let terms = (&scratch[0][i * count..], &scratch[1][i * count..]);
                        let places = &mut planes[(c - channels.start) * stride + at..][..count];
                        mix(simd, terms, weights, places);
                    }
                },
            );
        }
    }
}

/// Fills the places with the weighted sum of the samples of two tensors.
#[inline(always)]
fn mix<S: Simd, X: Sample, Y: Sample>(
    simd: S,
    (x, y): (&[X], &[Y]),
    weights: [f32; 2],
    places: &mut [f32],
) {
    let (pair, count) = (pair_len::<S>(), places.len());
    let whole = count - count % pair;
    for start in (0..whole).step_by(pair) {
        let terms = (&x[start..start + pair], &y[start..start + pair]);
        mix_pair(simd, terms, weights, &mut places[start..start + pair]);
    }
    if whole < count {
        let rest = count - whole;
        let (mut last_x, mut last_y) = ([X::ZERO; MAX_PAIR], [Y::ZERO; MAX_PAIR]);
        last_x[..rest].copy_from_slice(&x[whole..count]);
        last_y[..rest].copy_from_slice(&y[whole..count]);
        let mut mixed = [0.0; MAX_PAIR];
        mix_pair(
            simd,
            (&last_x[..pair], &last_y[..pair]),
            weights,
            &mut mixed,
        );
        places[whole..].copy_from_slice(&mixed[..rest]);
    }
}

#[inline(always)]
fn mix_pair<S: Simd, X: Sample, Y: Sample>(
    simd: S,
    (x, y): (&[X], &[Y]),
    weights: [f32; 2],
    places: &mut [f32],
) {
    let mixed = weighted_sum::<S>(load_in_order(simd, x), load_in_order(simd, y), weights);
    let (low, high) = places[..pair_len::<S>()].split_at_mut(S::f32s::LEN);
    mixed[0].store_slice(low);
    mixed[1].store_slice(high);
}

/// The only place that adds two tensors, so that every path rounds the same way.
#[inline(always)]
fn weighted_sum<S: Simd>(x: VectorPair<S>, y: VectorPair<S>, weights: [f32; 2]) -> VectorPair<S> {
    [
        y[0].mul_add(weights[1], x[0] * weights[0]),
        y[1].mul_add(weights[1], x[1] * weights[0]),
    ]
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
        weighted_sum::<S>(x, y, self.weights)
    }
}
