//! Promise: the path to any file of a model determines the format.

#![cfg(all(feature = "identify", feature = "std"))]

#[path = "identify/headers.rs"]
mod headers;

use std::fs;
use std::path::{Path, PathBuf};

use headers::{gguf, models, safetensors};
use latent_preview::{IdentifyError, LatentFormat};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("identify")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn tensors(title: &str) -> Vec<(String, Vec<u64>)> {
    let mut all = models().into_iter();
    all.find(|model| model.title.starts_with(title))
        .unwrap()
        .tensors
}

fn found(path: &Path) -> LatentFormat {
    LatentFormat::from_model(path).unwrap().format
}

const SDXL: &str =
    r#"{"_class_name": "AutoencoderKL", "latent_channels": 4, "scaling_factor": 0.13025}"#;

#[test]
fn every_file_of_a_diffusers_folder_tells_it() {
    let model = folder("my-finetune-v9");
    write(
        &model.join("model_index.json"),
        r#"{"_class_name": "StableDiffusionXLPipeline"}"#,
    );
    write(&model.join("vae/config.json"), SDXL);
    write(
        &model.join("vae/diffusion_pytorch_model.safetensors"),
        safetensors(&tensors("an autoencoder of four")),
    );
    // A part of the tensors, which alone would not determine the format.
    write(
        &model.join("unet/diffusion_pytorch_model-00001-of-00002.safetensors"),
        safetensors(&[]),
    );
    write(
        &model.join("unet/config.json"),
        r#"{"_class_name": "UNet2DConditionModel"}"#,
    );
    for file in [
        "",
        "model_index.json",
        "vae",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
        "unet/config.json",
    ] {
        assert_eq!(found(&model.join(file)), LatentFormat::Sdxl, "{file}");
    }
    let found = LatentFormat::from_model(&model).unwrap();
    assert!(
        found.ground.contains("0.13025") && found.ground.contains("StableDiffusionXLPipeline"),
        "{found}"
    );
}

#[test]
fn a_pipeline_without_an_autoencoder_is_told_by_its_class() {
    let model = folder("pixels");
    for (class, format) in [
        ("PRXPixelPipeline", LatentFormat::RgbPixels),
        ("StableCascadePriorPipeline", LatentFormat::CascadePrior),
    ] {
        write(
            &model.join("model_index.json"),
            format!(r#"{{"_class_name": "{class}"}}"#),
        );
        assert_eq!(found(&model), format, "{class}");
    }
    // The second is a class of diffusers with another ending.
    for class in ["DDPMPipeline", "LEditsPPPipelineStableDiffusion"] {
        write(
            &model.join("model_index.json"),
            format!(r#"{{"_class_name": "{class}"}}"#),
        );
        let error = LatentFormat::from_model(&model).unwrap_err();
        assert!(
            matches!(&error, IdentifyError::UnknownPipeline { pipeline } if pipeline == class),
            "{error}"
        );
    }
}

#[test]
fn kandinsky_and_cascade_name_their_autoencoders_otherwise() {
    let model = folder("kandinsky");
    write(
        &model.join("model_index.json"),
        r#"{"_class_name": "KandinskyPipeline"}"#,
    );
    write(
        &model.join("movq/config.json"),
        r#"{"_class_name": "VQModel", "latent_channels": 4}"#,
    );
    assert_eq!(found(&model), LatentFormat::Kandinsky21);
}

#[test]
fn single_files_are_told_by_their_tensors() {
    let folder = folder("files");
    let tensors = tensors("FLUX.1 dev");
    for (name, header) in [
        ("a.safetensors", safetensors(&tensors)),
        ("sdxl.safetensors", safetensors(&tensors)),
        ("b.SAFETENSORS", safetensors(&tensors)),
        ("c.gguf", gguf(&tensors)),
    ] {
        let file = folder.join(name);
        // The weights after the header are not read.
        write(&file, [&header[..], &[0x7f; 100_000]].concat());
        assert_eq!(found(&file), LatentFormat::Flux1, "{name}");
    }
    for (index, model) in models().into_iter().enumerate() {
        if let [format] = *model.formats {
            let file = folder.join(format!("{index}.safetensors"));
            write(&file, safetensors(&model.tensors));
            assert_eq!(found(&file), format, "{}", model.title);
        }
    }
    let file = folder.join("config.json");
    write(&file, SDXL);
    assert_eq!(found(&file), LatentFormat::Sdxl);
}

#[test]
fn the_name_settles_what_the_tensors_leave_open_and_no_more() {
    let folder = folder("names");
    let tiny = safetensors(&tensors("a tiny autoencoder"));
    write(&folder.join("taew2_1.safetensors"), &tiny);
    assert_eq!(
        found(&folder.join("taew2_1.safetensors")),
        LatentFormat::Wan21
    );
    // A name of two of these four models.
    write(&folder.join("taecvx.safetensors"), &tiny);
    let error = LatentFormat::from_model(folder.join("taecvx.safetensors")).unwrap_err();
    let IdentifyError::SeveralFormats { ref candidates, .. } = error else {
        panic!("{error}");
    };
    let cog = [LatentFormat::CogVideoX, LatentFormat::CogVideoX15];
    assert_eq!(*candidates, cog, "{error}");
    let kl = safetensors(&tensors("an autoencoder of four"));
    write(&folder.join("sdxl_vae.safetensors"), &kl);
    let sdxl = LatentFormat::from_model(folder.join("sdxl_vae.safetensors")).unwrap();
    assert_eq!(sdxl.format, LatentFormat::Sdxl);
    assert!(sdxl.ground.ends_with("and its name"), "{sdxl}");

    for (name, header) in [("flux1.safetensors", &kl), ("vae.safetensors", &kl)] {
        write(&folder.join(name), header);
        let error = LatentFormat::from_model(folder.join(name)).unwrap_err();
        assert!(
            matches!(error, IdentifyError::SeveralFormats { .. }),
            "{error}"
        );
    }
    write(&folder.join("flux1-dev.safetensors"), safetensors(&[]));
    let error = LatentFormat::from_model(folder.join("flux1-dev.safetensors")).unwrap_err();
    assert!(
        matches!(error, IdentifyError::UnknownTensors { .. }),
        "{error}"
    );
}

#[test]
fn a_folder_with_one_checkpoint_is_that_model() {
    let folder = folder("one");
    write(&folder.join("README.md"), "text");
    write(
        &folder.join("model.safetensors"),
        safetensors(&tensors("Mochi 1")),
    );
    assert_eq!(found(&folder), LatentFormat::Mochi);
    write(&folder.join("other.gguf"), gguf(&tensors("Mochi 1")));
    let error = LatentFormat::from_model(&folder).unwrap_err();
    assert!(matches!(error, IdentifyError::NoModel { .. }), "{error}");
}

/// `vae` or `transformer` of a model, without the rest.
#[test]
fn a_part_of_a_pipeline_tells_it_too() {
    let folder = folder("parts");
    write(&folder.join("vae/config.json"), SDXL);
    assert_eq!(found(&folder.join("vae")), LatentFormat::Sdxl);
    let part = folder.join("part/transformer");
    write(
        &part.join("config.json"),
        r#"{"_class_name": "FluxTransformer2DModel"}"#,
    );
    let error = LatentFormat::from_model(&part).unwrap_err();
    assert!(
        error.to_string().contains("FluxTransformer2DModel"),
        "{error}"
    );
    write(
        &part.join("diffusion_pytorch_model.safetensors"),
        safetensors(&tensors("FLUX.1, transformer")),
    );
    assert_eq!(found(&part), LatentFormat::Flux1);
}

#[test]
fn other_paths_are_refused_with_the_reason() {
    let folder = folder("others");
    for (name, part) in [
        ("model.ckpt", "convert"),
        ("model-00002-of-00004.safetensors", "a folder with"),
    ] {
        write(&folder.join(name), safetensors(&tensors("Mochi 1")));
        let error = LatentFormat::from_model(folder.join(name)).unwrap_err();
        assert!(matches!(error, IdentifyError::NoModel { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    // No advice that leads back here.
    fs::remove_file(folder.join("model.ckpt")).unwrap();
    write(&folder.join("model-00001-of-00004.safetensors"), "");
    let error = LatentFormat::from_model(&folder).unwrap_err();
    assert!(error.to_string().contains("a folder with"), "{error}");
    let error = LatentFormat::from_model("stabilityai/sdxl-turbo").unwrap_err();
    assert!(matches!(error, IdentifyError::NoModel { .. }), "{error}");
    assert!(error.to_string().contains("download"), "{error}");
    let error = LatentFormat::from_model("a path\0").unwrap_err();
    assert!(matches!(error, IdentifyError::Io { .. }), "{error}");
    write(&folder.join("empty.safetensors"), "");
    write(&folder.join("empty.gguf"), "");
    write(
        &folder.join("text.safetensors"),
        "<!doctype html><html>this is no model</html>",
    );
    for name in ["empty.safetensors", "empty.gguf", "text.safetensors"] {
        let error = LatentFormat::from_model(folder.join(name)).unwrap_err();
        assert!(
            matches!(error, IdentifyError::Header { .. }),
            "{name}: {error}"
        );
    }
    write(&folder.join("config.json"), "x".repeat(3 << 20));
    let error = LatentFormat::from_model(folder.join("config.json")).unwrap_err();
    assert!(matches!(error, IdentifyError::Config { .. }), "{error}");
}

/// A terabyte of zeros, of which only the first bytes are read.
#[cfg(unix)]
#[test]
fn the_size_of_a_file_costs_nothing() {
    let folder = folder("sizes");
    for (name, start) in [
        ("a.safetensors", &b"\xff\xff\xff\xff\xff\xff\0\0{"[..]),
        ("b.safetensors", b"\0\0\0\x02\0\0\0\0{"),
        ("c.gguf", b"GGUF\x03\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
        (
            "d.gguf",
            b"GGUF\x03\0\0\0\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\0\0\0\0",
        ),
    ] {
        let path = folder.join(name);
        write(&path, start);
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_len(1 << 40).unwrap();
        let error = LatentFormat::from_model(&path).unwrap_err();
        assert!(
            matches!(
                error,
                IdentifyError::Header { .. } | IdentifyError::UnknownTensors { .. }
            ),
            "{name}: {error}"
        );
        fs::remove_file(path).unwrap();
    }
}
