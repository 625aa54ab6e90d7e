//! The reasons for recommended maps.

/// The reason for a format's previewer, and the evidence.
/// [`LatentFormat::recommendation`](crate::LatentFormat::recommendation) and
/// [`LatentFormat::recommended_projection`](crate::LatentFormat::recommended_projection) return
/// it.
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
    /// The kind of evidence.
    pub evidence: Evidence,
    /// PSNR in dB against the decoder's pictures, averaged to the preview's size, on latents
    /// that nothing was fitted on: those of the repository's `examples/data`, except for
    /// LTX-Video and LTX-2. `None` if it was not measured.
    pub psnr: Option<f32>,
    /// The reason in a few words.
    pub reason: &'static str,
}

/// The kind of evidence for a map; a greater value is stronger evidence.
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
    /// No evidence: it is the only map, or nothing distinguishes the maps.
    Nothing,
    /// Independently made maps agree.
    Agreement,
    /// The publisher states how well it fits.
    Publisher,
    /// Measured for this crate against the pictures of a tiny autoencoder in place of the VAE.
    TinyAutoencoder,
    /// Measured for this crate against the pictures of the full VAE.
    FullVae,
    /// True by definition: the latent is the picture.
    Exact,
}

impl core::fmt::Display for Evidence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(match self {
            Self::Nothing => "none",
            Self::Agreement => "agreement of tables",
            Self::Publisher => "the publisher's figure",
            Self::TinyAutoencoder => "measured on a tiny autoencoder",
            Self::FullVae => "measured on the full VAE",
            Self::Exact => "by definition",
        })
    }
}
