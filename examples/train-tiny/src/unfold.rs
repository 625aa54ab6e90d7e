//! A 3x3 convolution as a product of matrices: every pixel's neighbors become rows.
//!
//! candle's own convolution pads with zeros; tiny decoders repeat the edge.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor, bail};

/// Positions of a neighborhood.
const TAPS: usize = 9;

/// Planes `[channels, images, height, width]` to `[9 channels, images, height, width]`: for
/// each channel, its neighbors from the top left to the bottom right. Beyond an edge, the edge
/// is repeated.
pub fn unfold(planes: &Tensor) -> Result<Tensor> {
    planes.contiguous()?.apply_op1_no_bwd(&Unfold)
}

/// A 3x3 convolution of planes `[channels, images, height, width]` with weights
/// `[outputs, 9 channels]`. Planes that come from no variable need no gradient.
pub fn convolve(weights: &Tensor, planes: &Tensor, needs_gradient: bool) -> Result<Tensor> {
    weights.apply_op2(&planes.contiguous()?, Convolve { needs_gradient })
}

/// One operation, so that the neighbors as rows, by far the largest tensor, are neither kept
/// for the backward pass nor added to zeros in it.
struct Convolve {
    needs_gradient: bool,
}

impl CustomOp2 for Convolve {
    fn name(&self) -> &'static str {
        "convolve"
    }

    fn cpu_fwd(
        &self,
        weights: &CpuStorage,
        weights_layout: &Layout,
        planes: &CpuStorage,
        planes_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (outputs, inputs) = weights_layout.shape().dims2()?;
        let (_, images, height, width) = planes_layout.shape().dims4()?;
        let (rows, _) = Unfold.cpu_fwd(planes, planes_layout)?;
        let pixels = images * height * width;
        let sizes = (1, outputs, pixels, inputs);
        let rows_layout = Layout::contiguous((inputs, pixels));
        let sums = weights.matmul(&rows, sizes, weights_layout, &rows_layout)?;
        Ok((sums, Shape::from((outputs, images, height, width))))
    }

    fn bwd(
        &self,
        weights: &Tensor,
        planes: &Tensor,
        _res: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (channels, images, height, width) = planes.dims4()?;
        let pixels = images * height * width;
        let gradient = gradient.reshape(((), pixels))?;
        let rows = planes.apply_op1_no_bwd(&Unfold)?.reshape(((), pixels))?;
        let of_weights = gradient.matmul(&rows.t()?)?;
        let fold = || {
            let rows = weights.t()?.matmul(&gradient)?;
            let shape = (TAPS * channels, images, height, width);
            rows.reshape(shape)?.apply_op1_no_bwd(&Fold)
        };
        let of_planes = self.needs_gradient.then(fold).transpose()?;
        Ok((Some(of_weights), of_planes))
    }
}

struct Unfold;

/// The transpose of [`Unfold`]: sums up the values that came from the same place.
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

/// The row or column before, at or after a place, within bounds.
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
    use candle_core::{DType, Device, Result, Tensor, Var};

    use super::{Fold, convolve, unfold};

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
        let one = dot(&unfold(&x)?, &y)?;
        let other = dot(&x, &y.apply_op1_no_bwd(&Fold)?)?;
        assert!(
            (one - other).abs() < 1e-4 * one.abs().max(1.0),
            "{one} {other}"
        );
        Ok(())
    }

    /// A convolution is linear in its weights and in its planes: the change in any direction is
    /// the one that the gradient gives.
    #[test]
    fn gradients_say_how_a_convolution_changes() -> Result<()> {
        let random = |shape: &[usize]| Tensor::randn(0_f32, 1.0, shape, &Device::Cpu);
        let weights = Var::from_tensor(&random(&[4, 18])?)?;
        let planes = Var::from_tensor(&random(&[2, 3, 5, 6])?)?;
        let factors = random(&[4, 3, 5, 6])?;
        let value =
            |weights: &Tensor, planes: &Tensor| dot(&convolve(weights, planes, true)?, &factors);
        let before = value(&weights, &planes)?;
        let sum = (convolve(&weights, &planes, true)? * &factors)?.sum_all()?;
        let gradients = sum.backward()?;
        let way = random(&[4, 18])?;
        let after = value(&(weights.as_tensor() + &way)?, &planes)?;
        let said = dot(gradients.get(&weights).unwrap(), &way)?;
        assert!(
            (after - before - said).abs() < 1e-3,
            "{after} {before} {said}"
        );
        let way = random(&[2, 3, 5, 6])?;
        let after = value(&weights, &(planes.as_tensor() + &way)?)?;
        let said = dot(gradients.get(&planes).unwrap(), &way)?;
        assert!(
            (after - before - said).abs() < 1e-3,
            "{after} {before} {said}"
        );
        Ok(())
    }

    fn dot(a: &Tensor, b: &Tensor) -> Result<f64> {
        (a.to_dtype(DType::F64)? * b.to_dtype(DType::F64)?)?
            .sum_all()?
            .to_scalar()
    }
}
