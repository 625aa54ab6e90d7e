//! The weights that turn a noisy latent and the model's output into the clean latent.

use libm::sqrt;

use crate::PreviewError;

/// How the clean latent x0 follows from a noisy one and the model's output:
/// `x0 = a * x_t + b * model_output`.
///
/// In the middle of a run the sampler's latent is mostly noise. The model's output tells which
/// part of it is noise; removing that part shows the picture many steps earlier. A `Denoise`
/// holds the two weights of one step. Give it to
/// [`Latents::denoised`](crate::Latents::denoised).
///
/// | the model predicts | the sampler holds | constructor |
/// |---|---|---|
/// | noise (epsilon) | `alpha_cumprod`: diffusers' DDIM, DDPM, PNDM, LCM; from `sigmas[i]` of its DPM-Solver, DEIS and UniPC it is `1 / (sigma^2 + 1)` | [`epsilon`](Self::epsilon) |
/// | noise (epsilon) | `sigma`, variance exploding: diffusers' Euler, Heun and LMS, k-diffusion, ComfyUI | [`epsilon_sigma`](Self::epsilon_sigma) |
/// | v | `alpha_cumprod`, as above | [`v_prediction`](Self::v_prediction) |
/// | v | `sigma`, as above | [`v_prediction_sigma`](Self::v_prediction_sigma) |
/// | the velocity from picture to noise: SD3, FLUX, Qwen-Image, Wan | `sigma` from 1 to 0 | [`flow`](Self::flow) |
/// | the velocity from noise to picture: Lumina | `t` from 0 to 1 | [`flow_forward`](Self::flow_forward) |
/// | EDM's raw network output | `sigma` and `sigma_data` | [`edm`](Self::edm) |
/// | x0, or the sampler returns it | nothing | [`sample`](Self::sample) |
/// | (output not available: use the latent after the step) | both sigmas | [`step`](Self::step) |
/// | (output not available: use the latent after the step) | both `alpha_cumprod` | [`step_alpha_cumprod`](Self::step_alpha_cumprod) |
///
/// The estimate is computed in `f32`. In noise it is a small difference of large terms, and the
/// preview is off by up to 0.00003 levels (of 255) times the larger weight: 0.003 levels with
/// an `alpha_cumprod` of 1e-4, 0.12 with the 6e-8 that some schedules put for pure noise.
///
/// ```
/// use latent_preview::{Denoise, LatentFormat, LatentPreview, Latents};
///
/// // A step of a Stable Diffusion sampler: the scheduler's alpha_cumprod is 0.3.
/// let (x_t, epsilon) = ([0.8_f32; 4 * 8 * 8], [0.5_f32; 4 * 8 * 8]);
/// let x0 = Latents::denoised(
///     &Latents::planar(&x_t, [4, 8, 8])?,
///     &Latents::planar(&epsilon, [4, 8, 8])?,
///     Denoise::epsilon(0.3)?,
/// )?;
/// # #[cfg(feature = "alloc")]
/// let preview = LatentFormat::Sd1.previewer()?.preview_rgb(&x0)?;
///
/// // The weights of both:
/// let weights = |denoise: Denoise| (denoise.x_t(), denoise.model_output());
/// assert_eq!(weights(Denoise::flow(0.75)?), (1.0, -0.75)); // scheduler.sigmas[step]
/// assert!(Denoise::flow(750.0).is_err()); // the same moment as a timestep
/// assert_eq!(weights(Denoise::flow_forward(0.25)?), (1.0, 0.75));
/// assert_eq!(weights(Denoise::epsilon(1.0)?), (1.0, 0.0)); // scheduler.alphas_cumprod[t]
/// assert_eq!(weights(Denoise::epsilon_sigma(14.6)?), (1.0, -14.6));
/// assert_eq!(Denoise::v_prediction(0.25)?.x_t(), 0.5);
/// assert_eq!(Denoise::v_prediction_sigma(1.0)?.x_t(), 0.5);
/// assert_eq!(Denoise::edm(0.5, 0.5)?.x_t(), 0.5);
/// assert_eq!(weights(Denoise::sample()), (0.0, 1.0));
/// assert_eq!(weights(Denoise::step(1.0, 0.5)?), (-1.0, 2.0));
/// assert_eq!(weights(Denoise::step_alpha_cumprod(0.0, 1.0)?), (0.0, 1.0));
/// assert_eq!(weights(Denoise::new(0.0, -1.0)?), (0.0, -1.0)); // a model that predicts -x0
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Denoise {
    x_t: f32,
    model_output: f32,
}

impl Denoise {
    /// Any two weights, for a model that none of the other constructors covers.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NonFiniteCoefficient`] if a weight is NaN or infinite.
    pub fn new(x_t: f32, model_output: f32) -> Result<Self, PreviewError> {
        for (index, weight) in [x_t, model_output].into_iter().enumerate() {
            if !weight.is_finite() {
                return Err(PreviewError::NonFiniteCoefficient { index });
            }
        }
        Ok(Self { x_t, model_output })
    }

    /// The model predicts the noise: `x_t = sqrt(a) x0 + sqrt(1 - a) epsilon` with
    /// `a = alpha_cumprod`, so `x0 = (x_t - sqrt(1 - a) epsilon) / sqrt(a)`
    /// (Ho et al. 2020, equation 15).
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] unless `alpha_cumprod` is above 0 and at most 1: in pure
    /// noise, epsilon says nothing about x0.
    pub fn epsilon(alpha_cumprod: f32) -> Result<Self, PreviewError> {
        let alpha = f64::from(alpha_cumprod);
        if !(alpha > 0.0 && alpha <= 1.0) {
            return Err(PreviewError::NoiseLevel {
                name: "alpha_cumprod",
                range: "above 0 and at most 1: take the scheduler's `alphas_cumprod[timestep]`, or \
                        call `Denoise::epsilon_sigma` if you hold a sigma",
            });
        }
        let signal = sqrt(alpha);
        Self::from_f64(1.0 / signal, -sqrt(1.0 - alpha) / signal)
    }

    /// The model predicts the noise of `x_t = x0 + sigma * epsilon`:
    /// `x0 = x_t - sigma * epsilon`. k-diffusion and ComfyUI hold the latents of Stable
    /// Diffusion 1 to XL this way. Give `x_t` itself, not the model's input, which is `x_t`
    /// divided by `sqrt(sigma^2 + 1)`. `sigma` is the scheduler's `sigmas[i]`, for Stable
    /// Diffusion at most 14.6. A timestep such as 981 is no error, but its picture is garish.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] if `sigma` is negative, NaN or infinite.
    pub fn epsilon_sigma(sigma: f32) -> Result<Self, PreviewError> {
        Self::from_f64(1.0, -checked_sigma("sigma", sigma)?)
    }

    /// The model predicts `v = sqrt(a) epsilon - sqrt(1 - a) x0` with `a = alpha_cumprod`, so
    /// `x0 = sqrt(a) x_t - sqrt(1 - a) v` (Salimans and Ho 2022, appendix D).
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] unless `alpha_cumprod` is from 0 to 1. 0, pure noise, is
    /// allowed.
    pub fn v_prediction(alpha_cumprod: f32) -> Result<Self, PreviewError> {
        let range = "from 0 to 1: take the scheduler's `alphas_cumprod[timestep]`, or call \
                     `Denoise::v_prediction_sigma` if you hold a sigma";
        let alpha = checked_share("alpha_cumprod", alpha_cumprod, range)?;
        Self::from_f64(sqrt(alpha), -sqrt(1.0 - alpha))
    }

    /// The model predicts v, and the sampler holds `x_t = x0 + sigma * epsilon`:
    /// `x0 = x_t / (sigma^2 + 1) - v * sigma / sqrt(sigma^2 + 1)`.
    ///
    /// # Errors
    ///
    /// As [`epsilon_sigma`](Self::epsilon_sigma).
    pub fn v_prediction_sigma(sigma: f32) -> Result<Self, PreviewError> {
        let sigma = checked_sigma("sigma", sigma)?;
        let total = sigma * sigma + 1.0;
        Self::from_f64(1.0 / total, -sigma / sqrt(total))
    }

    /// The model predicts the velocity from picture to noise, `epsilon - x0`, of
    /// `x_t = (1 - sigma) x0 + sigma * epsilon`: `x0 = x_t - sigma * v`. Sigma goes from 1,
    /// noise, to 0. diffusers and ComfyUI use this form for Stable Diffusion 3, FLUX,
    /// Qwen-Image, Wan and other rectified flows (Liu et al. 2022, Esser et al. 2024).
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] unless `sigma` is from 0 to 1. If your scheduler counts to
    /// 1000, divide by 1000.
    pub fn flow(sigma: f32) -> Result<Self, PreviewError> {
        let range = "from 0 to 1: divide a timestep by the number of timesteps, often 1000; for a \
                     sigma above 1 call `Denoise::epsilon_sigma`, `Denoise::v_prediction_sigma` or \
                     `Denoise::edm`";
        Self::from_f64(1.0, -checked_share("sigma", sigma, range)?)
    }

    /// The model predicts the velocity from noise to picture, `x0 - epsilon`, of
    /// `x_t = t * x0 + (1 - t) epsilon`: `x0 = x_t + (1 - t) v`. Time goes from 0, noise, to 1,
    /// as in the rectified flow paper (Liu et al. 2022) and in Lumina.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] unless `t` is from 0 to 1.
    pub fn flow_forward(t: f32) -> Result<Self, PreviewError> {
        let range = "from 0 to 1: divide a timestep by the number of timesteps, often 1000";
        Self::from_f64(1.0, 1.0 - checked_share("t", t, range)?)
    }

    /// The raw output of a network in EDM's preconditioning (Karras et al. 2022, table 1), of
    /// `x_t = x0 + sigma * epsilon`: `x0 = c_skip x_t + c_out F` with `c_skip = sigma_data^2 /
    /// (sigma^2 + sigma_data^2)` and `c_out = sigma * sigma_data / sqrt(sigma^2 +
    /// sigma_data^2)`. `sigma_data` is 0.5 in the paper and for Playground 2.5.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] if `sigma` is negative, `sigma_data` is not above 0, or
    /// either is NaN or infinite.
    pub fn edm(sigma: f32, sigma_data: f32) -> Result<Self, PreviewError> {
        let sigma = checked_sigma("sigma", sigma)?;
        let data = checked_sigma("sigma_data", sigma_data)?;
        if data == 0.0 {
            return Err(PreviewError::NoiseLevel {
                name: "sigma_data",
                range: "above 0; it is 0.5 for Playground 2.5",
            });
        }
        let total = sigma * sigma + data * data;
        Self::from_f64(data * data / total, sigma * data / sqrt(total))
    }

    /// The model predicts x0, or the sampler's callback returns it.
    #[must_use]
    pub const fn sample() -> Self {
        Self {
            x_t: 0.0,
            model_output: 1.0,
        }
    }

    /// From two successive latents; give the later one in place of the model's output:
    /// `x0 = (sigma * x_next - next_sigma * x_t) / (sigma - next_sigma)`.
    ///
    /// Call it for samplers that only show their latents. It holds for
    /// `x_t = x0 + sigma * epsilon` and for `x_t = (1 - sigma) x0 + sigma * epsilon`. It is
    /// exact for Euler steps and close for samplers of higher order. Ancestral samplers add
    /// noise, which stays in the picture.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] if either is negative, NaN or infinite, or if both are
    /// equal.
    pub fn step(sigma: f32, next_sigma: f32) -> Result<Self, PreviewError> {
        let sigma = checked_sigma("sigma", sigma)?;
        let next = checked_sigma("next_sigma", next_sigma)?;
        Self::from_step(sigma, next, sigma - next)
    }

    /// Like [`step`](Self::step), for `x_t = sqrt(a) x0 + sqrt(1 - a) epsilon` with
    /// `a = alpha_cumprod`. It is exact for DDIM steps with `eta = 0`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoiseLevel`] unless both are from 0 to 1, or if both are equal.
    pub fn step_alpha_cumprod(
        alpha_cumprod: f32,
        next_alpha_cumprod: f32,
    ) -> Result<Self, PreviewError> {
        let range = "from 0 to 1: take the scheduler's `alphas_cumprod[timestep]`, or call \
                     `Denoise::step` if you hold sigmas";
        let alpha = checked_share("alpha_cumprod", alpha_cumprod, range)?;
        let next = checked_share("next_alpha_cumprod", next_alpha_cumprod, range)?;
        let (noise, next_noise) = (sqrt(1.0 - alpha), sqrt(1.0 - next));
        let determinant = noise * sqrt(next) - next_noise * sqrt(alpha);
        Self::from_step(noise, next_noise, determinant)
    }

    /// Solves `x = s x0 + n e` and `x' = s' x0 + n' e` for x0; the determinant is
    /// `n s' - n' s`.
    fn from_step(noise: f64, next_noise: f64, determinant: f64) -> Result<Self, PreviewError> {
        if determinant == 0.0 {
            return Err(PreviewError::NoiseLevel {
                name: "the noise level of the next latent",
                range: "different from that of this latent",
            });
        }
        Self::from_f64(-next_noise / determinant, noise / determinant)
    }

    fn from_f64(x_t: f64, model_output: f64) -> Result<Self, PreviewError> {
        Self::new(x_t as f32, model_output as f32)
    }

    /// The weight of the noisy latent, for code that computes x0 itself.
    #[must_use]
    pub const fn x_t(self) -> f32 {
        self.x_t
    }

    /// The weight of the model's output (with [`step`](Self::step): of the next latent).
    #[must_use]
    pub const fn model_output(self) -> f32 {
        self.model_output
    }
}

/// Checks a noise level that may be any finite number from 0 up.
pub(crate) fn checked_sigma(name: &'static str, sigma: f32) -> Result<f64, PreviewError> {
    if sigma >= 0.0 && sigma.is_finite() {
        Ok(f64::from(sigma))
    } else {
        Err(PreviewError::NoiseLevel {
            name,
            range: "a finite number from 0 up",
        })
    }
}

/// Checks a noise level that lies between 0 and 1.
fn checked_share(name: &'static str, share: f32, range: &'static str) -> Result<f64, PreviewError> {
    if (0.0..=1.0).contains(&share) {
        Ok(f64::from(share))
    } else {
        Err(PreviewError::NoiseLevel { name, range })
    }
}
