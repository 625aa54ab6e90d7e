//! The number that the training minimizes.

use anyhow::Result;
use candle_core::Tensor;

use crate::args::Args;

/// `mean sqrt(e^2 + 1e-4) + squares mean e^2 + edges (mean |dx e| + mean |dy e|)`, and `grid`
/// times the function of that name. If the target is black or white, a value beyond it is no
/// error, since it will be clamped.
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
    let loss = ((near + (squares.mean_all()? * args.squares)?)? + (edges * args.edges)?)?;
    if scale == 1 {
        return Ok(loss);
    }
    Ok((loss + (grid(&error, scale)? * args.grid)?)?)
}

/// The side, in latent pixels, of the areas in which no place should differ from the others.
const AREA: usize = 6;

/// The mean over areas of `|mean error of a place - mean error of all places|`.
fn grid(error: &Tensor, scale: usize) -> Result<Tensor> {
    let (_, images, height, width) = error.dims4()?;
    let areas = error.avg_pool2d((AREA.min(height), AREA.min(width)))?;
    let places = areas.reshape((3, scale * scale, images, ()))?;
    Ok(places
        .broadcast_sub(&places.mean_keepdim(1)?)?
        .abs()?
        .mean_all()?)
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

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::grid;

    /// Errors of one place of four, 0.4 everywhere: 0.1 on the mean, so 0.3 and three times 0.1
    /// away from it. An error that all places share is not a grid.
    #[test]
    fn a_grid_is_what_places_differ_by() -> anyhow::Result<()> {
        let one = Tensor::full(0.4_f32, (1, 1, 12, 12), &Device::Cpu)?;
        let none = one.zeros_like()?;
        let color = Tensor::cat(&[&one, &none, &none, &none], 0)?;
        let of_one = grid(&Tensor::cat(&[&color; 3], 0)?, 2)?;
        assert!((of_one.to_scalar::<f32>()? - 0.15).abs() < 1e-6);
        let of_all = grid(&one.repeat((12, 1, 1, 1))?, 2)?;
        assert!(of_all.to_scalar::<f32>()? < 1e-6);
        Ok(())
    }
}
