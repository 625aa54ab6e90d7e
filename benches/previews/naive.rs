//! The loop that applications write: pixel by pixel, channel by channel. It computes the same
//! as the crate, so that the ratio is meaningful.

use latent_preview::{LatentPreview, Projection, bf16, f16};

/// A sample as the loop reads it.
pub trait Sample: Copy {
    fn value(self) -> f32;
}

impl Sample for f32 {
    fn value(self) -> f32 {
        self
    }
}

impl Sample for f16 {
    fn value(self) -> f32 {
        self.to_f32()
    }
}

impl Sample for bf16 {
    fn value(self) -> f32 {
        self.to_f32()
    }
}

/// The index of channel `c` of pixel `p`, inlined as in a hand-written loop.
pub trait Index: Copy {
    fn of(self, c: usize, p: usize, channels: usize, pixels: usize) -> usize;
}

#[derive(Clone, Copy)]
pub struct Planar;

impl Index for Planar {
    fn of(self, c: usize, p: usize, _channels: usize, pixels: usize) -> usize {
        c * pixels + p
    }
}

#[derive(Clone, Copy)]
pub struct Interleaved;

impl Index for Interleaved {
    fn of(self, c: usize, p: usize, channels: usize, _pixels: usize) -> usize {
        p * channels + c
    }
}

/// A preview as RGB8.
pub fn preview<T: Sample>(
    projection: &Projection,
    samples: &[T],
    index: impl Index,
    out: &mut [u8],
) {
    for_each_pixel(projection, samples, index, out.len() / 3, |p, rgb| {
        for o in 0..3 {
            // Rounds to the nearest level without `round`, for which baseline x86-64 has no
            // instruction.
            let display = ((rgb[o] + 1.0) / 2.0).clamp(0.0, 1.0);
            out[p * 3 + o] = (display * 255.0 + 0.5) as u8;
        }
    });
}

/// A preview as interleaved `f32` display values.
pub fn preview_f32<T: Sample>(projection: &Projection, samples: &[T], out: &mut [f32]) {
    for_each_pixel(projection, samples, Planar, out.len() / 3, |p, rgb| {
        for o in 0..3 {
            out[p * 3 + o] = ((rgb[o] + 1.0) / 2.0).clamp(0.0, 1.0);
        }
    });
}

/// Each degree has its own loop, as in hand-written code.
fn for_each_pixel<T: Sample>(
    projection: &Projection,
    samples: &[T],
    index: impl Index,
    pixels: usize,
    mut put: impl FnMut(usize, [f32; 3]),
) {
    let channels = projection.channels();
    let x = |c, p| samples[index.of(c, p, channels, pixels)].value();
    let polynomial = projection.polynomial().expect("a polynomial");
    let (degree, linear) = (polynomial.degree(), polynomial.linear());
    for p in 0..pixels {
        let mut rgb = polynomial.constant();
        for (c, row) in linear.iter().enumerate() {
            add(&mut rgb, x(c, p), row);
        }
        if degree >= 2 {
            add_pairs(&mut rgb, channels, polynomial.pairs(), |c| x(c, p));
        }
        if degree >= 3 {
            add_triples(&mut rgb, channels, polynomial.triples(), |c| x(c, p));
        }
        put(p, rgb);
    }
}

fn add(rgb: &mut [f32; 3], monomial: f32, row: &[f32; 3]) {
    for o in 0..3 {
        rgb[o] += monomial * row[o];
    }
}

fn add_pairs(rgb: &mut [f32; 3], channels: usize, rows: &[[f32; 3]], x: impl Fn(usize) -> f32) {
    let mut rows = rows.iter();
    for i in 0..channels {
        for (j, row) in (i..channels).zip(&mut rows) {
            add(rgb, x(i) * x(j), row);
        }
    }
}

fn add_triples(rgb: &mut [f32; 3], channels: usize, rows: &[[f32; 3]], x: impl Fn(usize) -> f32) {
    let mut rows = rows.iter();
    for i in 0..channels {
        for j in i..channels {
            for (k, row) in (j..channels).zip(&mut rows) {
                add(rgb, x(i) * x(j) * x(k), row);
            }
        }
    }
}
