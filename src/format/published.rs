//! A projection that someone has published.

use super::{LatentFormat, Previewer};
use crate::map::Map;
use crate::{PixelFormat, Projection};

/// A published projection: its numbers, their source, and the known facts about them.
/// [`LatentFormat::projections`] lists them.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents};
///
/// // The bytes that InvokeAI would show:
/// let mut published = LatentFormat::Sd1.projections().iter();
/// let invoke = published.find(|published| published.origin == "InvokeAI").unwrap();
/// println!("{} of {} ({})", invoke.path, invoke.repository, invoke.license);
/// let samples = [0.1_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let mut picture = [0; 8 * 8 * 3];
/// invoke.previewer().preview_into(&latents, invoke.pixel_format, &mut picture)?;
/// assert_eq!(picture[..3], [127, 135, 123]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct PublishedProjection {
    /// The format of its latents.
    pub format: LatentFormat,
    /// The application that published it, such as `ComfyUI`.
    pub origin: &'static str,
    /// The GitHub repository of the numbers, `owner/name`; `latent-preview` for this crate's
    /// projections.
    pub repository: &'static str,
    /// The file in that repository.
    pub path: &'static str,
    /// The commit; empty if the source does not state it.
    pub commit: &'static str,
    /// The license of the file that holds the numbers.
    pub license: &'static str,
    /// Other applications with the same numbers.
    pub also_used_by: &'static [&'static str],
    /// A peculiarity, if there is one.
    pub note: Option<&'static str>,
    /// A reason to doubt its numbers, if there is one.
    pub doubt: Option<&'static str>,
    /// RGB8 with the application's rounding; with it, the bytes are the application's.
    pub pixel_format: PixelFormat,
    /// The map itself, from model space to decoder range.
    pub projection: Projection,
}

impl PublishedProjection {
    /// A previewer with this projection in place of the default.
    #[must_use]
    pub fn previewer(&self) -> Previewer {
        Previewer::new(self.format, Map::Projection(self.projection.clone()))
    }

    /// `true` if its numbers are under MIT or Apache-2.0. Call it to choose projections for a
    /// program that must use no others; [`LatentFormat::permissive_previewer`] does the same
    /// for the default.
    #[must_use]
    pub fn is_permissive(&self) -> bool {
        matches!(self.license, "MIT" | "Apache-2.0" | "MIT OR Apache-2.0")
    }
}
