//! The kinds of projections that can be fitted.

/// Which projection to fit.
///
/// ```
/// use latent_preview::fit::{Fit, FitKind, RefinedShape};
///
/// let matrix = Fit::new(FitKind::Affine);
/// let better = Fit::new(FitKind::Refined(RefinedShape::SMALL));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FitKind {
    /// [`Projection::linear`](crate::Projection::linear)
    Linear,
    /// [`Projection::affine`](crate::Projection::affine)
    Affine,
    /// [`Projection::quadratic`](crate::Projection::quadratic)
    Quadratic,
    /// [`Projection::cubic`](crate::Projection::cubic)
    Cubic,
    /// [`Refined`](crate::Refined) with these stages
    Refined(RefinedShape),
}

/// The stages of a [`Refined`](crate::Refined) projection.
///
/// ```
/// use latent_preview::fit::{Fit, FitKind, RefinedShape};
///
/// assert!(RefinedShape::FULL.is_3x3 && !RefinedShape::SMALL.is_3x3);
/// // The best kind without a color correction:
/// let shape = RefinedShape { has_colors: false, ..RefinedShape::FULL };
/// let fit = Fit::new(FitKind::Refined(shape));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefinedShape {
    /// The affine stage reads the 3x3 latent pixels around each pixel, not the pixel alone.
    pub is_3x3: bool,
    /// A symmetric 3x3 filter of R, of G and of B follows.
    pub has_filter: bool,
    /// A color correction comes last.
    pub has_colors: bool,
}

impl RefinedShape {
    /// A 1x1 affine stage, the filter, the color correction: 63 numbers more than an affine
    /// projection, for any number of channels.
    pub const SMALL: Self = Self {
        is_3x3: false,
        has_filter: true,
        has_colors: true,
    };

    /// A 3x3 affine stage, the filter, the color correction: the most accurate.
    pub const FULL: Self = Self {
        is_3x3: true,
        ..Self::SMALL
    };
}
