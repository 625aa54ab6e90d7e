//! Refusals of the files of a model.

use latent_preview::{IdentifyError, LatentFormat};

use super::{Row, check_rows};

#[test]
fn refusals_of_model_files() {
    let folder =
        std::env::temp_dir().join(format!("latent-preview-messages-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
    let index = |class: &str| format!(r#"{{"_class_name": "{class}"}}"#);
    let header = |names: &[&str]| {
        let tensors = names.iter().map(|name| {
            format!(r#""{name}": {{"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}"#)
        });
        let json = format!("{{{}}}", tensors.collect::<Vec<_>>().join(", "));
        [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat()
    };
    let diffusers = |config: &str, class: Option<&str>| {
        let index = class.map(index);
        LatentFormat::from_diffusers(config, index.as_deref()).err()
    };
    let checkpoint = |bytes: &[u8]| LatentFormat::from_checkpoint(bytes).err();
    let model = |name: &str| {
        let error = LatentFormat::from_model(path(name)).err();
        // Without the part that differs from machine to machine.
        error.map(|error| {
            error
                .to_string()
                .replace(&folder.display().to_string(), "MODELS")
        })
    };
    let hunyuan = r#"{"_class_name": "AutoencoderKLHunyuanVideo", "scaling_factor": 0.476986}"#;
    let sana = r#"{"_class_name": "AutoencoderDC", "scaling_factor": 0.41407}"#;
    let lora = header(&["unet.down.lora_A.weight"]);
    write("model.ckpt", b"PK");
    for shard in [
        "model-00001-of-00002",
        "apart/shards/a-00001-of-00002",
        "apart/shards/a-00002-of-00002",
    ] {
        std::fs::create_dir_all(path("apart/shards")).unwrap();
        write(&format!("{shard}.safetensors"), &lora);
    }
    std::fs::create_dir_all(path("cut")).unwrap();
    write("cut/model_index.json", b"{");
    write(
        "pointer.safetensors",
        b"version https://git-lfs.github.com/spec/v1",
    );
    write("model_index.json", index("FooPipeline").as_bytes());
    for empty in ["empty", "several"] {
        std::fs::create_dir_all(path(empty)).unwrap();
    }
    write("several/a.safetensors", &lora);
    write("several/b.gguf", b"GGUF");
    let rows: Vec<Row<IdentifyError>> = vec![
        (
            "a configuration that is cut off",
            diffusers("{", None),
            "vae/config.json: EOF while parsing an object at line 1 column 1",
        ),
        (
            "a configuration of no class",
            diffusers("{}", None),
            "vae/config.json: it has no _class_name, which every diffusers configuration has",
        ),
        (
            "a configuration that is one long text",
            diffusers(&format!("\"{}\"", "x".repeat(900_000)), None),
            "vae/config.json: invalid type: string \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... at line 1 \
             column 900002",
        ),
        (
            "exchanged texts",
            diffusers(
                &index("StableDiffusionPipeline"),
                Some("StableDiffusionPipeline"),
            ),
            "vae/config.json: this is the model_index.json of StableDiffusionPipeline: give the \
             text of vae/config.json first, then that of model_index.json",
        ),
        (
            "an autoencoder of sounds",
            diffusers(
                r#"{"_class_name": "AutoencoderKL", "latent_channels": 8}"#,
                None,
            ),
            "no known format has an autoencoder of the class AutoencoderKL with latent_channels 8: \
             parse the model's name as a `LatentFormat`",
        ),
        (
            "an autoencoder of Kandinsky 2.1 in another Kandinsky",
            diffusers(
                r#"{"_class_name": "VQModel", "latent_channels": 4}"#,
                Some("Kandinsky3Pipeline"),
            ),
            "vae/config.json: VQModel, latent_channels 4, and model_index.json: Kandinsky3Pipeline: \
             this may be kandinsky21 or another format: parse the model's name as a `LatentFormat`",
        ),
        (
            "a class of tomorrow",
            diffusers(&index("AutoencoderOfTomorrow"), None),
            "no known format has an autoencoder of the class AutoencoderOfTomorrow: parse the \
             model's name as a `LatentFormat`",
        ),
        (
            "an autoencoder that has lost its scale",
            diffusers(&index("AutoencoderKL"), Some("StableDiffusionXLPipeline")),
            "vae/config.json differs from that of sdxl (model_index.json: \
             StableDiffusionXLPipeline): scaling_factor is missing instead of 0.13025. Correct \
             the configuration, or parse the model's name as a `LatentFormat`",
        ),
        (
            "an autoencoder that two models share",
            diffusers(sana, None),
            "vae/config.json: AutoencoderDC, latent_channels 32 by default, scaling_factor \
             0.41407: this may be sana or sana-sprint: give the text of its model_index.json as well, or parse the model's \
             name as a `LatentFormat`",
        ),
        (
            "an autoencoder of another model",
            diffusers(hunyuan, Some("FluxPipeline")),
            "its parts have different latents: vae/config.json: AutoencoderKLHunyuanVideo, \
             latent_channels 16 by default, scaling_factor 0.476986 has those of \
             hunyuan-video, model_index.json: FluxPipeline has those of flux1. Parse the name of the denoiser's model as a \
             `LatentFormat`",
        ),
        (
            "a file of no tensors",
            checkpoint(b"\0\0"),
            "not the header of a safetensors or GGUF file: 2 bytes are too few",
        ),
        (
            "a page of a website",
            checkpoint(b"<!DOCTYPE html><html></html>"),
            "not the header of a safetensors or GGUF file: it is a web page, not the file",
        ),
        (
            "a header of nothing",
            checkpoint(&header(&[])),
            "no known model has these tensors (0 in all): parse the model's name as a `LatentFormat`",
        ),
        (
            "a LoRA",
            checkpoint(&lora),
            "no known model has these tensors (1 in all): the file is a LoRA; give the model \
             that it was made for",
        ),
        (
            "a model of tomorrow",
            checkpoint(&header(&["model.of.tomorrow"])),
            "no known model has these tensors (1 in all), the first of which is \
             model.of.tomorrow: parse the model's name as a `LatentFormat`",
        ),
        (
            "a folder with an unknown pipeline",
            LatentFormat::from_model(&folder).err(),
            "no known model has the pipeline FooPipeline: give the configuration of its \
             autoencoder",
        ),
    ];
    check_rows(
        rows,
        include_str!("../../src/identify/error.rs"),
        "IdentifyError",
        &["NoModel", "Io"],
    );
    for (name, expected) in [
        (
            "model.ckpt",
            "MODELS/model.ckpt: neither a folder nor a .safetensors, .gguf or .json file. A \
             .ckpt or .pt file can run code, so it is not read: convert it to .safetensors",
        ),
        (
            "model-00001-of-00002.safetensors",
            "MODELS/model-00001-of-00002.safetensors: one of several files that each hold a \
             part of the tensors: give a folder with model_index.json, or parse the model's \
             name as a `LatentFormat`",
        ),
        (
            "empty",
            "MODELS/empty: no model here: expected model_index.json, vae/config.json or one \
             checkpoint (.safetensors, .gguf)",
        ),
        (
            "several",
            "MODELS/several: several checkpoints here: give the path of one",
        ),
        (
            "apart/shards",
            "MODELS/apart/shards/a-00001-of-00002.safetensors: one of several files that each hold a \
             part of the tensors: give a folder with model_index.json, or parse the model's \
             name as a `LatentFormat`",
        ),
        (
            "cut",
            "model_index.json: EOF while parsing an object at line 1 column 1",
        ),
        (
            "pointer.safetensors",
            "not the header of a safetensors or GGUF file: it is a Git LFS pointer: run `git \
             lfs pull` (MODELS/pointer.safetensors)",
        ),
    ] {
        assert_eq!(model(name).as_deref(), Some(expected), "{name}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
