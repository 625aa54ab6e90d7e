//! The projections of a format, as Rust.

use crate::data::{
    Fitted, Format, MEAN, Map, Mean, Output, Polynomial, Projection, Rounding, Space,
};
use crate::docs::{OURS, license};

pub fn published(format: &Format, projection: &Projection) -> String {
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
pub fn fitted(format: &Format, fitted: &Fitted) -> String {
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

/// The mean of tables in decoder range.
pub fn mean(format: &Format, mean: &Mean) -> String {
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

/// Factors and bias as the crate has them.
fn rounded(factors: &[[f64; 3]], bias: [f64; 3]) -> (Vec<[f32; 3]>, [f32; 3]) {
    let round = |row: [f64; 3]| row.map(|value| value as f32);
    (factors.iter().copied().map(round).collect(), round(bias))
}
