//! The page of the guide with all formats.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::data::{Family, Format, MEAN};

/// The license of what is fitted for this crate.
pub const OURS: &str = "MIT OR Apache-2.0";

pub fn formats(families: &[Family]) -> String {
    let formats: Vec<&Format> = families.iter().flat_map(|family| &family.formats).collect();
    let mut text = String::from(
        "The latent spaces that the crate knows, the most used first. Each is a variant of
[`LatentFormat`](crate::LatentFormat); its page shows how to find the format of a model.
",
    );
    text += &defaults(&formats);
    text += &licenses(&formats);
    text += &models(&formats);
    section(&mut text, "Notes", &formats, |format| {
        format
            .note
            .iter()
            .map(|note| (String::new(), note.clone()))
            .collect()
    });
    section(&mut text, "Doubtful projections", &formats, |format| {
        let doubts = format
            .projections
            .iter()
            .filter_map(|projection| Some((projection.origin.clone(), projection.doubt.clone()?)));
        doubts.collect()
    });
    section(
        &mut text,
        "Published tables that are left out",
        &formats,
        |format| {
            let left_out = format.left_out.iter();
            left_out
                .map(|left| (left.origin.clone(), left.reason.clone()))
                .collect()
        },
    );
    section(&mut text, "Why these are recommended", &formats, |format| {
        let tiny = format.tiny.iter().map(|known| ("tiny decoder", known));
        let projection = format
            .recommended
            .iter()
            .map(|known| (&*known.origin, known));
        let all = tiny.chain(projection);
        all.map(|(name, known)| (name.to_owned(), known.reason.clone()))
            .collect()
    });
    text
}

/// The variant, as a link to its documentation.
pub fn link(format: &Format) -> String {
    let variant = &format.variant;
    format!("[`{variant}`](crate::LatentFormat::{variant})")
}

/// A table of the default previewers.
fn defaults(formats: &[&Format]) -> String {
    let mut text = String::from(
        "
# The default previewers

| format | default | dB | evidence | fast | twice the size | projections |
|---|---|---|---|---|---|---|
",
    );
    let mut without = Vec::new();
    for format in formats {
        let link = link(format);
        let Some(known) = format.default() else {
            without.push(link);
            continue;
        };
        let (default, twice) = match format.tiny {
            Some(_) => ("tiny decoder", "tiny decoder"),
            None => (&*known.origin, "-"),
        };
        writeln!(
            text,
            "| {link} | {default} | {} | {} | {} | {twice} | {} |",
            known
                .psnr
                .map_or_else(|| "-".to_owned(), |psnr| format!("{psnr:.1}")),
            known.evidence,
            format
                .recommended
                .as_ref()
                .map_or("-", |known| &known.origin),
            format.origins().len(),
        )
        .unwrap();
    }
    text += "
`default` is [`LatentFormat::previewer`](crate::LatentFormat::previewer), `fast` is
[`LatentFormat::fast_previewer`](crate::LatentFormat::fast_previewer), `twice the size` is
[`LatentFormat::previewer_2x`](crate::LatentFormat::previewer_2x), `projections` counts those of
[`LatentFormat::projections`](crate::LatentFormat::projections).

`dB` is the PSNR of the default against the decoder's pictures at the preview's size, over all pixels of latents that
nothing was fitted on. For tiny autoencoders these are the three to six pictures of the format in
`examples/data/quality`, for the full VAEs of `Flux1` and `Ltx23` those in `examples/data/real`: in a clone of the
repository `cargo test --test quality` measures them again, and the program `quality_table` prints them for every
projection. Those of `LtxVideo` and `Ltx2` are of one clip that is not in the repository.
";
    writeln!(
        text,
        "\nNobody has published a projection for {}.",
        without.join(", ")
    )
    .unwrap();
    text
}

/// A table of the formats and their models.
fn models(formats: &[&Format]) -> String {
    let mut text = String::from(
        "
# The formats

| format | name | channels | downscale | frames | models |
|---|---|---|---|---|---|
",
    );
    for format in formats {
        let packed = match format.packing {
            Some(_) => format!(" ({} packed)", 4 * format.channels),
            None => String::new(),
        };
        writeln!(
            text,
            "| {} | `{}` | {}{packed} | {} | {} | {} |",
            link(format),
            format.name,
            format.channels,
            format.downscale,
            format.frames,
            format.models.join(", "),
        )
        .unwrap();
    }
    text += "
`name` is what `Display` prints; `parse` reads it and the names of the models. `downscale` is pixels of the decoded
picture per latent pixel in each direction, `frames` its frames per latent frame.
";
    text
}

/// The licenses of the numbers, and the formats whose default has a permissive one.
fn licenses(formats: &[&Format]) -> String {
    let mut text = String::from(
        "
# Licenses of the numbers

A previewer is a set of numbers. The tiny decoders were trained for this crate, and the projections `latent-preview
affine`, `quadratic`, `cubic`, `small`, `full` and `identity` were made for it: they have its license, MIT or
Apache-2.0. All other projections are numbers that were read from a file of another project.
[`PublishedProjection::license`](crate::PublishedProjection::license) is the license that this project states for the
file; repository, path and commit are beside it. A `latent-preview mean` is computed from such numbers and names the
licenses of all. No code was taken. Neither this page nor the crate says whether such a license extends to numbers,
or what it asks of a program that uses them.

A program that is to use numbers under MIT or Apache-2.0 only calls
[`LatentFormat::permissive_previewer`](crate::LatentFormat::permissive_previewer) instead of `previewer`: it is the
same previewer, or an error that names the license.
[`PublishedProjection::is_permissive`](crate::PublishedProjection::is_permissive) answers for one projection. The
crate contains the numbers of all formats. A program contains those under other licenses only if it calls `previewer`,
`fast_previewer`, `projections` or `recommended_projection`: otherwise the linker leaves them out, as
`cargo test --test permissive` shows on Linux.

",
    );
    let all = formats.iter();
    let all = all.filter_map(|format| Some((link(format), license_of_default(format)?)));
    let (permissive, others): (Vec<_>, Vec<_>) = all.partition(|(_, own)| is_permissive(own));
    let links: Vec<_> = permissive.into_iter().map(|(link, _)| link).collect();
    writeln!(
        text,
        "The default of {} formats is under MIT or Apache-2.0: {}.",
        links.len(),
        links.join(", ")
    )
    .unwrap();
    text += "\nThe defaults of the others are under:\n\n";
    for (link, license) in others {
        writeln!(text, "- {link}: {license}").unwrap();
    }
    text
}

/// `true` if every part of it is.
pub fn is_permissive(license: &str) -> bool {
    let mut parts = license.split(" OR ").flat_map(|part| part.split(" and "));
    parts.all(|part| part == "MIT" || part == "Apache-2.0")
}

/// The license of the default previewer, if there is one.
pub fn license_of_default(format: &Format) -> Option<String> {
    let known = format.default()?;
    Some(license(format, &known.origin))
}

/// The license of the file that a map is from.
pub fn license(format: &Format, origin: &str) -> String {
    let published = |origin: &str| format.projections.iter().find(|p| p.origin == origin);
    match (published(origin), &format.mean) {
        (Some(published), _) => published.source.license.clone(),
        (None, Some(mean)) if origin == MEAN => {
            let sources = mean.of.iter().filter_map(|origin| published(origin));
            let licenses: BTreeSet<_> = sources.map(|p| &*p.source.license).collect();
            licenses.into_iter().collect::<Vec<_>>().join(" and ")
        }
        _ => OURS.to_owned(),
    }
}

/// A list of what each format has to say, as pairs of an origin and a text.
fn section(
    text: &mut String,
    title: &str,
    formats: &[&Format],
    lines: impl Fn(&Format) -> Vec<(String, String)>,
) {
    write!(text, "\n# {title}\n\n").unwrap();
    for format in formats {
        for (origin, line) in lines(format) {
            let comma = if origin.is_empty() { "" } else { ", " };
            writeln!(text, "- {}{comma}{origin}: {line}", link(format)).unwrap();
        }
    }
}
