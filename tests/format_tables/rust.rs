//! The tables as Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::data::{
    Family, Fitted, Format, Known, MEAN, Map, Mean, Names, Output, Packing, Polynomial, Projection,
    Rounding, Space, letters,
};
use crate::docs::{OURS, is_permissive, license, license_of_default};

pub const HEAD: &str =
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
use super::{{Evidence, LatentFormat, PublishedProjection, Recommendation}};
use crate::{{PackOrder, PixelFormat, Polynomial, Projection, Refined}};

"
    );
    for family in families {
        writeln!(text, "mod {};", family.name).unwrap();
    }
    // Playground 2.5 has maps of SDXL, moved to its space.
    text += "\npub(super) use stable_diffusion::{PLAYGROUND25, SDXL};\n";
    text += "pub(super) mod names;\n";
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
    let arm = |family: &Family, format: &Format, before: &str, after: &str| {
        let (variant, module, constant) = (&format.variant, &family.name, constant(format));
        format!("        LatentFormat::{variant} => {before}{module}::{constant}{after},\n")
    };
    for (family, format) in formats() {
        text += &arm(family, format, "&", "");
    }
    text += "    }\n}\n";
    text += "\npub(super) fn projections(format: LatentFormat) -> &'static [PublishedProjection] {\n    match format {\n";
    for (family, format) in formats() {
        text += &arm(family, format, "", "_PROJECTIONS");
    }
    text += "    }\n}\n";
    text += "
/// The default projections under MIT or Apache-2.0 of formats without a tiny decoder. They stand apart from
/// the others: a program that asks for no others does not contain those.
pub(super) fn permissive(format: LatentFormat) -> Option<&'static PublishedProjection> {
    match format {
";
    for (family, format) in formats() {
        if permissive_default(format).is_some() {
            text += &arm(family, format, "Some(&", "_PERMISSIVE)");
        }
    }
    text += "        _ => None,\n    }\n}\n";
    text += "\n/// The names of the formats with this number of channels, unpacked or packed.\n";
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

/// How names are read.
pub fn names(names: &Names) -> String {
    let mut text = format!("//! From `../data/identify/names.toml`.\n{HEAD}\n");
    text += "use crate::format::names::Ambiguous;\n\n";
    let words: BTreeSet<String> = names.qualifiers.iter().map(|word| letters(word)).collect();
    text += "/// Letters only, sorted.\npub(in crate::format) static QUALIFIERS: &[&str] = &[\n";
    for word in words {
        writeln!(text, "    {word:?},").unwrap();
    }
    text += "];\n\npub(in crate::format) static AMBIGUOUS: &[Ambiguous] = &[\n";
    for ambiguous in &names.ambiguous {
        writeln!(
            text,
            "    Ambiguous {{\n        names: &{:?},\n        candidates: &{:?},\n        apart: {:?},\n    }},",
            ambiguous.names, ambiguous.candidates, ambiguous.apart
        )
        .unwrap();
    }
    text + "];\n"
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
            format!("Some(({}, {}))", index.unwrap(), known(recommended))
        },
    );
    let tiny = match &format.tiny {
        None => "None".to_owned(),
        Some(tiny) => format!("Some({})", known(tiny)),
    };
    let own = permissive_default(format);
    let is_own = |p: &Projection| own.is_some_and(|own| std::ptr::eq(own, p));
    let published = format.projections.iter().map(|p| match is_own(p) {
        true => format!("\n    {}_DEFAULT,", constant(format)),
        false => format!("\n    {},", published(format, p)),
    });
    let fitted = format.fitted.iter().map(|f| self::fitted(format, f));
    let mean = format.mean.iter().map(|m| mean(format, m));
    let projections: String = published.chain(mean).chain(fitted).collect();
    let apart = own.map_or_else(String::new, |own| {
        let name = constant(format);
        format!(
            "\nconst {name}_DEFAULT: PublishedProjection = {};
pub(in crate::format) static {name}_PERMISSIVE: PublishedProjection = {name}_DEFAULT;\n",
            self::published(format, own)
        )
    });
    format!(
        "{apart}
pub(in crate::format) static {}_PROJECTIONS: &[PublishedProjection] = &[{projections}];

pub(in crate::format) static {}: Facts = Facts {{
    name: {:?},
    title: {:?},
    channels: {},
    downscale: {},
    frames: {},
    period: {:?},
    packing: {packing},
    models: &{:?},
    names: &{:?},
    vae: {vae},
    recommended: {recommended},
    tiny: {tiny},
    license: {:?},
}};
",
        constant(format),
        constant(format),
        format.name,
        format.title,
        format.channels,
        format.downscale,
        format.frames,
        format.period,
        format.models,
        format.names,
        license_of_default(format),
    )
}

/// The default projection, if its license is permissive and there is no tiny decoder.
fn permissive_default(format: &Format) -> Option<&Projection> {
    let recommended = format.recommended.as_ref()?;
    let mut all = format.projections.iter();
    let own = all.find(|p| p.origin == recommended.origin)?;
    (format.tiny.is_none() && is_permissive(&own.source.license)).then_some(own)
}

fn known(known: &Known) -> String {
    format!(
        "Recommendation {{ evidence: Evidence::{:?}, psnr: {:?}, reason: {:?} }}",
        known.evidence,
        known.psnr.map(|psnr| psnr as f32),
        known.reason
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
    let (factors, bias) = rounded(&factors, bias);
    let rows = rows(&factors);
    let kind = if bias == [0.0; 3] { "Linear" } else { "Affine" };
    let map = format!("Projection::{kind}(Polynomial::from_static({bias:?}, {rows}, &[], &[]))");
    format!(
        "PublishedProjection {{
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
    }}",
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
    let rows = |rows: &[[f32; 3]]| self::rows(&rows.iter().map(short).collect::<Vec<_>>());
    let polynomial = |p: &Polynomial| {
        let [linear, pairs, triples] = [&p.linear, &p.pairs, &p.triples].map(|r| rows(r));
        format!(
            "Polynomial::from_static({:?}, {linear}, {pairs}, {triples})",
            short(&p.constant)
        )
    };
    let map = match fitted.map.as_ref().unwrap() {
        Map::Affine { factors, bias } => {
            format!(
                "Projection::Affine(Polynomial::from_static({:?}, {}, &[], &[]))",
                short(bias),
                rows(factors)
            )
        }
        Map::Quadratic {
            constant,
            linear,
            pairs,
        } => format!(
            "Projection::Quadratic(Polynomial::from_static({:?}, {}, {}, &[]))",
            short(constant),
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
            "Projection::Refined(Refined::from_static({}, {:?}, {is_3x3}, {:?}, {}))",
            rows(factors),
            short(bias),
            short(filter),
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
        fitted.path(),
        fitted.note(&format.name),
    )
}

/// Five decimals of the numbers of a fit: more do not show, and make the package larger.
fn short(row: &[f32; 3]) -> [f32; 3] {
    // Zero has no sign.
    row.map(|value| ((f64::from(value) * 1e5).round() / 1e5 + 0.0) as f32)
}

/// A slice, one row per line.
fn rows(rows: &[[f32; 3]]) -> String {
    let lines: String = rows
        .iter()
        .map(|row| format!("            {row:?},\n"))
        .collect();
    format!("&[\n{lines}        ]")
}

/// The table for model space, yielding -1 to 1.
fn in_decoder_range(format: &Format, projection: &Projection) -> (Vec<[f64; 3]>, [f64; 3]) {
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
            let (stretch, center) = vae.gain_and_offset(channel, format.channels);
            for (value, bias) in row.iter_mut().zip(&mut bias) {
                *value /= stretch;
                *bias -= *value * center;
            }
        }
    }
    let in_range = |value: &f64| value * gain;
    (
        factors
            .iter()
            .map(|row| row.each_ref().map(in_range))
            .collect(),
        bias.map(|value| value * gain + offset),
    )
}

/// The mean of tables in decoder range.
fn mean(format: &Format, mean: &Mean) -> String {
    let is_part = |projection: &&Projection| mean.of.contains(&projection.origin);
    let parts: Vec<_> = format.projections.iter().filter(is_part).collect();
    let mut factors = vec![[0.0; 3]; format.channels];
    let mut bias = [0.0; 3];
    for part in &parts {
        let (own_factors, own_bias) = in_decoder_range(format, part);
        let own = own_factors.as_flattened().iter().chain(&own_bias);
        for (sum, value) in factors
            .as_flattened_mut()
            .iter_mut()
            .chain(&mut bias)
            .zip(own)
        {
            *sum += value / parts.len() as f64;
        }
    }
    let (factors, bias) = rounded(&factors, bias);
    format!(
        "
    PublishedProjection {{
        format: LatentFormat::{},
        origin: {MEAN:?},
        repository: \"latent-preview\",
        path: \"src/format/data\",
        commit: \"\",
        license: {:?},
        also_used_by: &[],
        note: Some({:?}),
        doubt: None,
        pixel_format: PixelFormat::Rgb8,
        projection: Projection::Affine(Polynomial::from_static({bias:?}, {}, &[], &[])),
    }},",
        format.variant,
        license(format, MEAN),
        format!("the mean of {}: {}", mean.of.join(" and "), mean.note),
        rows(&factors),
    )
}

/// Factors and bias as the crate has them.
fn rounded(factors: &[[f64; 3]], bias: [f64; 3]) -> (Vec<[f32; 3]>, [f32; 3]) {
    let round = |row: [f64; 3]| row.map(|value| value as f32);
    (factors.iter().copied().map(round).collect(), round(bias))
}
