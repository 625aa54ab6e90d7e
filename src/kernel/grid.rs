//! Images of any layout, read piece by piece.

use fearless_simd::prelude::*;
use half::{bf16, f16};

use super::decode::{MAX_PAIR, Pair, Sample, load_in_order, pair_len};
use super::sink::BLOCK;
use super::source::Planes;
use crate::layout::Layout;
use crate::{Latents, Samples};

/// An image whose channels can be loaded, piece by piece.
pub(super) trait Grid: Copy {
    type Sample: Sample;

    fn channels(&self) -> usize;

    fn width(&self) -> usize;

    fn pixels(&self) -> usize;

    /// Pixels that lie one after the other in every plane: all, a row, or none.
    fn run(&self) -> usize;

    /// The planes from pixel `first` on, which must be in a run.
    fn planes(&self, first: usize) -> Planes<'_, Self::Sample>;

    /// A channel of a pixel.
    fn sample(&self, c: usize, pixel: usize) -> f32;

    /// Copies `count` pixels from `first` on into planes `stride` apart.
    fn gather<S: Simd>(
        &self,
        simd: S,
        first: usize,
        count: usize,
        planes: &mut [Self::Sample],
        stride: usize,
    );

    /// Copies the columns from `x` on of a channel's row, as many as there are
    /// places; after the last column comes the next row.
    fn load_row<S: Simd>(&self, simd: S, c: usize, y: usize, x: usize, places: &mut [f32]);

    /// Pixels from `first` to the end of its run.
    fn left_in_run(&self, first: usize) -> usize {
        match first.checked_rem(self.run()) {
            Some(done) => self.run() - done,
            None => 0,
        }
    }
}

/// The samples of one image and where they lie.
#[derive(Clone, Copy)]
pub(super) struct Image<'a, T> {
    samples: &'a [T],
    layout: &'a Layout,
    channels: usize,
    width: usize,
    pixels: usize,
    run: usize,
}

impl<'a, T: Sample> Image<'a, T> {
    /// The image of these latents' size that lies in `samples`.
    pub(super) fn new(latents: &Latents<'_>, samples: &'a [T], layout: &'a Layout) -> Self {
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

    /// Pixels of a channel that lie in a run.
    #[inline(always)]
    pub(super) fn piece(&self, c: usize, first: usize, count: usize) -> &'a [T] {
        let row = self.layout.row(c, first / self.width);
        &self.samples[row + first % self.width..][..count]
    }

    /// Copies what it can of a row, from column `x` on, to planes `stride` apart in square
    /// tiles: of interleaved images, where the channels of a pixel lie together.
    /// Returns how many channels have been done, and how many columns of them.
    #[inline(always)]
    fn gather_tiles<S: Simd>(
        &self,
        simd: S,
        [y, x]: [usize; 2],
        columns: usize,
        planes: &mut [T],
        stride: usize,
    ) -> (usize, usize) {
        let layout = self.layout;
        let is_interleaved = layout.channel == 1 && layout.column_pair == 2 * layout.column_odd;
        if !is_interleaved {
            return (0, 0);
        }
        let channels = self.channels - self.channels % T::TILE;
        let columns = columns - columns % T::TILE;
        for c in (0..channels).step_by(T::TILE) {
            for column in (0..columns).step_by(T::TILE) {
                let from = &self.samples[layout.row(c, y) + layout.column(x + column)..];
                let to = &mut planes[c * stride + column..];
                T::transpose_tile(simd, from, layout.column_odd, to, stride);
            }
        }
        (channels, columns)
    }

    /// Hands on the samples of pixels of a channel with the place of the first:
    /// those from `first` on, in pieces that lie together or are brought together.
    #[inline(always)]
    pub(super) fn for_pieces(
        &self,
        c: usize,
        first: usize,
        count: usize,
        mut take: impl FnMut(usize, &[T]),
    ) {
        let mut done = 0;
        while done < count {
            let pixel = first + done;
            let (y, x) = (pixel / self.width, pixel % self.width);
            let row = self.layout.row(c, y);
            let left = if self.run > 0 {
                self.left_in_run(pixel)
            } else {
                self.width - x
            };
            let mut length = left.min(count - done);
            if self.run > 0 {
                take(done, self.piece(c, pixel, length));
            } else {
                length = length.min(BLOCK);
                let mut picked = [T::ZERO; BLOCK];
                pick_row(self.samples, self.layout, row, x, &mut picked[..length]);
                take(done, &picked[..length]);
            }
            done += length;
        }
    }
}

/// An image whose samples are of any type.
#[derive(Clone, Copy)]
pub(super) enum AnyImage<'a> {
    F32(Image<'a, f32>),
    F16(Image<'a, f16>),
    Bf16(Image<'a, bf16>),
}

impl<'a> AnyImage<'a> {
    /// The image that latents are, if they are a tensor.
    pub(super) fn of(latents: &'a Latents<'_>) -> Self {
        Self::new(latents, latents.samples(), latents.layout())
    }

    /// The image of these latents' size that lies in `samples`.
    pub(super) fn new(latents: &Latents<'_>, samples: Samples<'a>, layout: &'a Layout) -> Self {
        match samples {
            Samples::F32(samples) => Self::F32(Image::new(latents, samples, layout)),
            Samples::F16(samples) => Self::F16(Image::new(latents, samples, layout)),
            Samples::Bf16(samples) => Self::Bf16(Image::new(latents, samples, layout)),
        }
    }
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

impl<T: Sample> Grid for Image<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn channels(&self) -> usize {
        self.channels
    }

    #[inline(always)]
    fn width(&self) -> usize {
        self.width
    }

    #[inline(always)]
    fn pixels(&self) -> usize {
        self.pixels
    }

    #[inline(always)]
    fn run(&self) -> usize {
        self.run
    }

    fn planes(&self, first: usize) -> Planes<'_, T> {
        let start = self.layout.row(0, first / self.width) + first % self.width;
        Planes {
            samples: &self.samples[start..],
            stride: self.layout.channel,
        }
    }

    fn sample(&self, c: usize, pixel: usize) -> f32 {
        let row = self.layout.row(c, pixel / self.width);
        self.samples[row + self.layout.column(pixel % self.width)].into()
    }

    fn gather<S: Simd>(
        &self,
        simd: S,
        first: usize,
        count: usize,
        planes: &mut [T],
        stride: usize,
    ) {
        let layout = self.layout;
        let mut done = 0;
        while done < count {
            let (y, x) = ((first + done) / self.width, (first + done) % self.width);
            let columns = (self.width - x).min(count - done);
            simd.vectorize(
                #[inline(always)]
                || {
                    let (tiled_channels, tiled_columns) =
                        self.gather_tiles(simd, [y, x], columns, &mut planes[done..], stride);
                    let planes = planes.chunks_exact_mut(stride).take(self.channels);
                    for (c, plane) in planes.enumerate() {
                        let begun = if c < tiled_channels { tiled_columns } else { 0 };
                        if begun < columns {
                            let plane = &mut plane[done + begun..done + columns];
                            pick_row(self.samples, layout, layout.row(c, y), x + begun, plane);
                        }
                    }
                },
            );
            done += columns;
        }
    }

    #[inline(always)]
    fn load_row<S: Simd>(&self, simd: S, c: usize, y: usize, x: usize, places: &mut [f32]) {
        let count = places.len();
        self.for_pieces(
            c,
            y * self.width + x,
            count,
            #[inline(always)]
            |at, samples| {
                let places = &mut places[at..at + samples.len()];
                if let Some(floats) = T::as_floats(samples) {
                    return places.copy_from_slice(floats);
                }
                transfer(
                    simd,
                    samples,
                    places,
                    #[inline(always)]
                    |pair, _| pair,
                );
            },
        );
    }
}

/// Loads samples as floats, in order, and stores what `combine` makes of each
/// pair of vectors and of what was there before.
#[inline(always)]
pub(super) fn transfer<S: Simd, T: Sample>(
    simd: S,
    samples: &[T],
    places: &mut [f32],
    combine: impl Fn(Pair<S>, Pair<S>) -> Pair<S>,
) {
    let pair = pair_len::<S>();
    let (whole, rest) = samples.split_at(samples.len() - samples.len() % pair);
    let (whole_places, rest_places) = places.split_at_mut(whole.len());
    let whole_places = whole_places.chunks_exact_mut(pair);
    for (samples, places) in whole.chunks_exact(pair).zip(whole_places) {
        transfer_pair(simd, samples, places, &combine);
    }
    if !rest.is_empty() {
        let mut samples = [T::ZERO; MAX_PAIR];
        samples[..rest.len()].copy_from_slice(rest);
        let mut floats = [0.0; MAX_PAIR];
        floats[..rest.len()].copy_from_slice(rest_places);
        transfer_pair(simd, &samples[..pair], &mut floats[..pair], &combine);
        rest_places.copy_from_slice(&floats[..rest.len()]);
    }
}

#[inline(always)]
fn transfer_pair<S: Simd, T: Sample>(
    simd: S,
    samples: &[T],
    places: &mut [f32],
    combine: &impl Fn(Pair<S>, Pair<S>) -> Pair<S>,
) {
    let (low_places, high_places) = places.split_at_mut(S::f32s::LEN);
    let before = [
        S::f32s::from_slice(simd, low_places),
        S::f32s::from_slice(simd, high_places),
    ];
    let [low, high] = combine(load_in_order(simd, samples), before);
    low.store_slice(low_places);
    high.store_slice(high_places);
}

/// Copies the columns from `x` on of the row that starts at `row`.
#[inline(always)]
fn pick_row<T: Copy>(samples: &[T], layout: &Layout, row: usize, x: usize, places: &mut [T]) {
    let from_here = &samples[row + layout.column(x)..];
    let (twos, rest) = places.as_chunks_mut::<2>();
    let is_whole = x.is_multiple_of(2) && rest.is_empty();
    if layout.column_pair == 2 * layout.column_odd {
        copy_steps(from_here, layout.column_odd, places.as_chunks_mut::<1>().0);
    } else if layout.column_odd == 1 && layout.column_pair > 1 && is_whole {
        // Tokens: both columns of a patch lie together.
        copy_steps(from_here, layout.column_pair, twos);
    } else if layout.column_pair == 1 && is_whole {
        // Packed planes: the even columns lie together, and the odd ones.
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

/// Copies `W` samples from every `step`-th place on.
#[inline(always)]
fn copy_steps<T: Copy, const W: usize>(samples: &[T], step: usize, places: &mut [[T; W]]) {
    // The last step may be cut short. All others are whole, so that the compiler need
    // not check each.
    let Some((last, places)) = places.split_last_mut() else {
        return;
    };
    let whole = places.len() * step;
    // A row of one column may have a step of 0.
    for (place, from) in places
        .iter_mut()
        .zip(samples[..whole].chunks_exact(step.max(W)))
    {
        if let Some(from) = from.first_chunk() {
            *place = *from;
        }
    }
    if let Some(from) = samples[whole..].first_chunk() {
        *last = *from;
    }
}
