//! The loop that applications write: pixel after pixel, channel after channel.
//! What it does is what the crate does, so that the ratio means something.

use latent_preview::{Projection, bf16, f16};

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

/// Where channel `c` of pixel `p` lies.
pub type Index = fn(c: usize, p: usize, channels: usize, pixels: usize) -> usize;

pub fn planar(c: usize, p: usize, _channels: usize, pixels: usize) -> usize {
    c * pixels + p
}

pub fn interleaved(c: usize, p: usize, channels: usize, _pixels: usize) -> usize {
    p * channels + c
}

/// A preview as RGB8.
pub fn preview<T: Sample>(projection: &Projection, samples: &[T], index: Index, out: &mut [u8]) {
    for_each_pixel(projection, samples, index, out.len() / 3, |p, rgb| {
        for o in 0..3 {
            let display = ((rgb[o] + 1.0) / 2.0).clamp(0.0, 1.0);
            out[p * 3 + o] = (display * 255.0).round() as u8;
        }
    });
}

/// A preview as interleaved `f32` display values.
pub fn preview_f32<T: Sample>(projection: &Projection, samples: &[T], out: &mut [f32]) {
    for_each_pixel(projection, samples, planar, out.len() / 3, |p, rgb| {
        for o in 0..3 {
            out[p * 3 + o] = ((rgb[o] + 1.0) / 2.0).clamp(0.0, 1.0);
        }
    });
}

fn for_each_pixel<T: Sample>(
    projection: &Projection,
    samples: &[T],
    index: Index,
    pixels: usize,
    mut put: impl FnMut(usize, [f32; 3]),
) {
    let none: &[[f32; 3]] = &[];
    let (constant, linear, pairs, triples) = match projection {
        Projection::Linear(p) => ([0.0; 3], p.factors(), none, none),
        Projection::Affine(p) => (p.bias(), p.factors(), none, none),
        Projection::Quadratic(p) => (p.constant(), p.linear(), p.pairs(), none),
        Projection::Cubic(p) => (p.constant(), p.linear(), p.pairs(), p.triples()),
        _ => unreachable!("no other kinds are benchmarked"),
    };
    let channels = linear.len();
    for p in 0..pixels {
        let x = |c| samples[index(c, p, channels, pixels)].value();
        let mut rgb = constant;
        let mut add = |monomial: f32, row: &[f32; 3]| {
            for o in 0..3 {
                rgb[o] += monomial * row[o];
            }
        };
        let (mut pair, mut triple) = (0, 0);
        for (i, row) in linear.iter().enumerate() {
            add(x(i), row);
            for j in i..channels {
                if pairs.is_empty() {
                    break;
                }
                add(x(i) * x(j), &pairs[pair]);
                pair += 1;
                for k in j..channels {
                    if triples.is_empty() {
                        break;
                    }
                    add(x(i) * x(j) * x(k), &triples[triple]);
                    triple += 1;
                }
            }
        }
        put(p, rgb);
    }
}
