//! Promise: a format is found by any name of its models, and an unknown name is refused with
//! the nearest ones.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use latent_preview::{LatentFormat, PreviewError};
use proptest::prelude::*;

/// Names and the formats that they must find.
fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("format_names.csv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(',').unwrap())
}

/// Every name in the data files, in letters, with its format.
fn known() -> HashMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/format/data");
    let mut known = HashMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let data: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for format in data["format"].as_array().unwrap() {
            let own = [&format["name"], &format["title"]];
            let lists = ["models", "names"].map(|key| format[key].as_array().unwrap());
            for name in own.into_iter().chain(lists.into_iter().flatten()) {
                let format = format["name"].as_str().unwrap().to_owned();
                known.insert(letters(name.as_str().unwrap()), format);
            }
        }
    }
    known
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The parts that a file name or model id adds to a name without changing the latent space.
const QUALIFIERS: [&str; 26] = [
    "Diffusers",
    "fp8",
    "bf16",
    "FP16",
    "fp8_e4m3fn",
    "fp8_scaled",
    "Q4_K_M",
    "Q8_0",
    "IQ4_XS",
    "nf4",
    "480p",
    "720P",
    "1024px",
    "1024x576",
    "t2v",
    "I2V",
    "edit",
    "turbo",
    "distilled",
    "Lightning",
    "LoRA",
    "8steps",
    "4step",
    "dev",
    "5s",
    "Img2Img",
];

#[test]
fn every_listed_name_finds_its_format() {
    let mut found = HashSet::new();
    for (name, expected) in listed() {
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

proptest! {
    #[test]
    fn qualifiers_change_nothing(
        name in prop::sample::select(listed().collect::<Vec<_>>()),
        before in prop::sample::subsequence(&QUALIFIERS, 0..2),
        after in prop::sample::subsequence(&QUALIFIERS, 1..5).prop_shuffle(),
        separator in prop::sample::select(vec!["-", "_", " "]),
        ending in prop::sample::select(vec!["", ".safetensors", ".gguf"]),
    ) {
        let (name, format) = name;
        // The only short name of a format that is also the name of other models.
        prop_assume!(!name.eq_ignore_ascii_case("wan22"));
        // T2V and T2I tell the models of Kandinsky 5 apart.
        prop_assume!(!name.contains("andinsky"));
        let own = name.rsplit('/').next().unwrap();
        let parts: Vec<_> = before.into_iter().chain([own]).chain(after).collect();
        let qualified = format!("someone/{}{ending}", parts.join(separator));
        let found = qualified.parse::<LatentFormat>().map(LatentFormat::name);
        prop_assert_eq!(found, Ok(format), "{}", qualified);
    }
}

/// `true` if the digit belongs to a size, a resolution or the like, not to a version.
fn is_measure(name: &str, at: usize) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    let begin = name[..at].rfind(|c| !is_part(c)).map_or(0, |i| i + 1);
    let end = name[at..]
        .find(|c| !is_part(c))
        .map_or(name.len(), |i| at + i);
    let part = name[begin..end].to_lowercase();
    let number = part
        .trim_start_matches('a')
        .trim_end_matches(['b', 'm', 'p', 'x', 'k', 's']);
    let is_number = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_quantization = name[..at].ends_with("Q8_");
    is_quantization
        || is_number && (part.ends_with(['b', 'm', 'p', 'x', 's']) || number == "1024")
        || ["fp", "e4m", "nf", "q4", "q8"]
            .iter()
            .any(|word| part.starts_with(word))
        || part.contains("text2")
        || part.contains("img2")
        || part.contains("2v")
}

/// The digits of a name that belong to no size.
fn version(name: &str) -> String {
    let digits = name.match_indices(|c: char| c.is_ascii_digit());
    let digits = digits.filter(|(at, _)| !is_measure(name, *at));
    digits.map(|(_, digit)| digit).collect()
}

/// `true` if all letters of `short` are in `long`, in this order.
fn is_within(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().all(|letter| rest.any(|c| c == letter))
}

#[test]
fn another_version_is_another_model() {
    let known = known();
    let mut changed = 0;
    for name in LatentFormat::ALL
        .iter()
        .flat_map(|format| format.models())
        .copied()
        .chain(listed().map(|(name, _)| name))
    {
        let name = name.rsplit('/').next().unwrap();
        let format: LatentFormat = name.parse().unwrap();
        let digits = name.match_indices(|c: char| c.is_ascii_digit());
        for (at, own) in digits.filter(|(at, _)| !is_measure(name, *at)) {
            // The adjacent numbers are the likeliest versions.
            let own: u32 = own.parse().unwrap();
            for digit in [(own + 1) % 10, (own + 9) % 10, (own + 5) % 10] {
                let digit = char::from_digit(digit, 10).unwrap();
                let mut other = name.to_owned();
                other.replace_range(at..=at, &digit.to_string());
                if other.parse() != Ok(format) {
                    continue;
                }
                // It may be another version with the same latents, but only a listed one.
                let written = known.iter().any(|(name, of)| {
                    of == format.name()
                        && is_within(name, &letters(&other))
                        && is_within(&version(&other), name)
                });
                assert!(written, "{name} and {other} are both {format}");
            }
            changed += 1;
        }
    }
    assert!(changed > 200, "{changed}");
}

/// A name that several models share is not guessed.
#[test]
fn ambiguous_names_are_refused_with_what_tells_the_models_apart() {
    for (name, expected) in [
        ("SkyReels", &["hunyuan-video", "wan21"][..]),
        ("Cosmos", &["cosmos1", "wan21", "wan22"]),
        ("ltx", &["ltx-video", "ltx2", "ltx23"]),
        ("LTX-2.6", &["ltx-video", "ltx2", "ltx23"]),
        (
            "ltx-2.4-22b-distilled-fp8.safetensors",
            &["ltx-video", "ltx2", "ltx23"],
        ),
        ("Wan 2.2", &["wan21", "wan22"]),
        ("wan2.2_t2v.safetensors", &["wan21", "wan22"]),
        ("Wan 2.3", &["wan21", "wan22"]),
        ("WanImageToVideoPipeline", &["wan21", "wan22"]),
        ("HiDream", &["flux1", "rgb"]),
        ("Kandinsky", &["kandinsky21", "flux1", "hunyuan-video"]),
        ("Kandinsky 5.0", &["flux1", "hunyuan-video"]),
        ("CogVideoX", &["cogvideox-2b", "cogvideox-5b"]),
        ("CogVideoX-7B", &["cogvideox-2b", "cogvideox-5b"]),
        ("PixArt", &["sd1", "sdxl"]),
        ("Playground", &["sdxl", "playground25"]),
    ] {
        let error = name.parse::<LatentFormat>().unwrap_err();
        let PreviewError::AmbiguousFormat { candidates, .. } = error else {
            panic!("{name}: {error:?}");
        };
        assert_eq!(candidates, expected, "{name}");
        for candidate in candidates {
            assert!(error.to_string().contains(candidate), "{error}");
        }
    }
    // That of the family would speak of Wan 2.1.
    let error = "Wan 2.2".parse::<LatentFormat>().unwrap_err().to_string();
    assert!(!error.contains("Wan 2.1"), "{error}");
    let Err(PreviewError::AmbiguousFormat { candidates, .. }) = "Hunyuan".parse::<LatentFormat>()
    else {
        panic!()
    };
    assert!(candidates.contains(&"hunyuan-image-21") && candidates.contains(&"hunyuan-video-15"));
    // A name with both is neither.
    assert!("CogVideoX-2B-5B".parse::<LatentFormat>().is_err());
}

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
                let first: LatentFormat = nearest[0].parse().unwrap();
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

#[test]
fn addresses_of_a_model_are_its_name() {
    for (address, format) in [
        (
            "https://huggingface.co/black-forest-labs/FLUX.1-dev",
            LatentFormat::Flux1,
        ),
        (
            "https://huggingface.co/black-forest-labs/FLUX.1-dev/tree/main",
            LatentFormat::Flux1,
        ),
        (
            "https://huggingface.co/Wan-AI/Wan2.1-T2V-14B/blob/main/README.md",
            LatentFormat::Wan21,
        ),
    ] {
        assert_eq!(address.parse(), Ok(format), "{address}");
    }
}
