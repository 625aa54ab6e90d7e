//! What can be fitted.

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
    /// [`Projection::Linear`](crate::Projection::Linear)
    Linear,
    /// [`Projection::Affine`](crate::Projection::Affine)
    Affine,
    /// [`Projection::Quadratic`](crate::Projection::Quadratic)
    Quadratic,
    /// [`Projection::Cubic`](crate::Projection::Cubic)
    Cubic,
    /// [`Projection::Refined`](crate::Projection::Refined) with these stages.
    Refined(RefinedShape),
}

/// The stages of a [`Refined`](crate::Refined) projection.
///
/// ```
/// use latent_preview::fit::{Fit, FitKind, KernelShape, RefinedShape};
///
/// let shape = RefinedShape { kernel: KernelShape::Full, ..RefinedShape::FULL };
/// assert!(shape.is_neighborhood && !RefinedShape::SMALL.is_neighborhood);
/// let fit = Fit::new(FitKind::Refined(shape));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefinedShape {
    /// Whether the affine stage looks at the 3x3 latent pixels around.
    pub is_neighborhood: bool,
    /// The kernel over RGB after it.
    pub kernel: KernelShape,
    /// Whether colors are corrected in the end.
    pub has_colors: bool,
}

/// The kernel of a [`Refined`](crate::Refined) projection.
///
/// ```
/// use latent_preview::fit::{KernelShape, RefinedShape};
///
/// assert_eq!(RefinedShape::SMALL.kernel, KernelShape::Symmetric);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelShape {
    /// None.
    None,
    /// One for R, G and B; three weights.
    Symmetric,
    /// One that mixes colors; 81 weights.
    Full,
}

impl RefinedShape {
    /// Pixel by pixel, then a symmetric kernel, then colors: a little more than
    /// an affine projection in numbers and in time.
    pub const SMALL: Self = Self {
        is_neighborhood: false,
        kernel: KernelShape::Symmetric,
        has_colors: true,
    };

    /// All 3x3 pixels, then a symmetric kernel, then colors: the best.
    pub const FULL: Self = Self {
        is_neighborhood: true,
        kernel: KernelShape::Symmetric,
        has_colors: true,
    };
}
