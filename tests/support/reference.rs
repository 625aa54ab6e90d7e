//! The reference: the expected pictures, in `f64` and without regard to speed.
//!
//! Every backend is compared with it. It shares nothing with them: it uses only the public API
//! of maps and latents, visits one pixel at a time, computes everything that the pixel
//! depends on again, and forms every product of channels separately. It allocates nothing, so that
//! programs without an operating system can use it too.

use latent_preview::{
    LatentPreview, Latents, Polynomial, Previewer, Projection, Refined, TinyDecoder, TinyLayer,
};

/// Any map.
#[derive(Clone, Copy)]
pub enum Map<'a> {
    Projection(&'a Projection),
    Tiny(&'a TinyDecoder),
}

impl<'a> From<&'a Projection> for Map<'a> {
    fn from(projection: &'a Projection) -> Self {
        Self::Projection(projection)
    }
}

impl<'a> From<&'a Previewer> for Map<'a> {
    fn from(previewer: &'a Previewer) -> Self {
        match (previewer.projection(), previewer.tiny_decoder()) {
            (Some(projection), _) => Self::Projection(projection),
            (None, decoder) => Self::Tiny(decoder.expect("one of both")),
        }
    }
}

/// The numbers of an image.
pub trait Image {
    fn size(&self) -> [usize; 2];

    fn sample(&self, c: usize, y: usize, x: usize) -> f64;
}

impl Image for Latents<'_> {
    fn size(&self) -> [usize; 2] {
        [self.height(), self.width()]
    }

    fn sample(&self, c: usize, y: usize, x: usize) -> f64 {
        f64::from(self.get(c, y, x).expect("a position in the image"))
    }
}

/// An estimate of x0 that is not rounded: the weighted sum of two latents.
pub struct Mixture<'a> {
    pub latents: [Latents<'a>; 2],
    pub weights: [f32; 2],
}

impl Image for Mixture<'_> {
    fn size(&self) -> [usize; 2] {
        self.latents[0].size()
    }

    fn sample(&self, c: usize, y: usize, x: usize) -> f64 {
        let mut sum = 0.0;
        for (latents, weight) in self.latents.iter().zip(self.weights) {
            // A tensor with weight 0 may even be infinite.
            if weight != 0.0 {
                sum += f64::from(weight) * latents.sample(c, y, x);
            }
        }
        sum
    }
}

/// The RGB of one pixel of the picture in decoder range, not clamped.
pub fn decode<'a>(map: impl Into<Map<'a>>, image: &dyn Image, y: usize, x: usize) -> [f64; 3] {
    match map.into() {
        Map::Projection(Projection::Refined(map)) => refined(map, image, y, x),
        Map::Projection(projection) => {
            let map = projection.polynomial().expect("every other kind is one");
            polynomial(map, &|c| image.sample(c, y, x))
        }
        Map::Tiny(decoder) => tiny(decoder, image, y, x).map(|value| 2.0 * value - 1.0),
    }
}

fn polynomial(map: &Polynomial, value: &dyn Fn(usize) -> f64) -> [f64; 3] {
    let mut rgb = map.constant().map(f64::from);
    let mut add = |product: f64, row: &[f32; 3]| {
        for (sum, &coefficient) in rgb.iter_mut().zip(row) {
            *sum += product * f64::from(coefficient);
        }
    };
    let (mut pairs, mut triples) = (map.pairs().iter(), map.triples().iter());
    for (i, row) in map.linear().iter().enumerate() {
        add(value(i), row);
        for j in i..map.channels() {
            if let Some(row) = pairs.next() {
                add(value(i) * value(j), row);
            }
            for k in j..map.channels() {
                if let Some(row) = triples.next() {
                    add(value(i) * value(j) * value(k), row);
                }
            }
        }
    }
    rgb
}

/// The 3x3 positions around a pixel in reading order. Positions beyond an edge move to the
/// edge.
fn neighbors([height, width]: [usize; 2], y: usize, x: usize) -> [(usize, usize); 9] {
    let near = |at: usize, tap: usize, size: usize| (at + tap).saturating_sub(1).min(size - 1);
    core::array::from_fn(|tap| (near(y, tap / 3, height), near(x, tap % 3, width)))
}

fn refined(map: &Refined, image: &dyn Image, y: usize, x: usize) -> [f64; 3] {
    let affine = |y: usize, x: usize| -> [f64; 3] {
        let mut rgb = map.bias().map(f64::from);
        let around = neighbors(image.size(), y, x);
        let positions = if map.is_3x3() { &around[..] } else { &[(y, x)] };
        let rows = map.factors().chunks_exact(map.channels());
        for (&(y, x), rows) in positions.iter().zip(rows) {
            for (c, row) in rows.iter().enumerate() {
                for (sum, &factor) in rgb.iter_mut().zip(row) {
                    *sum += image.sample(c, y, x) * f64::from(factor);
                }
            }
        }
        rgb
    };
    let filtered = match map.filter() {
        None => affine(y, x),
        Some([center, edge, corner]) => {
            let weights = [
                corner, edge, corner, edge, center, edge, corner, edge, corner,
            ];
            let mut rgb = [0.0; 3];
            for ((y, x), weight) in neighbors(image.size(), y, x).into_iter().zip(weights) {
                for (sum, value) in rgb.iter_mut().zip(affine(y, x)) {
                    *sum += value * f64::from(weight);
                }
            }
            rgb
        }
    };
    match map.colors() {
        None => filtered,
        Some(_) if filtered.iter().any(|value| value.is_nan()) => [f64::NAN; 3],
        Some(colors) => {
            let clamped = filtered.map(|value| value.clamp(-1.25, 1.25));
            polynomial(colors, &|i| clamped[i])
        }
    }
}

/// The RGB of a pixel of a tiny decoder's picture, as display values.
fn tiny(decoder: &TinyDecoder, image: &dyn Image, y: usize, x: usize) -> [f64; 3] {
    let (scale, depth) = (decoder.scale(), decoder.layers().len());
    let hidden = hidden(decoder, image, y / scale, x / scale);
    let samples = latent(decoder, image, y / scale, x / scale);
    let (inputs, outputs) = (outputs_of(decoder, depth), 3 * scale * scale);
    let (bias, weights) = decoder.weights()[start_of(decoder, depth)..].split_at(outputs);
    let (head, skip) = weights.split_at(outputs * inputs);
    let place = y % scale * scale + x % scale;
    core::array::from_fn(|color| {
        let output = color * scale * scale + place;
        let weigh = |row: &[f32], planes: &[f64]| -> f64 {
            let products = row.iter().zip(planes);
            products
                .map(|(&weight, &plane)| f64::from(weight) * plane)
                .sum()
        };
        let channels = decoder.channels();
        f64::from(bias[output])
            + weigh(&head[output * inputs..][..inputs], &hidden)
            + weigh(&skip[color * channels..][..channels], &samples)
    })
}

/// Channels of the latents (depth 0) or of a layer's output.
fn outputs_of(decoder: &TinyDecoder, depth: usize) -> usize {
    match depth {
        0 => decoder.channels(),
        depth => decoder.layers()[depth - 1].channels,
    }
}

/// The place of a layer's bias among the weights.
fn start_of(decoder: &TinyDecoder, layer: usize) -> usize {
    let size = |i: usize| {
        let TinyLayer {
            kernel_size,
            channels,
        } = decoder.layers()[i];
        channels * (1 + outputs_of(decoder, i) * kernel_size * kernel_size)
    };
    (0..layer).map(size).sum()
}

/// The farthest that a pixel depends on: four layers of 3x3.
const REACH: usize = 4;
const SIDE: usize = 2 * REACH + 1;

fn latent(decoder: &TinyDecoder, image: &dyn Image, y: usize, x: usize) -> [f64; 128] {
    let mut values = [0.0; 128];
    for (c, value) in values.iter_mut().enumerate().take(decoder.channels()) {
        *value = match image.sample(c, y, x) {
            latent if latent.is_finite() => latent,
            _ => f64::NAN,
        };
    }
    values
}

/// The output of the last layer at one position. Each layer is computed where the next one needs
/// it.
fn hidden(decoder: &TinyDecoder, image: &dyn Image, y: usize, x: usize) -> [f64; 128] {
    let [height, width] = image.size();
    let place = |row: usize, column: usize| (row + REACH - y) * SIDE + column + REACH - x;
    let rows = |reach: usize| y.saturating_sub(reach)..=(y + reach).min(height - 1);
    let columns = |reach: usize| x.saturating_sub(reach)..=(x + reach).min(width - 1);
    let mut reach: usize = decoder
        .layers()
        .iter()
        .map(|layer| layer.kernel_size / 2)
        .sum();
    let (mut one, mut other) = ([[0.0; 128]; SIDE * SIDE], [[0.0; 128]; SIDE * SIDE]);
    let (mut window, mut next) = (&mut one, &mut other);
    for row in rows(reach) {
        for column in columns(reach) {
            window[place(row, column)] = latent(decoder, image, row, column);
        }
    }
    for (layer, shape) in decoder.layers().iter().enumerate() {
        let (channels, taps) = (shape.channels, shape.kernel_size * shape.kernel_size);
        let (bias, weights) = decoder.weights()[start_of(decoder, layer)..].split_at(channels);
        let row_len = outputs_of(decoder, layer) * taps;
        let sum = |output: usize, positions: &[(usize, usize)]| {
            let kernels = weights[output * row_len..][..row_len].chunks_exact(taps);
            let mut sum = f64::from(bias[output]);
            for (tap, &(y, x)) in positions.iter().enumerate() {
                for (kernel, plane) in kernels.clone().zip(&window[place(y, x)]) {
                    sum += f64::from(kernel[tap]) * plane;
                }
            }
            // Not `max`, which drops a NaN.
            if sum < 0.0 { 0.0 } else { sum }
        };
        reach -= shape.kernel_size / 2;
        for row in rows(reach) {
            for column in columns(reach) {
                let around = neighbors([height, width], row, column);
                let middle = [(row, column)];
                let positions = if taps == 1 { &middle[..] } else { &around };
                for (output, value) in next[place(row, column)]
                    .iter_mut()
                    .enumerate()
                    .take(channels)
                {
                    *value = sum(output, positions);
                }
            }
        }
        core::mem::swap(&mut window, &mut next);
    }
    window[place(y, x)]
}

/// Decoder range to display values: 0 to 1, NaN as 0.
pub fn display(decoded: f64) -> f64 {
    if decoded.is_nan() {
        return 0.0;
    }
    ((decoded + 1.0) / 2.0).clamp(0.0, 1.0)
}

/// A display value as a `u8`, rounded to nearest with ties to even, or down.
pub fn byte(display: f64, truncates: bool) -> u8 {
    let scaled = display * 255.0;
    let whole = scaled as u8; // truncates
    let rest = scaled - f64::from(whole);
    let round_up = !truncates && (rest > 0.5 || (rest == 0.5 && whole % 2 == 1));
    whole + u8::from(round_up)
}
