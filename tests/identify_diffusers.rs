//! Promise: the configuration of an autoencoder in a diffusers folder determines the format,
//! and a configuration of no known model is refused with the reason.

#![cfg(feature = "identify")]

use std::collections::HashSet;

use latent_preview::{IdentifyError, LatentFormat};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A configuration as the diffusers classes write it, and the expected format.
struct Case {
    format: LatentFormat,
    config: Map<String, Value>,
    index: Option<String>,
}

impl Case {
    fn found(&self) -> Result<LatentFormat, IdentifyError> {
        let text = serde_json::to_string(&self.config).unwrap();
        let found = LatentFormat::from_diffusers(&text, self.index.as_deref())?;
        Ok(found.format)
    }

    fn class(&self) -> &str {
        self.config["_class_name"].as_str().unwrap()
    }
}

fn cases() -> Vec<Case> {
    let lines = include_str!("identify/configurations.jsonl").lines();
    let cases = lines.map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let format: LatentFormat = line["format"].as_str().unwrap().parse().unwrap();
        let mut config = line["config"].as_object().unwrap().clone();
        // Lists of 24 to 64 numbers, which the table also has.
        if line["statistics"] == true {
            let vae = format.vae_space().unwrap();
            config.insert("latents_mean".to_owned(), json!(vae.mean));
            config.insert("latents_std".to_owned(), json!(vae.std));
        }
        let pipeline = line["pipeline"].as_str();
        Case {
            format,
            config,
            index: pipeline.map(|class| json!({"_class_name": class, "vae": []}).to_string()),
        }
    });
    cases.collect()
}

#[test]
fn configurations_tell_the_format() {
    for case in cases() {
        let found = case.found();
        assert!(
            matches!(found, Ok(format) if format == case.format),
            "{} {}: {found:?}",
            case.format,
            case.class()
        );
    }
    // Every format of every class has a case, tiny autoencoders apart: see identify_pipelines.rs.
    let rules: toml::Table =
        toml::from_str(include_str!("../src/format/data/identify/diffusers.toml")).unwrap();
    let cases = cases();
    let tested: HashSet<_> = cases
        .iter()
        .map(|case| (case.class(), case.format.name()))
        .collect();
    for class in rules["vae"].as_array().unwrap() {
        let name = class["class"].as_str().unwrap();
        for space in class["space"].as_array().unwrap() {
            for format in space["formats"].as_array().unwrap() {
                let case = (name, format.as_str().unwrap());
                let is_tiny = name == "AutoencoderTiny";
                assert!(is_tiny || tested.contains(&case), "{case:?}");
            }
        }
    }
}

/// Another number of channels is another model, not a fault of the configuration.
#[test]
fn an_autoencoder_of_other_channels_is_unknown() {
    for (class, key, channels) in [
        // AudioLDM's.
        ("AutoencoderKL", "latent_channels", 8),
        ("AutoencoderKLWan", "z_dim", 32),
        ("AutoencoderDC", "latent_channels", 512),
    ] {
        let config =
            json!({"_class_name": class, key: channels, "scaling_factor": 0.9}).to_string();
        let error = LatentFormat::from_diffusers(&config, None).unwrap_err();
        let expected = format!("{class} with {key} {channels}");
        assert!(
            matches!(&error, IdentifyError::UnknownClass { class } if *class == expected),
            "{error}"
        );
    }
}

#[test]
fn most_autoencoders_need_no_pipeline() {
    let needs = [
        "cogview4",
        "cogview3-plus",
        "glm-image",
        "sana",
        "sana-sprint",
        "kandinsky21",
        "cascade-b",
    ];
    for mut case in cases() {
        case.index = None;
        let found = case.found();
        if needs.contains(&case.format.name()) {
            let Err(IdentifyError::SeveralFormats { candidates, .. }) = found else {
                panic!("{}: {found:?}", case.format);
            };
            assert!(candidates.contains(&case.format));
        } else {
            assert_eq!(found.unwrap(), case.format);
        }
    }
}

#[test]
fn unknown_keys_say_nothing() {
    for mut case in cases() {
        for (key, value) in [
            ("_diffusers_version", json!("0.99.0.dev0")),
            ("_name_or_path", json!("/home/somebody/my finetune")),
            ("sample_size", json!(2048)),
            ("act_fn", json!("mish")),
            (
                "a_key_of_tomorrow",
                json!({"nested": [1, null, {"deep": true}]}),
            ),
        ] {
            case.config.insert(key.to_owned(), value);
        }
        assert_eq!(case.found().unwrap(), case.format);
    }
}

#[test]
fn another_scale_is_refused_with_the_reason() {
    for mut case in cases() {
        // These are not scaled by one factor.
        let unscaled = ["glm-image", "kandinsky21", "cascade-b"];
        if unscaled.contains(&case.format.name()) {
            continue;
        }
        let scale = case.config.get("scaling_factor").and_then(Value::as_f64);
        let other = (scale.unwrap_or(1.0) * 107_000.0).round() / 100_000.0;
        case.config
            .insert("scaling_factor".to_owned(), json!(other));
        let error = case.found().unwrap_err();
        let IdentifyError::OtherValues {
            nearest,
            ref differences,
            ..
        } = error
        else {
            panic!("{}: {error:?}", case.format);
        };
        assert_eq!(nearest, case.format, "{error}");
        assert!(
            differences.contains(&format!("scaling_factor is {other}")),
            "{error}"
        );
        assert!(error.to_string().contains(case.format.name()), "{error}");
    }
}

#[test]
fn other_statistics_are_refused() {
    for mut case in cases() {
        let Some(Value::Array(std)) = case.config.get("latents_std").cloned() else {
            continue;
        };
        // None of our sources has Cosmos' own numbers.
        if case.format == LatentFormat::Cosmos1 {
            continue;
        }
        let mut other = std.clone();
        other.pop();
        let mut changed = vec![other];
        if case.format != LatentFormat::GlmImage {
            let mut other = std;
            other[0] = json!(other[0].as_f64().unwrap() * 1.07);
            changed.push(other);
        }
        for other in changed {
            case.config.insert("latents_std".to_owned(), json!(other));
            let error = case.found().unwrap_err();
            assert!(
                matches!(&error, IdentifyError::OtherValues { nearest, differences, .. }
                    if *nearest == case.format && differences.starts_with("latents_std")),
                "{error}"
            );
        }
    }
}

/// An autoencoder that has lost its scaling factor has the default of Stable Diffusion 1.
#[test]
fn the_scale_of_another_model_is_named() {
    let index = |class: &str| json!({ "_class_name": class }).to_string();
    let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 4}"#;
    let found = LatentFormat::from_diffusers(config, None).unwrap();
    assert_eq!(found.format, LatentFormat::Sd1);
    for config in [
        config,
        r#"{"_class_name": "AutoencoderKL", "scaling_factor": 0.18215}"#,
    ] {
        let xl = index("StableDiffusionXLPipeline");
        let error = LatentFormat::from_diffusers(config, Some(&xl)).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("differs from that of sdxl"), "{message}");
        assert!(message.contains("instead of 0.13025"), "{message}");
    }
    let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 16, "scaling_factor": 1.5305,
        "shift_factor": 0.1159}"#;
    let flux = index("FluxPipeline");
    let message = LatentFormat::from_diffusers(config, Some(&flux))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "vae/config.json differs from that of flux1 (model_index.json: FluxPipeline): \
         scaling_factor is 1.5305 (that of sd3) instead of 0.3611. Correct the configuration, or parse the model's name as a `LatentFormat`"
    );
    // An autoencoder of another class and the same shape.
    let config = r#"{"_class_name": "AutoencoderKLHunyuanVideo"}"#;
    let error = LatentFormat::from_diffusers(config, Some(&flux)).unwrap_err();
    assert!(
        matches!(error, IdentifyError::Contradiction { .. }),
        "{error}"
    );
    for part in ["AutoencoderKLHunyuanVideo", "FluxPipeline", "flux1"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    // With another shape, it is a model that was trained for this autoencoder.
    let config = r#"{"_class_name": "AutoencoderKLFlux2", "latent_channels": 32}"#;
    let xl = index("StableDiffusionXLPipeline");
    let found = LatentFormat::from_diffusers(config, Some(&xl)).unwrap();
    assert_eq!(found.format, LatentFormat::Flux2);
}

/// The pipeline says which model was meant, even if another one has as many channels.
#[test]
fn the_pipelines_own_values_are_compared_first() {
    let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 16,
        "scaling_factor": 0.18215}"#;
    let index = r#"{"_class_name": "StableDiffusionPipeline"}"#;
    let error = LatentFormat::from_diffusers(config, Some(index)).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with(
            "vae/config.json differs from that of sd1 (model_index.json: \
             StableDiffusionPipeline): latent_channels is 16 instead of 4."
        ),
        "{message}"
    );
}

#[test]
fn the_ground_names_what_was_read() {
    let mut statistics = 0;
    for case in cases() {
        let text = serde_json::to_string(&case.config).unwrap();
        let found = LatentFormat::from_diffusers(&text, case.index.as_deref()).unwrap();
        assert!(found.ground.contains(case.class()), "{found}");
        assert!(found.to_string().starts_with(case.format.name()), "{found}");
        for key in ["latents_mean", "latents_std"] {
            let is_there = case.config.get(key).is_some_and(|value| !value.is_null());
            let is_named = found.ground.contains(key);
            assert!(is_there || !is_named, "{found}");
            statistics += usize::from(is_named);
        }
    }
    assert!(statistics > 0);
}

#[test]
fn what_is_no_configuration_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(
        r#"{{"_class_name": "AutoencoderKL", "x": "{}"}}"#,
        "x".repeat(2 << 20)
    );
    for text in [
        "",
        "{",
        "[]",
        "null",
        "1",
        "{}",
        r#"{"_class_name": 1}"#,
        r#"{"_class_name": null}"#,
        &deep,
        &long,
        &format!(r#"{{"_class_name": {deep}}}"#),
        &format!("\"{}\"", "x".repeat(900_000)),
    ] {
        let error = LatentFormat::from_diffusers(text, None).unwrap_err();
        assert!(
            matches!(
                error,
                IdentifyError::Config {
                    file: "vae/config.json",
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().len() < 300);
        if text != "{}" && !text.contains("_class_name") {
            let good = r#"{"_class_name": "AutoencoderKLFlux2"}"#;
            let error = LatentFormat::from_diffusers(good, Some(text)).unwrap_err();
            assert!(
                matches!(
                    error,
                    IdentifyError::Config {
                        file: "model_index.json",
                        ..
                    }
                ),
                "{error}"
            );
        }
    }
    for class in [
        "AutoencoderOobleck",
        "AutoencoderKLLTX2Audio",
        "UNet2DConditionModel",
        "",
        &"x".repeat(100_000),
    ] {
        let text = json!({ "_class_name": class }).to_string();
        let error = LatentFormat::from_diffusers(&text, None).unwrap_err();
        assert!(
            matches!(error, IdentifyError::UnknownClass { .. }),
            "{error}"
        );
        assert!(error.to_string().len() < 300);
    }
}

proptest! {
    /// For any value of a key, the answer is the format, another one with these values, or an error.
    #[test]
    fn odd_values_are_refused_and_nothing_worse(
        case in 0..cases().len(),
        key in 0..40_usize,
        value in prop::sample::select(vec![
            json!(null), json!(true), json!("0.18215"), json!([]), json!({}), json!(-1), json!(1e308),
            json!(0), json!([null]), json!(["a", "b", "c", "d"]), json!(u64::MAX),
        ]),
    ) {
        let mut case = cases().swap_remove(case);
        let keys: Vec<_> = case.config.keys().cloned().collect();
        let key = &keys[key % keys.len()];
        case.config.insert(key.clone(), value);
        if let Err(error) = case.found() {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
