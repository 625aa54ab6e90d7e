//! The table in the documentation.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::data::{Family, Format, MEAN};

/// The license of what is fitted for this crate.
pub const OURS: &str = "MIT OR Apache-2.0";

pub fn formats(families: &[Family]) -> String {
    let formats: Vec<&Format> = families.iter().flat_map(|family| &family.formats).collect();
    let mut text = String::from(
        "# The formats\n
| name | channels | downscale | frames | models | projections |
|---|---|---|---|---|---|
",
    );
    for format in &formats {
        let packed = match format.packing {
            Some(_) => format!(" ({} packed)", 4 * format.channels),
            None => String::new(),
        };
        writeln!(
            text,
            "| `{}` | {}{packed} | {} | {} | {} | {} |",
            format.name,
            format.channels,
            format.downscale,
            format.frames,
            format.models.join(", "),
            format.origins().len(),
        )
        .unwrap();
    }
    text += "\n`downscale` is pixels per latent pixel in each direction, `frames` frames per latent frame.\n";
    text += &defaults(&formats);
    section(&mut text, "Notes", &formats, |format| {
        format
            .note
            .iter()
            .map(|note| (String::new(), note.clone()))
            .collect()
    });
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
    section(
        &mut text,
        "Projections fitted for this crate",
        &formats,
        |format| {
            let fitted = format.fitted.iter();
            fitted
                .map(|fitted| {
                    let line = format!("{}. Fitted with `{}`", fitted.score, fitted.made_with);
                    (fitted.origin(), line)
                })
                .collect()
        },
    );
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
    text
}

/// A table of the default previewers.
fn defaults(formats: &[&Format]) -> String {
    let mut text = String::from(
        "\n# The default previewers\n
| name | default | how it is known | dB | fast | twice the size | license of the default's source |
|---|---|---|---|---|---|---|
",
    );
    for format in formats {
        let Some(known) = format.default() else {
            writeln!(text, "| `{}` | - | - | - | - | - | - |", format.name).unwrap();
            continue;
        };
        let (default, twice) = match format.tiny {
            Some(_) => ("tiny decoder", "tiny decoder"),
            None => (&*known.origin, "-"),
        };
        writeln!(
            text,
            "| `{}` | {default} | {} | {} | {} | {twice} | {} |",
            format.name,
            known.evidence,
            known
                .psnr
                .map_or_else(|| "-".to_owned(), |psnr| format!("{psnr:.1}")),
            format
                .recommended
                .as_ref()
                .map_or("-", |known| &known.origin),
            license(format, default),
        )
        .unwrap();
    }
    text += "
`default` is `LatentFormat::previewer`, `fast` is `LatentFormat::fast_previewer`, `twice the size` is
`LatentFormat::previewer_2x`. dB is the PSNR against the decoder's pictures at the preview's size, of latents that
nothing was fitted on: of 13 pictures for tiny autoencoders, of 1 to 28 frames for full VAEs.
";
    text
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
            writeln!(text, "- `{}`{comma}{origin}: {line}", format.name).unwrap();
        }
    }
}
