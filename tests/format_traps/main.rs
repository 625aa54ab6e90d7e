//! Promise: common mistakes with latents are refused with an error or have the right result.

#![cfg(feature = "alloc")]

mod packing;
mod shapes;
mod spaces;

use latent_preview::{LatentPreview, Latents, PixelFormat, PreviewError, Previewer};

/// Distinct numbers.
fn ramp(length: usize) -> Vec<f32> {
    (0..length)
        .map(|i| (i * 7919 % 1009) as f32 / 252.0 - 2.0)
        .collect()
}

fn refusal(previewer: &Previewer, latents: &Latents<'_>) -> PreviewError {
    let mut out = vec![0xa5; latents.height() * latents.width() * 3];
    let error = previewer
        .preview_into(latents, PixelFormat::Rgb8, &mut out)
        .unwrap_err();
    assert!(
        out.iter().all(|&byte| byte == 0xa5),
        "written in spite of {error}"
    );
    assert_eq!(previewer.preview_rgb(latents), Err(error.clone()));
    error
}
