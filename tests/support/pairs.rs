//! The pairs of latents and decoded pictures in `examples/data`.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::Path;

use latent_preview::{DType, OwnedSamples};
use safetensors::SafeTensors;

#[derive(Clone)]
pub struct Pair {
    pub name: String,
    /// `true` if the metadata lists it for training.
    pub is_train: bool,
    pub shape: [usize; 3],
    pub samples: OwnedSamples,
    pub target: Vec<u8>,
    /// The decoder's picture at twice the size, if there is one.
    pub target_2x: Option<Vec<u8>>,
}

impl Pair {
    /// All pairs of a file, named without its extension, by name.
    pub fn all(file: &str) -> Vec<Self> {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
        let bytes = fs::read(data.join(format!("{file}.safetensors"))).unwrap();
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let metadata = header.metadata().clone().unwrap_or_default();
        let train = metadata.get("train").map_or("", String::as_str);
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let mut names = tensors.names();
        names.sort_unstable();
        names
            .into_iter()
            .filter_map(|name| name.strip_suffix(".lat"))
            .map(|name| {
                let latent = tensors.tensor(&format!("{name}.lat")).unwrap();
                let target = |ending| tensors.tensor(&format!("{name}.{ending}"));
                Self {
                    name: name.to_owned(),
                    is_train: train.split(',').any(|known| known == name),
                    shape: latent.shape().try_into().unwrap(),
                    samples: OwnedSamples::from_le_bytes(DType::F16, latent.data()).unwrap(),
                    target: target("rgb").unwrap().data().to_vec(),
                    target_2x: target("rgb2").ok().map(|tensor| tensor.data().to_vec()),
                }
            })
            .collect()
    }

    pub fn floats(&self) -> Vec<f32> {
        let OwnedSamples::F16(halves) = &self.samples else {
            unreachable!("read as halves above")
        };
        halves.iter().map(|half| half.to_f32()).collect()
    }
}
