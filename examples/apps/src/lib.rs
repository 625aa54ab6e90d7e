//! The parts that several programs share: tensors from files, pictures, samplers, scores.

use std::path::{Path, PathBuf};

pub mod input;
pub mod origins;
pub mod pairs;
pub mod picture;
pub mod readme;
pub mod sampler;
pub mod score;
pub mod score_model;
pub mod sheet;

/// The folder of the bundled latents.
pub fn data() -> PathBuf {
    repository().join("examples/data")
}

/// The folder that holds the README.
pub fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    folder.expect("this package is two folders below").into()
}
