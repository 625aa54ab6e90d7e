//! Promise: a format is found by whatever its models are called, and what is not
//! known is refused with what comes nearest.

use std::collections::HashSet;

use latent_preview::{LatentFormat, PreviewError};

#[test]
fn every_listed_name_finds_its_format() {
    let mut found = HashSet::new();
    let lines = include_str!("format_names.csv").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let (name, expected) = line.rsplit_once(',').unwrap();
        let format: LatentFormat = name
            .parse()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(format.name(), expected, "{name}");
        found.insert(format);
    }
    // The list and the catalog must not drift apart.
    assert_eq!(found.len(), LatentFormat::ALL.len());
}

#[test]
fn names_and_models_are_read_back_in_any_spelling() {
    for &format in LatentFormat::ALL {
        for name in format.models().iter().copied().chain([format.name()]) {
            for spelling in [
                name.to_owned(),
                name.to_uppercase(),
                name.to_lowercase().replace([' ', '-', '.'], "_"),
                format!("someone/{name}"),
            ] {
                assert_eq!(spelling.parse(), Ok(format), "{spelling}");
            }
        }
        assert_eq!(format.to_string(), format.name());
    }
}

#[test]
fn unknown_names_get_the_nearest_formats() {
    let nearest = |name: &str| match name.parse::<LatentFormat>() {
        Err(PreviewError::UnknownFormat { nearest }) => nearest,
        other => panic!("{name}: {other:?}"),
    };
    for (name, expected) in [
        ("sdlx", LatentFormat::Sdxl),
        ("stable difusion xl", LatentFormat::Sdxl),
        ("flux3", LatentFormat::Flux1),
        ("black-forest-labs/FLUX.2-klien", LatentFormat::Flux2),
        ("wan2.3", LatentFormat::Wan21),
        ("hunyuan-vidoe-1.5", LatentFormat::HunyuanVideo15),
    ] {
        let found = nearest(name);
        assert!(found.contains(&expected.name()), "{name}: {found:?}");
        let distinct: HashSet<_> = found.into_iter().collect();
        assert_eq!(distinct.len(), 3, "{name}");
    }
    let message = "sdlx".parse::<LatentFormat>().unwrap_err().to_string();
    assert!(message.contains("sdxl"), "{message}");
    for name in nearest("sdlx") {
        assert_eq!(
            name.parse::<LatentFormat>().map(LatentFormat::name),
            Ok(name)
        );
    }
}

#[test]
fn odd_names_are_unknown_and_nothing_worse() {
    for name in [
        "",
        "/",
        "//",
        "-",
        "\u{0}",
        "ﬂux1",
        "١",
        "日本語",
        "\u{301}",
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
