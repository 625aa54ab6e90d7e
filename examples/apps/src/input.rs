//! Reads tensors from files.

use std::{fs, path::Path};

use anyhow::{Context, Result, anyhow, bail, ensure};
use latent_preview::{DType, LatentFormat, LatentImages, Latents, OwnedSamples, PreviewError, f16};
use npyz::{NpyHeader, Order, TypeChar};
use safetensors::{Dtype, SafeTensors};

use crate::picture::Picture;

/// The tensors of a file that may be latents, and its metadata. All text of the file is
/// [`escaped`].
pub struct Input {
    pub tensors: Vec<Tensor>,
    /// The format named in the file's metadata.
    pub format: Option<String>,
    /// `true` if the latents are in VAE space, not in model space.
    pub is_vae_space: bool,
    /// The pairs for fitting and for testing, if the metadata lists them.
    pub train: Option<Vec<String>>,
    pub test: Option<Vec<String>>,
}

pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    samples: OwnedSamples,
    /// The decoder's picture of the same name, at the latent's size.
    pub target: Option<Picture>,
    /// The decoder's picture at twice the size.
    pub target_2x: Option<Picture>,
}

impl Tensor {
    pub fn dtype(&self) -> DType {
        self.samples.as_samples().dtype()
    }

    /// The images of the batch or the frames of the videos.
    pub fn images(&self, format: LatentFormat) -> Result<LatentImages<'_>, PreviewError> {
        format.images(&self.samples, &self.shape)
    }

    /// The image, if there is exactly one.
    pub fn image(&self, format: LatentFormat) -> Result<Latents<'_>, PreviewError> {
        format.image(&self.samples, &self.shape)
    }

    /// The image without a format: `[channels, height, width]`, or a batch of one.
    pub fn planar(&self) -> Result<Latents<'_>> {
        match *self.shape {
            [channels, height, width] | [1, channels, height, width] => {
                Ok(Latents::planar(&self.samples, [channels, height, width])?)
            }
            _ => bail!(
                "{} has shape {:?}, not [channels, height, width]",
                self.name,
                self.shape
            ),
        }
    }
}

pub fn read(path: &Path) -> Result<Input> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    parse(ending.unwrap_or_default(), &fs::read(path)?)
}

/// The content of a file, by the extension of its name.
pub fn parse(ending: &str, bytes: &[u8]) -> Result<Input> {
    let input = match ending {
        "npy" => read_npy(bytes),
        "safetensors" | "latent" => read_safetensors(bytes),
        _ => bail!("the file name must end in .safetensors, .latent or .npy"),
    };
    // Errors repeat text of the file.
    input.map_err(|error| anyhow!(escaped(&format!("{error:#}"))))
}

/// The text with escapes in place of invisible characters, which a terminal would obey.
pub fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        ' '..='~' => c.to_string(),
        _ => c.escape_debug().to_string(),
    };
    text.chars().map(escape).collect()
}

fn read_safetensors(bytes: &[u8]) -> Result<Input> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let metadata = |key| header.metadata().as_ref().and_then(|all| all.get(key));
    let names = |key| metadata(key).map(|names| names.split(',').map(escaped).collect::<Vec<_>>());
    let (train, test) = (names("train"), names("test"));
    let format = metadata("format")
        // Most writers put the framework there.
        .filter(|format| !["pt", "np", "tf", "mlx"].contains(&format.as_str()))
        .map(|format| escaped(format));
    let file = SafeTensors::deserialize(bytes)?;
    let mut tensors = Vec::new();
    for (name, view) in file.iter() {
        let dtype = match view.dtype() {
            Dtype::F32 => DType::F32,
            Dtype::F16 => DType::F16,
            Dtype::BF16 => DType::Bf16,
            _ => continue,
        };
        if view.shape().len() < 2 {
            continue;
        }
        let target_of = |ending| {
            let stem = name.strip_suffix(".lat")?;
            read_target(&file, &format!("{stem}.{ending}"))
        };
        let target_2x = target_of("rgb2").transpose()?;
        let target = match target_of("rgb").transpose()? {
            None => target_2x.as_ref().map(Picture::halved),
            target => target,
        };
        tensors.push(Tensor {
            name: escaped(name),
            shape: view.shape().to_vec(),
            samples: OwnedSamples::from_le_bytes(dtype, view.data())?,
            target,
            target_2x,
        });
    }
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    // ComfyUI saves the latents that its VAE nodes exchange. Its first version, which did not
    // write this key, saved latents in model space.
    let is_comfyui = file.tensor("latent_tensor").is_ok();
    let is_vae_space = is_comfyui && file.tensor("latent_format_version_0").is_ok();
    Ok(Input {
        tensors,
        format,
        is_vae_space,
        train,
        test,
    })
}

/// A picture: bytes of [height, width, 3].
fn read_target(file: &SafeTensors<'_>, name: &str) -> Option<Result<Picture>> {
    let view = file.tensor(name).ok();
    let view = view.filter(|view| view.dtype() == Dtype::U8)?;
    let [height, width, 3] = *view.shape() else {
        return None;
    };
    Some(Picture::new(width, height, view.data().to_vec()))
}

/// The longest header that numpy reads unless it is told to trust the file.
const NPY_HEADER_LIMIT: usize = 10_000;

/// Refuses headers that the crate `npyz` trusts too much: it allocates the claimed size, and
/// takes forever for nested brackets. An array of plain numbers has two opening brackets: of a
/// dictionary and of its shape.
fn check_npy_header(bytes: &[u8]) -> Result<()> {
    let (claimed, rest) = match *bytes {
        [_, _, _, _, _, _, 1, _, a, b, ref rest @ ..] => {
            (usize::from(u16::from_le_bytes([a, b])), rest)
        }
        [_, _, _, _, _, _, _, _, a, b, c, d, ref rest @ ..] => {
            (u32::from_le_bytes([a, b, c, d]) as usize, rest)
        }
        _ => bail!("the file ends before its header"),
    };
    let header = rest.get(..claimed.min(NPY_HEADER_LIMIT));
    let header = header.filter(|header| header.len() == claimed);
    let header = header.with_context(|| format!("the header claims to have {claimed} bytes"))?;
    let brackets = header.iter().filter(|byte| b"([{".contains(byte)).count();
    ensure!(brackets <= 2, "the array does not hold plain numbers");
    Ok(())
}

fn read_npy(mut bytes: &[u8]) -> Result<Input> {
    check_npy_header(bytes)?;
    // Reading the header removes it from the front of the slice.
    let header = NpyHeader::from_reader(&mut bytes)?;
    ensure!(
        header.order() == Order::C || header.shape().len() < 2,
        "the array is in Fortran order; save numpy.ascontiguousarray(array)"
    );
    let npyz::DType::Plain(plain) = header.dtype() else {
        bail!("the array has a structured type");
    };
    ensure!(
        plain.type_char() == TypeChar::Float,
        "the array holds {plain}, not floats"
    );
    // The header's claim is checked against the bytes before it is used.
    let shape: Vec<usize> = header
        .shape()
        .iter()
        .map(|&size| usize::try_from(size))
        .collect::<Result<_, _>>()?;
    let size = usize::try_from(plain.size_field())?;
    let expected = shape.iter().try_fold(size, |len, &n| len.checked_mul(n));
    ensure!(
        expected == Some(bytes.len()),
        "the array's shape {shape:?} does not match the {} bytes in the file",
        bytes.len()
    );
    let file = npyz::NpyFile::with_header(header, bytes);
    let (dtype, bytes) = match size {
        2 => {
            let values = file.into_vec::<f16>()?;
            let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
            (DType::F16, bytes)
        }
        4 => (DType::F32, little_endian(file.into_vec::<f32>()?)),
        8 => {
            let values = file.into_vec::<f64>()?;
            let narrowed = values.into_iter().map(|x| x as f32);
            (DType::F32, little_endian(narrowed))
        }
        _ => bail!("the array holds {size}-byte floats"),
    };
    let samples = OwnedSamples::from_le_bytes(dtype, &bytes).context("reading the array")?;
    Ok(Input {
        tensors: vec![Tensor {
            name: "array".to_owned(),
            shape,
            samples,
            target: None,
            target_2x: None,
        }],
        format: None,
        is_vae_space: false,
        train: None,
        test: None,
    })
}

fn little_endian(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}
