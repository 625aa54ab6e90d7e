//! Refusals of maps and of the buffers for their pictures.

use latent_preview::fit::Learner;
use latent_preview::image::RgbImage;
use latent_preview::{
    LatentPreview, Latents, PixelFormat, PreviewError, Previewer, Projection, TinyDecoder,
    linear_decode,
};

use super::Row;

pub fn rows() -> Vec<Row<PreviewError>> {
    let samples = [0.0_f32; 24];
    let of_shape =
        |shape: [usize; 3]| Latents::planar(&samples[..shape.iter().product()], shape).unwrap();
    let own = Previewer::from(Projection::SD_V1_4);
    let preview = |format| own.preview(&of_shape([4, 1, 1]), format).unwrap();
    let mut out = [0; 2];
    vec![
        (
            "planes that are not of one size",
            linear_decode(&samples[..5], &[[0.0; 3]; 2], &mut []).err(),
            "5 samples are not `2 * height * width`: give the samples of one image",
        ),
        (
            "a buffer of another size",
            own.preview_into(&of_shape([4, 1, 1]), PixelFormat::Rgb8, &mut out)
                .err(),
            "a 1x1 Rgb8 picture needs 3 bytes, the buffer has 2: give a slice of exactly that \
             length",
        ),
        (
            "a buffer for the decoded picture",
            own.preview_into(
                &of_shape([4, 2, 3]),
                PixelFormat::Rgba8,
                &mut [0; 16 * 24 * 4],
            )
            .err(),
            "a 3x2 Rgba8 picture needs 24 bytes, the buffer has 1536: a preview has the \
             latent's size, not the decoded picture's",
        ),
        (
            "an output of four floats per pixel",
            linear_decode(&samples[..2], &[[0.0; 3]; 2], &mut [0.0; 4]).err(),
            "three floats per pixel are 3, the output has 4: give a slice of exactly that \
             length",
        ),
        (
            "rows of a texture that are too short",
            preview(PixelFormat::Rgba8).copy_rows(3, &mut out).err(),
            "a row of the picture has 4 bytes, more than the 3 between rows: give `copy_rows` \
             at least that many",
        ),
        (
            "a buffer that is too short for the rows of a texture",
            preview(PixelFormat::Rgba8).copy_rows(256, &mut out).err(),
            "the rows need at least 4 bytes, the buffer has 2",
        ),
        (
            "latents of another model, given to a map of one's own",
            own.check(&of_shape([3, 1, 1])).err(),
            "this previewer takes 4 latent channels, the latents have 3: make a previewer for \
             their format with `LatentFormat::previewer`",
        ),
        (
            "a projection without rows",
            Projection::linear(vec![]).err(),
            "wrong number of coefficients for the map: 1 needed, 0 given",
        ),
        (
            "a projection with NaN",
            Projection::linear(vec![[f32::NAN; 3]]).err(),
            "coefficient 0 is not a finite number",
        ),
        (
            "a tiny decoder without layers",
            TinyDecoder::new(4, &[], 1, vec![]).err(),
            "a tiny decoder has 1 to 4 layers, not 0",
        ),
        (
            "a file that holds no tiny decoder",
            TinyDecoder::from_safetensors(&[]).err(),
            "not the weights of a tiny decoder: header too small",
        ),
        (
            "VAE space of a map of one's own",
            own.for_vae_space().err(),
            "a previewer of your own projection or decoder knows no VAE space: scale the \
             latents as the pipeline does, or start with `LatentFormat::previewer`",
        ),
        (
            "a learner before its first picture",
            Learner::new(4)
                .unwrap()
                .preview_rgb(&of_shape([4, 1, 1]))
                .err(),
            "this learner has no start and no picture yet: give it the first latent and its \
             decoded picture with `Learner::learn`",
        ),
        (
            "a preview of floats, to become a picture of bytes",
            RgbImage::try_from(preview(PixelFormat::RgbF32)).err(),
            "this conversion needs a preview of [Rgb8, Rgb8Truncated], this one is RgbF32: \
             choose the format with `LatentPreview::preview`",
        ),
    ]
}
