//! Promise: an unknown name is refused with the nearest formats.

use std::collections::HashSet;

use latent_preview::{LatentFormat, PreviewError};

#[test]
fn unknown_names_get_the_nearest_formats() {
    let nearest = |name: &str| match name.parse::<LatentFormat>() {
        Err(PreviewError::UnknownFormat { nearest, .. }) => nearest,
        other => panic!("{name}: {other:?}"),
    };
    for (name, expected) in [
        ("sdlx", LatentFormat::Sdxl),
        ("stable difusion xl", LatentFormat::Sdxl),
        ("flux3", LatentFormat::Flux1),
        ("black-forest-labs/FLUX.2-klien", LatentFormat::Flux2),
        ("wna2.1-fp8", LatentFormat::Wan21),
        ("hunyuan-vidoe-1.5", LatentFormat::HunyuanVideo15),
    ] {
        let found = nearest(name);
        assert!(found.contains(&expected), "{name}: {found:?}");
        let distinct: HashSet<_> = found.into_iter().collect();
        assert_eq!(distinct.len(), 3, "{name}");
    }
    let message = "sdlx".parse::<LatentFormat>().unwrap_err().to_string();
    assert!(message.contains("sdxl"), "{message}");
}

/// A name that several formats share is near to each of them.
#[test]
fn an_unknown_model_of_a_shared_name_is_near_to_its_formats() {
    for name in [
        "StableDiffusionPanoramaPipeline",
        "StableDiffusionGLIGENPipeline",
        "StableDiffusionDiffEditPipeline",
        "StableDiffusionAttendAndExcitePipeline",
    ] {
        let Err(PreviewError::UnknownFormat { nearest, .. }) = name.parse::<LatentFormat>() else {
            panic!("{name}");
        };
        let expected = [LatentFormat::Sd1, LatentFormat::Sdxl, LatentFormat::Sd3];
        assert_eq!(nearest, expected, "{name}");
    }
}

/// A format of the same shape takes the latents and shows wrong colors.
#[test]
fn a_hint_never_puts_a_format_of_equal_shape_first() {
    let shape = |format: LatentFormat| (format.channels(), format.spatial_downscale());
    let mut hints = 0;
    let all = LatentFormat::ALL.iter().copied();
    for (name, format) in
        all.flat_map(|format| format.models().iter().map(move |&name| (name, format)))
    {
        let name: Vec<char> = name.rsplit('/').next().unwrap().chars().collect();
        // One letter omitted, or two exchanged.
        for at in (0..name.len() - 1).step_by(2) {
            if !name[at].is_alphabetic() || name.len() < 6 {
                continue;
            }
            let mut left_out = name.clone();
            left_out.remove(at);
            let mut exchanged = name.clone();
            exchanged.swap(at, at + 1);
            for typo in [left_out, exchanged] {
                let typo: String = typo.into_iter().collect();
                let Err(PreviewError::UnknownFormat { nearest, .. }) = typo.parse::<LatentFormat>()
                else {
                    continue;
                };
                let first = nearest[0];
                // `ix` is as near to `in` as to `mix`.
                assert!(
                    first == format || shape(first) != shape(format) || typo.contains(" ix "),
                    "{typo}: {first} instead of {format}"
                );
                hints += 1;
            }
        }
    }
    assert!(hints > 500, "{hints}");
}

#[test]
fn odd_names_are_unknown_and_nothing_worse() {
    let long = "fp8-".repeat(100_000);
    for name in [
        "",
        "/",
        "//",
        "-",
        "\u{0}",
        "ﬂux1",
        "١",
        "日本語",
        // Words of many models.
        "SD",
        "upscaler",
        "HD upscaler",
        "video-to-video-upscaler",
        "sprint",
        "pixels",
        "\u{301}",
        "fp8",
        "-fp8-Q4_K_M.gguf",
        &long,
        // Reading stops after 127 letters: one of these has as many, one has fewer.
        &format!("sd1-{long}"),
        &format!("sdxl-{long}"),
        &format!("flux1-{long}"),
        // A part of a word is no qualifier.
        "sdxldiffusers",
        "flux1turbo",
        // A measure is a number and a unit.
        "flux1-ab",
        "flux1-a1xb",
        "flux1-1024x",
        "flux1-2xl",
    ] {
        assert!(
            matches!(
                name.parse::<LatentFormat>(),
                Err(PreviewError::UnknownFormat { .. })
            ),
            "{name:?}"
        );
    }
}
