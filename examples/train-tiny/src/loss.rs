//! The number that the training makes small.

use anyhow::Result;
use candle_core::Tensor;

use crate::args::Args;

/// `mean sqrt(e^2 + 1e-4) + squares mean e^2 + edges (mean |dx e| + mean |dy e|)`. If the target
/// is black or white, a value beyond it is no error: it will be clamped.
pub fn loss(output: &Tensor, target: &Tensor, scale: usize, args: &Args) -> Result<Tensor> {
    let beyond_black = (target.eq(0_f32)? * output.lt(0_f32)?)?;
    let beyond_white = (target.eq(1_f32)? * output.gt(1_f32)?)?;
    let counts = (beyond_black + beyond_white)?
        .eq(0_u8)?
        .to_dtype(candle_core::DType::F32)?;
    let error = ((output - target)? * counts)?;
    let squares = error.sqr()?;
    let near = (&squares + 1e-4)?.sqrt()?.mean_all()?;
    let picture = shuffled(&error, scale)?;
    let (_, _, height, width) = picture.dims4()?;
    let across = (picture.narrow(3, 1, width - 1)? - picture.narrow(3, 0, width - 1)?)?;
    let down = (picture.narrow(2, 1, height - 1)? - picture.narrow(2, 0, height - 1)?)?;
    let edges = (across.abs()?.mean_all()? + down.abs()?.mean_all()?)?;
    Ok(((near + (squares.mean_all()? * args.squares)?)? + (edges * args.edges)?)?)
}

/// `[3 scale^2, images, height, width]` to `[3, images, scale height, scale width]`.
fn shuffled(planes: &Tensor, scale: usize) -> Result<Tensor> {
    if scale == 1 {
        return Ok(planes.clone());
    }
    let (_, images, height, width) = planes.dims4()?;
    let split = planes.reshape(vec![3, scale, scale, images, height, width])?;
    let ordered = split.permute(vec![0, 3, 4, 1, 5, 2])?;
    Ok(ordered.reshape((3, images, scale * height, scale * width))?)
}
