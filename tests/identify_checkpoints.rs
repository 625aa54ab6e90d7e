//! Promise: the names and shapes of tensors distinguish models of different formats, and a
//! truncated, broken or hostile header is refused at no cost.

#![cfg(feature = "identify")]

#[path = "identify/headers.rs"]
mod headers;

use std::collections::HashSet;

use headers::{gguf, models, safetensors};
use latent_preview::{IdentifyError, LatentFormat};
use proptest::prelude::*;

/// The formats that a header leaves, in the order of the catalog.
fn left(header: &[u8]) -> Result<HashSet<LatentFormat>, IdentifyError> {
    match LatentFormat::from_checkpoint(header) {
        Ok(found) => Ok([found.format].into()),
        Err(IdentifyError::SeveralFormats { candidates, .. }) => {
            Ok(candidates.into_iter().collect())
        }
        Err(error) => Err(error),
    }
}

#[test]
fn headers_of_safetensors_tell_the_format() {
    for model in models() {
        let expected: HashSet<_> = model.formats.iter().copied().collect();
        let found = left(&safetensors(&model.tensors));
        assert!(
            matches!(&found, Ok(found) if *found == expected),
            "{}: {found:?}",
            model.title
        );
    }
}

#[test]
fn headers_of_gguf_tell_the_format() {
    for model in models() {
        let expected: HashSet<_> = model.formats.iter().copied().collect();
        let found = left(&gguf(&model.tensors));
        assert!(
            matches!(&found, Ok(found) if *found == expected),
            "{}: {found:?}",
            model.title
        );
    }
}

/// Each rule decides for a header, and no header is there without a rule.
#[test]
fn every_rule_has_a_header() {
    let rules: toml::Table =
        toml::from_str(include_str!("../src/format/data/identify/tensors.toml")).unwrap();
    let grounds: Vec<_> = models()
        .iter()
        .filter_map(
            |model| match LatentFormat::from_checkpoint(&safetensors(&model.tensors)) {
                Ok(found) => Some(found.ground),
                Err(IdentifyError::SeveralFormats { ground, .. }) => Some(ground),
                Err(_) => None,
            },
        )
        .flat_map(|ground| {
            let (_, names) = ground.split_once("the tensors of the ").unwrap();
            let names = names.split(" and the ");
            names.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let names = rules["model"].as_array().unwrap().iter();
    let untested: Vec<_> = names
        .map(|model| model["name"].as_str().unwrap())
        .filter(|name| !grounds.iter().any(|ground| ground == name))
        .collect();
    assert!(untested.is_empty(), "no header for {untested:#?}");
}

/// A part of the tensors may leave more formats, but no other ones: a rule that checks too
/// little would.
#[test]
fn no_model_is_taken_for_another() {
    for model in models() {
        for at in 0..model.tensors.len() {
            let mut fewer = model.tensors.clone();
            fewer.remove(at);
            if let Ok(found) = LatentFormat::from_checkpoint(&safetensors(&fewer)) {
                // Sana Sprint differs from Sana only by an embedding of the guidance.
                let is_sprint = model.formats == [LatentFormat::SanaSprint];
                assert!(
                    model.formats.contains(&found.format) || is_sprint,
                    "{} without {}: {found}",
                    model.title,
                    model.tensors[at].0
                );
            }
        }
    }
}

#[test]
fn a_denoiser_and_an_autoencoder_of_other_latents_contradict() {
    let models = models();
    let of = |title: &str| {
        let model = models.iter().find(|model| model.title.starts_with(title));
        model.unwrap().tensors.clone()
    };
    let both = [of("FLUX.1 dev"), of("the autoencoder of FLUX.2")].concat();
    let error = LatentFormat::from_checkpoint(&safetensors(&both)).unwrap_err();
    assert!(
        matches!(error, IdentifyError::Contradiction { .. }),
        "{error}"
    );
    for format in ["flux1", "flux2"] {
        assert!(error.to_string().contains(format), "{error}");
    }
    // If an autoencoder leaves several formats, the denoiser decides.
    let both = [of("FLUX.1 dev"), of("an autoencoder of sixteen channels")].concat();
    let found = LatentFormat::from_checkpoint(&safetensors(&both)).unwrap();
    assert_eq!(found.format, LatentFormat::Flux1);
    assert!(
        found.ground.contains("FLUX.1") && found.ground.contains("16 channels"),
        "{found}"
    );
}

#[test]
fn unknown_tensors_are_refused() {
    let tensors = |names: &[&str]| -> Vec<_> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), vec![16, 16]))
            .collect()
    };
    let error = left(&safetensors(&tensors(&["a.model.of.tomorrow"]))).unwrap_err();
    assert!(
        matches!(error, IdentifyError::UnknownTensors { tensors: 75, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("a.model.of.tomorrow"), "{error}");

    for name in [
        "lora_unet_double_blocks_0_img_attn_qkv.alpha",
        "transformer.blocks.0.attn.to_q.lora.down.weight",
    ] {
        let error = left(&safetensors(&tensors(&[name]))).unwrap_err();
        assert!(error.to_string().contains("LoRA"), "{error}");
    }

    let none = left(b"\x02\0\0\0\0\0\0\0{}").unwrap_err().to_string();
    assert!(!none.contains("the first"), "{none}");
}

/// False claims of sizes, counts and lengths.
#[test]
fn hostile_headers_are_refused_at_once() {
    let claimed = |length: u64, rest: &[u8]| [&length.to_le_bytes()[..], rest].concat();
    let deep = "[".repeat(1_000_000);
    let long = format!("\"{}\"", "y".repeat(900_000));
    let many_sizes = format!(
        r#"{{"a": {{"dtype": "F32", "shape": [{}1]}}}}"#,
        "1,".repeat(1_000_000)
    );
    let mut headers = vec![
        vec![],
        vec![0; 7],
        claimed(u64::MAX, b"{}"),
        claimed(1 << 40, b"{}"),
        claimed(100_000_000, b"{}"),
        claimed(3, b"{}"),
        claimed(1, b"{"),
        claimed(2, b"[]"),
        claimed(4, b"null"),
        claimed(4, b"\xff\xfe\0\0"),
        claimed(deep.len() as u64, deep.as_bytes()),
        claimed(many_sizes.len() as u64, many_sizes.as_bytes()),
        claimed(long.len() as u64, long.as_bytes()),
    ];
    for shape in [
        "[-1]",
        "[1.5]",
        "[1e9]",
        "{}",
        "null",
        "[[1]]",
        "[18446744073709551616]",
        "\"4\"",
        &format!("\"{}\"", "y".repeat(900_000)),
    ] {
        let json = format!(r#"{{"img_in.weight": {{"dtype": "F32", "shape": {shape}}}}}"#);
        headers.push(claimed(json.len() as u64, json.as_bytes()));
    }

    let start = |version: u32, tensors: u64, values: u64, rest: &[u8]| {
        [
            &b"GGUF"[..],
            &version.to_le_bytes(),
            &tensors.to_le_bytes(),
            &values.to_le_bytes(),
            rest,
        ]
        .concat()
    };
    let max = u64::MAX.to_le_bytes();
    let key = [&1_u64.to_le_bytes()[..], b"k"].concat();
    let value = |kind: u32, rest: &[u8]| [&key[..], &kind.to_le_bytes(), rest].concat();
    let array = |kind: u32, rest: &[u8]| value(9, &[&kind.to_le_bytes()[..], rest].concat());
    let nested = [9_u32.to_le_bytes().as_slice(), &max]
        .concat()
        .repeat(100_000);
    headers.extend([
        b"GGUF".to_vec(),
        start(1, 0, 0, &[]),
        start(u32::MAX, 0, 0, &[]),
        start(3, u64::MAX, 0, &[]),
        start(3, 0, u64::MAX, &[]),
        start(3, u64::MAX, u64::MAX, &[0; 4096]),
        start(3, 0, 1, &max),
        start(3, 0, 1, &value(8, &max)),
        start(3, 0, 1, &value(77, &[0; 64])),
        start(3, 0, 1, &array(10, &max)),
        start(3, 0, 1, &array(8, &max)),
        start(3, 0, 1, &array(77, &max)),
        start(3, 0, 1, &value(9, &nested)),
        start(
            3,
            1,
            0,
            &[&key[..], &u32::MAX.to_le_bytes(), &[0; 64]].concat(),
        ),
    ]);
    for header in headers {
        let error = left(&header).unwrap_err();
        assert!(
            matches!(error, IdentifyError::Header { .. }),
            "{:?}: {error}",
            &header[..header.len().min(40)]
        );
        assert!(error.to_string().len() < 300);
    }
    // The first bytes of another file are a large number.
    let error = left(b"some other file").unwrap_err().to_string();
    assert!(error.contains("more than any model has"), "{error}");
}

#[test]
fn headers_that_are_cut_off_are_refused() {
    for model in models() {
        let both = [safetensors(&model.tensors), gguf(&model.tensors)];
        for header in both {
            for length in (0..header.len()).step_by(97) {
                let error = left(&header[..length]).unwrap_err();
                assert!(matches!(error, IdentifyError::Header { .. }), "{error}");
            }
        }
    }
}

proptest! {
    #[test]
    fn broken_headers_are_refused_and_nothing_worse(
        model in 0..models().len(),
        is_gguf in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let tensors = &models()[model].tensors;
        let mut header = if is_gguf { gguf(tensors) } else { safetensors(tensors) };
        for (at, byte) in flips {
            let at = at.index(header.len());
            header[at] = byte;
        }
        if let Err(error) = LatentFormat::from_checkpoint(&header) {
            prop_assert!(error.to_string().len() < 2000);
        }
    }
}
