//! Everything that can be wrong with a preview's input.

mod excerpt;
pub(crate) mod hints;

use crate::LatentFormat;
use crate::channels::MAX_CHANNELS;
pub use excerpt::Excerpt;
use hints::{Buffer, OrOfAnother, Others, Outputs, Patches, Surplus, Times, view_of_patches};

/// Why a latent, a projection or a buffer was refused.
///
/// ```
/// use latent_preview::{Latents, PreviewError};
///
/// let samples = [0.0_f32; 2 * 4 * 8 * 8];
/// let error = Latents::planar(&samples, [4, 8, 8]).unwrap_err();
/// assert_eq!(error, PreviewError::SampleCount { expected: 256, actual: 512 });
/// assert!(error.to_string().contains("iterate over `Latents::batch`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// The slice does not hold as many samples as its shape (and strides) need.
    #[error(
        "the shape needs {expected} samples, the slice holds {actual}{}",
        Times(*expected, *actual)
    )]
    SampleCount {
        /// Samples that the shape needs.
        expected: usize,
        /// Samples that the slice holds.
        actual: usize,
    },

    /// The slice does not hold as many samples as its rows and columns of tokens need.
    #[error(
        "the tokens need {expected} samples, the slice holds {actual}{}",
        Patches(*expected, *actual)
    )]
    PatchCount {
        /// Samples that the tokens need.
        expected: usize,
        /// Samples that the slice holds.
        actual: usize,
    },

    /// All tokens were said to be in one row or one column.
    #[error(
        "{tokens} tokens in one line are not a picture: [1, {tokens}, {values}] is the tensor's own \
         shape. Give the rows and columns of patches, a sixteenth of the picture's height and width \
         for most models"
    )]
    TokensInLine {
        /// Tokens in the line.
        tokens: usize,
        /// Values per token.
        values: usize,
    },

    /// The latents have another number of channels than the previewer takes.
    #[error(
        "this previewer takes {expected} latent channels, the latents have {actual}: make a \
         previewer for their format with `LatentFormat::previewer`"
    )]
    ChannelCount {
        /// Channels that the previewer takes.
        expected: usize,
        /// Channels that the latents have.
        actual: usize,
    },

    /// A latent or a map has more channels than the crate allows.
    #[error(
        "{actual} channels are more than the {MAX_CHANNELS} that a latent can have{}",
        Surplus(*actual)
    )]
    TooManyChannels {
        /// Channels given.
        actual: usize,
    },

    /// A dimension of the shape is zero.
    #[error(
        "dimension {index} of the shape is zero: a latent has at least one channel and one pixel"
    )]
    ZeroDimension {
        /// Which dimension, counted from 0 in the order given.
        index: usize,
    },

    /// The sizes multiply to more than `usize` can count.
    #[error(
        "the shape or its strides overflow the address space: give the sizes in samples, not in bytes"
    )]
    ShapeOverflow,

    /// Positions of a strided view share or interleave samples, or a stride is zero.
    #[error(
        "the strides make different positions share or interleave samples: make a contiguous \
         copy of the tensor first"
    )]
    OverlappingStrides,

    /// The channel axis of a 2x2-packed latent is not a multiple of four.
    #[error(
        "a 2x2-packed latent has a multiple of 4 channels, not {actual}: view other latents \
         with `Latents::planar` or `Latents::interleaved`"
    )]
    PackedChannels {
        /// Length of the channel axis given.
        actual: usize,
    },

    /// The slice cannot be divided evenly into planes of the projection's channels.
    #[error(
        "{samples} samples are not `{channels} * height * width`: give the samples of one \
             image"
    )]
    UnevenPlanes {
        /// Samples in the slice.
        samples: usize,
        /// Channels of the projection.
        channels: usize,
    },

    /// The output buffer has the wrong size.
    #[error(
        "a {}x{} {format:?} picture needs {expected} bytes, the buffer has {actual}: {}",
        size[0], size[1], Buffer(*expected, *actual)
    )]
    BufferSize {
        /// Width and height of the picture.
        size: [usize; 2],
        /// The format that was asked for.
        format: crate::PixelFormat,
        /// Bytes of the picture.
        expected: usize,
        /// Bytes of the buffer given.
        actual: usize,
    },

    /// The output of [`linear_decode`](crate::linear_decode) has the wrong length.
    #[error(
        "three floats per pixel are {expected}, the output has {actual}: give a slice of exactly \
         that length"
    )]
    FloatCount {
        /// Floats of the output.
        expected: usize,
        /// Floats of the slice given.
        actual: usize,
    },

    /// Rows of a picture would overlap.
    #[error(
        "a row of the picture has {expected} bytes, more than the {actual} between rows: give \
         `copy_rows` at least that many"
    )]
    OverlappingRows {
        /// Bytes of a row.
        expected: usize,
        /// Bytes from one row to the next.
        actual: usize,
    },

    /// A buffer ends before the last row of a picture does.
    #[error("the rows need at least {expected} bytes, the buffer has {actual}")]
    RowsBeyondBuffer {
        /// Bytes from the first row to the end of the last.
        expected: usize,
        /// Bytes of the buffer.
        actual: usize,
    },

    /// Raw bytes do not divide into whole samples.
    #[error(
        "{actual} bytes do not divide into whole {dtype} samples: give the `DType` of the tensor"
    )]
    ByteCount {
        /// Type of the samples.
        dtype: crate::DType,
        /// Bytes given.
        actual: usize,
    },

    /// Raw bytes cannot be borrowed as samples: their address is not a multiple of the size
    /// of a sample, or the machine is big-endian.
    #[error(
        "the bytes are not aligned for {dtype} samples, or this machine is big-endian: copy them \
         with `OwnedSamples::from_le_bytes`"
    )]
    NotBorrowable {
        /// Type of the samples.
        dtype: crate::DType,
    },

    /// A projection or a tiny decoder was given the wrong number of coefficients.
    #[error("wrong number of coefficients for the map: {expected} needed, {actual} given")]
    CoefficientCount {
        /// Coefficients (rows of R, G, B, or single values of a flat tensor or of weights) needed.
        expected: usize,
        /// Coefficients given, counted the same way.
        actual: usize,
    },

    /// A tiny decoder would have a shape that is not allowed.
    #[error("a tiny decoder {rule}, not {actual}")]
    TinyDecoder {
        /// The rule that is broken.
        rule: &'static str,
        /// The number that breaks it.
        actual: usize,
    },

    /// A file does not hold the weights of a tiny decoder.
    #[cfg(feature = "safetensors")]
    #[error("not the weights of a tiny decoder: {reason}")]
    WeightsFile {
        /// The part that is missing or wrong.
        reason: alloc::string::String,
    },

    /// A coefficient is NaN or infinite.
    #[error("coefficient {index} is not a finite number")]
    NonFiniteCoefficient {
        /// Its position among the values of the argument, row by row.
        index: usize,
    },

    /// No latent format or model is known by this name.
    #[error(
        "no latent format or model is known by the name \"{name}\"; the nearest are {}, {} and {}",
        nearest[0], nearest[1], nearest[2]
    )]
    UnknownFormat {
        /// The beginning of the name.
        name: Excerpt,
        /// The formats with the most similar names, the nearest first.
        nearest: [LatentFormat; 3],
    },

    /// Models of different formats have this name.
    #[error("models with different latents share this name: {apart}")]
    AmbiguousFormat {
        /// The formats.
        candidates: &'static [LatentFormat],
        /// The models by their full names, and the format of each.
        apart: &'static str,
    },

    /// The crate has no map for the format.
    #[error(
        "nobody has published a projection for {format} latents: learn one from decoded \
         pictures with `fit::Learner`, or make one with `Projection::affine`"
    )]
    NoProjection {
        /// The format.
        format: LatentFormat,
    },

    /// The license of the default previewer's numbers is not permissive.
    #[error(
        "the numbers of the {format} previewer come from a file under {license}: fit a \
         projection with `fit::Fit`, or call `LatentFormat::previewer` if your program may \
         use them"
    )]
    NotPermissive {
        /// The format.
        format: LatentFormat,
        /// The license.
        license: &'static str,
    },

    /// The format has no previewer of twice the latent's size.
    #[error(
        "there is no 2x previewer for {format} latents: call `LatentFormat::previewer` and \
         enlarge its pictures"
    )]
    NoTwice {
        /// The format.
        format: LatentFormat,
    },

    /// The latents have another number of channels than their format.
    #[error(
        "{format} latents have {} channels, these have {actual}{}",
        format.channels(), Others { format: *format, actual: *actual, last_axis: *last_axis }
    )]
    FormatChannels {
        /// The format.
        format: LatentFormat,
        /// Channels that the latents have.
        actual: usize,
        /// Length of their last axis, mostly the width.
        last_axis: usize,
    },

    /// The latents look like 2x2 patches that have not been unpacked.
    #[error(
        "{format} latents have {} channels; {actual} look like 2x2 patches: view them with \
         {} and give the order of the values in a patch (`PackOrder`)",
        format.channels(), view_of_patches(*tokens)
    )]
    LooksPacked {
        /// The format.
        format: LatentFormat,
        /// Values per patch.
        actual: usize,
        /// `true` if the values of a patch are neighbors in memory.
        tokens: bool,
    },

    /// The last axis of the shape, not the first, holds the channels.
    #[error(
        "the last axis has the {} channels of {format}: view one image with \
         `Latents::interleaved`, several with `Latents::interleaved_batch`, or permute the axes of \
         the array{}",
        format.channels(), OrOfAnother(*format, *actual)
    )]
    ChannelsLast {
        /// The format.
        format: LatentFormat,
        /// Length of the axis that holds the channels of other latents.
        actual: usize,
    },

    /// Two axes of the shape may be the channel axis.
    #[error(
        "two axes have length {}, the channel count of {format}: choose one with \
         `Latents::batch` or `Latents::video`",
        format.channels()
    )]
    AmbiguousShape {
        /// The format.
        format: LatentFormat,
    },

    /// A shape has a number of axes that no latent of the format has.
    #[error(
        "{format} latents have the shape [{0}, height, width], a batch [images, {0}, height, \
         width], or videos [videos, {0}, frames, height, width]: reshape this tensor, whose \
         number of axes is {dimensions}",
        format.channels()
    )]
    FormatShape {
        /// The format.
        format: LatentFormat,
        /// Axes of the shape.
        dimensions: usize,
    },

    /// A preview has the wrong format for a conversion.
    #[cfg(any(feature = "image", feature = "ndarray"))]
    #[error(
        "this conversion needs a preview of {expected:?}, this one is {actual:?}: choose the format \
         with `LatentPreview::preview`"
    )]
    PictureFormat {
        /// The formats that the conversion takes.
        expected: &'static [crate::PixelFormat],
        /// The preview's format.
        actual: crate::PixelFormat,
    },

    /// A view of an array has gaps in memory or runs backwards.
    #[cfg(feature = "ndarray")]
    #[error(
        "the view leaves gaps in memory or runs backwards: make a copy with \
         `as_standard_layout`, or view the images of a batch one by one with `outer_iter`"
    )]
    ScatteredView,

    /// One image was asked for, but the tensor holds a batch or a video.
    #[error("the tensor holds {images} images, not one: iterate over `LatentFormat::images`")]
    NotOneImage {
        /// Images in the tensor.
        images: usize,
    },

    /// No source states how the format's VAE space becomes model space.
    #[error(
        "no source states the scaling of {format} latents between VAE space and model space: \
         scale them as the pipeline does and use the previewer as it is"
    )]
    UnknownVaeSpace {
        /// The format.
        format: LatentFormat,
    },

    /// The input space of a previewer was changed already.
    #[error(
        "this previewer already takes latents of another space: call `for_vae_space` or \
         `for_sigma` on a new previewer of the format"
    )]
    ChangedTwice,

    /// A learner without a start has no previews before its first picture.
    #[cfg(feature = "fit")]
    #[error(
        "this learner has no start and no picture yet: give it the first latent and its \
         decoded picture with `Learner::learn`"
    )]
    NothingLearned,

    /// A previewer without a format has no known VAE space.
    #[error(
        "a previewer of your own projection or decoder knows no VAE space: scale the latents \
         as the pipeline does, or start with `LatentFormat::previewer`"
    )]
    NoFormat,

    /// A noise level is outside its range.
    #[error("{name} must be {range}")]
    NoiseLevel {
        /// The name of the level.
        name: &'static str,
        /// Its range.
        range: &'static str,
    },

    /// The model output has another shape than its latent.
    #[error(
        "the latent is {expected:?}, the model output {actual:?}: {}",
        Outputs(expected, actual)
    )]
    OtherShape {
        /// Channels, height and width of the latent.
        expected: [usize; 3],
        /// Channels, height and width of the model output.
        actual: [usize; 3],
    },

    /// An estimate of x0 cannot be made from an estimate.
    #[error(
        "an estimate of x0 is made from tensors, not from another estimate: give `Latents::denoised` \
         the latent and the model output themselves"
    )]
    NestedEstimate,
}
