//! Refusals of noise levels and model outputs.

use latent_preview::{Denoise, Latents, PreviewError};

use super::Row;

pub fn rows() -> Vec<Row<PreviewError>> {
    let samples = [0.0_f32; 32];
    let of_shape =
        |shape: [usize; 3]| Latents::planar(&samples[..shape.iter().product()], shape).unwrap();
    let estimate = denoised(&of_shape([4, 1, 1]), &of_shape([4, 1, 1])).unwrap();
    vec![
        (
            "a timestep in place of alpha_cumprod",
            Denoise::epsilon(999.0).err(),
            "alpha_cumprod must be above 0 and at most 1: take the scheduler's \
             `alphas_cumprod[timestep]`, or call `Denoise::epsilon_sigma` if you hold a sigma",
        ),
        (
            "a timestep in place of alpha_cumprod, of a model that predicts v",
            Denoise::v_prediction(999.0).err(),
            "alpha_cumprod must be from 0 to 1: take the scheduler's \
             `alphas_cumprod[timestep]`, or call `Denoise::v_prediction_sigma` if you hold a \
             sigma",
        ),
        (
            "two timesteps in place of alpha_cumprod",
            Denoise::step_alpha_cumprod(0.5, 979.0).err(),
            "next_alpha_cumprod must be from 0 to 1: take the scheduler's \
             `alphas_cumprod[timestep]`, or call `Denoise::step` if you hold sigmas",
        ),
        (
            "a sigma of k-diffusion, for a flow",
            Denoise::flow(14.6).err(),
            "sigma must be from 0 to 1: divide a timestep by the number of timesteps, often \
             1000; for a sigma above 1 call `Denoise::epsilon_sigma`, \
             `Denoise::v_prediction_sigma` or `Denoise::edm`",
        ),
        (
            "a timestep in place of a time",
            Denoise::flow_forward(250.0).err(),
            "t must be from 0 to 1: divide a timestep by the number of timesteps, often 1000",
        ),
        (
            "data without spread",
            Denoise::edm(1.0, 0.0).err(),
            "sigma_data must be above 0; it is 0.5 for Playground 2.5",
        ),
        (
            "the same noise level before and after a step",
            Denoise::step(0.5, 0.5).err(),
            "the noise level of the next latent must be different from that of this latent",
        ),
        (
            "a model output of another shape",
            denoised(&of_shape([4, 1, 1]), &of_shape([1, 1, 4])).err(),
            "the latent is [4, 1, 1], the model output [1, 1, 4]: with guidance, give the \
             combined output, not the batch of both",
        ),
        (
            "a model output with its variance",
            denoised(&of_shape([4, 2, 1]), &of_shape([8, 2, 1])).err(),
            "the latent is [4, 2, 1], the model output [8, 2, 1]: if the output also predicts a \
             variance, give its first 4 channels; with guidance, give the combined output, not \
             the batch of both",
        ),
        (
            "a model output with height and width swapped",
            denoised(&of_shape([4, 2, 3]), &of_shape([4, 3, 2])).err(),
            "the latent is [4, 2, 3], the model output [4, 3, 2]: check the height and the width \
             of both",
        ),
        (
            "an estimate of an estimate",
            denoised(&estimate, &of_shape([4, 1, 1])).err(),
            "an estimate of x0 is made from tensors, not from another estimate: give \
             `Latents::denoised` the latent and the model output themselves",
        ),
    ]
}

fn denoised<'a>(x_t: &Latents<'a>, output: &Latents<'a>) -> Result<Latents<'a>, PreviewError> {
    Latents::denoised(x_t, output, Denoise::new(0.5, 0.5).unwrap())
}
