//! Fitting a projection to latents and the pictures that their decoder makes.
//!
//! ```
//! use latent_preview::fit::{Fit, FitKind, Pairs, Target};
//! use latent_preview::{LatentPreview, Latents};
//!
//! # let latents: Vec<f32> = (0..4 * 256).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
//! # let picture: Vec<u8> = (0..256)
//! #     .flat_map(|p| [0, 1, 2].map(|c| (100.0 + 40.0 * latents[c * 256 + p]) as u8))
//! #     .collect();
//! // For each picture: the latent and what the decoder makes of it.
//! let mut pairs = Pairs::new(4);
//! pairs.add(&Latents::planar(&latents, [4, 16, 16])?, Target::rgb8(&picture, [16, 16])?)?;
//!
//! let fitted = Fit::new(FitKind::Affine).run(&pairs, None)?;
//! println!("{:.1} dB", fitted.report.train.psnr);
//! let preview = fitted.projection.preview_rgb(&Latents::planar(&latents, [4, 16, 16])?)?;
//! # assert!(fitted.report.train.psnr > 40.0);
//! # Ok::<(), latent_preview::PreviewError>(())
//! ```

mod disturbance;
mod features;
mod kind;
mod ldl;
mod least_squares;
mod model;
mod normal;
mod pairs;
mod products;
mod refine;
mod report;
mod score;

use alloc::vec::Vec;

pub use disturbance::Disturbance;
pub use kind::{FitKind, KernelShape, RefinedShape};
pub use pairs::{Pairs, Target};
pub use report::{FitProgress, FitReport, Fitted};
pub use score::Score;

use crate::{PreviewError, Projection};
use disturbance::Noise;
use features::Features;
use least_squares::{Example, Problem, Solution, Weights};
use model::Model;
use pairs::Image;
use refine::Steps;
use report::Meter;

/// How to fit.
///
/// ```
/// use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// use latent_preview::{LatentPreview, Latents};
///
/// # let latents: Vec<f32> = (0..2 * 64).map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0).collect();
/// # let picture: Vec<u8> = (0..64)
/// #     .flat_map(|p| [0, 1, 0].map(|c| (100.0 + 40.0 * latents[c * 64 + p]) as u8))
/// #     .collect();
/// # let (mut train, mut hold_out) = (Pairs::new(2), Pairs::new(2));
/// # for pairs in [&mut train, &mut hold_out] {
/// #     pairs.add(&Latents::planar(&latents, [2, 8, 8])?, Target::rgb8(&picture, [8, 8])?)?;
/// # }
/// let fit = Fit::new(FitKind::Affine).ridge(1e-4).clamp_aware(true);
/// let fitted = fit.run(&train, Some(&hold_out))?;
/// assert_eq!(fitted.projection.channels(), 2);
/// assert!(fitted.report.hold_out.unwrap().psnr > 40.0);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fit {
    kind: FitKind,
    ridge: f64,
    clamp_aware: bool,
    disturbances: Vec<Disturbance>,
    disturbed_weight: f64,
}

impl Fit {
    /// A fit without ridge and disturbances that knows of clamped targets.
    #[must_use]
    pub const fn new(kind: FitKind) -> Self {
        Self {
            kind,
            ridge: 0.0,
            clamp_aware: true,
            disturbances: Vec::new(),
            disturbed_weight: 0.0,
        }
    }

    /// Holds factors near 0, and a correction of colors near the identity.
    ///
    /// In units of the features' variance: 1e-4 hardly changes what the pairs
    /// determine and calms what they do not. Negative values and NaN count as 0.
    #[must_use]
    pub const fn ridge(mut self, ridge: f64) -> Self {
        self.ridge = ridge.max(0.0);
        self
    }

    /// Whether a prediction beyond black or white is no error where the target is
    /// black or white. It is by default: the preview shows the same color.
    #[must_use]
    pub const fn clamp_aware(mut self, clamp_aware: bool) -> Self {
        self.clamp_aware = clamp_aware;
        self
    }

    /// Also fits disturbed copies of the latents, one for each disturbance, which
    /// together count `weight` times as much as the clean ones.
    ///
    /// Their targets are what the linear stages of the kind make of them, fitted on
    /// the clean pairs. So polynomials stay near these where there are no clean
    /// latents: use it for previews of noisy latents. Linear and affine kinds do
    /// not change. Negative weights and NaN count as 0.
    ///
    /// ```
    /// use latent_preview::fit::{Disturbance, Fit, FitKind};
    ///
    /// let fit = Fit::new(FitKind::Cubic)
    ///     .disturbed(&[Disturbance::Noise { signal: 0.5 }, Disturbance::Gain(1.5)], 0.3);
    /// ```
    #[must_use]
    pub fn disturbed(mut self, disturbances: &[Disturbance], weight: f64) -> Self {
        self.disturbances = disturbances.to_vec();
        self.disturbed_weight = weight.max(0.0);
        self
    }

    /// Fits on `train` and scores the result on both.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoPairs`] if there are none,
    /// [`PreviewError::TooFewPixels`] if there are more unknowns than pixels,
    /// [`PreviewError::IllConditioned`] if a channel does not vary by itself,
    /// [`PreviewError::ChannelCount`] if `hold_out` has other channels.
    pub fn run(&self, train: &Pairs, hold_out: Option<&Pairs>) -> Result<Fitted, PreviewError> {
        self.run_with_progress(train, hold_out, &mut |_| {})
    }

    /// As [`run`](Self::run), and calls `progress` after each pass over the pairs:
    /// a refined kind of many coefficients takes minutes.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    ///
    /// ```
    /// # use latent_preview::fit::{Fit, FitKind, Pairs, Target};
    /// # use latent_preview::Latents;
    /// # let mut pairs = Pairs::new(1);
    /// # pairs.add(&Latents::planar(&[0.0_f32, 1.0, 2.0], [1, 1, 3])?, Target::rgb8(&[90; 9], [1, 3])?)?;
    /// let fit = Fit::new(FitKind::Affine);
    /// let fitted = fit.run_with_progress(&pairs, None, &mut |progress| {
    ///     println!("pass {}: error {:.2}", progress.pass, progress.error);
    /// })?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn run_with_progress(
        &self,
        train: &Pairs,
        hold_out: Option<&Pairs>,
        progress: &mut dyn FnMut(FitProgress),
    ) -> Result<Fitted, PreviewError> {
        let mut meter = Meter { pass: 0, progress };
        let meter = &mut meter;
        if train.is_empty() {
            return Err(PreviewError::NoPairs);
        }
        let clean: Vec<_> = train.images().iter().map(Example::new).collect();
        let (projection, condition) = match self.kind {
            FitKind::Linear => {
                let Solution { weights, condition } =
                    self.solve(&clean, Features::Pixel, false, meter)?;
                (Projection::linear(to_f32(&weights.rows))?, condition)
            }
            FitKind::Affine => {
                let Solution { weights, condition } =
                    self.solve(&clean, Features::Pixel, true, meter)?;
                let bias = weights.constant.map(|value| value as f32);
                (Projection::affine(to_f32(&weights.rows), bias)?, condition)
            }
            FitKind::Quadratic => self.polynomial(&clean, Features::Quadratic, meter)?,
            FitKind::Cubic => self.polynomial(&clean, Features::Cubic, meter)?,
            FitKind::Refined(shape) => self.refined(&clean, shape, meter)?,
        };
        let report = FitReport {
            train: train.score(&projection)?,
            hold_out: hold_out.map(|pairs| pairs.score(&projection)).transpose()?,
            condition,
        };
        Ok(Fitted { projection, report })
    }

    fn solve(
        &self,
        examples: &[Example<'_>],
        features: Features,
        has_constant: bool,
        meter: &mut Meter<'_>,
    ) -> Result<Solution, PreviewError> {
        Problem {
            examples,
            features,
            has_constant,
            ridge: self.ridge,
            clamp_aware: self.clamp_aware,
        }
        .solve(meter)
    }

    fn polynomial(
        &self,
        clean: &[Example<'_>],
        features: Features,
        meter: &mut Meter<'_>,
    ) -> Result<(Projection, f64), PreviewError> {
        let affine = self.solve(clean, Features::Pixel, true, meter)?.weights;
        let disturbed = self.disturb(clean, |image| {
            let mut row = alloc::vec![0.0; image.channels()];
            let mut picture = Vec::with_capacity(image.target.len());
            for p in 0..image.target.len() {
                Features::Pixel.write(image, p / image.width, p % image.width, &mut row);
                picture.push(affine.predict(&row));
            }
            picture
        });
        let examples = self.with_disturbed(clean, &disturbed);
        let Solution { weights, condition } = self.solve(&examples, features, true, meter)?;
        let Weights { constant, rows } = weights;
        let constant = constant.map(|value| value as f32);
        let channels = affine.rows.len();
        let (linear, products) = rows.split_at(channels);
        let (pairs, triples) = products.split_at(channels * (channels + 1) / 2);
        let [linear, pairs, triples] = [linear, pairs, triples].map(to_f32);
        let projection = if features == Features::Quadratic {
            Projection::quadratic(constant, linear, pairs)?
        } else {
            Projection::cubic(constant, linear, pairs, triples)?
        };
        Ok((projection, condition))
    }

    fn refined(
        &self,
        clean: &[Example<'_>],
        shape: RefinedShape,
        meter: &mut Meter<'_>,
    ) -> Result<(Projection, f64), PreviewError> {
        let features = model::features(shape);
        let Solution { weights, condition } = self.solve(clean, features, true, meter)?;
        let mut model = Model::new(shape, &weights);
        let mut steps = |examples: &[Example<'_>], model: &mut Model| {
            let (ridge, clamp_aware) = (self.ridge, self.clamp_aware);
            Steps {
                examples,
                ridge,
                clamp_aware,
            }
            .run(model, meter);
        };
        if shape.kernel != KernelShape::None {
            steps(clean, &mut model);
        }
        if shape.has_colors {
            let disturbed = self.disturb(clean, |image| model.predict(image));
            let examples = self.with_disturbed(clean, &disturbed);
            model.add_colors();
            steps(&examples, &mut model);
        }
        Ok((model.finish()?, condition))
    }

    /// Disturbed copies with what `predict` makes of them, in decoder range.
    fn disturb(
        &self,
        clean: &[Example<'_>],
        predict: impl Fn(&Image) -> Vec<[f64; 3]>,
    ) -> Vec<Image> {
        let mut noise = Noise::new(0);
        let mut copies = Vec::new();
        if self.disturbed_weight == 0.0 {
            return copies;
        }
        for disturbance in &self.disturbances {
            for example in clean {
                let mut copy = example.image.clone();
                disturbance.apply(&mut copy, &mut noise);
                let display = |value: f64| ((value + 1.0) / 2.0).clamp(0.0, 1.0) as f32;
                let picture = predict(&copy);
                copy.target = picture.iter().map(|rgb| rgb.map(display)).collect();
                copies.push(copy);
            }
        }
        copies
    }

    fn with_disturbed<'a>(
        &self,
        clean: &[Example<'a>],
        disturbed: &'a [Image],
    ) -> Vec<Example<'a>> {
        let weight = self.disturbed_weight / self.disturbances.len() as f64;
        let disturbed = disturbed.iter().map(|image| Example { image, weight });
        clean.iter().copied().chain(disturbed).collect()
    }
}

impl<'a> Example<'a> {
    const fn new(image: &'a Image) -> Self {
        Self { image, weight: 1.0 }
    }
}

fn to_f32(rows: &[[f64; 3]]) -> Vec<[f32; 3]> {
    rows.iter()
        .map(|row| row.map(|value| value as f32))
        .collect()
}
