//! The rules that tell a model by its files, as Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Deserialize;

use crate::HEAD;
use crate::data::{Family, Format};

/// `identify/diffusers.toml`: what the configuration of an autoencoder says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diffusers {
    pub vae: Vec<VaeClass>,
    pub pipeline: Vec<Pipeline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaeClass {
    pub class: String,
    pub source: String,
    pub defaults: BTreeMap<String, Value>,
    pub space: Vec<LatentSpace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentSpace {
    pub formats: Vec<String>,
    pub source: String,
    #[serde(default)]
    pub needs_pipeline: bool,
    pub values: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Value {
    Number(f64),
    Numbers(Vec<f64>),
    /// A name of a format, or `absent`.
    Word(String),
    Length {
        length: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    pub of: String,
    pub also: String,
}

/// `identify/tensors.toml`: the tensors that tell a model.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensors {
    pub prefixes: Vec<String>,
    pub model: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub name: String,
    pub formats: Vec<String>,
    /// ComfyUI if it is left out.
    pub source: Option<String>,
    pub tensors: Vec<String>,
    #[serde(default)]
    pub lacks: Vec<String>,
}

pub fn tables(families: &[Family], diffusers: &Diffusers, tensors: &Tensors) -> String {
    let mut text = format!(
        "//! From `../format/data/identify/diffusers.toml` and `tensors.toml`.
{HEAD}
use super::checkpoint::{{Model, Need}};
use super::diffusers::{{Class, Space, Value}};
use crate::LatentFormat;

pub(super) static CLASSES: &[Class] = &[
"
    );
    for class in &diffusers.vae {
        text += &self::class(families, class);
    }
    text += "];\n\npub(super) static PIPELINES: &[(LatentFormat, LatentFormat)] = &[\n";
    for pipeline in &diffusers.pipeline {
        writeln!(
            text,
            "    ({}, {}),",
            variant(families, &pipeline.of),
            variant(families, &pipeline.also)
        )
        .unwrap();
    }
    text += "];\n";
    text + &checkpoints(families, tensors)
}

fn class(families: &[Family], class: &VaeClass) -> String {
    assert!(!class.source.is_empty(), "{}", class.class);
    let values = |values: &BTreeMap<String, Value>| {
        let pairs: Vec<_> = values
            .iter()
            .map(|(key, value)| format!("({key:?}, {})", self::value(families, value)))
            .collect();
        format!("&[{}]", pairs.join(", "))
    };
    let mut text = format!(
        "    Class {{\n        name: {:?},\n        defaults: {},\n        spaces: &[\n",
        class.class,
        values(&class.defaults)
    );
    for space in &class.space {
        assert!(!space.source.is_empty(), "{}", class.class);
        writeln!(
            text,
            "            Space {{ formats: {}, needs_pipeline: {}, values: {} }},",
            formats(families, &space.formats),
            space.needs_pipeline,
            values(&space.values)
        )
        .unwrap();
        // The numbers of the format itself, where they are known.
        for (key, value) in &space.values {
            let [name] = &*space.formats else { continue };
            let vae = format(families, name).vae.as_ref();
            let (Some(vae), Value::Number(number)) = (vae, value) else {
                continue;
            };
            match key.as_str() {
                "scaling_factor" => assert_eq!(*number, vae.scale, "{name}"),
                "shift_factor" => assert_eq!(*number, vae.shift, "{name}"),
                _ => {}
            }
        }
    }
    text + "        ],\n    },\n"
}

fn value(families: &[Family], value: &Value) -> String {
    match value {
        Value::Number(number) => format!("Value::Number({number:?})"),
        Value::Numbers(numbers) => format!("Value::Numbers(&{numbers:?})"),
        Value::Word(word) if word == "absent" => "Value::Absent".to_owned(),
        Value::Word(name) => format!("Value::Of({})", variant(families, name)),
        Value::Length { length } => format!("Value::Length({length})"),
    }
}

fn checkpoints(families: &[Family], tensors: &Tensors) -> String {
    let mut names = BTreeSet::new();
    let mut models = String::new();
    for model in &tensors.model {
        assert!(
            model
                .source
                .as_ref()
                .is_none_or(|source| !source.is_empty())
        );
        writeln!(
            models,
            "    Model {{\n        name: {:?},\n        formats: {},\n        tensors: &[",
            model.name,
            formats(families, &model.formats)
        )
        .unwrap();
        for tensor in &model.tensors {
            let needs: Vec<_> = tensor
                .split(" | ")
                .map(|one| {
                    let (name, shape) = one.split_once(" [").unwrap_or((one, "]"));
                    names.insert(name.to_owned());
                    let sizes = shape.trim_end_matches(']').split(", ");
                    let sizes: Vec<_> = sizes
                        .filter(|size| !size.is_empty())
                        .map(|size| if size == "*" { "0" } else { size })
                        .collect();
                    format!("Need {{ name: {name:?}, shape: &[{}] }}", sizes.join(", "))
                })
                .collect();
            writeln!(models, "            &[{}],", needs.join(", ")).unwrap();
        }
        names.extend(model.lacks.iter().cloned());
        writeln!(
            models,
            "        ],\n        lacks: &{:?},\n    }},",
            model.lacks
        )
        .unwrap();
    }
    let mut text = format!(
        "\npub(super) static PREFIXES: &[&str] = &{:?};\n\n/// Sorted.\npub(super) static NAMES: &[&str] = &[\n",
        tensors.prefixes
    );
    for name in names {
        writeln!(text, "    {name:?},").unwrap();
    }
    format!("{text}];\n\npub(super) static MODELS: &[Model] = &[\n{models}];\n")
}

fn format<'a>(families: &'a [Family], name: &str) -> &'a Format {
    let mut all = families.iter().flat_map(|family| &family.formats);
    all.find(|format| format.name == *name)
        .unwrap_or_else(|| panic!("no format {name}"))
}

fn variant(families: &[Family], name: &str) -> String {
    format!("LatentFormat::{}", format(families, name).variant)
}

fn formats(families: &[Family], names: &[String]) -> String {
    let variants: Vec<_> = names.iter().map(|name| variant(families, name)).collect();
    format!("&[{}]", variants.join(", "))
}
