//! Promise: the weights of `Denoise` recover the clean latent from the tensors of each kind of
//! model and sampler.
//!
//! The expected values come from the definitions of the noisy latents and of the
//! models' targets, never from the formulas that solve them for x0.

use approx::assert_relative_eq;
use latent_preview::{Denoise, PreviewError};

const X0: f64 = 1.3;
const EPSILON: f64 = -0.8;

/// The weighted sum of a latent and an output.
fn estimate(denoise: Result<Denoise, PreviewError>, x_t: f64, output: f64) -> f64 {
    let denoise = denoise.unwrap();
    f64::from(denoise.x_t()) * x_t + f64::from(denoise.model_output()) * output
}

/// Shares of signal from almost none to all, as in a scheduler.
fn alphas() -> impl Iterator<Item = f32> {
    [0.0047, 0.05, 0.3, 0.5, 0.9, 0.999, 1.0].into_iter()
}

fn sigmas() -> impl Iterator<Item = f32> {
    [0.0, 0.03, 0.5, 1.0, 3.7, 14.6, 80.0, 700.0].into_iter()
}

/// The error of f32 weights grows with the terms that cancel.
fn assert_is_x0(actual: f64, magnitude: f64) {
    assert_relative_eq!(actual, X0, epsilon = 1e-6 * (1.0 + magnitude));
}

#[test]
fn variance_preserving_models() {
    for alpha in alphas() {
        let (signal, noise) = (f64::from(alpha).sqrt(), (1.0 - f64::from(alpha)).sqrt());
        let x_t = signal * X0 + noise * EPSILON;
        assert_is_x0(
            estimate(Denoise::epsilon(alpha), x_t, EPSILON),
            1.0 / signal,
        );
        let v = signal * EPSILON - noise * X0;
        assert_is_x0(estimate(Denoise::v_prediction(alpha), x_t, v), 1.0);
    }
    // Schedules that end in pure noise.
    assert_is_x0(estimate(Denoise::v_prediction(0.0), EPSILON, -X0), 1.0);
}

#[test]
fn variance_exploding_models() {
    for sigma in sigmas() {
        let s = f64::from(sigma);
        let x_t = X0 + s * EPSILON;
        assert_is_x0(estimate(Denoise::epsilon_sigma(sigma), x_t, EPSILON), s);

        // The same v as of the variance-preserving latent x_t / sqrt(s^2 + 1).
        let total = (s * s + 1.0).sqrt();
        let v = (EPSILON - s * X0) / total;
        assert_is_x0(estimate(Denoise::v_prediction_sigma(sigma), x_t, v), s);

        // EDM trains the network to give F with c_skip x_t + c_out F = x0. Both are
        // chosen so that F has unit variance for unit noise and data of sigma_data:
        // F is the mixture of x0 and noise that is orthogonal to x_t.
        let data = 0.5;
        let total = (s * s + data * data).sqrt();
        let f = (s * X0 / data - data * EPSILON) / total;
        assert_is_x0(estimate(Denoise::edm(sigma, 0.5), x_t, f), s);
    }
}

#[test]
fn rectified_flows() {
    for step in 0..=20 {
        let t = step as f32 / 20.0;
        let noise = f64::from(t);
        let x_t = (1.0 - noise) * X0 + noise * EPSILON;
        assert_is_x0(estimate(Denoise::flow(t), x_t, EPSILON - X0), 1.0);

        let x_t = noise * X0 + (1.0 - noise) * EPSILON;
        assert_is_x0(estimate(Denoise::flow_forward(t), x_t, X0 - EPSILON), 1.0);
    }
}

#[test]
fn models_that_give_x0_themselves() {
    assert_eq!(estimate(Ok(Denoise::sample()), 123.0, X0), X0);
    assert_eq!(estimate(Denoise::new(0.5, 0.25), 2.0, 4.0), 2.0);
}

/// Two latents of a trajectory that goes straight to x0.
#[test]
fn two_latents_of_a_run() {
    for (sigma, next) in [(14.6, 9.0), (1.0, 0.96), (0.3, 0.0), (0.2, 0.5)] {
        let (s, n) = (f64::from(sigma), f64::from(next));
        let denoise = Denoise::step(sigma, next);
        // An Euler step of a variance-exploding sampler: dx / dsigma = epsilon.
        let x_t = X0 + s * EPSILON;
        let x_next = x_t + (n - s) * EPSILON;
        assert_is_x0(estimate(denoise.clone(), x_t, x_next), s * 30.0);
        // An Euler step of a rectified flow: dx / dsigma = epsilon - x0.
        if sigma <= 1.0 {
            let x_t = (1.0 - s) * X0 + s * EPSILON;
            let x_next = x_t + (n - s) * (EPSILON - X0);
            assert_is_x0(estimate(denoise, x_t, x_next), 30.0);
        }
    }
    for (alpha, next) in [(0.0, 0.01), (0.0047, 0.02), (0.3, 0.35), (0.9, 1.0)] {
        let mix = |a: f32| f64::from(a).sqrt() * X0 + (1.0 - f64::from(a)).sqrt() * EPSILON;
        let denoise = Denoise::step_alpha_cumprod(alpha, next);
        assert_is_x0(estimate(denoise, mix(alpha), mix(next)), 30.0);
    }
}

#[test]
fn without_noise_x0_is_the_latent() {
    for denoise in [
        Denoise::epsilon(1.0),
        Denoise::epsilon_sigma(0.0),
        Denoise::v_prediction(1.0),
        Denoise::v_prediction_sigma(0.0),
        Denoise::flow(0.0),
        Denoise::flow_forward(1.0),
        Denoise::edm(0.0, 0.5),
    ] {
        let denoise = denoise.unwrap();
        assert_eq!((denoise.x_t(), denoise.model_output()), (1.0, 0.0));
    }
    // The last step ends at the picture.
    for denoise in [
        Denoise::step(0.5, 0.0),
        Denoise::step_alpha_cumprod(0.5, 1.0),
    ] {
        assert_eq!(denoise, Ok(Denoise::sample()));
    }
}

#[test]
fn of_pure_noise_the_estimate_is_finite() {
    for denoise in [
        Denoise::epsilon(f32::MIN_POSITIVE),
        Denoise::epsilon_sigma(1e30),
        Denoise::v_prediction(0.0),
        Denoise::v_prediction_sigma(1e30),
        Denoise::flow(1.0),
        Denoise::flow_forward(0.0),
        Denoise::edm(1e30, 0.5),
        Denoise::step(1e30, 1e29),
        Denoise::step_alpha_cumprod(0.0, 1e-30),
    ] {
        assert!(estimate(denoise, EPSILON, EPSILON).is_finite());
    }
}

#[test]
fn impossible_noise_levels_are_refused() {
    type Constructor = fn(f32) -> Result<Denoise, PreviewError>;
    let shares: [Constructor; 5] = [
        Denoise::v_prediction,
        Denoise::flow,
        Denoise::flow_forward,
        |a| Denoise::step_alpha_cumprod(a, 0.5),
        |a| Denoise::step_alpha_cumprod(0.5, a),
    ];
    for constructor in shares {
        for bad in [-0.1, 1.1, 999.0, f32::NAN, f32::INFINITY] {
            let error = constructor(bad).unwrap_err();
            assert!(matches!(error, PreviewError::NoiseLevel { .. }));
            assert!(error.to_string().contains("must be from 0 to 1"));
        }
    }
    for bad in [0.0, -0.1, 1.1, f32::NAN] {
        let error = Denoise::epsilon(bad).unwrap_err();
        assert!(error.to_string().contains("alpha_cumprod must be above 0"));
    }
    let levels: [Constructor; 6] = [
        Denoise::epsilon_sigma,
        Denoise::v_prediction_sigma,
        |s| Denoise::edm(s, 0.5),
        |s| Denoise::edm(1.0, s),
        |s| Denoise::step(s, 0.5),
        |s| Denoise::step(0.5, s),
    ];
    for constructor in levels {
        for bad in [-0.1, f32::NAN, f32::INFINITY] {
            let error = constructor(bad).unwrap_err();
            assert!(matches!(error, PreviewError::NoiseLevel { .. }));
        }
    }
    assert!(matches!(
        Denoise::edm(1.0, 0.0),
        Err(PreviewError::NoiseLevel {
            name: "sigma_data",
            ..
        })
    ));
    for same in [
        Denoise::step(0.5, 0.5),
        Denoise::step(0.0, 0.0),
        Denoise::step_alpha_cumprod(0.5, 0.5),
    ] {
        let message = same.unwrap_err().to_string();
        assert!(
            message.ends_with("must be different from that of this latent"),
            "{message}"
        );
    }
    for bad in [f32::NAN, f32::NEG_INFINITY] {
        let error = PreviewError::NonFiniteCoefficient { index: 0 };
        assert_eq!(Denoise::new(bad, 0.0), Err(error));
        let error = PreviewError::NonFiniteCoefficient { index: 1 };
        assert_eq!(Denoise::new(0.0, bad), Err(error));
    }
}
