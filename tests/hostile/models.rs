//! Headers of checkpoints, and configurations of diffusers.

use latent_preview::{IdentifyError, LatentFormat};

pub fn run(data: &[u8]) {
    check(LatentFormat::from_checkpoint(data).err());
    let text = String::from_utf8_lossy(data);
    check(LatentFormat::from_diffusers(&text, None).err());
    check(LatentFormat::from_diffusers(&text, Some(&text)).err());
    // As one long text, where another value belongs.
    let long = format!("{:?}", text.repeat(100));
    check(LatentFormat::from_diffusers(&long, None).err());
    let length = (long.len() as u64).to_le_bytes();
    check(LatentFormat::from_checkpoint(&[&length, long.as_bytes()].concat()).err());
}

/// A message repeats only the beginning of a file's text.
fn check(error: Option<IdentifyError>) {
    assert!(error.is_none_or(|error| error.to_string().len() < 3000));
}
