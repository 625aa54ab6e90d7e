//! Where the channels of a run of pixels are loaded from.

use fearless_simd::prelude::*;

use super::decode::{MAX_PAIR, Pair, Sample, pair_len};
use super::sink::BLOCK;
use crate::Latents;
use crate::layout::Layout;

/// Samples that are gathered at a time.
const GATHERED: usize = 4096;

/// The samples of one image and where they lie.
#[derive(Clone, Copy)]
pub(super) struct Image<'a, T> {
    pub(super) samples: &'a [T],
    layout: &'a Layout,
    pub(super) channels: usize,
    pub(super) width: usize,
    pub(super) pixels: usize,
    /// Pixels that lie one after the other in every plane: all, a row, or none.
    pub(super) run: usize,
}

impl<'a, T: Sample> Image<'a, T> {
    pub(super) fn new(latents: &'a Latents<'_>, samples: &'a [T]) -> Self {
        let layout = latents.layout();
        let (width, pixels) = (latents.width(), latents.width() * latents.height());
        let run = if layout.has_contiguous_planes(width) {
            pixels
        } else if layout.has_contiguous_rows() {
            width
        } else {
            0
        };
        Self {
            samples,
            layout,
            channels: latents.channels(),
            width,
            pixels,
            run,
        }
    }

    /// Pixels from `first` to the end of its run.
    pub(super) fn left_in_run(&self, first: usize) -> usize {
        match first.checked_rem(self.run) {
            Some(done) => self.run - done,
            None => 0,
        }
    }

    /// The planes from pixel `first` on, which must be in a run.
    pub(super) fn planes(&self, first: usize) -> Planes<'a, T> {
        let start = self.layout.row(0, first / self.width) + first % self.width;
        Planes {
            samples: &self.samples[start..],
            stride: self.layout.channel,
        }
    }
}

impl<T: Sample> Image<'_, T> {
    /// Copies the columns from `x` on of a channel's row, as many as there are
    /// places, at most [`BLOCK`].
    #[inline(always)]
    pub(super) fn load_row<S: Simd>(
        &self,
        simd: S,
        c: usize,
        y: usize,
        x: usize,
        places: &mut [f32],
    ) {
        let row = self.layout.row(c, y);
        let mut picked;
        let samples = if self.run > 0 {
            &self.samples[row + x..][..places.len()]
        } else {
            picked = [T::ZERO; BLOCK];
            let picked = &mut picked[..places.len()];
            pick_row(self.samples, self.layout, row, x, picked);
            picked
        };
        let (whole, rest) = samples.split_at(samples.len() - samples.len() % pair_len::<S>());
        let (whole_places, rest_places) = places.split_at_mut(whole.len());
        for (samples, places) in whole
            .chunks_exact(pair_len::<S>())
            .zip(whole_places.chunks_exact_mut(pair_len::<S>()))
        {
            store_in_order(simd, samples, places);
        }
        if !rest.is_empty() {
            let mut samples = [T::ZERO; MAX_PAIR];
            samples[..rest.len()].copy_from_slice(rest);
            let mut floats = [0.0; MAX_PAIR];
            let pair = pair_len::<S>();
            store_in_order(simd, &samples[..pair], &mut floats[..pair]);
            rest_places.copy_from_slice(&floats[..rest.len()]);
        }
    }
}

/// Writes a pair of vectors of samples as floats.
#[inline(always)]
fn store_in_order<S: Simd, T: Sample>(simd: S, samples: &[T], places: &mut [f32]) {
    let [low, high] = T::load(simd, samples);
    let [low, high] = T::in_order(simd, [low.bitcast(), high.bitcast()]);
    let (low_places, high_places) = places.split_at_mut(S::f32s::LEN);
    low.bitcast::<S::f32s>().store_slice(low_places);
    high.bitcast::<S::f32s>().store_slice(high_places);
}

/// Where channels are loaded from.
pub(super) trait Source {
    type Sample: Sample;

    /// Loads pixels `first..first + pair_len` of channel `c`.
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S>;
}

/// Contiguous planes, `stride` apart.
pub(super) struct Planes<'a, T> {
    pub(super) samples: &'a [T],
    pub(super) stride: usize,
}

impl<T: Sample> Source for Planes<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let start = c * self.stride + first;
        T::load(simd, &self.samples[start..start + pair_len::<S>()])
    }
}

/// Samples anywhere, picked one by one: for more channels than can be gathered.
pub(super) struct Scattered<'a, T> {
    pub(super) image: Image<'a, T>,
    pub(super) first: usize,
    pub(super) count: usize,
}

impl<T: Sample> Source for Scattered<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let layout = self.image.layout;
        let mut picked = [T::ZERO; MAX_PAIR];
        for (pixel, sample) in (self.first + first..)
            .zip(&mut picked)
            .take(self.count - first)
        {
            let row = layout.row(c, pixel / self.image.width);
            *sample = self.image.samples[row + layout.column(pixel % self.image.width)];
        }
        T::load(simd, &picked[..pair_len::<S>()])
    }
}

/// Short planes that samples of any layout are copied into.
pub(super) struct Gathered<T> {
    samples: [T; GATHERED],
}

impl<T: Sample> Gathered<T> {
    pub(super) fn new() -> Self {
        Self {
            samples: [T::ZERO; GATHERED],
        }
    }

    /// Pixels that fit for each channel, in whole pairs of vectors; 0 if none do.
    pub(super) fn pixels_per_plane<S: Simd>(channels: usize) -> usize {
        let fit = (GATHERED / channels).min(BLOCK);
        fit - fit % pair_len::<S>()
    }

    /// Copies `count` pixels from `first` on into planes `stride` apart.
    pub(super) fn fill(
        &mut self,
        image: Image<'_, T>,
        first: usize,
        count: usize,
        stride: usize,
    ) -> Planes<'_, T> {
        let layout = image.layout;
        let mut done = 0;
        while done < count {
            let (y, x) = ((first + done) / image.width, (first + done) % image.width);
            let columns = (image.width - x).min(count - done);
            let planes = self.samples.chunks_exact_mut(stride);
            for (c, plane) in planes.take(image.channels).enumerate() {
                let plane = &mut plane[done..done + columns];
                pick_row(image.samples, layout, layout.row(c, y), x, plane);
            }
            done += columns;
        }
        Planes {
            samples: &self.samples,
            stride,
        }
    }
}

/// Copies the columns from `x` on of the row that starts at `row`.
#[inline(always)]
fn pick_row<T: Copy>(samples: &[T], layout: &Layout, row: usize, x: usize, places: &mut [T]) {
    let start = row + layout.column(x);
    let (twos, rest) = places.as_chunks_mut::<2>();
    let is_whole = x.is_multiple_of(2) && rest.is_empty();
    if layout.column_odd == 1 && layout.column_pair > 1 && is_whole {
        // Tokens: both columns of a patch lie together.
        for (place, patch) in twos
            .iter_mut()
            .zip(samples[start..].chunks(layout.column_pair))
        {
            if let Some(two) = patch.first_chunk() {
                *place = *two;
            }
        }
    } else if layout.column_pair == 1 && is_whole {
        // Packed planes: the even columns lie together, and the odd ones.
        let evens = &samples[start..][..twos.len()];
        let odds = &samples[start + layout.column_odd..][..twos.len()];
        for ((place, &even), &odd) in twos.iter_mut().zip(evens).zip(odds) {
            *place = [even, odd];
        }
    } else if layout.column_pair == 2 * layout.column_odd {
        let mut from = start;
        for place in places {
            *place = samples[from];
            from += layout.column_odd;
        }
    } else {
        for (place, x) in places.iter_mut().zip(x..) {
            *place = samples[row + layout.column(x)];
        }
    }
}
