//! The index of the tables, as Rust.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::HEAD;
use crate::data::{Family, Format};
use crate::family::{constant, permissive_default};

pub fn table(families: &[Family]) -> String {
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
    text += "pub(crate) const fn with_channels(channels: usize) -> &'static str {\n    match channels {\n";
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
