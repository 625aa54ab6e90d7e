//! The reference of small nets: in `f64`, one pixel at a time, everything that the pixel
//! looks at computed anew.

use crate::Latents;
use crate::tiny::{Dense, LATENT_LIMIT, MAX_CHANNELS, Net};

/// RGB of a pixel of the picture: display values, not clamped.
///
/// # Panics
///
/// Outside the picture.
pub(crate) fn decode(net: &Net<'_>, latents: &Latents<'_>, y: usize, x: usize) -> [f64; 3] {
    let (scale, layers) = (net.scale, net.layers().len());
    let hidden = planes(net, latents, layers, y / scale, x / scale);
    let samples = planes(net, latents, 0, y / scale, x / scale);
    let place = y % scale * scale + x % scale;
    let (head, skip) = (net.head(), net.skip());
    core::array::from_fn(|color| {
        let output = color * scale * scale + place;
        let weigh = |row: &[f32], planes: &[f64]| -> f64 {
            let products = row.iter().zip(planes);
            products
                .map(|(&weight, &plane)| f64::from(weight) * plane)
                .sum()
        };
        f64::from(head.bias[output])
            + weigh(head.row(output), &hidden)
            + weigh(skip.row(color), &samples)
    })
}

/// All planes of a level at one position: the latents, or what a layer makes of its input.
fn planes(
    net: &Net<'_>,
    latents: &Latents<'_>,
    level: usize,
    y: usize,
    x: usize,
) -> [f64; MAX_CHANNELS] {
    let mut values = [0.0; MAX_CHANNELS];
    let Some(layer) = level.checked_sub(1) else {
        for (c, value) in values.iter_mut().enumerate().take(net.channels) {
            let latent = latents.get_exact(c, y, x).expect("a position in the image");
            let limit = f64::from(LATENT_LIMIT);
            *value = if latent.is_finite() {
                latent.clamp(-limit, limit)
            } else {
                f64::NAN
            };
        }
        return values;
    };
    let Dense { bias, side, .. } = net.dense(layer);
    for (value, &bias) in values.iter_mut().zip(bias) {
        *value = f64::from(bias);
    }
    let near =
        |at: usize, tap: usize, size: usize| (at + tap).saturating_sub(side / 2).min(size - 1);
    for tap in 0..side * side {
        let y = near(y, tap / side, latents.height());
        let x = near(x, tap % side, latents.width());
        let input = planes(net, latents, layer, y, x);
        for (output, value) in values.iter_mut().enumerate().take(bias.len()) {
            let row = net.dense(layer).row(output);
            for (weights, plane) in row.chunks_exact(side * side).zip(input) {
                *value += f64::from(weights[tap]) * plane;
            }
        }
    }
    values.map(|value| if value < 0.0 { 0.0 } else { value })
}
