//! Promise: without `alloc` and `std`, previews still work in the caller's buffer.
//! `cargo test --no-default-features` runs this file.

use latent_preview::{
    LatentPreview, Latents, PixelFormat, PreviewError, Projection, Samples, f16, linear_decode,
};

static FACTORS: [[f32; 3]; 2] = [[0.5, 0.25, 0.0], [0.0, -0.25, 1.0]];

#[test]
fn borrowed_latents_become_a_picture_in_a_borrowed_buffer() -> Result<(), PreviewError> {
    let samples = [1.0, -1.0, 2.0, 0.0].map(f16::from_f32);
    let latents = Latents::planar(&samples, [2, 1, 2])?;
    let projection = Projection::affine(&FACTORS, [0.0, 0.5, 0.0])?;
    let previewer: &dyn LatentPreview = &projection;

    let mut rgb = [0; 6];
    previewer.preview_into(&latents, PixelFormat::Rgb8, &mut rgb)?;
    // 0.5, 0.25, 2.0 and -0.5, 0.25, 0.0 in decoder range
    assert_eq!(rgb, [191, 159, 255, 64, 159, 128]);

    let mut rgba = [0; 8];
    previewer.preview_into(&latents, PixelFormat::Rgba8Truncated, &mut rgba)?;
    assert_eq!(rgba, [191, 159, 255, 255, 63, 159, 127, 255]);
    Ok(())
}

#[test]
fn linear_decode_and_samples_need_no_allocator() -> Result<(), PreviewError> {
    let mut rgb = [0.0; 3];
    linear_decode(Samples::from(&[2.0_f32, 4.0]), &FACTORS, &mut rgb)?;
    assert_eq!(rgb, [1.0, -0.5, 4.0]);
    Ok(())
}
