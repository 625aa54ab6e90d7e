//! Tensors of any axes as images of planes, on the device that they lie on.

use ::candle_core::{DType, Error, Tensor};

use super::failure;
use crate::format::Axes;
use crate::{Denoise, PreviewError};

/// The latents as `[images, channels, height, width]` of `f32`.
pub(super) fn planes(latents: &Tensor, axes: Axes) -> Result<Tensor, Error> {
    let planes = match axes {
        Axes::Images(shape) => latents.reshape(&shape),
        Axes::Videos([videos, channels, frames, height, width]) => latents
            .reshape(&[videos, channels, frames, height, width])?
            .permute((0, 2, 1, 3, 4))?
            .reshape((videos * frames, channels, height, width)),
        Axes::PackedPlanes([images, values, rows, columns]) => latents
            .reshape((images, values / 4, 2, 2, rows, columns))?
            .permute((0, 1, 4, 2, 5, 3))?
            .reshape((images, values / 4, 2 * rows, 2 * columns)),
    };
    planes?.to_dtype(DType::F32)?.contiguous()
}

/// The estimate of x0 of two tensors of planes.
pub(super) fn mixed(
    x_t: &Tensor,
    model_output: &Tensor,
    denoise: Denoise,
) -> Result<Tensor, PreviewError> {
    let image = |planes: &Tensor| {
        planes
            .dims4()
            .map(|(_, c, h, w)| [c, h, w])
            .map_err(failure)
    };
    let (expected, actual) = (image(x_t)?, image(model_output)?);
    if expected != actual {
        return Err(PreviewError::OtherShape { expected, actual });
    }
    let term = |planes: &Tensor, weight: f32| planes.affine(f64::from(weight), 0.0);
    // What has no weight may even be infinite.
    match (denoise.x_t(), denoise.model_output()) {
        (weight, 0.0) => term(x_t, weight),
        (0.0, weight) => term(model_output, weight),
        (noisy, output) => term(x_t, noisy).and_then(|noisy| noisy + term(model_output, output)?),
    }
    .map_err(failure)
}

#[cfg(test)]
mod tests {
    use ::candle_core::Device;

    use super::*;

    #[test]
    fn what_has_no_weight_in_a_mixture_may_be_infinite() {
        let tensor = |value: f32| Tensor::full(value, (1, 1, 1, 1), &Device::Cpu).unwrap();
        let mix = |x_t, output, weights: [f32; 2]| {
            let denoise = Denoise::new(weights[0], weights[1]).unwrap();
            let mixed = mixed(&tensor(x_t), &tensor(output), denoise).unwrap();
            mixed.flatten_all().unwrap().to_vec1::<f32>().unwrap()[0]
        };
        assert_eq!(mix(2.0, f32::INFINITY, [1.0, 0.0]), 2.0);
        assert_eq!(mix(f32::NAN, 3.0, [0.0, 2.0]), 6.0);
        assert_eq!(mix(2.0, 3.0, [0.5, -2.0]), -5.0);

        let wider = Tensor::zeros((1, 1, 1, 2), DType::F32, &Device::Cpu).unwrap();
        let refusal = mixed(&tensor(1.0), &wider, Denoise::sample()).unwrap_err();
        let (expected, actual) = ([1, 1, 1], [1, 1, 2]);
        assert_eq!(refusal, PreviewError::OtherShape { expected, actual });
    }
}
