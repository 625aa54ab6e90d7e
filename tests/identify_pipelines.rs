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
        // Of the same class as that of Playground 2.5.
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
    let error = found("AudioLDMPipeline").unwrap_err();
    assert!(
        matches!(error, IdentifyError::UnknownPipeline { .. }),
        "{error}"
    );
}
