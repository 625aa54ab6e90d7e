//! How it is known that a map is the one to take.

/// Why a previewer of a format is the one to take, and how that is known. From
/// [`LatentFormat::recommendation`](crate::LatentFormat::recommendation) and
/// [`LatentFormat::recommended_projection`](crate::LatentFormat::recommended_projection).
///
/// ```
/// use latent_preview::{Evidence, LatentFormat};
///
/// let recommendation = LatentFormat::Ltx23.recommendation().unwrap();
/// if recommendation.evidence < Evidence::Publisher {
///     println!("nobody has measured these previews");
/// }
/// println!("{}: {}", recommendation.evidence, recommendation.reason);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recommendation {
    /// How it is known.
    pub evidence: Evidence,
    /// PSNR in dB against the decoder's pictures, averaged to the preview's size, of latents
    /// that nothing was fitted on: those of `examples/data` in the repository, but for LTX-Video
    /// and LTX-2. `None` if nobody has measured that.
    pub psnr: Option<f32>,
    /// The reason, in short.
    pub reason: &'static str,
}

/// How it is known that a map is good; a greater value is better known.
///
/// ```
/// use latent_preview::{Evidence, LatentFormat};
///
/// // The formats whose default previews were measured for this crate.
/// let measured = |format: &&LatentFormat| {
///     let recommendation = format.recommendation();
///     recommendation.is_some_and(|known| known.evidence >= Evidence::TinyAutoencoder)
/// };
/// assert!(LatentFormat::ALL.iter().filter(measured).count() >= 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// Nothing is known: it is the only map, or nothing tells the maps apart.
    Nothing,
    /// Maps that were made apart from each other agree.
    Agreement,
    /// Who published it has stated how well it fits.
    Publisher,
    /// Measured for this crate against the pictures of a tiny autoencoder, which stands in for
    /// the VAE.
    TinyAutoencoder,
    /// Measured for this crate against the pictures of the full VAE.
    FullVae,
    /// True by definition: the latent is the picture.
    Exact,
}

impl core::fmt::Display for Evidence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing",
            Self::Agreement => "agreement of tables",
            Self::Publisher => "the publisher's figure",
            Self::TinyAutoencoder => "measured on a tiny autoencoder",
            Self::FullVae => "measured on the full VAE",
            Self::Exact => "by definition",
        })
    }
}
