//! The table in the documentation.

use std::fmt::Write;

use crate::data::{Family, Format};

/// The license of what is fitted for this crate.
pub const OURS: &str = "MIT OR Apache-2.0";

pub fn formats(families: &[Family]) -> String {
    let formats: Vec<&Format> = families.iter().flat_map(|family| &family.formats).collect();
    let mut text = String::from(
        "# The formats\n
| name | channels | downscale | frames | models | projections | recommended | license of its source |
|---|---|---|---|---|---|---|---|
",
    );
    for format in &formats {
        let (recommended, license) = match &format.recommended {
            None => ("-", "-"),
            Some(recommended) => {
                let mut projections = format.projections.iter();
                let published = projections.find(|p| p.origin == recommended.origin);
                // A projection that is not published elsewhere is ours.
                let license = published.map_or(OURS, |p| &p.source.license);
                (recommended.origin.as_str(), license)
            }
        };
        let packed = if format.packing.is_some() {
            format!(" ({} packed)", 4 * format.channels)
        } else {
            String::new()
        };
        writeln!(
            text,
            "| `{}` | {}{packed} | {} | {} | {} | {} | {recommended} | {license} |",
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
    section(&mut text, "Notes", &formats, |format| {
        format
            .note
            .iter()
            .map(|note| (String::new(), note.clone()))
            .collect()
    });
    section(&mut text, "Why these are recommended", &formats, |format| {
        let recommended = format.recommended.iter();
        recommended
            .filter(|_| format.origins().len() > 1)
            .map(|recommended| (recommended.origin.clone(), recommended.reason.clone()))
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
