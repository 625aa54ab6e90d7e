//! Full coefficient tensors, output-major, folded to rows of unique products.

use alloc::vec::Vec;

use crate::PreviewError;
use crate::coefficients::check_finite;

/// The channel count `C` of a `[3, C]` tensor.
pub(super) fn channels_of(linear: &[f32]) -> Result<usize, PreviewError> {
    if linear.is_empty() || !linear.len().is_multiple_of(3) {
        return Err(PreviewError::CoefficientCount {
            expected: (linear.len() / 3).max(1) * 3,
            actual: linear.len(),
        });
    }
    Ok(linear.len() / 3)
}

/// `[3, C]` to one row per channel.
pub(super) fn rows(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let sum = Summer::new(channels, 1, tensor)?;
    Ok((0..channels).map(|i| sum.entries(&[i])).collect())
}

/// `[3, C, C]` to one row per unique product of two channels.
pub(super) fn pairs(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let sum = Summer::new(channels, 2, tensor)?;
    let mut rows = Vec::new();
    for i in 0..channels {
        for j in i..channels {
            let mut places = [i * channels + j, j * channels + i];
            rows.push(sum.entries(distinct(&mut places)));
        }
    }
    Ok(rows)
}

/// `[3, C, C, C]` to one row per unique product of three channels.
pub(super) fn triples(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let sum = Summer::new(channels, 3, tensor)?;
    let place = |a: usize, b: usize, c: usize| (a * channels + b) * channels + c;
    let mut rows = Vec::new();
    for i in 0..channels {
        for j in i..channels {
            for k in j..channels {
                let mut places = [
                    place(i, j, k),
                    place(i, k, j),
                    place(j, i, k),
                    place(j, k, i),
                    place(k, i, j),
                    place(k, j, i),
                ];
                rows.push(sum.entries(distinct(&mut places)));
            }
        }
    }
    Ok(rows)
}

/// Drops repeats: with equal indices several orders name the same entry.
fn distinct(places: &mut [usize]) -> &[usize] {
    places.sort_unstable();
    let mut kept = 1;
    for next in 1..places.len() {
        if places[next] != places[kept - 1] {
            places[kept] = places[next];
            kept += 1;
        }
    }
    &places[..kept]
}

/// Adds up entries of a `[3, C, ...]` tensor, for each of R, G and B.
struct Summer<'a> {
    tensor: &'a [f32],
    /// Entries per output.
    plane: usize,
}

impl<'a> Summer<'a> {
    fn new(channels: usize, degree: u32, tensor: &'a [f32]) -> Result<Self, PreviewError> {
        // A product that overflows is a length that no slice has.
        let plane = channels.checked_pow(degree).unwrap_or(usize::MAX / 3);
        let expected = plane.saturating_mul(3);
        if tensor.len() != expected {
            return Err(PreviewError::CoefficientCount {
                expected,
                actual: tensor.len(),
            });
        }
        check_finite(tensor)?;
        Ok(Self { tensor, plane })
    }

    /// In `f64`, so that folding rounds once.
    fn entries(&self, places: &[usize]) -> [f32; 3] {
        core::array::from_fn(|output| {
            let total: f64 = places
                .iter()
                .map(|place| f64::from(self.tensor[output * self.plane + place]))
                .sum();
            total as f32
        })
    }
}
