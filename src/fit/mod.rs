//! Fitting a projection to latents and their decoded pictures. [`Fit`] has an example.
//! [`Learner`] fits automatically, to the pictures that users decode anyway. Fit in a release
//! build: a debug build is about twenty times slower.

mod color_correction;
mod disturbance;
mod error;
mod features;
mod gauss_newton;
mod gram;
mod kind;
mod ldl;
mod learner;
mod least_squares;
mod model;
mod monomials;
mod normal_equations;
mod objective;
mod pairs;
mod report;
mod score;
mod target;
mod weights;

use alloc::{borrow::Cow, vec::Vec};

pub use disturbance::Disturbance;
pub use error::FitError;
pub use kind::{FitKind, RefinedShape};
#[cfg(feature = "std")]
pub use learner::BackgroundLearner;
pub use learner::{Learned, LearnedMap, Learner};
pub use pairs::Pairs;
pub use report::{FitProgress, Fitted};
pub use score::Score;
pub use target::Target;

use crate::Projection;
use color_correction::ColorCorrection;
use disturbance::Noise;
use features::Features;
use gauss_newton::refine;
use least_squares::solve;
use model::Model;
use objective::{Example, Objective};
use pairs::Pair;

/// The settings of a fit, and the call that runs it.
///
/// ```
/// use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// use latent_preview::{LatentPreview, Latents};
///
/// # let latents: Vec<f32> = (0..4 * 256).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
/// # let picture: Vec<u8> = (0..256)
/// #     .flat_map(|p| [0, 1, 2].map(|c| (100.0 + 40.0 * latents[c * 256 + p]) as u8))
/// #     .collect();
/// // For each pair: the latent and its decoded picture.
/// let mut pairs = Pairs::new(4);
/// pairs.add(&Latents::planar(&latents, [4, 16, 16])?, Target::rgb8(&picture, [16, 16])?)?;
///
/// let fitted = Fit::new(FitKind::Affine).ridge(1e-4).run(&pairs, None)?;
/// println!("{:.1} dB", fitted.train.psnr);
/// let preview = fitted.projection.preview_rgb(&Latents::planar(&latents, [4, 16, 16])?)?;
/// # assert!(fitted.train.psnr > 40.0);
/// # Ok::<(), latent_preview::fit::FitError>(())
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
    /// A clamp-aware fit without ridge and disturbances.
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

    /// Holds factors near 0, and a color correction near the identity.
    ///
    /// The ridge is in units of the features' variance. 1e-4 hardly changes coefficients that
    /// the pairs determine, and keeps the others small. Negative values and NaN count as 0.
    #[must_use]
    pub const fn ridge(mut self, ridge: f64) -> Self {
        self.ridge = ridge.max(0.0);
        self
    }

    /// If `true` (the default), a prediction beyond black or white is no error for a black or
    /// white target: the preview shows the same color.
    #[must_use]
    pub const fn clamp_aware(mut self, clamp_aware: bool) -> Self {
        self.clamp_aware = clamp_aware;
        self
    }

    /// Also fits disturbed copies of the latents, one for each disturbance. Together the copies
    /// count `weight` times as much as the clean latents.
    ///
    /// The linear stages are fitted first, on the clean pairs, and make the targets of the
    /// copies. The polynomials therefore stay near these stages on latents unlike the clean
    /// ones. Use it for previews of noisy latents. Linear and affine kinds do not change.
    /// Negative weights and NaN count as 0.
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
    /// [`FitError::NoPairs`] if `train` or `hold_out` is empty, [`FitError::Channels`] if
    /// `hold_out` has another number of channels, [`FitError::TooFewPixels`] if there are more
    /// unknowns than pixels, [`FitError::TooManyUnknowns`] above 10,000 unknowns,
    /// [`FitError::IllConditioned`] if a channel does not vary independently of the others,
    /// [`FitError::Preview`] if the factors for tiny latents (about 1e-40) exceed `f32`.
    pub fn run(&self, train: &Pairs, hold_out: Option<&Pairs>) -> Result<Fitted, FitError> {
        self.run_with_progress(train, hold_out, &mut |_| {})
    }

    /// Like [`run`](Self::run), but calls `progress` after each pass over the pairs: a refined
    /// kind with many coefficients takes minutes.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_with_progress(
        &self,
        train: &Pairs,
        hold_out: Option<&Pairs>,
        progress: &mut dyn FnMut(FitProgress),
    ) -> Result<Fitted, FitError> {
        for pairs in hold_out.into_iter().chain([train]) {
            if pairs.is_empty() {
                return Err(FitError::NoPairs);
            }
            if pairs.channels() != train.channels() {
                return Err(FitError::Channels {
                    expected: train.channels(),
                    actual: pairs.channels(),
                });
            }
        }
        let mut pass = 0;
        let mut meter = |mean_square: f64| {
            pass += 1;
            let error = 127.5 * libm::sqrt(mean_square);
            progress(FitProgress { pass, error });
        };
        let clean = |pair| Example {
            pair: Cow::Borrowed(pair),
            weight: 1.0,
        };
        let clean: Vec<_> = train.iter().map(clean).collect();
        let projection = match self.kind {
            FitKind::Linear => self.polynomial(&clean, 1, false, &mut meter),
            FitKind::Affine => self.polynomial(&clean, 1, true, &mut meter),
            FitKind::Quadratic => self.polynomial(&clean, 2, true, &mut meter),
            FitKind::Cubic => self.polynomial(&clean, 3, true, &mut meter),
            FitKind::Refined(shape) => self.refined(&clean, shape, &mut meter),
        }?;
        Ok(Fitted {
            train: train.score(&projection)?,
            hold_out: hold_out.map(|pairs| pairs.score(&projection)).transpose()?,
            projection,
        })
    }

    fn polynomial(
        &self,
        clean: &[Example<'_>],
        degree: usize,
        has_constant: bool,
        meter: &mut dyn FnMut(f64),
    ) -> Result<Projection, FitError> {
        let objective = self.objective(clean);
        let channels = Features::new(&objective, false, 1)?;
        let mut solution = solve(&objective, &channels, has_constant, meter)?;
        if degree > 1 {
            let predict = |pair: &Pair| channels.predict(&solution.weights, pair);
            let examples = self.with_disturbed(clean, predict);
            let objective = self.objective(&examples);
            let monomials = Features::new(&objective, false, degree)?;
            solution = solve(&objective, &monomials, has_constant, meter)?;
        }
        let constant = solution.weights.constant_f32();
        let [linear, pairs, triples] = solution.weights.rows_f32(channels.len());
        Ok(match degree {
            1 if has_constant => Projection::affine(linear, constant),
            1 => Projection::linear(linear),
            2 => Projection::quadratic(constant, linear, pairs),
            _ => Projection::cubic(constant, linear, pairs, triples),
        }?)
    }

    fn refined(
        &self,
        clean: &[Example<'_>],
        shape: RefinedShape,
        meter: &mut dyn FnMut(f64),
    ) -> Result<Projection, FitError> {
        let objective = self.objective(clean);
        let features = Features::new(&objective, shape.is_3x3, 1)?;
        let solution = solve(&objective, &features, true, meter)?;
        let mut model = Model {
            features,
            deviations: solution.deviations,
            affine: solution.weights,
            filter: None,
            colors: None,
        };
        if shape.has_filter {
            model.filter = Some([1.0, 0.0, 0.0]);
            refine(&objective, &mut model, meter);
        }
        if shape.has_colors {
            let examples = self.with_disturbed(clean, |pair| model.predict(pair));
            model.colors = Some(ColorCorrection::new());
            refine(&self.objective(&examples), &mut model, meter);
        }
        model.finish()
    }

    const fn objective<'a>(&self, examples: &'a [Example<'a>]) -> Objective<'a> {
        Objective {
            examples,
            ridge: self.ridge,
            clamp_aware: self.clamp_aware,
        }
    }

    /// The clean examples, and disturbed copies whose targets are the pictures that `predict`
    /// makes of them, in decoder range.
    fn with_disturbed<'a>(
        &self,
        clean: &[Example<'a>],
        predict: impl Fn(&Pair) -> Vec<[f64; 3]>,
    ) -> Vec<Example<'a>> {
        let mut examples = clean.to_vec();
        if self.disturbed_weight == 0.0 {
            return examples;
        }
        let mut noise = Noise::new(0);
        let display = |value: f64| ((value + 1.0) / 2.0).clamp(0.0, 1.0) as f32;
        for disturbance in &self.disturbances {
            for example in clean {
                let mut copy = example.clone();
                let pair = copy.pair.to_mut();
                disturbance.apply(pair, &mut noise);
                let picture = predict(pair);
                pair.target = picture.into_iter().map(|rgb| rgb.map(display)).collect();
                copy.weight = self.disturbed_weight / self.disturbances.len() as f64;
                examples.push(copy);
            }
        }
        examples
    }
}
