//! Finding formats by name.

mod letters;
mod nearest;

use core::str::FromStr;

use super::LatentFormat;
use super::tables::names::AMBIGUOUS;
use crate::PreviewError;
use crate::error::Excerpt;
use letters::Letters;

/// A name that several models with different latents share.
pub(super) struct Ambiguous {
    pub(super) names: &'static [&'static str],
    pub(super) candidates: &'static [LatentFormat],
    /// The models by their full names, and the format of each.
    pub(super) apart: &'static str,
}

impl FromStr for LatentFormat {
    type Err = PreviewError;

    /// The format with this name, or of the model with this name.
    ///
    /// The name may be that of a format, a model, a diffusers pipeline class, a ComfyUI latent
    /// format, or a tiny autoencoder. Case and punctuation do not matter. Neither does an owner
    /// in front, as in `black-forest-labs/FLUX.1-dev`, nor qualifiers that do not change the
    /// latent space: sizes, resolutions, number types and quantizations, tasks, file extensions
    /// and words such as `diffusers`, `distilled` or `turbo`. For the address of a file, the
    /// file's own name counts. The repository's name counts if that of the file is unknown, or if
    /// it decides between several formats with the name of the file.
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
        // The address of a file or a branch on Hugging Face continues after the model's name.
        let branches = ["/tree/", "/blob/", "/resolve/"];
        let address = branches.iter().find_map(|part| name.split_once(part));
        let (model, file) = address.map_or((name, None), |(model, in_branch)| {
            let file = in_branch.split_once('/').map(|(_, file)| last_part(file));
            (model, file)
        });
        let model = last_part(model);
        // A repository may hold files of several models.
        let (read, found) = match (file.map(|file| (file, found(file))), found(model)) {
            (Some((_, Some(Found::Several(several)))), own @ Some(Found::Format(format)))
                if several.candidates.contains(&format) =>
            {
                (model, own)
            }
            (Some((file, own @ Some(_))), _) => (file, own),
            (_, own) => (model, own),
        };
        match found {
            Some(Found::Format(format)) => Ok(format),
            Some(Found::Several(ambiguous)) => Err(PreviewError::AmbiguousFormat {
                candidates: ambiguous.candidates,
                apart: ambiguous.apart,
            }),
            Some(Found::Contradiction) | None => {
                let letters = Letters::new(read);
                let bare = letters.without(&letters.qualifiers(true), |_| true);
                Err(PreviewError::UnknownFormat {
                    name: Excerpt::new(name),
                    nearest: nearest::nearest(&letters, &bare),
                })
            }
        }
    }
}

/// The name without its owner or its folder.
fn last_part(name: &str) -> &str {
    let mut parts = name.rsplit(['/', '\\']);
    parts.find(|part| !part.is_empty()).unwrap_or(name)
}

/// The owner of a name without its folder.
fn found(name: &str) -> Option<Found> {
    let mut all = LatentFormat::ALL.iter().copied();
    if let Some(format) = all.find(|format| name.eq_ignore_ascii_case(format.name())) {
        return Some(Found::Format(format));
    }
    let letters = Letters::new(name);
    let found = best(&letters);
    if matches!(found, Some(Found::Format(_) | Found::Several(_))) {
        return found;
    }
    // The name may be an unknown version of a family whose versions differ.
    let qualifiers = letters.qualifiers(true);
    let family = letters.without(&qualifiers, |letter| !letter.is_ascii_digit());
    match best(&family) {
        several @ Some(Found::Several(_)) => several,
        _ => found,
    }
}

impl LatentFormat {
    /// Every name of the format.
    fn names(self) -> impl Iterator<Item = &'static str> + Clone {
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
    /// The name fits two formats equally, like `CogVideoX 2B 5B`, or none, like `FLUX.1 T2V`.
    Contradiction,
}

impl Found {
    /// Both are true of the name. A name of several models narrows, but never decides.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Format(a), Self::Format(b)) if a == b => self,
            (Self::Format(format), Self::Several(several))
            | (Self::Several(several), Self::Format(format))
                if several.candidates.contains(&format) =>
            {
                Self::Format(format)
            }
            (Self::Several(_), Self::Several(_)) => self,
            _ => Self::Contradiction,
        }
    }
}

/// The owner of a name with qualifiers. A known name that another one includes says less than
/// that: the `5B` of `Wan 2.2 5B` is not just a size.
fn best(name: &Letters) -> Option<Found> {
    let qualifiers = name.qualifiers(true);
    let of_images = name.qualifiers(false);
    let formats = LatentFormat::ALL.iter().flat_map(|&format| {
        let names = format.names();
        names.map(move |known| (known, Found::Format(format)))
    });
    let several = AMBIGUOUS.iter().flat_map(|ambiguous| {
        let names = ambiguous.names.iter();
        names.map(move |&known| (known, Found::Several(ambiguous)))
    });
    let fits = formats
        .chain(several)
        .filter(|(known, _)| name.is_qualified(known, &qualifiers));
    let checked = |known, found| match found {
        // A task of videos is none of a model of single pictures, if it is not in its name.
        Found::Format(format)
            if format.temporal_downscale() == 1 && !name.is_qualified(known, &of_images) =>
        {
            Found::Contradiction
        }
        _ => found,
    };
    // The last of equally long ones: Wan 2.2 is not the format `wan22`.
    let (longest, best) = fits
        .clone()
        .max_by_key(|(known, _)| letters::letters(known).count())?;
    let others = fits.filter(|(known, _)| !is_within(known, longest));
    let best = checked(longest, best);
    Some(
        others.fold(best, |best, (known, other)| match (best, other) {
            (Found::Format(a), Found::Format(b)) if a == b => best,
            _ => best.and(checked(known, other)),
        }),
    )
}

/// `true` if all letters of a name are in another one, in this order.
fn is_within(short: &str, long: &str) -> bool {
    let mut rest = letters::letters(long);
    letters::letters(short).all(|letter| rest.any(|other| other == letter))
}
