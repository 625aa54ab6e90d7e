//! A projection that someone has published.

use super::{LatentFormat, Previewer, tiny};
use crate::map::Map;
use crate::{PixelFormat, PreviewError, Projection};

/// A published projection: its numbers, their source, and the known facts about them. From
/// [`LatentFormat::projections`].
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
    /// The format whose latents it takes.
    pub format: LatentFormat,
    /// The application that published it, such as `ComfyUI`.
    pub origin: &'static str,
    /// The GitHub repository that the numbers were read from, `owner/name`; `latent-preview` for
    /// projections of this crate.
    pub repository: &'static str,
    /// The file in that repository.
    pub path: &'static str,
    /// The commit; empty if the copy that was read does not state it.
    pub commit: &'static str,
    /// The license of the file that the numbers are from.
    pub license: &'static str,
    /// Other applications with the same numbers.
    pub also_used_by: &'static [&'static str],
    /// A peculiarity, if there is one.
    pub note: Option<&'static str>,
    /// The reason to think that its numbers are wrong, if there is one.
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

    /// `true` if its numbers are under MIT or Apache-2.0. Call it to list or choose projections for a
    /// program that is to use no others; [`LatentFormat::permissive_previewer`] does so for the
    /// default.
    #[must_use]
    pub fn is_permissive(&self) -> bool {
        matches!(self.license, "MIT" | "Apache-2.0" | "MIT OR Apache-2.0")
    }
}

impl LatentFormat {
    /// As [`previewer`](Self::previewer), if its numbers are under MIT or Apache-2.0. Call it if your
    /// program is to use no numbers from files under GPL or other licenses.
    ///
    /// Where there is a tiny decoder, [`previewer_2x`](Self::previewer_2x) and
    /// [`fast_previewer`](Self::fast_previewer) are permissive, too. [The
    /// guide](crate::guide::formats#licenses-of-the-numbers) lists the formats and says what the
    /// licenses are of. The numbers of all formats are part of the library, whichever are used.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NotPermissive`] if they are under another license,
    /// [`PreviewError::NoProjection`] if there is no map for the format.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, PreviewError};
    ///
    /// assert!(LatentFormat::Wan21.permissive_previewer().is_ok());
    /// assert_eq!(
    ///     LatentFormat::Mochi.permissive_previewer(),
    ///     Err(PreviewError::NotPermissive { format: "mochi", license: "GPL-3.0" }),
    /// );
    /// ```
    pub fn permissive_previewer(self) -> Result<Previewer, PreviewError> {
        // The tiny decoders are of this crate.
        match (tiny::preset(self, 1), self.recommended_projection()) {
            (None, Some((published, _))) if !published.is_permissive() => {
                Err(PreviewError::NotPermissive {
                    format: self.name(),
                    license: published.license,
                })
            }
            _ => self.previewer(),
        }
    }
}
