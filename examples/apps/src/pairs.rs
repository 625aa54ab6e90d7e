//! Pairs of latents and decoded pictures, from files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use latent_preview::fit::{Pairs, Target};
use latent_preview::{LatentFormat, Latents};

use crate::input::{self, Tensor};
use crate::picture::Picture;

/// A latent and its picture.
pub struct Pair {
    pub name: String,
    pub tensor: Tensor,
    pub target: Picture,
    /// `true` if its file lists it for testing; `None` if the file has no such list.
    pub is_test: Option<bool>,
}

impl Pair {
    /// The latent with its format's shape or, without a format, `[channels, height, width]`.
    pub fn latents(&self, format: Option<LatentFormat>) -> Result<Latents<'_>> {
        let latents = match format {
            Some(format) => self.tensor.image(format)?,
            None => self.tensor.planar()?,
        };
        Ok(latents)
    }

    pub fn add_to(&self, pairs: &mut Pairs, format: Option<LatentFormat>) -> Result<()> {
        let size = [self.target.height, self.target.width];
        let target = Target::rgb8(&self.target.pixels, size)?;
        pairs.add(&self.latents(format)?, target)?;
        Ok(())
    }
}

/// All pairs of a safetensors file, or of a folder of latents and pictures.
pub fn read(path: &Path) -> Result<Vec<Pair>> {
    let pairs = if path.is_dir() {
        read_folder(path)?
    } else {
        read_file(path)?
    };
    ensure!(!pairs.is_empty(), "no latent has a picture of its name");
    Ok(pairs)
}

fn read_file(path: &Path) -> Result<Vec<Pair>> {
    let input = input::read(path)?;
    let is_in = |list: &Option<Vec<String>>, name: &str| {
        list.as_ref()
            .is_some_and(|names| names.iter().any(|other| other == name))
    };
    let mut pairs = Vec::new();
    for mut tensor in input.tensors {
        let Some(target) = tensor.target.take() else {
            continue;
        };
        let name = tensor.name.trim_end_matches(".lat").to_owned();
        let is_test = match () {
            () if is_in(&input.test, &name) => Some(true),
            () if is_in(&input.train, &name) => Some(false),
            () => None,
        };
        pairs.push(Pair {
            name,
            tensor,
            target,
            is_test,
        });
    }
    Ok(pairs)
}

fn read_folder(folder: &Path) -> Result<Vec<Pair>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    let has_ending = |path: &Path, endings: &[&str]| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending))
    };
    let mut pairs = Vec::new();
    for path in &paths {
        if !has_ending(path, &["npy", "latent", "safetensors"]) {
            continue;
        }
        let mut pictures = paths.iter().filter(|other| {
            other.file_stem() == path.file_stem() && has_ending(other, &["png", "jpg", "jpeg"])
        });
        let Some(picture) = pictures.next() else {
            continue;
        };
        let mut tensors = input::read(path)?.tensors;
        let Some(tensor) = tensors.pop().filter(|_| tensors.is_empty()) else {
            bail!("{} must hold one latent", path.display());
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        pairs.push(Pair {
            name: input::escaped(&name),
            tensor,
            target: Picture::open(picture).with_context(|| picture.display().to_string())?,
            is_test: None,
        });
    }
    Ok(pairs)
}
