//! Files of tensors, read as the programs read them.

use crate::input;

/// The first byte says which kind of file the rest is.
pub fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    let ending = if kind % 2 == 0 { "npy" } else { "safetensors" };
    let Ok(input) = input::parse(ending, bytes) else {
        return;
    };
    for tensor in &input.tensors {
        // No more elements than the file has bytes.
        let elements = tensor
            .shape
            .iter()
            .try_fold(1_usize, |n, &size| n.checked_mul(size));
        assert!(elements.expect("a size") <= bytes.len());
        let _ = tensor.planar();
        for &format in latent_preview::LatentFormat::ALL {
            let _ = tensor.images(format).map(|images| images.len());
        }
    }
}
