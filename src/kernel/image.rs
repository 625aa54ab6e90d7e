//! One tensor as an image: planes in place, or written as planes of floats.

use core::ops::Range;

use fearless_simd::prelude::*;
use half::{bf16, f16};

use super::block::BLOCK;
use super::sample::{Sample, VectorPair, pair_len, widen};
use crate::Samples;
use crate::latents::View;
use crate::latents::layout::Layout;

/// Contiguous planes, `stride` apart.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a, T> {
    pub(super) samples: &'a [T],
    pub(super) stride: usize,
}

impl<T: Sample> Planes<'_, T> {
    /// Loads pixels `first..first + pair_len` of channel `c`.
    #[inline(always)]
    pub(super) fn load_pair<S: Simd>(&self, simd: S, c: usize, first: usize) -> VectorPair<S> {
        let start = c * self.stride + first;
        T::load(simd, &self.samples[start..start + pair_len::<S>()])
    }
}

/// The samples of one image and their layout.
#[derive(Clone, Copy)]
pub(super) struct Image<'a, T> {
    samples: &'a [T],
    layout: Layout,
    width: usize,
    /// The number of contiguous pixels in every plane: all, a row, or none.
    pub(super) run: usize,
}

/// An [`Image`] with any type of samples.
#[derive(Clone, Copy)]
pub(super) enum AnyImage<'a> {
    F32(Image<'a, f32>),
    F16(Image<'a, f16>),
    Bf16(Image<'a, bf16>),
}

/// Runs an expression for an [`AnyImage`] as an image of its type.
macro_rules! with_image {
    ($any:expr, $image:ident => $run:expr) => {
        match $any {
            AnyImage::F32($image) => $run,
            AnyImage::F16($image) => $run,
            AnyImage::Bf16($image) => $run,
        }
    };
}

pub(super) use with_image;

impl<'a> AnyImage<'a> {
    pub(super) fn new(view: View<'a>, [height, width]: [usize; 2]) -> Self {
        let layout = view.layout;
        let run = if layout.has_contiguous_planes(width) {
            height * width
        } else if layout.has_contiguous_rows() {
            width
        } else {
            0
        };
        match view.samples {
            Samples::F32(samples) => Self::F32(Image::new(samples, layout, width, run)),
            Samples::F16(samples) => Self::F16(Image::new(samples, layout, width, run)),
            Samples::Bf16(samples) => Self::Bf16(Image::new(samples, layout, width, run)),
        }
    }

    /// [`Image::load`]
    pub(super) fn load<S: Simd>(
        &self,
        simd: S,
        channels: Range<usize>,
        pixels: Range<usize>,
        planes: &mut [f32],
        stride: usize,
    ) {
        with_image!(self, image => image.load(simd, channels, pixels, planes, stride));
    }
}

impl<'a, T: Sample> Image<'a, T> {
    const fn new(samples: &'a [T], layout: Layout, width: usize, run: usize) -> Self {
        Self {
            samples,
            layout,
            width,
            run,
        }
    }

    /// The number of pixels from `first` to the end of its run.
    pub(super) fn left_in_run(&self, first: usize) -> usize {
        match first.checked_rem(self.run) {
            Some(done) => self.run - done,
            None => 0,
        }
    }

    /// The index of a pixel's sample in a channel; the pixel must be in a run.
    fn start(&self, c: usize, pixel: usize) -> usize {
        self.layout.row(c, pixel / self.width) + pixel % self.width
    }

    /// The samples of a channel in place; they must be in one run.
    pub(super) fn piece(&self, c: usize, first: usize, count: usize) -> &'a [T] {
        &self.samples[self.start(c, first)..][..count]
    }

    /// The planes from pixel `first` on; it must be in a run.
    pub(super) fn planes(&self, first: usize) -> Planes<'a, T> {
        Planes {
            samples: &self.samples[self.start(0, first)..],
            stride: self.layout.channel,
        }
    }

    /// Writes pixels of some channels as planes of floats, `stride` apart. The next row follows
    /// the last column of a row.
    ///
    /// It is not inlined, so that it is not compiled again for each caller.
    #[inline(never)]
    fn load<S: Simd>(
        &self,
        simd: S,
        channels: Range<usize>,
        pixels: Range<usize>,
        planes: &mut [f32],
        stride: usize,
    ) {
        simd.vectorize(
            #[inline(always)]
            || {
                let is_interleaved = self.layout.channel == 1
                    && self.layout.column_pair == 2 * self.layout.column_odd;
                let mut done = 0;
                while done < pixels.len() {
                    let first = pixels.start + done;
                    let (y, x) = (first / self.width, first % self.width);
                    let left = if self.run > 0 {
                        self.left_in_run(first)
                    } else {
                        self.width - x
                    };
                    let count = left.min(pixels.len() - done);
                    let planes = &mut planes[done..];
                    if is_interleaved && self.run == 0 {
                        self.load_interleaved(simd, &channels, [y, x], count, planes, stride);
                    } else {
                        for (c, plane) in channels.clone().zip(planes.chunks_mut(stride)) {
                            self.load_piece(simd, c, [y, x], &mut plane[..count]);
                        }
                    }
                    done += count;
                }
            },
        );
    }

    /// Writes part of a row whose channels are adjacent: square tiles, then the rest channel by
    /// channel.
    #[inline(always)]
    fn load_interleaved<S: Simd>(
        &self,
        simd: S,
        channels: &Range<usize>,
        [y, x]: [usize; 2],
        count: usize,
        planes: &mut [f32],
        stride: usize,
    ) {
        let tiled_channels = channels.len() - channels.len() % T::TILE;
        let tiled_columns = count - count % T::TILE;
        let step = self.layout.column_odd;
        for c in (0..tiled_channels).step_by(T::TILE) {
            let row = self.layout.row(channels.start + c, y);
            for column in (0..tiled_columns).step_by(T::TILE) {
                let from = &self.samples[row + (x + column) * step..];
                T::transpose_tile(simd, from, step, &mut planes[c * stride + column..], stride);
            }
        }
        let planes = planes.chunks_mut(stride).take(channels.len());
        for (i, plane) in planes.enumerate() {
            let begun = if i < tiled_channels { tiled_columns } else { 0 };
            if begun < count {
                let place = [y, x + begun];
                self.load_piece(simd, channels.start + i, place, &mut plane[begun..count]);
            }
        }
    }

    /// Writes pixels of a channel that form a run or lie in one row.
    #[inline(always)]
    fn load_piece<S: Simd>(&self, simd: S, c: usize, [y, x]: [usize; 2], places: &mut [f32]) {
        let row = self.layout.row(c, y);
        if self.run > 0 {
            let samples = &self.samples[row + x..][..places.len()];
            return match T::as_floats(samples) {
                Some(floats) => places.copy_from_slice(floats),
                None => widen(simd, samples, places),
            };
        }
        if let Some(floats) = T::as_floats(self.samples) {
            return pick(floats, &self.layout, row, x, places);
        }
        let mut picked = [T::ZERO; BLOCK];
        for (x, places) in (x..).step_by(BLOCK).zip(places.chunks_mut(BLOCK)) {
            let picked = &mut picked[..places.len()];
            pick(self.samples, &self.layout, row, x, picked);
            widen(simd, picked, places);
        }
    }
}

/// Copies the columns from `x` on of the row that starts at `row`.
#[inline(always)]
fn pick<T: Copy>(samples: &[T], layout: &Layout, row: usize, x: usize, places: &mut [T]) {
    let from_here = &samples[row + layout.column(x)..];
    let (twos, rest) = places.as_chunks_mut::<2>();
    let is_whole = x.is_multiple_of(2) && rest.is_empty();
    if layout.column_pair == 2 * layout.column_odd {
        pick_steps(from_here, layout.column_odd, places.as_chunks_mut::<1>().0);
    } else if layout.column_odd == 1 && layout.column_pair > 1 && is_whole {
        // Tokens: the two columns of a patch are adjacent.
        pick_steps(from_here, layout.column_pair, twos);
    } else if layout.column_pair == 1 && is_whole {
        // Packed planes: the even columns are adjacent, and so are the odd ones.
        let evens = &from_here[..twos.len()];
        let odds = &from_here[layout.column_odd..][..twos.len()];
        for ((place, &even), &odd) in twos.iter_mut().zip(evens).zip(odds) {
            *place = [even, odd];
        }
    } else {
        for (place, x) in places.iter_mut().zip(x..) {
            *place = samples[row + layout.column(x)];
        }
    }
}

/// Copies `W` samples from every `step`-th place.
#[inline(always)]
fn pick_steps<T: Copy, const W: usize>(samples: &[T], step: usize, places: &mut [[T; W]]) {
    // The last step may be incomplete. All others are whole, so the compiler need not check
    // each.
    let Some((last, places)) = places.split_last_mut() else {
        return;
    };
    let whole = places.len() * step;
    let pieces = samples[..whole].chunks_exact(step.max(W));
    for (place, from) in places.iter_mut().zip(pieces) {
        if let Some(from) = from.first_chunk() {
            *place = *from;
        }
    }
    if let Some(from) = samples[whole..].first_chunk() {
        *last = *from;
    }
}
