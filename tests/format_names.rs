//! Promise: a format is found by any name of its models, and no other name finds it.

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

/// Parts that are told by their form, not by a list.
const MEASURES: [&str; 18] = [
    "14B", "5b", "2B", "1.3B", "8.3b", "600M", "480p", "720P", "4Kpx", "1024px", "1024",
    "1024x576", "8steps", "4Step", "5s", "Q4_K_M", "Q8_0", "IQ4_XS",
];

/// Qualifiers that tell models apart whose names begin with these letters.
const APART: [(&str, &[&str]); 6] = [
    (
        "wan22",
        &[
            "14B",
            "5b",
            "high noise",
            "highnoise",
            "low noise",
            "lownoise",
            "s2v",
            "ti2v",
            "vae",
        ],
    ),
    ("wanfun", &["5b"]),
    ("cogvideox", &["2B", "5b", "fun"]),
    ("hunyuanvideo", &["8.3b"]),
    ("kandinsky5", &["t2i", "i2i"]),
    ("ltx2", &["pipeline"]),
];

/// The parts that a file name or model id adds to a name without changing the latent space.
fn qualifiers(name: &str, format: LatentFormat) -> Vec<String> {
    let names = include_str!("../src/format/data/identify/names.toml");
    let names: toml::Table = toml::from_str(names).unwrap();
    let list = |key: &str| names[key].as_array().unwrap().clone();
    let mut words = list("qualifiers");
    if format.temporal_downscale() > 1 {
        words.extend(list("video_qualifiers"));
    }
    let name = letters(name);
    let apart = |word: &str| {
        let mut all = APART.iter();
        all.any(|(begins, words)| name.starts_with(begins) && words.contains(&word))
    };
    let words = words.iter().map(|word| word.as_str().unwrap());
    let words = words.chain(MEASURES).filter(|word| !apart(word));
    words.map(str::to_owned).collect()
}

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

/// The listed names without their owners; `wan22` is the only short name of a format that is
/// also the name of other models.
fn unowned() -> impl Iterator<Item = (&'static str, LatentFormat)> {
    let names = listed().map(|(name, format)| (name.rsplit('/').next().unwrap(), format));
    let names = names.filter(|(name, _)| !name.eq_ignore_ascii_case("wan22"));
    names.map(|(name, format)| (name, format.parse().unwrap()))
}

proptest! {
    #[test]
    fn qualifiers_change_nothing(
        (name, format) in prop::sample::select(unowned().collect::<Vec<_>>()),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        before in 0..2_usize,
        separator in prop::sample::select(vec!["-", "_", " "]),
    ) {
        let all = qualifiers(name, format);
        let mut parts: Vec<_> = chosen.iter().map(|index| index.get(&all).as_str()).collect();
        parts.insert(before, name);
        let qualified = format!("someone/{}.gguf", parts.join(separator));
        prop_assert_eq!(qualified.parse(), Ok(format), "{}", qualified);
    }
}

/// A size that tells models of one name apart is not just a qualifier: the answer is that of the
/// more exact name, or a refusal.
#[test]
fn sizes_that_tell_models_apart_are_no_qualifiers() {
    for (name, expected) in [
        ("CogVideoX-Fun-2b", Some("cogvideox-2b")),
        (
            "alibaba-pai/CogVideoX-Fun-V1.1-2b-InP",
            Some("cogvideox-2b"),
        ),
        ("CogVideoX 2B Fun", Some("cogvideox-2b")),
        (
            "alibaba-pai/CogVideoX-Fun-V1.5-5b-InP",
            Some("cogvideox-5b"),
        ),
        ("CogVideoXFunControlPipeline", None),
        ("Wan-Fun-5B", Some("wan22")),
        ("Wan_Fun_5B_Control", Some("wan22")),
        ("alibaba-pai/Wan2.2-Fun-5B-InP", Some("wan22")),
        ("alibaba-pai/Wan2.2-Fun-A14B-InP", Some("wan21")),
        ("Wan2.2-5B-14B", None),
        ("Wan2.2-5B_high_noise", None),
        ("HunyuanVideo-8.3B", Some("hunyuan-video-15")),
        ("HunyuanVideo-13B", Some("hunyuan-video")),
        ("wan2.2_vae.safetensors", Some("wan22")),
        ("Wan2.2_A14B_vae", Some("wan21")),
        ("LTX-2-19B Pipeline", Some("ltx2")),
        ("FLUX.1-T2V", None),
        // `sd-turbo` with a task of videos is no name, but this is one.
        ("TextToVideoSDPipeline-turbo", Some("sd1")),
        ("text-to-video-sd-turbo", None),
        ("Kandinsky-5.0-T2I-T2V", None),
    ] {
        let found = name.parse::<LatentFormat>().ok();
        assert_eq!(found.map(LatentFormat::name), expected, "{name}");
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
        .trim_end_matches("step")
        .trim_end_matches("steps")
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
        (
            "CogVideoXFunControlPipeline",
            &["cogvideox-2b", "cogvideox-5b"],
        ),
        ("taecvx.safetensors", &["cogvideox-2b", "cogvideox-5b"]),
        ("CogView3", &["sdxl", "cogview3-plus", "cogview4"]),
        ("SanaImageToVideoPipeline", &["wan21", "ltx2"]),
        ("Sana-I2V", &["wan21", "ltx2"]),
        ("LTX2Pipeline", &["ltx2", "ltx23"]),
        ("LTX2ImageToVideoPipeline", &["ltx2", "ltx23"]),
        ("flux-9b", &["flux1", "flux2"]),
        ("Stable Diffusion", &["sd1", "sdxl", "sd3", "flux1"]),
        ("ByteDance/Hyper-SD", &["sd1", "sdxl", "sd3", "flux1"]),
        ("PixArt", &["sd1", "sdxl"]),
        ("Playground", &["sdxl", "playground25"]),
    ] {
        let error = name.parse::<LatentFormat>().unwrap_err();
        let PreviewError::AmbiguousFormat { candidates, .. } = error else {
            panic!("{name}: {error:?}");
        };
        let candidates: Vec<_> = candidates.iter().map(|format| format.name()).collect();
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
    assert!(
        [LatentFormat::HunyuanImage21, LatentFormat::HunyuanVideo15]
            .iter()
            .all(|format| candidates.contains(format))
    );
    // A name with both is neither.
    assert!("CogVideoX-2B-5B".parse::<LatentFormat>().is_err());
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
        (
            "https://huggingface.co/ByteDance/Hyper-SD/blob/main/Hyper-SDXL-8steps-lora.safetensors",
            LatentFormat::Sdxl,
        ),
        (
            "https://huggingface.co/Kijai/WanVideo_comfy/resolve/main/Wan2_1_VAE_bf16.safetensors",
            LatentFormat::Wan21,
        ),
        // The repository decides between the formats of the file's name.
        (
            "https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B/blob/main/Wan2.2_fp8.safetensors",
            LatentFormat::Wan22,
        ),
    ] {
        assert_eq!(address.parse(), Ok(format), "{address}");
    }
}

/// The repository's name is none for a file of another model.
#[test]
fn a_repository_does_not_overrule_the_name_of_its_file() {
    for address in [
        "Kijai/flux-fp8/blob/main/Wan2.2_fp8.safetensors",
        "foo/sdxl/resolve/main/CogVideoX.safetensors",
        "foo/Wan/resolve/main/CogVideoX.safetensors",
    ] {
        let file = address.rsplit('/').next().unwrap();
        let found = address.parse::<LatentFormat>();
        assert!(
            matches!(found, Err(PreviewError::AmbiguousFormat { .. })),
            "{address}: {found:?}"
        );
        assert_eq!(found, file.parse(), "{address}");
    }
    // A contradiction is no unknown name.
    let address = "foo/sdxl/blob/main/FLUX.1-T2V.safetensors";
    let error = address.parse::<LatentFormat>().unwrap_err();
    let PreviewError::UnknownFormat { nearest, .. } = error else {
        panic!("{error:?}");
    };
    assert!(nearest.contains(&LatentFormat::Flux1), "{nearest:?}");
}
