//! The previewers of a format, by whose they are.

use anyhow::{Context, Result};
use latent_preview::{LatentFormat, Previewer};

/// All previewers of a format and whose they are: the recommended one first, then the tiny
/// decoders, then all others.
pub fn all(format: LatentFormat) -> Vec<(&'static str, Previewer)> {
    let recommended = format.recommended().map(|(published, _)| published);
    let others = format
        .projections()
        .iter()
        .filter(|&published| Some(published) != recommended);
    let tiny = [("tiny", format.tiny()), ("tiny 2x", format.tiny_2x())];
    let tiny = tiny
        .into_iter()
        .filter_map(|(name, previewer)| Some((name, previewer?)));
    recommended
        .into_iter()
        .map(|published| (published.origin, published.previewer()))
        .chain(tiny)
        .chain(others.map(|published| (published.origin, published.previewer())))
        .collect()
}

/// Whose previewers there are, in the same order.
pub fn names(format: LatentFormat) -> Vec<&'static str> {
    all(format).into_iter().map(|(origin, _)| origin).collect()
}

/// The recommended previewer or the one of an origin, and whose it is.
pub fn previewer(format: LatentFormat, origin: Option<&str>) -> Result<(&'static str, Previewer)> {
    let mut all = all(format).into_iter();
    match origin {
        None => match all.next() {
            Some(recommended) => Ok(recommended),
            None => Ok(("-", format.previewer()?)),
        },
        Some(origin) => all
            .find(|(known, _)| known.eq_ignore_ascii_case(origin))
            .with_context(|| {
                let known = names(format).join(", ");
                format!("{format} has no projection of {origin}; it has: {known}")
            }),
    }
}
