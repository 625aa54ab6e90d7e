//! The format by a path: the choice of the model's files to read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::checkpoint::LONGEST_HEADER;
use super::config::{LONGEST_CONFIG, class_of, object};
use super::pipelines::{by_pipeline, formats_of_name};
use super::{Identified, IdentifyError};
use crate::LatentFormat;

/// The folders of an autoencoder, below that of a pipeline.
const AUTOENCODERS: [&str; 3] = ["vae", "movq", "vqgan"];

impl LatentFormat {
    /// The format of a model on disk: of a diffusers folder (its `model_index.json` and
    /// `vae/config.json`), of a checkpoint (`.safetensors`, `.gguf`), or of a configuration (`.json`).
    ///
    /// Only configurations and headers are read, never weights. A file inside a diffusers
    /// folder stands for the whole model. If several formats have the tensors of a checkpoint,
    /// its name may decide between them; the name alone is not enough (`parse` reads names).
    ///
    /// # Errors
    ///
    /// The errors of [`from_diffusers`](Self::from_diffusers) and
    /// [`from_checkpoint`](Self::from_checkpoint), [`IdentifyError::NoModel`] if there is no
    /// such file, [`IdentifyError::Io`].
    ///
    /// ```no_run
    /// use latent_preview::LatentFormat;
    ///
    /// let found = LatentFormat::from_model("models/stable-diffusion-xl-base-1.0")?;
    /// println!("{found}");
    /// let previewer = found.format.previewer()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_model(path: impl AsRef<Path>) -> Result<Identified, IdentifyError> {
        let path = path.as_ref();
        match fs::metadata(path) {
            // The name of a folder may also end in .safetensors.
            Ok(metadata) if metadata.is_dir() => folder(path),
            Ok(_) => file(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(IdentifyError::NoModel {
                path: path.display().to_string(),
                reason: "no such file or folder: download the model, or parse its name as a \
                         `LatentFormat`",
            }),
            Err(error) => Err(at(path)(error)),
        }
    }
}

fn folder(path: &Path) -> Result<Identified, IdentifyError> {
    let index = config_if_there(&path.join("model_index.json"))?;
    for name in AUTOENCODERS {
        if let Some(config) = config_if_there(&path.join(name).join("config.json"))? {
            return LatentFormat::from_diffusers(&config, index.as_deref());
        }
    }
    if let Some(index) = index {
        let file = "model_index.json";
        return by_pipeline(class_of(file, &object(file, &index)?)?);
    }
    // The folder of one part of a pipeline: the autoencoder, or a part with a checkpoint.
    let config = path.join("config.json");
    let by_config = config.is_file().then(|| file(&config));
    if let Some(
        found @ (Ok(_)
        | Err(IdentifyError::OtherValues { .. } | IdentifyError::SeveralFormats { .. })),
    ) = by_config
    {
        return found;
    }
    let mut checkpoints = Vec::new();
    for entry in fs::read_dir(path).map_err(at(path))? {
        let file = entry.map_err(at(path))?.path();
        if is_checkpoint(&file) {
            checkpoints.push(file);
        }
    }
    checkpoints.sort();
    match &*checkpoints {
        [one] => file(one),
        [first, ..] if checkpoints.iter().all(|file| is_one_of_several(file)) => file(first),
        ref none_or_several => by_config.unwrap_or_else(|| {
            Err(IdentifyError::NoModel {
                path: path.display().to_string(),
                reason: match none_or_several {
                    [] => {
                        "no model here: expected model_index.json, vae/config.json or one \
                         checkpoint (.safetensors, .gguf)"
                    }
                    _ => "several checkpoints here: give the path of one",
                },
            })
        }),
    }
}

fn file(path: &Path) -> Result<Identified, IdentifyError> {
    // `model/transformer/...safetensors` and `model/vae/config.json` belong to `model`.
    let pipeline = path.parent().and_then(Path::parent);
    if let Some(pipeline) = pipeline.filter(|folder| folder.join("model_index.json").is_file()) {
        return folder(pipeline);
    }
    if is_ending(path, "json") {
        return match path.file_name() {
            Some(name) if name == "model_index.json" => {
                folder(path.parent().unwrap_or_else(|| Path::new(".")))
            }
            _ => LatentFormat::from_diffusers(&config(path)?, None),
        };
    }
    if !is_checkpoint(path) {
        return Err(IdentifyError::NoModel {
            path: path.display().to_string(),
            reason: "neither a folder nor a .safetensors, .gguf or .json file. A .ckpt or .pt file can \
                     run code, so it is not read: convert it to .safetensors",
        });
    }
    if is_one_of_several(path) {
        return Err(IdentifyError::NoModel {
            path: path.display().to_string(),
            reason: "one of several files that each hold a part of the tensors: give a folder \
                     with model_index.json, or parse the model's name as a `LatentFormat`",
        });
    }
    match LatentFormat::from_checkpoint(&header(path).map_err(at(path))?) {
        Err(IdentifyError::SeveralFormats {
            mut candidates,
            mut ground,
            next,
        }) => {
            let name = path.file_name().and_then(|name| name.to_str());
            let named = formats_of_name(name.unwrap_or_default());
            if candidates.iter().any(|format| named.contains(format)) {
                candidates.retain(|format| named.contains(format));
                ground += ", and its name";
            }
            // A name of several models narrows, but never decides.
            match *candidates {
                [format] if named.len() == 1 => Ok(Identified { format, ground }),
                _ => Err(IdentifyError::SeveralFormats {
                    candidates,
                    ground,
                    next,
                }),
            }
        }
        Err(IdentifyError::Header { reason }) => Err(IdentifyError::Header {
            reason: alloc::format!("{reason} ({})", path.display()),
        }),
        found => found,
    }
}

fn is_ending(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

fn is_checkpoint(path: &Path) -> bool {
    ["safetensors", "sft", "gguf"]
        .iter()
        .any(|ending| is_ending(path, ending))
}

/// `...-00001-of-00003.safetensors`
fn is_one_of_several(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(|stem| {
        let mut parts = stem.rsplit('-');
        let is_number = |part: Option<&str>| {
            part.is_some_and(|part| part.len() == 5 && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let is_last = is_number(parts.next());
        is_last && parts.next() == Some("of") && is_number(parts.next())
    })
}

/// The first bytes of a checkpoint: as many as its header claims, at most the longest header.
fn header(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(8).read_to_end(&mut bytes)?;
    let length = match bytes[..].try_into().map(u64::from_le_bytes) {
        Ok(length) if !bytes.starts_with(b"GGUF") => length,
        _ => LONGEST_HEADER as u64,
    };
    // `read_to_end` grows with the file's bytes, not with the claimed size.
    file.take(length.min(LONGEST_HEADER as u64))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn config(path: &Path) -> Result<String, IdentifyError> {
    let file = File::open(path).map_err(at(path))?;
    let mut text = String::new();
    // One byte more than allowed, so that a longer configuration is refused.
    let mut first = file.take(LONGEST_CONFIG as u64 + 1);
    first.read_to_string(&mut text).map_err(at(path))?;
    Ok(text)
}

fn config_if_there(path: &Path) -> Result<Option<String>, IdentifyError> {
    if path.is_file() {
        config(path).map(Some)
    } else {
        Ok(None)
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> IdentifyError {
    let path = path.display().to_string();
    move |error| IdentifyError::Io {
        path: path.clone(),
        error,
    }
}
