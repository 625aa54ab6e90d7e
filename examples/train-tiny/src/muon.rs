//! Keller Jordan's optimizer Muon (<https://kellerjordan.github.io/posts/muon/>): steps of
//! equal size in all directions of a matrix. It needs fewer steps than Adam.

use anyhow::Result;
use candle_core::backprop::GradStore;
use candle_core::{Tensor, Var};

/// The share of the mean gradient that a step keeps.
const MOMENTUM: f64 = 0.95;

/// Matrices and the means of their gradients.
pub struct Muon(Vec<(Var, Tensor)>);

impl Muon {
    pub fn new(matrices: Vec<Var>) -> Result<Self> {
        let with_zeros = |matrix: Var| {
            let zeros = matrix.zeros_like()?;
            Ok((matrix, zeros))
        };
        Ok(Self(
            matrices
                .into_iter()
                .map(with_zeros)
                .collect::<Result<_>>()?,
        ))
    }

    /// Removes the gradients of the matrices and moves each matrix by one whose singular values
    /// are near the step size.
    pub fn step(&mut self, gradients: &mut GradStore, step_size: f64) -> Result<()> {
        for (matrix, mean) in &mut self.0 {
            let Some(gradient) = gradients.remove(matrix) else {
                continue;
            };
            *mean = ((&*mean * MOMENTUM)? + (&gradient * (1.0 - MOMENTUM))?)?;
            let ahead = ((&*mean * MOMENTUM)? + (gradient * (1.0 - MOMENTUM))?)?;
            let step = (orthogonal(&ahead)? * step_size)?;
            matrix.set(&(matrix.as_tensor() - step)?)?;
        }
        Ok(())
    }
}

/// The matrix with the same singular vectors and singular values of 0.7 to 1.2, by five steps
/// of Jordan's polynomial.
fn orthogonal(matrix: &Tensor) -> Result<Tensor> {
    let (rows, columns) = matrix.dims2()?;
    if rows > columns {
        return Ok(orthogonal(&matrix.t()?.contiguous()?)?.t()?.contiguous()?);
    }
    let length = f64::from(matrix.sqr()?.sum_all()?.to_scalar::<f32>()?).sqrt();
    let mut x = (matrix / (length + 1e-12))?;
    for _ in 0..5 {
        let squares = x.matmul(&x.t()?)?;
        let factors = ((&squares * -4.775)? + (squares.matmul(&squares)? * 2.0315)?)?;
        x = ((&x * 3.4445)? + factors.matmul(&x)?)?;
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};
    use nalgebra::DMatrix;

    use super::orthogonal;

    #[test]
    fn all_directions_are_about_as_long() -> anyhow::Result<()> {
        for shape in [(6, 20), (20, 6)] {
            let matrix = Tensor::randn(0_f32, 3.0, shape, &Device::Cpu)?;
            let values = orthogonal(&matrix)?.flatten_all()?.to_vec1::<f32>()?;
            let matrix = DMatrix::from_row_slice(shape.0, shape.1, &values);
            let lengths = matrix.singular_values();
            assert!(lengths.iter().all(|s| (0.6..1.3).contains(s)), "{lengths}");
        }
        Ok(())
    }
}
