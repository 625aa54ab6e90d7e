//! What a linear fit sees of a pixel.

use super::pairs::Image;
use crate::projection::TAPS;

/// Which numbers of the latents are multiplied with coefficients. Their order
/// is that of the coefficients of the projection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Features {
    /// The channels of the pixel.
    Pixel,
    /// And their products by two.
    Quadratic,
    /// And by three.
    Cubic,
    /// The channels of the 3x3 pixels around, position by position.
    Neighborhood,
}

impl Features {
    /// `None` if there are more than can be counted.
    pub(super) fn count(self, channels: usize) -> Option<usize> {
        let pairs = || channels.checked_mul(channels + 1).map(|count| count / 2);
        match self {
            Self::Pixel => Some(channels),
            Self::Neighborhood => channels.checked_mul(TAPS),
            Self::Quadratic => pairs()?.checked_add(channels),
            Self::Cubic => {
                let triples = pairs()?.checked_mul(channels + 2)? / 3;
                triples.checked_add(Self::Quadratic.count(channels)?)
            }
        }
    }

    /// The channel of a feature, the last one of a product.
    pub(super) fn channel(self, channels: usize, index: usize) -> usize {
        if self == Self::Neighborhood || index < channels {
            return index % channels;
        }
        let mut products = (0..channels).flat_map(|i| (i..channels).map(move |j| (i, j)));
        let rest = index - channels;
        let pairs = channels * (channels + 1) / 2;
        if rest < pairs {
            return products.nth(rest).map_or(0, |(_, j)| j);
        }
        let mut triples = products.flat_map(|(_, j)| j..channels);
        triples.nth(rest - pairs).unwrap_or(0)
    }

    pub(super) fn write(self, image: &Image, y: usize, x: usize, out: &mut [f64]) {
        let channels = image.channels();
        match self {
            Self::Neighborhood => {
                let taps = out.chunks_exact_mut(channels);
                for ((y, x), out) in image.neighbors(y, x).into_iter().zip(taps) {
                    image.write_pixel(y, x, out);
                }
            }
            Self::Pixel => image.write_pixel(y, x, out),
            Self::Quadratic | Self::Cubic => {
                let (values, products) = out.split_at_mut(channels);
                image.write_pixel(y, x, values);
                write_products(values, self == Self::Cubic, products);
            }
        }
    }
}

/// The unique products of two values, then (if asked for) those of three.
pub(super) fn write_products(values: &[f64], with_triples: bool, out: &mut [f64]) {
    let mut places = out.iter_mut();
    let mut put = |value| {
        if let Some(place) = places.next() {
            *place = value;
        }
    };
    for (i, a) in values.iter().enumerate() {
        values[i..].iter().for_each(|b| put(a * b));
    }
    if with_triples {
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate().skip(i) {
                values[j..].iter().for_each(|c| put(a * b * c));
            }
        }
    }
}

impl Image {
    pub(super) fn channels(&self) -> usize {
        self.latents.len() / self.target.len()
    }

    fn write_pixel(&self, y: usize, x: usize, out: &mut [f64]) {
        let plane = self.height * self.width;
        for (c, out) in out.iter_mut().enumerate() {
            *out = f64::from(self.latents[c * plane + y * self.width + x]);
        }
    }

    /// The 3x3 positions around one, moved to the edge if beyond it.
    pub(super) fn neighbors(&self, y: usize, x: usize) -> [(usize, usize); TAPS] {
        let near = |at: usize, offset: usize, size: usize| (at + offset).clamp(1, size) - 1;
        core::array::from_fn(|tap| (near(y, tap / 3, self.height), near(x, tap % 3, self.width)))
    }
}
