//! Finding formats by name.

mod letters;
mod nearest;

use core::str::FromStr;

use super::LatentFormat;
use super::tables::names::AMBIGUOUS;
use crate::PreviewError;
use crate::error::Excerpt;
use letters::{LONGEST, Letters};

/// A name that several models with different latents share.
pub(super) struct Ambiguous {
    pub(super) names: &'static [&'static str],
    pub(super) candidates: &'static [&'static str],
    /// The models by their full names, and the format of each.
    pub(super) apart: &'static str,
}

impl Ambiguous {
    fn error(&self) -> PreviewError {
        PreviewError::AmbiguousFormat {
            candidates: self.candidates,
            apart: self.apart,
        }
    }
}

impl FromStr for LatentFormat {
    type Err = PreviewError;

    /// The format with this name, or of the model with this name.
    ///
    /// The name may be that of a format, a model, a diffusers pipeline class, a ComfyUI latent
    /// format, or a tiny autoencoder. Case and punctuation do not matter. Neither does an owner
    /// in front, as in `black-forest-labs/FLUX.1-dev`, nor qualifiers that do not change the
    /// latent space: sizes, resolutions, number types and quantizations, tasks, file extensions
    /// and words such as `diffusers`, `distilled` or `turbo`.
    ///
    /// A name only says what a user calls a model. The model's own files say what it is: see
    /// `from_model` (feature `identify`).
    ///
    /// # Errors
    ///
    /// [`PreviewError::AmbiguousFormat`] if models of different formats share this name; the
    /// error lists their full names. [`PreviewError::UnknownFormat`] for any other name, with
    /// the three formats whose names are nearest. Nothing is guessed: names that differ in one
    /// digit often belong to different latent spaces.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, PreviewError};
    ///
    /// let file = "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors";
    /// assert_eq!(file.parse(), Ok(LatentFormat::Wan21));
    /// assert_eq!("Wan-AI/Wan2.2-TI2V-5B-Diffusers".parse(), Ok(LatentFormat::Wan22));
    ///
    /// let error = "Wan 2.2".parse::<LatentFormat>().unwrap_err();
    /// assert!(matches!(error, PreviewError::AmbiguousFormat { .. }));
    /// assert!(error.to_string().contains("A14B"));
    /// ```
    fn from_str(name: &str) -> Result<Self, PreviewError> {
        let given = name;
        // The address of a file or a branch on Hugging Face continues after the model's name.
        let branches = ["/tree/", "/blob/", "/resolve/"];
        let before = branches.iter().find_map(|part| name.split_once(part));
        let name = before.map_or(name, |(before, _)| before);
        let mut parts = name.rsplit(['/', '\\']);
        let name = parts.find(|part| !part.is_empty()).unwrap_or(name);
        let mut all = Self::ALL.iter().copied();
        if let Some(format) = all.find(|format| name.eq_ignore_ascii_case(format.name())) {
            return Ok(format);
        }
        let letters = Letters::new(name);
        let qualifiers = letters.qualifiers();
        match best(&letters, &qualifiers) {
            Some(Found::Format(format)) => return Ok(format),
            Some(Found::Several(ambiguous)) => return Err(ambiguous.error()),
            Some(Found::Contradiction) | None => {}
        }
        // The name may be an unknown version of a family whose versions differ.
        let family = letters.without(&qualifiers, |letter| !letter.is_ascii_digit());
        if let Some(Found::Several(ambiguous)) = best(&family, &family.qualifiers()) {
            return Err(ambiguous.error());
        }
        let bare = letters.without(&qualifiers, |_| true);
        Err(PreviewError::UnknownFormat {
            name: Excerpt::new(given),
            nearest: nearest::nearest([&letters, &bare]),
        })
    }
}

impl LatentFormat {
    /// Every name of the format.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let facts = self.facts();
        [facts.name, facts.title]
            .into_iter()
            .chain(facts.models.iter().copied())
            .chain(facts.names.iter().copied())
    }
}

#[derive(Clone, Copy)]
enum Found {
    Format(LatentFormat),
    Several(&'static Ambiguous),
    /// The name fits two formats equally, like `CogVideoX 2B 5B`.
    Contradiction,
}

impl Found {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Format(a), Self::Format(b)) if a == b => self,
            // Wan 2.2 is not the format `wan22`. Names of several formats come last.
            (_, Self::Several(_)) => other,
            _ => Self::Contradiction,
        }
    }
}

/// The owner of a name with qualifiers. The longest name that fits is the most specific one:
/// the `5B` of `Wan 2.2 5B` is not just a size.
fn best(name: &Letters, qualifiers: &[u128; LONGEST]) -> Option<Found> {
    let formats = LatentFormat::ALL.iter().flat_map(|&format| {
        let names = format.names();
        names.map(move |known| (known, Found::Format(format)))
    });
    let several = AMBIGUOUS.iter().flat_map(|ambiguous| {
        let names = ambiguous.names.iter();
        names.map(move |&known| (known, Found::Several(ambiguous)))
    });
    let mut best: Option<(usize, Found)> = None;
    for (known, found) in formats.chain(several) {
        let length = letters::letters(known).count();
        if best.is_none_or(|(longest, _)| length >= longest) && name.is_qualified(known, qualifiers)
        {
            let so_far = best.filter(|(longest, _)| length == *longest);
            best = Some((
                length,
                so_far.map_or(found, |(_, so_far)| so_far.and(found)),
            ));
        }
    }
    best.map(|(_, found)| found)
}
