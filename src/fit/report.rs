//! The result of a fit, and its progress.

use super::Score;
use crate::Projection;

/// A fitted projection and its scores.
///
/// ```
/// # use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// # use latent_preview::{LatentPreview, Latents};
/// # let mut pairs = Pairs::new(1);
/// # let latents = [0.0_f32, 1.0, 2.0];
/// # let latents = Latents::planar(&latents, [1, 1, 3])?;
/// # pairs.add(&latents, Target::rgb8(&[90; 9], [1, 3])?)?;
/// let fitted = Fit::new(FitKind::Affine).run(&pairs, None)?;
/// assert!(fitted.train.psnr > 40.0 && fitted.hold_out.is_none());
/// assert_eq!(fitted.projection.preview_rgb(&latents)?.as_bytes(), [90; 9]);
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fitted {
    /// A previewer for latents like those of the pairs.
    pub projection: Projection,
    /// The score on the training pairs.
    pub train: Score,
    /// The score on the held-out pairs. If it is much worse than `train`, there were too few
    /// pairs for the kind.
    pub hold_out: Option<Score>,
}

/// The progress of a fit.
///
/// ```
/// # use latent_preview::fit::{Fit, FitKind, Pairs, Target};
/// # use latent_preview::Latents;
/// # let mut pairs = Pairs::new(1);
/// # pairs.add(&Latents::planar(&[0.0_f32, 1.0, 2.0], [1, 1, 3])?, Target::rgb8(&[90; 9], [1, 3])?)?;
/// let fitted = Fit::new(FitKind::Affine).run_with_progress(&pairs, None, &mut |progress| {
///     println!("pass {}: error {:.2} levels", progress.pass, progress.error);
/// })?;
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FitProgress {
    /// The number of passes over the pairs so far.
    pub pass: usize,
    /// The root mean square error on the pairs, in levels of 255. It falls more and more
    /// slowly. The number of passes is not known in advance.
    pub error: f64,
}
