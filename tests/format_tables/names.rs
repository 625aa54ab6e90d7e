//! How names are read: `identify/names.toml`.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use serde::Deserialize;

use crate::HEAD;
use crate::data::{Family, Format};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub qualifiers: Vec<String>,
    pub video_qualifiers: Vec<String>,
    pub ambiguous: Vec<Ambiguous>,
}

/// Names that several models have, whose latents differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ambiguous {
    pub names: Vec<String>,
    pub candidates: Vec<String>,
    pub apart: String,
}

/// Letters and digits in lower case, as names are compared.
fn letters(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// No name, in any spelling, may mean two formats, nor be that of several models.
pub fn check(families: &[Family], names: &Names) {
    let mut owners: HashMap<String, &str> = HashMap::new();
    let mut is_format = |name: &String, owner| {
        let known = owners.entry(letters(name)).or_insert(owner);
        assert_eq!(*known, owner, "{name}");
    };
    for format in families.iter().flat_map(|family| &family.formats) {
        let own = [&format.name, &format.title];
        for name in own.into_iter().chain(&format.models).chain(&format.names) {
            is_format(name, &format.name);
        }
    }
    let formats: Vec<_> = families.iter().flat_map(|family| &family.formats).collect();
    for ambiguous in &names.ambiguous {
        for name in &ambiguous.names {
            // `wan22` is a format, Wan 2.2 is not.
            let is_short = |format: &&Format| letters(&format.name) == letters(name);
            if !formats.iter().any(is_short) {
                is_format(name, &ambiguous.apart);
            }
        }
        for candidate in &ambiguous.candidates {
            let is_there = formats.iter().any(|format| format.name == *candidate);
            assert!(is_there, "{candidate}");
            assert!(ambiguous.apart.contains(candidate), "{candidate}");
        }
    }
    for word in names.qualifiers.iter().chain(&names.video_qualifiers) {
        assert!(!owners.contains_key(&letters(word)), "{word}");
    }
}

pub fn table(families: &[Family], names: &Names) -> String {
    let formats: Vec<_> = families.iter().flat_map(|family| &family.formats).collect();
    let mut text = format!("//! From `../data/identify/names.toml`.\n{HEAD}\n");
    text += "use crate::LatentFormat;\nuse crate::format::names::Ambiguous;\n\n";
    for (name, list) in [
        ("QUALIFIERS", &names.qualifiers),
        ("VIDEO_QUALIFIERS", &names.video_qualifiers),
    ] {
        let words: BTreeSet<String> = list.iter().map(|word| letters(word)).collect();
        text += "/// Letters and digits only, sorted.\n";
        writeln!(text, "pub(in crate::format) static {name}: &[&str] = &[").unwrap();
        for word in words {
            writeln!(text, "    {word:?},").unwrap();
        }
        text += "];\n\n";
    }
    text += "pub(in crate::format) static AMBIGUOUS: &[Ambiguous] = &[\n";
    for ambiguous in &names.ambiguous {
        let variants = ambiguous.candidates.iter().map(|name| {
            let format = formats.iter().find(|format| format.name == *name);
            format!("LatentFormat::{}", format.expect("a format").variant)
        });
        let candidates: Vec<_> = variants.collect();
        writeln!(
            text,
            "    Ambiguous {{\n        names: &{:?},\n        candidates: &[{}],\n        apart: {:?},\n    }},",
            ambiguous.names, candidates.join(", "), ambiguous.apart
        )
        .unwrap();
    }
    text + "];\n"
}
