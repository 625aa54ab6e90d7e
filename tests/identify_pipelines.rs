//! Promise: the class of a pipeline is read as a name is. If several models may have it, it narrows
//! the formats, but never decides.

#![cfg(feature = "identify")]

use latent_preview::{IdentifyError, LatentFormat, PreviewError};
use serde_json::json;

/// Its latents are those of the model that it was made for, which only the pipeline tells.
#[test]
fn a_tiny_autoencoder_needs_a_pipeline() {
    for (channels, class, expected) in [
        (4, "StableDiffusionPipeline", Ok("sd1")),
        (16, "StableDiffusion3Pipeline", Ok("sd3")),
        (16, "FluxPipeline", Ok("flux1")),
        // Playground 2.5 has the same class.
        (
            4,
            "StableDiffusionXLPipeline",
            Err(&["sdxl", "playground25"][..]),
        ),
        (
            4,
            "SomebodysPipeline",
            Err(&["sd1", "sdxl", "playground25"]),
        ),
        // Others with the latents of SDXL.
        (4, "KolorsPipeline", Ok("sdxl")),
        (4, "HunyuanDiTPipeline", Ok("sdxl")),
        (4, "PixArtSigmaPipeline", Ok("sdxl")),
        (4, "AuraFlowPipeline", Ok("sdxl")),
        (4, "LuminaPipeline", Ok("sdxl")),
    ] {
        let config = json!({"_class_name": "AutoencoderTiny", "latent_channels": channels});
        let index = json!({"_class_name": class}).to_string();
        let found = LatentFormat::from_diffusers(&config.to_string(), Some(&index));
        match found {
            Ok(found) => assert_eq!(Ok(found.format.name()), expected),
            Err(IdentifyError::SeveralFormats { candidates, .. }) => {
                let names: Vec<_> = candidates.into_iter().map(LatentFormat::name).collect();
                assert_eq!(Err(&names[..]), expected, "{class}");
            }
            Err(error) => panic!("{class}: {error}"),
        }
    }
}

/// A pipeline that may be that of several models narrows the formats, but never decides.
#[test]
fn a_pipeline_of_several_models_decides_nothing() {
    let movq = r#"{"_class_name": "VQModel", "latent_channels": 4}"#;
    for class in [
        "Kandinsky3Pipeline",
        "KandinskyV22Pipeline",
        // Certain, but of other latents.
        "FluxPipeline",
        "SomebodysPipeline",
    ] {
        let index = json!({"_class_name": class}).to_string();
        let error = LatentFormat::from_diffusers(movq, Some(&index)).unwrap_err();
        assert!(
            matches!(error, IdentifyError::SeveralFormats { .. }),
            "{class}: {error}"
        );
        let message = error.to_string();
        assert!(
            message.contains("kandinsky21 or another format"),
            "{message}"
        );
    }
}

/// Classes are read as names are.
#[test]
fn a_pipeline_alone_is_told_by_its_class() {
    let found = |class: &str| {
        let index = json!({"_class_name": class}).to_string();
        LatentFormat::from_diffusers(&index, None)
    };
    for class in [
        "PRXPixelPipeline",
        "StableCascadePriorPipeline",
        "FluxPipeline",
        "KolorsPipeline",
        "HunyuanDiTPipeline",
        "PixArtSigmaPipeline",
        "AuraFlowPipeline",
        "LuminaPipeline",
    ] {
        assert_eq!(Ok(found(class).unwrap().format), class.parse(), "{class}");
    }
    for class in [
        "LTX2Pipeline",
        "WanImageToVideoPipeline",
        "CogVideoXFunControlPipeline",
        "SanaImageToVideoPipeline",
        "Kandinsky3Pipeline",
    ] {
        let Err(PreviewError::AmbiguousFormat { candidates, .. }) = class.parse::<LatentFormat>()
        else {
            panic!("{class}");
        };
        let Err(IdentifyError::SeveralFormats {
            candidates: found, ..
        }) = found(class)
        else {
            panic!("{class}");
        };
        assert_eq!(found, candidates, "{class}");
    }
    for class in ["AudioLDMPipeline", "WanderPipeline"] {
        let error = found(class).unwrap_err();
        assert!(
            matches!(error, IdentifyError::UnknownPipeline { .. }),
            "{error}"
        );
    }
}

/// A class that is no name, but begins as those of a family do.
#[test]
fn the_beginning_of_a_class_narrows_the_formats() {
    for (class, expected) in [
        (
            "StableDiffusionXLReferencePipeline",
            &["sdxl", "playground25"][..],
        ),
        ("LTX2OfTomorrowPipeline", &["ltx2", "ltx23"]),
        ("WanAnimatePipeline", &["wan21", "wan22"]),
        (
            "CogVideoXOfTomorrowPipeline",
            &["cogvideox-2b", "cogvideox-5b"],
        ),
    ] {
        assert!(class.parse::<LatentFormat>().is_err(), "{class}");
        let index = json!({"_class_name": class}).to_string();
        let error = LatentFormat::from_diffusers(&index, None).unwrap_err();
        let IdentifyError::SeveralFormats { candidates, .. } = error else {
            panic!("{class}: {error}");
        };
        let names: Vec<_> = candidates.into_iter().map(LatentFormat::name).collect();
        assert_eq!(names, expected, "{class}");
    }
    let config = r#"{"_class_name": "AutoencoderKL", "scaling_factor": 0.18215}"#;
    for class in [
        "StableDiffusionXLKDiffusionPipeline",
        "StableDiffusionXLReferencePipeline",
    ] {
        let index = json!({"_class_name": class}).to_string();
        let error = LatentFormat::from_diffusers(config, Some(&index)).unwrap_err();
        assert!(
            matches!(
                error,
                IdentifyError::OtherValues {
                    nearest: LatentFormat::Sdxl,
                    ..
                }
            ),
            "{error}"
        );
    }
}
