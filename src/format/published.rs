//! A projection that someone has published.

use super::{LatentFormat, Previewer};
use crate::{Projection, Rounding};

/// A published projection: its numbers, where they are from and what is known
/// of them. From [`LatentFormat::projections`].
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat};
///
/// // The bytes that InvokeAI would show:
/// let published = LatentFormat::Sd1
///     .projections()
///     .iter()
///     .find(|published| published.origin() == "InvokeAI")
///     .unwrap();
/// let samples = [0.1_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let mut picture = [0; 8 * 8 * 3];
/// let (format, rounding) = (PixelFormat::Rgb8, published.rounding());
/// published.previewer().preview_into_with(&latents, format, rounding, &mut picture)?;
/// assert_eq!(picture[..3], [127, 135, 123]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
///
/// ```
/// use latent_preview::LatentFormat;
///
/// // All that is known of each:
/// for published in LatentFormat::Flux1.projections() {
///     println!("{} ({})", published.origin(), published.license());
///     println!("{} {} {}", published.repository(), published.path(), published.commit());
///     println!("also in {:?}", published.also_used_by());
///     println!("note: {:?}, doubt: {:?}", published.note(), published.doubt());
///     println!("{:?}, {:?}", published.projection(), published.rounding());
/// }
/// ```
#[derive(Debug, PartialEq)]
pub struct PublishedProjection {
    pub(super) format: LatentFormat,
    pub(super) origin: &'static str,
    pub(super) repository: &'static str,
    pub(super) path: &'static str,
    pub(super) commit: &'static str,
    pub(super) license: &'static str,
    pub(super) also_used_by: &'static [&'static str],
    pub(super) note: Option<&'static str>,
    pub(super) doubt: Option<&'static str>,
    pub(super) rounding: Rounding,
    pub(super) projection: Projection,
}

impl PublishedProjection {
    /// Who published it, such as `ComfyUI`.
    #[must_use]
    pub const fn origin(&self) -> &'static str {
        self.origin
    }

    /// The GitHub repository that the numbers were read from, `owner/name`.
    #[must_use]
    pub const fn repository(&self) -> &'static str {
        self.repository
    }

    /// The file in that repository.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The commit; empty if the copy that was read does not state it.
    #[must_use]
    pub const fn commit(&self) -> &'static str {
        self.commit
    }

    /// The license of the file that the numbers are from.
    #[must_use]
    pub const fn license(&self) -> &'static str {
        self.license
    }

    /// Other applications with the same numbers.
    #[must_use]
    pub const fn also_used_by(&self) -> &'static [&'static str] {
        self.also_used_by
    }

    /// What is peculiar about it.
    #[must_use]
    pub const fn note(&self) -> Option<&'static str> {
        self.note
    }

    /// Why its numbers may be wrong, if there is reason to think so.
    #[must_use]
    pub const fn doubt(&self) -> Option<&'static str> {
        self.doubt
    }

    /// How the application rounds; with it, the bytes are the application's.
    #[must_use]
    pub const fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// The map itself, from model space to decoder range.
    #[must_use]
    pub const fn projection(&self) -> &Projection {
        &self.projection
    }

    /// A previewer with this projection in place of the recommended one.
    #[must_use]
    pub fn previewer(&self) -> Previewer {
        Previewer::new(self.format, Some(self.projection.clone()))
    }
}
