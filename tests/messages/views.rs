//! Refusals of slices and shapes, before any format is known.

use latent_preview::{DType, Latents, OwnedSamples, PackOrder, PreviewError, Samples, ndarray};

use super::Row;

pub fn rows() -> Vec<Row<PreviewError>> {
    let samples = [0.0_f32; 256];
    let planar = |count: usize, shape: [usize; 3]| Latents::planar(&samples[..count], shape).err();
    let order = PackOrder::ChannelFirst;
    let strided = |strides| Latents::strided(&samples, [4, 4, 4], strides).err();
    let tokens =
        |count: usize, shape| Latents::packed_tokens(&samples[..count], shape, order).err();
    vec![
        (
            "a slice that is too short",
            planar(7, [4, 2, 1]),
            "the shape needs 8 samples, the slice holds 7",
        ),
        (
            "a batch taken for an image",
            planar(8, [4, 1, 1]),
            "the shape needs 4 samples, the slice holds 8: 2 times as many. For a batch or video, \
             iterate over `Latents::batch`, `Latents::video` or `Latents::interleaved_batch`; \
             view other layouts one image at a time; if the samples come from bytes, check \
             their `DType`",
        ),
        (
            "a slice that is too long by no whole number",
            planar(9, [4, 1, 1]),
            "the shape needs 4 samples, the slice holds 9",
        ),
        (
            "more channels than any latent has",
            planar(129, [129, 1, 1]),
            "129 channels are more than the 128 that a latent can have",
        ),
        (
            "SeFi with its semantic channels",
            planar(144, [144, 1, 1]),
            "144 channels are more than the 128 that a latent can have: SeFi holds 16 other \
             channels before the picture's 128; leave those 16 out and view the rest with \
             `Latents::packed_planes`",
        ),
        (
            "LTX-2 with its sound",
            planar(136, [136, 1, 1]),
            "136 channels are more than the 128 that a latent can have: LTX with sound holds \
             the video in the first 128 channels; give only those",
        ),
        (
            "an axis of length 0",
            planar(0, [4, 0, 1]),
            "dimension 1 of the shape is zero: a latent has at least one channel and one \
             pixel",
        ),
        (
            "a shape that no memory holds",
            planar(1, [usize::MAX, usize::MAX, 1]),
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
            planar(16, [4, 16, 16]),
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
            "an array that runs backwards",
            backwards(),
            "the view leaves gaps in memory or runs backwards: make a copy with \
             `as_standard_layout`, or view the images of a batch one by one with `outer_iter`",
        ),
    ]
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
