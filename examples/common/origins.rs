//! The projections of a format, by whose they are.

use anyhow::{Context, Result};
use latent_preview::{LatentFormat, Previewer, PublishedProjection};

/// A previewer and whose it is.
pub fn previewer(format: LatentFormat, origin: Option<&str>) -> Result<(&'static str, Previewer)> {
    let published = match origin {
        None => format.recommended().map(|(published, _)| published),
        Some(origin) => {
            let known = || {
                let origins = format.projections().iter().map(PublishedProjection::origin);
                origins.collect::<Vec<_>>().join(", ")
            };
            let mut all = format.projections().iter();
            let wanted = all.find(|published| published.origin().eq_ignore_ascii_case(origin));
            Some(wanted.with_context(|| {
                format!(
                    "{format} has no projection of {origin}; it has: {}",
                    known()
                )
            })?)
        }
    };
    Ok(match published {
        Some(published) => (published.origin(), published.previewer()),
        // It says that there is none when it is used.
        None => ("-", format.previewer()),
    })
}

/// A format's projections, the recommended one first.
pub fn recommended_first(
    format: LatentFormat,
) -> impl Iterator<Item = &'static PublishedProjection> {
    let recommended = format.recommended().map(|(published, _)| published);
    let others = format
        .projections()
        .iter()
        .filter(move |&published| Some(published) != recommended);
    recommended.into_iter().chain(others)
}
