//! What a fit says of itself.

use super::Score;
use crate::Projection;

/// A fitted projection.
///
/// ```
/// # use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// # use latent_preview::{LatentPreview, Latents};
/// # let mut pairs = Pairs::new(1);
/// # let latents = [0.0_f32, 1.0, 2.0];
/// # let latents = Latents::planar(&latents, [1, 1, 3])?;
/// # pairs.add(&latents, Target::rgb8(&[90; 9], [1, 3])?)?;
/// let fitted = Fit::new(FitKind::Affine).run(&pairs, None)?;
/// let preview = fitted.projection.preview_rgb(&latents)?;
/// assert_eq!(preview.as_bytes(), [90; 9]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fitted {
    /// The projection.
    pub projection: Projection,
    /// How good it is.
    pub report: FitReport,
}

/// How good a fit is.
///
/// ```
/// # use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// # use latent_preview::Latents;
/// # let mut pairs = Pairs::new(1);
/// # pairs.add(&Latents::planar(&[0.0_f32, 1.0, 2.0], [1, 1, 3])?, Target::rgb8(&[90; 9], [1, 3])?)?;
/// let report = Fit::new(FitKind::Affine).run(&pairs, None)?.report;
/// assert!(report.train.psnr > 40.0 && report.hold_out.is_none());
/// assert!(report.condition < 1e6); // no ridge is needed
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FitReport {
    /// On the pairs that it was fitted on.
    pub train: Score,
    /// On the pairs that were held out. Much worse than `train` means that there
    /// were too few pairs for the kind.
    pub hold_out: Option<Score>,
    /// Of the features' correlations: 1 if they are independent. Beyond a
    /// million a [`ridge`](super::Fit::ridge) is advisable.
    pub condition: f64,
}

/// How far a fit is.
///
/// ```
/// use latent_preview::fit::FitProgress;
///
/// fn show(progress: FitProgress) {
///     println!("pass {}: {:.2} levels", progress.pass, progress.error);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FitProgress {
    /// Passes over the pairs so far.
    pub pass: usize,
    /// The root mean square error on them, in levels of 255. It falls more and
    /// more slowly; how many passes it takes is not known before.
    pub error: f64,
}

/// Counts passes and reports them.
pub(super) struct Meter<'a> {
    pub(super) pass: usize,
    pub(super) progress: &'a mut dyn FnMut(FitProgress),
}

impl Meter<'_> {
    /// `mean_square` is that of the errors in decoder range.
    pub(super) fn passed(&mut self, mean_square: f64) {
        self.pass += 1;
        (self.progress)(FitProgress {
            pass: self.pass,
            error: 127.5 * libm::sqrt(mean_square),
        });
    }
}
