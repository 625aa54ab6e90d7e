//! Takes an image of any layout through load, evaluate and encode.
//!
//! Where the samples lie in runs and the output is RGB8, pixels go straight
//! from the source to the picture. Everything else goes through a block of
//! planar RGB on the stack, and layouts without runs are first gathered into
//! short planes on the stack. Blocks, runs and vectors never change a pixel.

use fearless_simd::prelude::*;

use super::Encoding;
use super::decode::{MAX_PAIR, Pair, Sample, pair_len};
use super::encode::{
    DisplayPlane, Encoder, Floats, Rgb8, Rgba8, encode_planes, store_finite_levels,
};
use super::evaluate::{Cubic, Cubic4, Evaluate, Linear, Linear4, Quadratic, Quadratic4, Rgb};
use crate::layout::Layout;
use crate::projection::Polynomial;
use crate::{Latents, Rounding, Samples};

/// Pixels in a block of planar RGB.
const BLOCK: usize = 256;

/// Samples that are gathered at a time.
const GATHERED: usize = 4096;

/// Returns `true` only if all latents are finite, `false` if one is not.
#[inline(always)]
pub(super) fn project<S: Simd>(
    simd: S,
    polynomial: &Polynomial<'_>,
    latents: &Latents<'_>,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    match latents.samples() {
        Samples::F32(samples) => Job::new(polynomial, latents, samples).run(simd, encoding, out),
        Samples::F16(samples) => Job::new(polynomial, latents, samples).run(simd, encoding, out),
        Samples::Bf16(samples) => Job::new(polynomial, latents, samples).run(simd, encoding, out),
    }
}

/// One image to project.
struct Job<'a, T> {
    polynomial: &'a Polynomial<'a>,
    samples: &'a [T],
    layout: &'a Layout,
    width: usize,
    pixels: usize,
    /// Pixels that lie one after the other in every plane: all, a row, or none.
    run: usize,
}

impl<'a, T: Sample> Job<'a, T> {
    fn new(polynomial: &'a Polynomial<'a>, latents: &'a Latents<'_>, samples: &'a [T]) -> Self {
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
            polynomial,
            samples,
            layout,
            width,
            pixels,
            run,
        }
    }

    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, encoding: Encoding, out: &mut [u8]) -> bool {
        let is_direct =
            encoding == Encoding::Rgb8(Rounding::Nearest) && self.run >= pair_len::<S>();
        if is_direct && self.run_direct(simd, out) {
            return true;
        }
        self.run_blocks(simd, encoding, out)
    }

    /// Straight from runs of samples to RGB8. Whether all pixels are finite: if
    /// not, the picture is wrong where they are not.
    fn run_direct<S: Simd>(&self, simd: S, out: &mut [u8]) -> bool {
        let mut finite = true;
        for (index, out) in out.chunks_exact_mut(self.run * 3).enumerate() {
            let source = self.planes(index * self.run);
            finite &= fill_from_planes(simd, self.polynomial, source, self.run, Picture { out });
        }
        finite
    }

    /// By way of blocks of planar RGB. Whether all pixels are finite; the
    /// picture is right in any case.
    fn run_blocks<S: Simd>(&self, simd: S, encoding: Encoding, out: &mut [u8]) -> bool {
        let mut block = Block::new();
        let mut all_finite = true;
        let channels = self.polynomial.channels();
        let mut gathered = Gathered::new();
        let gather_step = gathered.pixels_per_plane::<S>(channels);
        let mut first = 0;
        while first < self.pixels {
            let left_in_run = self.run.checked_sub(first % self.run.max(1)).unwrap_or(0);
            let left = self.pixels - first;
            let (count, finite) = if left_in_run >= pair_len::<S>() {
                let count = left_in_run.min(BLOCK);
                let source = self.planes(first);
                (
                    count,
                    fill_from_planes(simd, self.polynomial, source, count, &mut block),
                )
            } else if gather_step > 0 {
                let count = left.min(gather_step);
                let source = gathered.fill(self, first, count, gather_step);
                let padded = count.next_multiple_of(pair_len::<S>());
                (
                    count,
                    fill_from_planes(simd, self.polynomial, source, padded, &mut block),
                )
            } else {
                let count = left.min(pair_len::<S>());
                let source = Scattered {
                    job: self,
                    first,
                    count,
                };
                (
                    count,
                    fill_from_scattered(simd, self.polynomial, source, &mut block),
                )
            };
            all_finite &= finite;
            encode_block(simd, encoding, &block, first, count, out);
            first += count;
        }
        all_finite
    }

    /// The planes from pixel `first` on, which must be in a run.
    fn planes(&self, first: usize) -> Planes<'a, T> {
        let start = self.layout.row(0, first / self.width) + first % self.width;
        Planes {
            samples: &self.samples[start..],
            stride: self.layout.channel,
        }
    }
}

/// Where channels are loaded from.
trait Source {
    type Sample: Sample;

    /// Loads pixels `first..first + pair_len` of channel `c`.
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S>;
}

/// Contiguous planes, `stride` apart.
struct Planes<'a, T> {
    samples: &'a [T],
    stride: usize,
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
struct Scattered<'a, T> {
    job: &'a Job<'a, T>,
    first: usize,
    count: usize,
}

impl<T: Sample> Source for Scattered<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let layout = self.job.layout;
        let mut picked = [T::ZERO; MAX_PAIR];
        for (pixel, sample) in (self.first + first..)
            .zip(&mut picked)
            .take(self.count - first)
        {
            let row = layout.row(c, pixel / self.job.width);
            *sample = self.job.samples[row + layout.column(pixel % self.job.width)];
        }
        T::load(simd, &picked[..pair_len::<S>()])
    }
}

/// Short planes that samples of any layout are copied into.
struct Gathered<T> {
    samples: [T; GATHERED],
}

impl<T: Sample> Gathered<T> {
    fn new() -> Self {
        Self {
            samples: [T::ZERO; GATHERED],
        }
    }

    /// Pixels that fit for each channel, in whole pairs of vectors; 0 if none do.
    fn pixels_per_plane<S: Simd>(&self, channels: usize) -> usize {
        let fit = (self.samples.len() / channels).min(BLOCK);
        fit - fit % pair_len::<S>()
    }

    /// Copies `count` pixels from `first` on into planes `stride` apart.
    fn fill(
        &mut self,
        job: &Job<'_, T>,
        first: usize,
        count: usize,
        stride: usize,
    ) -> Planes<'_, T> {
        let layout = job.layout;
        let mut done = 0;
        while done < count {
            let (y, x) = ((first + done) / job.width, (first + done) % job.width);
            let columns = (job.width - x).min(count - done);
            for (c, plane) in self.samples.chunks_exact_mut(stride).enumerate() {
                if c == job.polynomial.channels() {
                    break;
                }
                let plane = &mut plane[done..done + columns];
                // Every second column is a constant step apart, packed or not.
                for parity in 0..columns.min(2) {
                    let start = layout.row(c, y) + layout.column(x + parity);
                    let source = job.samples[start..].iter().step_by(layout.column_pair);
                    for (sample, &value) in plane[parity..].iter_mut().step_by(2).zip(source) {
                        *sample = value;
                    }
                }
            }
            done += columns;
        }
        Planes {
            samples: &self.samples,
            stride,
        }
    }
}

/// Where projected pixels go.
trait Sink {
    /// What decoder range is to be multiplied by ...
    const SCALE: f32;
    /// ... and what is to be added then.
    const OFFSET: f32;

    /// Takes pixels `first..first + pair_len`, in the order in which `T` loads.
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize);
}

/// An RGB8 picture, for pixels that are finite.
struct Picture<'a> {
    out: &'a mut [u8],
}

impl Sink for Picture<'_> {
    const SCALE: f32 = 127.5;
    const OFFSET: f32 = 127.5;

    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize) {
        let out = &mut self.out[first * 3..][..pair_len::<S>() * 3];
        store_finite_levels::<S, T>(simd, rgb, out);
    }
}

/// Planar RGB in decoder range.
struct Block {
    rgb: [[f32; BLOCK]; 3],
}

impl Block {
    const fn new() -> Self {
        Self {
            rgb: [[0.0; BLOCK]; 3],
        }
    }
}

impl Sink for &mut Block {
    const SCALE: f32 = 1.0;
    const OFFSET: f32 = 0.0;

    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, _simd: S, rgb: Rgb<S>, first: usize) {
        for (plane, pair) in self.rgb.iter_mut().zip(rgb) {
            let plane = &mut plane[first..first + pair_len::<S>()];
            let (out_low, out_high) = plane.split_at_mut(S::f32s::LEN);
            let [low, high] = T::in_order::<S>([pair[0].bitcast(), pair[1].bitcast()]);
            low.bitcast::<S::f32s>().store_slice(out_low);
            high.bitcast::<S::f32s>().store_slice(out_high);
        }
    }
}

/// Projects the first `count` pixels of planes; whether all of them are finite.
fn fill_from_planes<S: Simd, T: Sample>(
    simd: S,
    polynomial: &Polynomial<'_>,
    source: Planes<'_, T>,
    count: usize,
    sink: impl Sink,
) -> bool {
    let is_four = polynomial.channels() == 4;
    match (polynomial.degree(), is_four) {
        (1, true) => fill::<S, Linear4<S>, _, _>(simd, polynomial, source, count, sink),
        (1, false) => fill::<S, Linear<S>, _, _>(simd, polynomial, source, count, sink),
        (2, true) => fill::<S, Quadratic4<S>, _, _>(simd, polynomial, source, count, sink),
        (2, false) => fill::<S, Quadratic<S>, _, _>(simd, polynomial, source, count, sink),
        (_, true) => fill::<S, Cubic4<S>, _, _>(simd, polynomial, source, count, sink),
        (_, false) => fill::<S, Cubic<S>, _, _>(simd, polynomial, source, count, sink),
    }
}

/// Projects one pair of vectors of scattered pixels; whether all of them are finite.
fn fill_from_scattered<S: Simd, T: Sample>(
    simd: S,
    polynomial: &Polynomial<'_>,
    source: Scattered<'_, T>,
    block: &mut Block,
) -> bool {
    let count = pair_len::<S>();
    match polynomial.degree() {
        1 => fill::<S, Linear<S>, _, _>(simd, polynomial, source, count, &mut *block),
        2 => fill::<S, Quadratic<S>, _, _>(simd, polynomial, source, count, &mut *block),
        _ => fill::<S, Cubic<S>, _, _>(simd, polynomial, source, count, &mut *block),
    }
}

/// The hot loop. `count` is at least a pair; a rest that is no whole pair is
/// made whole by doing some pixels twice. Returns `false` if a latent was NaN
/// or infinite, and perhaps if one was enormous.
#[inline(always)]
fn fill<'a, S: Simd, E: Evaluate<'a, S>, R: Source, K: Sink>(
    simd: S,
    polynomial: &Polynomial<'a>,
    source: R,
    count: usize,
    mut sink: K,
) -> bool {
    simd.vectorize(
        #[inline(always)]
        move || {
            let map = E::prepare(simd, polynomial, K::SCALE, K::OFFSET);
            let last = count - pair_len::<S>();
            let mut poison = S::f32s::splat(simd, 0.0);
            let mut first = 0;
            loop {
                let rgb = map.evaluate(
                    simd,
                    #[inline(always)]
                    |c| source.load(simd, c, first),
                );
                // Zero times a finite number changes nothing, ever. A NaN or
                // infinite latent makes all of R, G and B non-finite.
                poison = rgb[0][0].mul_add(0.0, poison);
                poison = rgb[0][1].mul_add(0.0, poison);
                sink.put::<S, R::Sample>(simd, rgb, first);
                if first == last {
                    return poison.is_finite().all_true();
                }
                first = (first + pair_len::<S>()).min(last);
            }
        },
    )
}

fn encode_block<S: Simd>(
    simd: S,
    encoding: Encoding,
    block: &Block,
    first: usize,
    count: usize,
    out: &mut [u8],
) {
    let planes = &block.rgb.each_ref().map(|plane| plane.as_slice());
    if encoding == Encoding::DisplayF32Planar {
        let plane = out.len() / 3;
        for (o, out) in out.chunks_exact_mut(plane).enumerate() {
            let out = &mut out[first * 4..(first + count) * 4];
            encode_with(simd, DisplayPlane(o), planes, out);
        }
        return;
    }
    let bytes = encoding.bytes_per_pixel();
    let out = &mut out[first * bytes..(first + count) * bytes];
    match encoding {
        Encoding::Rgb8(Rounding::Nearest) => encode_with(simd, Rgb8::<false>, planes, out),
        Encoding::Rgb8(Rounding::Truncate) => encode_with(simd, Rgb8::<true>, planes, out),
        Encoding::Rgba8(Rounding::Nearest) => encode_with(simd, Rgba8::<false>, planes, out),
        Encoding::Rgba8(Rounding::Truncate) => encode_with(simd, Rgba8::<true>, planes, out),
        Encoding::DisplayF32 => encode_with(simd, Floats::<true>, planes, out),
        Encoding::DecoderF32 => encode_with(simd, Floats::<false>, planes, out),
        Encoding::DisplayF32Planar => unreachable!("handled above"),
    }
}

fn encode_with<S: Simd>(simd: S, encoder: impl Encoder, planes: &[&[f32]; 3], out: &mut [u8]) {
    simd.vectorize(
        #[inline(always)]
        || encode_planes(simd, encoder, planes, out),
    );
}
