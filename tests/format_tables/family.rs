//! The formats of a family, as Rust.

use crate::HEAD;
use crate::data::{Family, Format, Known, Packing, Projection};
use crate::docs::{is_permissive, license_of_default};
use crate::projections;

pub fn table(family: &Family) -> String {
    let mut text = format!("//! From `../data/{}.toml`.\n{HEAD}\n", family.name);
    text += "use super::*;\n";
    for format in &family.formats {
        text += &facts(format);
    }
    text
}

/// `playground25` or `sd-x4-upscaler` as the name of a constant.
pub fn constant(format: &Format) -> String {
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
        false => format!("\n    {},", projections::published(format, p)),
    });
    let fitted = format.fitted.iter().map(|f| projections::fitted(format, f));
    let mean = format.mean.iter().map(|m| projections::mean(format, m));
    let projections: String = published.chain(mean).chain(fitted).collect();
    let apart = own.map_or_else(String::new, |own| {
        let name = constant(format);
        format!(
            "\nconst {name}_DEFAULT: PublishedProjection = {};
pub(in crate::format) static {name}_PERMISSIVE: PublishedProjection = {name}_DEFAULT;\n",
            projections::published(format, own)
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
pub fn permissive_default(format: &Format) -> Option<&Projection> {
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
