//! From the coefficient tensors of a training script to rows of unique products.

use alloc::vec::Vec;

use super::coefficients::check_finite;
use super::polynomial::{pairs, triples};
use crate::PreviewError;
use crate::channels::check_channels;

/// The channel count `C` of a `[3, C]` tensor, if it is one.
pub(super) fn channels_of(linear: &[f32]) -> Result<usize, PreviewError> {
    let channels = (linear.len() / 3).max(1);
    check_channels(channels)?;
    Ok(channels)
}

/// `[3, C]` to one row per channel.
pub(super) fn linear_rows(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let tensor = Tensor::new(channels, 1, tensor)?;
    Ok((0..channels).map(|i| tensor.sum(&mut [i])).collect())
}

/// `[3, C, C]` to one row per unique product of two channels.
pub(super) fn pair_rows(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let tensor = Tensor::new(channels, 2, tensor)?;
    let row = |[i, j]: [usize; 2]| tensor.sum(&mut [i * channels + j, j * channels + i]);
    Ok(pairs(channels).map(row).collect())
}

/// `[3, C, C, C]` to one row per unique product of three channels.
pub(super) fn triple_rows(channels: usize, tensor: &[f32]) -> Result<Vec<[f32; 3]>, PreviewError> {
    let tensor = Tensor::new(channels, 3, tensor)?;
    let place = |a: usize, b: usize, c: usize| (a * channels + b) * channels + c;
    let row = |[i, j, k]: [usize; 3]| {
        tensor.sum(&mut [
            place(i, j, k),
            place(i, k, j),
            place(j, i, k),
            place(j, k, i),
            place(k, i, j),
            place(k, j, i),
        ])
    };
    Ok(triples(channels).map(row).collect())
}

/// A `[3, C, ...]` tensor.
struct Tensor<'a> {
    values: &'a [f32],
    /// Values for each of R, G and B.
    plane: usize,
}

impl<'a> Tensor<'a> {
    fn new(channels: usize, degree: u32, values: &'a [f32]) -> Result<Self, PreviewError> {
        let plane = channels.pow(degree);
        let expected = 3 * plane;
        if values.len() != expected {
            return Err(PreviewError::CoefficientCount {
                expected,
                actual: values.len(),
            });
        }
        check_finite(values)?;
        Ok(Self { values, plane })
    }

    /// Adds up the entries at these places, for each of R, G and B. A place that occurs twice
    /// counts once: with equal indices, several orders lead to the same entry. The sum is in
    /// `f64`, so that it is rounded once.
    fn sum(&self, places: &mut [usize]) -> [f32; 3] {
        places.sort_unstable();
        core::array::from_fn(|color| {
            let distinct = places.chunk_by(|a, b| a == b);
            let entries = distinct.map(|same| f64::from(self.values[color * self.plane + same[0]]));
            entries.sum::<f64>() as f32
        })
    }
}
