//! Refusals of latents, maps and buffers.

use latent_preview::image::RgbImage;
use latent_preview::{
    DType, LatentFormat, LatentPreview, Latents, OwnedSamples, PackOrder, PixelFormat,
    PreviewError, Previewer, Projection, Samples, TinyDecoder, linear_decode, ndarray,
};

use super::{Row, check_rows};

#[test]
fn refusals_of_latents_maps_and_buffers() {
    let samples = [0.0_f32; 256];
    let planar = |count: usize, shape: [usize; 3]| Latents::planar(&samples[..count], shape);
    let of_shape = |shape: [usize; 3]| planar(shape.iter().product(), shape).unwrap();
    let strided = |strides| Latents::strided(&samples, [4, 4, 4], strides).err();
    let order = PackOrder::ChannelFirst;
    let tokens =
        |count: usize, shape| Latents::packed_tokens(&samples[..count], shape, order).err();
    let [sdxl, flux1, flux2, wan21] = [
        LatentFormat::Sdxl,
        LatentFormat::Flux1,
        LatentFormat::Flux2,
        LatentFormat::Wan21,
    ];
    let check =
        |format: LatentFormat, shape| format.previewer().unwrap().check(&of_shape(shape)).err();
    let images = |format: LatentFormat, shape: &[usize]| {
        let count = shape.iter().product();
        format.images(&vec![0.0_f32; count], shape).err()
    };
    let own = Previewer::from(Projection::SD_V1_4);
    let preview = |format| own.preview(&of_shape([4, 1, 1]), format).unwrap();
    let mut out = [0; 2];
    let mut rows: Vec<Row<PreviewError>> = vec![
        (
            "a slice that is too short",
            planar(7, [4, 2, 1]).err(),
            "the shape needs 8 samples, the slice holds 7",
        ),
        (
            "a batch taken for an image",
            planar(8, [4, 1, 1]).err(),
            "the shape needs 4 samples, the slice holds 8: 2 times as many. For a batch or video, \
             iterate over `Latents::batch`, `Latents::video` or `Latents::interleaved_batch`; \
             view other layouts one image at a time",
        ),
        (
            "a slice that is too long by no whole number",
            planar(9, [4, 1, 1]).err(),
            "the shape needs 4 samples, the slice holds 9",
        ),
        (
            "more channels than any latent has",
            planar(129, [129, 1, 1]).err(),
            "129 channels are more than the 128 that a latent can have",
        ),
        (
            "SeFi with its semantic channels",
            planar(144, [144, 1, 1]).err(),
            "144 channels are more than the 128 that a latent can have: SeFi holds 16 other \
             channels before the picture's 128; leave those 16 out and view the rest with \
             `Latents::packed_planes`",
        ),
        (
            "SeFi with its semantic channels, by the format",
            images(flux2, &[1, 144, 1, 1]),
            "flux2 latents have 32 channels, these have 144, as in no known format: SeFi \
             holds 16 other channels before the picture's 128; leave those 16 out and view \
             the rest with `Latents::packed_planes`",
        ),
        (
            "LTX-2 with its sound",
            planar(136, [136, 1, 1]).err(),
            "136 channels are more than the 128 that a latent can have: LTX with sound holds \
             the video in the first 128 channels; give only those",
        ),
        (
            "an axis of length 0",
            planar(0, [4, 0, 1]).err(),
            "dimension 1 of the shape is zero: a latent has at least one channel and one \
             pixel",
        ),
        (
            "a shape that no memory holds",
            planar(1, [usize::MAX, usize::MAX, 1]).err(),
            "the shape or its strides overflow the address space: give the sizes in samples, \
             not in bytes",
        ),
        (
            "strides of a broadcast tensor",
            strided([0, 4, 1]),
            "the strides make different positions share or interleave samples: make a \
             contiguous copy of the tensor first",
        ),
        (
            "patches of 6 values",
            Latents::packed_planes(&samples[..6], [6, 1, 1], order).err(),
            "a 2x2-packed latent has a multiple of 4 channels, not 6: view other latents with \
             `Latents::planar` or `Latents::interleaved`",
        ),
        (
            "tokens that are cut off",
            tokens(100, [1, 2, 64]),
            "the tokens need 128 samples, the slice holds 100",
        ),
        (
            "a batch of tokens taken for an image",
            tokens(256, [1, 2, 64]),
            "the tokens need 128 samples, the slice holds 256: 2 times as many. View a batch \
             with `Latents::packed_tokens_batch`; for one picture, if its rows and columns are \
             right, the rest are tokens of reference images (FLUX.2, Kontext, \
             Qwen-Image-Edit): pass the first 128 samples",
        ),
        (
            "tokens of a reference image behind those of the picture",
            tokens(192, [1, 2, 64]),
            "the tokens need 128 samples, the slice holds 192: if rows and columns are right, \
             the rest are tokens of reference images (FLUX.2, Kontext, Qwen-Image-Edit): pass \
             the first 128 samples",
        ),
        (
            "tokens by the tensor's own shape",
            tokens(256, [1, 64, 4]),
            "64 tokens in one line are not a picture: [1, 64, 4] is the tensor's own shape. \
             Give the rows and columns of patches, a sixteenth of the picture's height and \
             width for most models",
        ),
        (
            "the picture's height and width in place of the latent's",
            planar(16, [4, 16, 16]).err(),
            "the shape needs 1024 samples, the slice holds 16: give the latent's height and \
             width; the picture's are 8 times as large",
        ),
        (
            "tokens by the latent's height and width",
            tokens(64, [2, 2, 64]),
            "the tokens need 256 samples, the slice holds 64: give the rows and columns of \
             2x2 patches, a sixteenth of the picture's height and width for most models",
        ),
        (
            "tokens by the picture's height and width",
            tokens(64, [16, 16, 64]),
            "the tokens need 16384 samples, the slice holds 64: give the rows and columns of \
             2x2 patches, a sixteenth of the picture's height and width for most models",
        ),
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
            "bytes that are cut off",
            OwnedSamples::from_le_bytes(DType::F16, &[0; 3]).err(),
            "3 bytes do not divide into whole F16 samples: give the `DType` of the tensor",
        ),
        (
            "bytes at an odd address",
            misaligned(),
            "the bytes are not aligned for F16 samples, or this machine is big-endian: copy \
             them with `OwnedSamples::from_le_bytes`",
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
            "a name with two letters swapped",
            "sdlx".parse::<LatentFormat>().err(),
            "no latent format or model is known by the name \"sdlx\"; the nearest are sdxl, sd1 and sd3",
        ),
        (
            "a name of several models",
            "SkyReels".parse::<LatentFormat>().err(),
            "models with different latents share this name: SkyReels V1 has the latents of \
             hunyuan-video, V2 those of wan21",
        ),
        (
            "a format without any map",
            LatentFormat::SeedVr2.previewer().err(),
            "nobody has published a projection for seedvr2 latents: make one with \
             `Projection::affine`, or fit one with `fit::Fit`",
        ),
        (
            "a permissive previewer of a format whose table is from a GPL file",
            LatentFormat::Mochi.permissive_previewer().err(),
            "the numbers of the mochi previewer come from a file under GPL-3.0: fit a \
             projection with `fit::Fit`, or call `LatentFormat::previewer` if your program \
             may use them",
        ),
        (
            "twice the size of a format without a tiny decoder",
            wan21.previewer_2x().err(),
            "there is no 2x previewer for wan21 latents: call `LatentFormat::previewer` and \
             enlarge its pictures",
        ),
        (
            "a latent of no known model",
            check(sdxl, [5, 1, 1]),
            "sdxl latents have 4 channels, these have 5, as in no known format: check the \
             order of the shape",
        ),
        (
            "the input of an inpainting model",
            check(sdxl, [9, 1, 1]),
            "sdxl latents have 4 channels, these have 9, as in no known format: the input of \
             an inpainting or editing model holds the latent in its first 4 channels",
        ),
        (
            "a latent of another model",
            check(sdxl, [16, 1, 1]),
            "sdxl latents have 4 channels, these have 16, as in sd3, flux1, wan21, \
             hunyuan-video, cogview4, cogview3-plus, cogvideox-2b, cogvideox-5b, cascade-prior, cosmos1, \
             easyanimate51, glm-image, ming-image, seedvr2: make a previewer for the format \
             of the latents",
        ),
        (
            "a latent of SD1, 64 wide, given to FLUX.1",
            images(flux1, &[4, 64, 64]),
            "flux1 latents have 16 channels, these have 4, as in sd1, sdxl, \
             playground25, sd-x4-upscaler, allegro, cascade-b, kandinsky21: make a previewer \
             for the format of the latents",
        ),
        (
            "a latent of SD1, 32 wide, given to FLUX.2",
            images(flux2, &[1, 4, 64, 32]),
            "the last axis has the 32 channels of flux2: view the image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, an array with \
             its axes permuted (if the channels are not last, the latents are of another \
             format: sd1, sdxl, playground25, sd-x4-upscaler, allegro, cascade-b, kandinsky21)",
        ),
        (
            "an image with its channels last, as high as another format has channels",
            sdxl.image(&[0.0_f32; 64 * 96 * 4], &[1, 64, 96, 4]).err(),
            "the last axis has the 4 channels of sdxl: view the image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, an array with \
             its axes permuted (if the channels are not last, the latents are of another \
             format: flux1, wan21, qwen-image-21, hunyuan-image-21, hunyuan-image-21-refiner)",
        ),
        (
            "a video with its channels last, viewed as planes",
            check(sdxl, [6, 5, 4]),
            "the last axis has the 4 channels of sdxl: view the image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, an array with \
             its axes permuted",
        ),
        (
            "packed planes, given to FLUX.2 as planes",
            check(flux2, [128, 2, 1]),
            "flux2 latents have 32 channels; 128 look like 2x2 patches: view them with \
             `Latents::packed_planes` and give the order of the values in a patch \
             (`PackOrder`)",
        ),
        (
            "tokens of FLUX.1 as diffusers holds them",
            images(flux1, &[2, 24, 64]),
            "flux1 latents have 16 channels; 64 look like 2x2 patches: view them with \
             `Latents::packed_tokens` or `Latents::packed_tokens_batch` (rows and columns of \
             patches) and give the order of the values in a patch (`PackOrder`)",
        ),
        (
            "an image with its channels last",
            images(sdxl, &[6, 5, 4]),
            "the last axis has the 4 channels of sdxl: view the image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, an array with \
             its axes permuted",
        ),
        (
            "a batch of 16 or a video of 16 channels",
            images(wan21, &[16, 16, 1, 1]),
            "two axes have length 16, the channel count of wan21: choose one with \
             `Latents::batch` or `Latents::video`",
        ),
        (
            "a shape of one axis",
            images(sdxl, &[4]),
            "sdxl latents have the shape [4, height, width], a batch [images, 4, height, \
             width], or videos [videos, 4, frames, height, width]: reshape this tensor, whose \
             number of axes is 1",
        ),
        (
            "a batch where one image is asked for",
            sdxl.image(&samples[..8], &[2, 4, 1, 1]).err(),
            "the tensor holds 2 images, not one: iterate over `LatentFormat::images`",
        ),
        (
            "VAE space of a format whose scaling nobody states",
            LatentFormat::CascadePrior
                .previewer()
                .unwrap()
                .for_vae_space()
                .err(),
            "no source states the scaling of cascade-prior latents between VAE space and \
             model space: scale them as the pipeline does and use the previewer as it is",
        ),
        (
            "VAE space twice",
            sdxl.previewer()
                .unwrap()
                .for_vae_space()
                .unwrap()
                .for_vae_space()
                .err(),
            "this previewer already takes latents of another space: call `for_vae_space` or \
             `for_sigma` on a new previewer of the format",
        ),
        (
            "VAE space of a map of one's own",
            own.for_vae_space().err(),
            "a previewer of your own projection or decoder knows no VAE space: scale the \
             latents as the pipeline does, or start with `LatentFormat::previewer`",
        ),
        (
            "a negative noise level",
            own.for_sigma(-1.0).err(),
            "sigma must be a finite number from 0 up",
        ),
        (
            "a learner before its first picture",
            latent_preview::fit::Learner::new(4)
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
        (
            "an array that runs backwards",
            backwards(),
            "the view leaves gaps in memory or runs backwards: make a copy with \
             `as_standard_layout`, or view the images of a batch one by one with `outer_iter`",
        ),
    ];
    rows.extend(super::estimates::rows());
    check_rows(
        rows,
        include_str!("../../src/error/mod.rs"),
        "PreviewError",
        &[],
    );
}

/// Bytes at an odd address.
fn misaligned() -> Option<PreviewError> {
    let bytes = [0; 4];
    let mut starts = [&bytes[..2], &bytes[1..3]].into_iter();
    starts.find_map(|bytes| Samples::from_le_bytes(DType::F16, bytes).err())
}

fn backwards() -> Option<PreviewError> {
    let array = ndarray::arr3(&[[[0.0_f32; 4]]]);
    let backwards = ndarray::Slice::new(0, None, -1);
    Latents::try_from(array.slice_axis(ndarray::Axis(2), backwards).view()).err()
}
