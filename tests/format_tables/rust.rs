//! The tables as Rust.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::data::{
    Family, Fitted, Format, Map, Output, Packing, Polynomial, Projection, Rounding, Space,
};
use crate::docs::OURS;

const HEAD: &str =
    "// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.\n";

pub fn family(family: &Family) -> String {
    let mut text = format!("//! From `../data/{}.toml`.\n{HEAD}\n", family.name);
    text += "use super::*;\n";
    for format in &family.formats {
        text += &facts(format);
    }
    text
}

pub fn index(families: &[Family]) -> String {
    let mut text = format!(
        "//! The known facts about each format.\n{HEAD}
#![allow(clippy::approx_constant, reason = \"published numbers may be near one\")]

use super::facts::{{Facts, VaeSpace}};
use super::{{LatentFormat, PublishedProjection}};
use crate::{{PackOrder, PixelFormat, Polynomial, Projection, Refined}};

"
    );
    for family in families {
        writeln!(text, "mod {};", family.name).unwrap();
    }
    let formats = || {
        families
            .iter()
            .flat_map(|family| family.formats.iter().map(move |format| (family, format)))
    };
    text += "\npub(super) const ALL: &[LatentFormat] = &[\n";
    for (_, format) in formats() {
        writeln!(text, "    LatentFormat::{},", format.variant).unwrap();
    }
    text +=
        "];\n\npub(super) fn facts(format: LatentFormat) -> &'static Facts {\n    match format {\n";
    for (family, format) in formats() {
        writeln!(
            text,
            "        LatentFormat::{} => &{}::{},",
            format.variant,
            family.name,
            constant(format)
        )
        .unwrap();
    }
    text += "    }\n}\n";
    text +=
        "\n/// The names of the formats that have so many channels, or are packed to so many.\n";
    text += "pub(super) const fn with_channels(channels: usize) -> &'static str {\n    match channels {\n";
    let mut names: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (_, format) in formats() {
        names.entry(format.channels).or_default().push(&format.name);
        if format.packing.is_some() {
            let packed = names.entry(4 * format.channels).or_default();
            packed.push(&format.name);
        }
    }
    for (channels, names) in names {
        writeln!(text, "        {channels} => {:?},", names.join(", ")).unwrap();
    }
    text += "        _ => \"\",\n    }\n}\n";
    text
}

/// `playground25` or `sd-x4-upscaler` as the name of a constant.
fn constant(format: &Format) -> String {
    format.name.to_uppercase().replace('-', "_")
}

fn facts(format: &Format) -> String {
    let packing = match format.packing {
        None => "None",
        Some(Packing::ChannelFirst) => "Some(PackOrder::ChannelFirst)",
    };
    let vae = format.vae.as_ref().map_or_else(
        || "None".to_owned(),
        |vae| {
            format!(
                "Some(VaeSpace {{\n        scale: {:?},\n        shift: {:?},\n        mean: {},\n        std: {},\n    }})",
                vae.scale as f32,
                vae.shift as f32,
                numbers(&vae.mean),
                numbers(&vae.std)
            )
        },
    );
    let recommended = format.recommended.as_ref().map_or_else(
        || "None".to_owned(),
        |recommended| {
            let mut origins = format.origins().into_iter();
            let index = origins.position(|origin| origin == recommended.origin);
            format!("Some(({}, {:?}))", index.unwrap(), recommended.reason)
        },
    );
    let published = format.projections.iter().map(|p| published(format, p));
    let fitted = format.fitted.iter().map(|f| self::fitted(format, f));
    let projections: String = published.chain(fitted).collect();
    format!(
        "
pub(super) static {}: Facts = Facts {{
    name: {:?},
    title: {:?},
    channels: {},
    downscale: {},
    frames: {},
    packing: {packing},
    models: &{:?},
    names: &{:?},
    vae: {vae},
    projections: &[{projections}],
    recommended: {recommended},
}};
",
        constant(format),
        format.name,
        format.title,
        format.channels,
        format.downscale,
        format.frames,
        format.models,
        format.names,
    )
}

fn numbers(values: &[f64]) -> String {
    let values: Vec<f32> = values.iter().map(|&x| x as f32).collect();
    format!("&{values:?}")
}

fn published(format: &Format, projection: &Projection) -> String {
    let pixel_format = match projection.rounding {
        Rounding::Nearest => "Rgb8",
        Rounding::Truncate => "Rgb8Truncated",
    };
    let (factors, bias) = in_decoder_range(format, projection);
    let rows = rows(&factors);
    let kind = if bias == [0.0; 3] { "Linear" } else { "Affine" };
    let map = format!("Projection::{kind}(Polynomial::from_static({bias:?}, {rows}, &[], &[]))");
    format!(
        "
    PublishedProjection {{
        format: LatentFormat::{},
        origin: {:?},
        repository: {:?},
        path: {:?},
        commit: {:?},
        license: {:?},
        also_used_by: &{:?},
        note: {:?},
        doubt: {:?},
        pixel_format: PixelFormat::{pixel_format},
        projection: {map},
    }},",
        format.variant,
        projection.origin,
        projection.source.repository,
        projection.source.path,
        projection.source.commit,
        projection.source.license,
        projection.also_used_by,
        projection.note,
        projection.doubt,
    )
}

/// A projection that was fitted for this crate.
fn fitted(format: &Format, fitted: &Fitted) -> String {
    let polynomial = |p: &Polynomial| {
        let [linear, pairs, triples] = [&p.linear, &p.pairs, &p.triples].map(|r| rows(r));
        format!(
            "Polynomial::from_static({:?}, {linear}, {pairs}, {triples})",
            p.constant
        )
    };
    let map = match fitted.map.as_ref().unwrap() {
        Map::Affine { factors, bias } => {
            format!(
                "Projection::Affine(Polynomial::from_static({bias:?}, {}, &[], &[]))",
                rows(factors)
            )
        }
        Map::Quadratic {
            constant,
            linear,
            pairs,
        } => format!(
            "Projection::Quadratic(Polynomial::from_static({constant:?}, {}, {}, &[]))",
            rows(linear),
            rows(pairs)
        ),
        Map::Cubic(cubic) => format!("Projection::Cubic({})", polynomial(cubic)),
        Map::Refined {
            is_3x3,
            factors,
            bias,
            filter,
            colors,
        } => format!(
            "Projection::Refined(Refined::from_static({}, {bias:?}, {is_3x3}, {filter:?}, {}))",
            rows(factors),
            polynomial(colors)
        ),
    };
    format!(
        "
    PublishedProjection {{
        format: LatentFormat::{},
        origin: {:?},
        repository: \"latent-preview\",
        path: \"src/format/data/{}\",
        commit: \"\",
        license: {OURS:?},
        also_used_by: &[],
        note: Some({:?}),
        doubt: None,
        pixel_format: PixelFormat::Rgb8,
        projection: {map},
    }},",
        format.variant,
        fitted.origin(),
        fitted.path(&format.name),
        fitted.score.to_string(),
    )
}

/// A slice, one row per line.
fn rows(rows: &[[f32; 3]]) -> String {
    let lines: String = rows
        .iter()
        .map(|row| format!("            {row:?},\n"))
        .collect();
    format!("&[\n{lines}        ]")
}

/// The table for model space, yielding -1 to 1; rounded once.
fn in_decoder_range(format: &Format, projection: &Projection) -> (Vec<[f32; 3]>, [f32; 3]) {
    let (gain, offset) = match projection.output {
        Output::Decoder => (1.0, 0.0),
        Output::Display => (2.0, -1.0),
        Output::Bytes => (2.0 / 255.0, -1.0),
    };
    let mut factors = projection.factors.clone();
    let mut bias = projection.bias.unwrap_or_default();
    if projection.space == Space::Vae {
        let vae = format.vae.as_ref().unwrap();
        for (channel, row) in factors.iter_mut().enumerate() {
            // vae = model * std / scale + mean + shift; statistics of packed
            // channels are averaged over the positions of a patch.
            let average = |values: &[f64], default: f64| {
                let positions = values.len() / format.channels;
                match positions {
                    0 => default,
                    _ => {
                        let own = &values[channel * positions..][..positions];
                        own.iter().sum::<f64>() / positions as f64
                    }
                }
            };
            let stretch = average(&vae.std, 1.0) / vae.scale;
            let center = average(&vae.mean, 0.0) + vae.shift;
            for (value, bias) in row.iter_mut().zip(&mut bias) {
                *bias += *value * center;
                *value *= stretch;
            }
        }
    }
    (
        factors
            .iter()
            .map(|row| row.map(|value| (value * gain) as f32))
            .collect(),
        bias.map(|value| (value * gain + offset) as f32),
    )
}
