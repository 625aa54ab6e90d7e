//! The previewers of a format, by origin.

use anyhow::{Context, Result};
use latent_preview::{LatentFormat, Previewer, PublishedProjection};

/// All previewers of a format with their origins: the default one first, then the fast one and
/// the 2x one, then all others.
pub fn all(format: LatentFormat) -> Vec<(&'static str, Previewer)> {
    let default = format
        .previewer()
        .ok()
        .filter(|default| default.tiny_decoder().is_some());
    let recommended = format
        .recommended_projection()
        .map(|(published, _)| published);
    let others = format
        .projections()
        .iter()
        .filter(|&published| Some(published) != recommended);
    let named = |published: &PublishedProjection| (published.origin, published.previewer());
    let default = default.map(|previewer| ("tiny", previewer));
    let twice = format
        .previewer_2x()
        .ok()
        .map(|previewer| ("tiny 2x", previewer));
    default
        .into_iter()
        .chain(recommended.map(named))
        .chain(twice)
        .chain(others.map(named))
        .collect()
}

/// The origins of a format's previewers, in the same order.
pub fn names(format: LatentFormat) -> Vec<&'static str> {
    all(format).into_iter().map(|(origin, _)| origin).collect()
}

/// The default previewer or the one of an origin, and its origin.
pub fn previewer(format: LatentFormat, origin: Option<&str>) -> Result<(&'static str, Previewer)> {
    let mut all = all(format).into_iter();
    match origin {
        None => match all.next() {
            Some(default) => Ok(default),
            None => Ok(("-", format.previewer()?)),
        },
        Some(origin) => all
            .find(|(known, _)| known.eq_ignore_ascii_case(origin))
            .with_context(|| {
                let known = names(format).join(", ");
                format!("{format} has no previewer of {origin}; it has: {known}")
            }),
    }
}
