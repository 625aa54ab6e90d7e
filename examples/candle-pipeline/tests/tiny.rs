//! Promise: the pipeline runs from a folder of weights to a picture, with a preview of at least
//! its last step. The networks have the real classes but are tiny and untrained; the text
//! encoder, whose sizes candle fixes, is not tiny.

use std::fs;
use std::path::Path;
use std::process::Command;

use candle_core::{DType, Device};
use candle_nn::{VarBuilder, VarMap};
use candle_transformers::models::stable_diffusion::clip::{self, ClipTextTransformer};
use candle_transformers::models::stable_diffusion::unet_2d::{
    BlockConfig, UNet2DConditionModel, UNet2DConditionModelConfig,
};
use candle_transformers::models::stable_diffusion::vae::{AutoEncoderKL, AutoEncoderKLConfig};

/// Writes the variables that `build` creates.
fn save(path: &Path, build: impl FnOnce(VarBuilder<'_>)) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let variables = VarMap::new();
    build(VarBuilder::from_varmap(
        &variables,
        DType::F32,
        &Device::Cpu,
    ));
    variables.save(path).unwrap();
}

fn write_model(folder: &Path) {
    let block = |out_channels, use_cross_attn| BlockConfig {
        out_channels,
        use_cross_attn,
        attention_head_dim: 2,
    };
    let unet = UNet2DConditionModelConfig {
        blocks: vec![block(32, Some(1)), block(64, None)],
        layers_per_block: 1,
        cross_attention_dim: 768,
        ..Default::default()
    };
    save(
        &folder.join("unet/diffusion_pytorch_model.safetensors"),
        |vs| {
            UNet2DConditionModel::new(vs, 4, 4, false, unet).unwrap();
        },
    );
    let vae = AutoEncoderKLConfig {
        block_out_channels: vec![32, 32, 32, 32],
        layers_per_block: 1,
        ..Default::default()
    };
    save(
        &folder.join("vae/diffusion_pytorch_model.safetensors"),
        |vs| {
            AutoEncoderKL::new(vs, 3, 3, vae).unwrap();
        },
    );
    save(&folder.join("text_encoder/model.safetensors"), |vs| {
        ClipTextTransformer::new(vs, &clip::Config::v1_5()).unwrap();
    });
    for (path, json) in [
        (
            "unet/config.json",
            r#"{"in_channels":4,"block_out_channels":[32,64],"attention_head_dim":2,
                "down_block_types":["CrossAttnDownBlock2D","DownBlock2D"],
                "layers_per_block":1,"norm_num_groups":32,"cross_attention_dim":768}"#,
        ),
        (
            "vae/config.json",
            r#"{"block_out_channels":[32,32,32,32],"layers_per_block":1,
                "latent_channels":4,"norm_num_groups":32,"scaling_factor":0.18215}"#,
        ),
        ("text_encoder/config.json", r#"{"hidden_size":768}"#),
        (
            "scheduler/scheduler_config.json",
            r#"{"prediction_type":"epsilon"}"#,
        ),
        (
            "tokenizer/tokenizer.json",
            r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
                "normalizer":null,"pre_tokenizer":{"type":"Whitespace"},
                "post_processor":null,"decoder":null,
                "model":{"type":"WordLevel","unk_token":"?",
                         "vocab":{"?":0,"a":1,"robot":2,"<|endoftext|>":3}}}"#,
        ),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json).unwrap();
    }
}

#[test]
fn a_folder_of_weights_becomes_a_picture_with_previews() {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    let run = |name: &str, steps: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_candle-pipeline"))
            .current_dir(folder.path())
            .args(["--weights", ".", "--prompt", "a robot", "--size", "128"])
            .args(["--steps", steps, "--output", &format!("{name}.png")])
            .args(["--previews", name, "--learn", "learner.json"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    };
    let said = run("first", "6");
    assert!(said.contains("6 steps"), "{said}");
    // Untrained weights make pictures that do not depend on their latents in a useful way.
    let is_refused = said.contains("nothing was learned: ");
    assert!(is_refused || said.contains("the next previews: "), "{said}");
    let stored = fs::read_to_string(folder.path().join("learner.json")).unwrap();
    assert!(
        stored.starts_with(r#"{"version":1,"channels":4,"#),
        "{stored}"
    );

    let picture = image::open(folder.path().join("first.png"))
        .unwrap()
        .into_rgb8();
    assert_eq!(picture.dimensions(), (128, 128));
    // Steps may be skipped while a file is being written, but never the last.
    let last = image::open(folder.path().join("first/step-006.png"))
        .unwrap()
        .into_rgb8();
    assert_eq!(last.dimensions(), (16, 16));
    let written = fs::read_dir(folder.path().join("first")).unwrap().count();
    assert!(said.contains(&format!("{written} previews")), "{said}");
    // The picture is not blank, and the seed repeats it.
    assert!(last.pixels().any(|pixel| pixel != last.get_pixel(0, 0)));
    run("again", "6");
    let again = image::open(folder.path().join("again/step-006.png"))
        .unwrap()
        .into_rgb8();
    assert_eq!(last, again);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    fs::create_dir(folder.path().join("steps")).unwrap();
    for file in ["picture.png", "steps/step-001.png"] {
        let path = folder.path().join(file);
        // The previous run may have written it.
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_candle-pipeline"))
            .current_dir(folder.path())
            .args(["--weights", ".", "--prompt", "a robot", "--size", "64"])
            .args(["--steps", "1", "--previews", "steps"])
            .output()
            .unwrap();
        fs::remove_file(path).unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{file}: {error}");
        assert!(error.contains(file), "{error}");
        assert!(error.contains("No space left"), "{file}: {error}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candle-pipeline"))
        .current_dir(folder.path())
        .args(["--weights", "nowhere", "--prompt", "a robot"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("nowhere/unet/config.json"), "{said}");
}
