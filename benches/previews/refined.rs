//! Refined projections, and a hand-written loop for them.

use latent_preview::{Projection, Refined};

use crate::rows;

pub const KERNEL: [f32; 3] = [0.4, 0.1, 0.05];

/// A projection like the presets named small (pixelwise) and full.
pub fn projection(channels: usize, is_3x3: bool) -> Projection {
    let bias = [0.1, 0.0, -0.1];
    let begun = if is_3x3 {
        Refined::conv3x3(rows(9 * channels), bias)
    } else {
        Refined::conv1x1(rows(channels), bias)
    };
    let [center, edge, corner] = KERNEL;
    begun
        .and_then(|refined| refined.with_filter(center, edge, corner))
        .and_then(|refined| refined.with_colors(bias, rows(3), rows(6), rows(10)))
        .expect("finite rows")
        .into()
}

/// Each stage in turn over the whole picture, planar `f32` to RGB8.
pub struct Naive {
    projection: Refined,
    side: usize,
    affine: Vec<[f32; 3]>,
}

impl Naive {
    pub fn new(projection: &Projection, side: usize) -> Self {
        let Projection::Refined(projection) = projection else {
            unreachable!("a refined projection")
        };
        Self {
            projection: projection.clone(),
            side,
            affine: vec![[0.0; 3]; side * side],
        }
    }

    pub fn preview(&mut self, samples: &[f32], out: &mut [u8]) {
        let side = self.side;
        let channels = samples.len() / (side * side);
        let factors = self.projection.factors();
        let near = |at: usize, offset: usize| (at + offset).clamp(1, side) - 1;
        for y in 0..side {
            for x in 0..side {
                let mut rgb = self.projection.bias();
                let mut add = |row: &[f32; 3], c: usize, y: usize, x: usize| {
                    let sample = samples[(c * side + y) * side + x];
                    for o in 0..3 {
                        rgb[o] += sample * row[o];
                    }
                };
                if self.projection.is_3x3() {
                    for (tap, rows) in factors.chunks_exact(channels).enumerate() {
                        for (c, row) in rows.iter().enumerate() {
                            add(row, c, near(y, tap / 3), near(x, tap % 3));
                        }
                    }
                } else {
                    for (c, row) in factors.iter().enumerate() {
                        add(row, c, y, x);
                    }
                }
                self.affine[y * side + x] = rgb;
            }
        }
        for y in 0..side {
            for x in 0..side {
                let mut rgb = [0.0; 3];
                for tap in 0..9 {
                    let distance = usize::from(tap / 3 != 1) + usize::from(tap % 3 != 1);
                    let value = self.affine[near(y, tap / 3) * side + near(x, tap % 3)];
                    for o in 0..3 {
                        rgb[o] += KERNEL[distance] * value[o];
                    }
                }
                let rgb = self.corrected(rgb.map(|v| v.clamp(-1.25, 1.25)));
                for o in 0..3 {
                    let display = ((rgb[o] + 1.0) / 2.0).clamp(0.0, 1.0);
                    out[(y * side + x) * 3 + o] = (display * 255.0 + 0.5) as u8;
                }
            }
        }
    }

    fn corrected(&self, x: [f32; 3]) -> [f32; 3] {
        let colors = self.projection.colors().expect("a color correction");
        let mut rgb = colors.constant();
        let mut add = |monomial: f32, row: &[f32; 3]| {
            for o in 0..3 {
                rgb[o] += monomial * row[o];
            }
        };
        let (mut pairs, mut triples) = (colors.pairs().iter(), colors.triples().iter());
        for i in 0..3 {
            add(x[i], &colors.linear()[i]);
            for j in i..3 {
                add(x[i] * x[j], pairs.next().expect("six pairs"));
                for value in &x[j..] {
                    add(x[i] * x[j] * value, triples.next().expect("ten triples"));
                }
            }
        }
        rgb
    }
}
