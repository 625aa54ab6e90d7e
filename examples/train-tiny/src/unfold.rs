//! A 3x3 convolution is a product of matrices once every pixel's neighbors are rows.
//!
//! candle's own convolution pads with zeros; these nets repeat the edge.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

/// Positions of a neighborhood.
const TAPS: usize = 9;

/// Planes `[channels, images, height, width]` to `[9 channels, images, height, width]`:
/// for each channel its neighbors from the top left to the bottom right. Beyond an edge
/// is the edge.
pub fn unfold(planes: &Tensor) -> Result<Tensor> {
    planes.contiguous()?.apply_op1(Unfold)
}

struct Unfold;

/// The transpose of [`Unfold`]: sums up what came from the same place.
struct Fold;

impl CustomOp1 for Unfold {
    fn name(&self) -> &'static str {
        "unfold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let planes = samples(storage, layout)?;
        let (channels, images, height, width) = layout.shape().dims4()?;
        let mut unfolded = Vec::with_capacity(planes.len() * TAPS);
        for channel in planes.chunks_exact(images * height * width) {
            for tap in 0..TAPS {
                for plane in channel.chunks_exact(height * width) {
                    for y in 0..height {
                        let row = &plane[neighbor(y, tap / 3, height) * width..][..width];
                        match tap % 3 {
                            0 => {
                                unfolded.push(row[0]);
                                unfolded.extend_from_slice(&row[..width - 1]);
                            }
                            1 => unfolded.extend_from_slice(row),
                            _ => {
                                unfolded.extend_from_slice(&row[1..]);
                                unfolded.push(row[width - 1]);
                            }
                        }
                    }
                }
            }
        }
        let shape = Shape::from((channels * TAPS, images, height, width));
        Ok((CpuStorage::F32(unfolded), shape))
    }

    fn bwd(&self, _arg: &Tensor, _res: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        gradient.contiguous()?.apply_op1_no_bwd(&Fold).map(Some)
    }
}

impl CustomOp1 for Fold {
    fn name(&self) -> &'static str {
        "fold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let unfolded = samples(storage, layout)?;
        let (taps, images, height, width) = layout.shape().dims4()?;
        let pixels = images * height * width;
        let mut folded = vec![0.0; pixels * (taps / TAPS)];
        for (sums, channel) in folded
            .chunks_exact_mut(pixels)
            .zip(unfolded.chunks_exact(pixels * TAPS))
        {
            for (tap, planes) in channel.chunks_exact(pixels).enumerate() {
                let planes = planes.chunks_exact(height * width);
                for (sums, plane) in sums.chunks_exact_mut(height * width).zip(planes) {
                    for (y, row) in plane.chunks_exact(width).enumerate() {
                        let sums = &mut sums[neighbor(y, tap / 3, height) * width..][..width];
                        match tap % 3 {
                            0 => {
                                sums[0] += row[0];
                                add(&mut sums[..width - 1], &row[1..]);
                            }
                            1 => add(sums, row),
                            _ => {
                                add(&mut sums[1..], &row[..width - 1]);
                                sums[width - 1] += row[width - 1];
                            }
                        }
                    }
                }
            }
        }
        let shape = Shape::from((taps / TAPS, images, height, width));
        Ok((CpuStorage::F32(folded), shape))
    }
}

/// The row or column one before, at or one after a place, within bounds.
fn neighbor(place: usize, tap: usize, len: usize) -> usize {
    (place + tap).saturating_sub(1).min(len - 1)
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn samples<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (layout.contiguous_offsets(), storage) {
        (Some((start, end)), CpuStorage::F32(samples)) => Ok(&samples[start..end]),
        _ => bail!("only contiguous f32 can be unfolded"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Result, Tensor};

    use super::{Fold, unfold};

    #[test]
    fn neighbors_are_in_reading_order_and_edges_repeat() -> Result<()> {
        let plane = Tensor::arange(0_f32, 6.0, &Device::Cpu)?.reshape((1, 1, 2, 3))?;
        let unfolded = unfold(&plane)?;
        let taps = unfolded.reshape((9, 6))?.t()?.to_vec2::<f32>()?;
        assert_eq!(taps[0], [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 3.0, 3.0, 4.0]);
        assert_eq!(taps[4], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0]);
        Ok(())
    }

    /// `<unfold x, y> = <x, fold y>`, the definition of a transpose.
    #[test]
    fn fold_is_the_transpose() -> Result<()> {
        let x = Tensor::randn(0_f32, 1.0, (3, 2, 4, 5), &Device::Cpu)?;
        let y = Tensor::randn(0_f32, 1.0, (27, 2, 4, 5), &Device::Cpu)?;
        let dot = |a: &Tensor, b: &Tensor| {
            (a.to_dtype(DType::F64)? * b.to_dtype(DType::F64)?)?
                .sum_all()?
                .to_scalar::<f64>()
        };
        let one = dot(&unfold(&x)?, &y)?;
        let other = dot(&x, &y.apply_op1_no_bwd(&Fold)?)?;
        assert!(
            (one - other).abs() < 1e-4 * one.abs().max(1.0),
            "{one} {other}"
        );
        Ok(())
    }
}
