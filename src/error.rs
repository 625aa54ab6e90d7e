//! Everything that can be wrong with an input.

use core::fmt;

#[cfg(any(feature = "image", feature = "ndarray"))]
use crate::PixelFormat;
use crate::{DType, LatentFormat};

/// Why a latent, a projection or a buffer was refused.
///
/// Whatever the error, the output buffer is as it was before the call.
///
/// ```
/// use latent_preview::{Latents, PreviewError};
///
/// let samples = [0.0_f32; 2 * 4 * 8 * 8];
/// let error = Latents::planar(&samples, [4, 8, 8]).unwrap_err();
/// assert_eq!(error, PreviewError::SampleCount { expected: 256, actual: 512 });
/// // What it says is meant for people:
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

    /// The latents have another number of channels than the projection takes.
    #[error("the projection takes {expected} latent channels, the latents have {actual}")]
    ChannelCount {
        /// Channels that the projection takes.
        expected: usize,
        /// Channels that the latents have.
        actual: usize,
    },

    /// A dimension of the shape is zero.
    #[error("dimension {index} of the shape is zero")]
    ZeroDimension {
        /// Which dimension, counted from 0 in the order it was given.
        index: usize,
    },

    /// The sizes multiply to more than `usize` can count.
    #[error("the shape or its strides overflow the address space")]
    ShapeOverflow,

    /// Two positions of a strided view share one sample, or a stride is zero.
    #[error("the strides make different positions share a sample")]
    OverlappingStrides,

    /// The channel axis of a 2x2-packed latent is not a multiple of four.
    #[error("a 2x2-packed latent has a multiple of 4 channels, not {actual}")]
    PackedChannels {
        /// Length of the channel axis that was given.
        actual: usize,
    },

    /// The slice cannot be divided evenly into planes of the projection's channels.
    #[error("{samples} samples do not divide into {channels} equal planes")]
    UnevenPlanes {
        /// Samples in the slice.
        samples: usize,
        /// Channels of the projection.
        channels: usize,
    },

    /// The output buffer has the wrong size.
    #[error("the output needs {expected} elements, the buffer has {actual}")]
    BufferSize {
        /// Elements (bytes for `u8` buffers, floats for `f32` buffers) of the output.
        expected: usize,
        /// Elements of the buffer that was given.
        actual: usize,
    },

    /// Raw bytes do not divide into whole samples.
    #[error("{actual} bytes do not divide into whole {dtype} samples")]
    ByteCount {
        /// Type of the samples.
        dtype: DType,
        /// Bytes that were given.
        actual: usize,
    },

    /// Raw bytes start at an address that samples of this type cannot be borrowed from.
    #[error(
        "the bytes are not aligned for {dtype} samples; copy them with `OwnedSamples::from_le_bytes`"
    )]
    Misaligned {
        /// Type of the samples.
        dtype: DType,
    },

    /// Little-endian bytes cannot be borrowed as samples on a big-endian machine.
    #[error(
        "little-endian samples cannot be borrowed on a big-endian machine; copy them with `OwnedSamples::from_le_bytes`"
    )]
    ForeignEndian,

    /// A projection or a tiny decoder was given the wrong number of coefficients.
    #[error("{expected} coefficients are needed here, {actual} were given")]
    CoefficientCount {
        /// Coefficients (rows of R, G, B, or single values of a flat tensor or of weights) needed.
        expected: usize,
        /// Coefficients given, counted likewise.
        actual: usize,
    },

    /// A tiny decoder was to have a shape that is not allowed.
    #[error("the {what} of a tiny decoder must be {allowed}, not {actual}")]
    TinyDecoder {
        /// What is out of range.
        what: &'static str,
        /// What it can be.
        allowed: &'static str,
        /// What it was to be.
        actual: usize,
    },

    /// A file does not hold the weights of a tiny decoder.
    #[cfg(feature = "safetensors")]
    #[error("not the weights of a tiny decoder: {reason}")]
    WeightsFile {
        /// What is missing or wrong.
        reason: alloc::string::String,
    },

    /// A coefficient is NaN or infinite.
    #[error("coefficient {index} is not a finite number")]
    NonFiniteCoefficient {
        /// Position among the values of the argument that holds it, row by row.
        index: usize,
    },

    /// There is nothing to fit on or to compare with.
    #[error("there are no pairs of latents and pictures")]
    NoPairs,

    /// A sample to fit on is NaN or infinite.
    #[error("the sample at channel {}, row {}, column {} is not a finite number", position[0], position[1], position[2])]
    NonFiniteSample {
        /// Channel, row and column.
        position: [usize; 3],
    },

    /// A picture's size is not a whole multiple of its latents' size.
    #[error(
        "the picture of {}x{} latents is {}x{}, which is not the same multiple of both",
        latents[0], latents[1], target[0], target[1]
    )]
    TargetSize {
        /// Height and width of the latents.
        latents: [usize; 2],
        /// Height and width of the picture.
        target: [usize; 2],
    },

    /// A picture of floats has a value that is not from 0 to 1.
    #[error("value {index} of the picture is not from 0 to 1")]
    TargetRange {
        /// Position of the value.
        index: usize,
    },

    /// A fit has more unknowns than there are pixels.
    #[error(
        "the fit has {needed} unknowns per color but the pairs only {actual} pixels: add pairs, or \
         fit a kind with fewer coefficients"
    )]
    TooFewPixels {
        /// Unknowns per color.
        needed: usize,
        /// Latent pixels of all pairs.
        actual: usize,
    },

    /// The pairs do not determine every coefficient.
    #[error(
        "channel {channel} does not vary by itself in the pairs: add pairs in which it does, or a ridge"
    )]
    IllConditioned {
        /// The channel.
        channel: usize,
    },

    /// No latent format or model is known by this name.
    #[error(
        "no latent format has this name; the nearest are {}, {} and {}",
        nearest[0], nearest[1], nearest[2]
    )]
    UnknownFormat {
        /// The formats whose names are the most like it, the nearest first.
        nearest: [LatentFormat; 3],
    },

    /// Nobody has published a projection for the format.
    #[error("there is no projection for {format} latents; make one with `Projection::affine`")]
    NoProjection {
        /// The format.
        format: LatentFormat,
    },

    /// The latents have another number of channels than their format.
    #[error(
        "{format} latents have {} channels, these have {actual}{}",
        format.channels(), Fitting(*actual)
    )]
    FormatChannels {
        /// The format.
        format: LatentFormat,
        /// Channels that the latents have.
        actual: usize,
    },

    /// The latents seem to be 2x2 patches that have not been unpacked.
    #[error(
        "{format} latents have {} channels; {actual} look like 2x2 patches: view them with \
         `Latents::{}` and the order of their values",
        format.channels(),
        if *tokens { "packed_tokens` (rows and columns of patches first)" } else { "packed_planes`" }
    )]
    LooksPacked {
        /// The format.
        format: LatentFormat,
        /// Values per patch.
        actual: usize,
        /// Whether the values of a patch are neighbors in memory.
        tokens: bool,
    },

    /// The last axis of the shape, not the first, holds the channels.
    #[error(
        "the last axis has the {} channels of {format}: view the image with `Latents::interleaved`",
        format.channels()
    )]
    ChannelsLast {
        /// The format.
        format: LatentFormat,
    },

    /// Two axes of the shape may be the channels.
    #[error(
        "two axes have the {} channels of {format}: say which it is with `Latents::batch`, \
         `Latents::video` or `Latents::video_frames`",
        format.channels()
    )]
    AmbiguousShape {
        /// The format.
        format: LatentFormat,
    },

    /// A shape has a number of axes that no latent of the format has.
    #[error(
        "{format} latents have the shape [{0}, height, width], a batch [images, {0}, height, width], \
         videos [videos, {0}, frames, height, width]; this shape has {dimensions} axes",
        format.channels()
    )]
    FormatShape {
        /// The format.
        format: LatentFormat,
        /// Axes of the shape.
        dimensions: usize,
    },

    /// A preview was to become a picture of another kind.
    #[cfg(any(feature = "image", feature = "ndarray"))]
    #[error("the preview is {actual:?}, what it is to become takes {takes:?}")]
    PictureFormat {
        /// The formats that can become that.
        takes: &'static [PixelFormat],
        /// The preview's.
        actual: PixelFormat,
    },

    /// A picture to fit on is neither of 8-bit RGB nor of floats.
    #[cfg(all(feature = "fit", feature = "image"))]
    #[error("the picture is neither RGB8 nor RGB32F: convert it, with `to_rgb8` for example")]
    TargetKind,

    /// A view of an array leaves out elements of it or runs backwards.
    #[cfg(feature = "ndarray")]
    #[error(
        "the view leaves gaps in memory or runs backwards: make a copy with `as_standard_layout`"
    )]
    ScatteredView,

    /// A candle tensor cannot be previewed, or candle reports an error.
    #[cfg(feature = "candle")]
    #[error("the tensor cannot be previewed: {reason}")]
    Tensor {
        /// What is wrong with it, or candle's message.
        reason: alloc::string::String,
    },

    /// One image was asked for, but the tensor holds a batch or a video.
    #[error(
        "the tensor holds {images} images, not one: iterate over `LatentFormat::images`, \
         `Latents::batch` or `Latents::video`"
    )]
    NotOneImage {
        /// Images in the tensor.
        images: usize,
    },

    /// No source states how the format's VAE space becomes model space.
    #[error("nobody states how {format} latents are scaled between VAE space and model space")]
    UnknownVaeSpace {
        /// The format.
        format: LatentFormat,
    },

    /// A noise level is outside what it can be.
    #[error("{name} must be {range}")]
    NoiseLevel {
        /// What the level is called.
        name: &'static str,
        /// What it can be.
        range: &'static str,
    },

    /// Two noise levels are the same, so that nothing follows from a step between them.
    #[error("both noise levels are the same: nothing follows from a step between them")]
    SameNoiseLevel,

    /// The model output has another shape than the latent that it was computed from.
    #[error(
        "the latent is [{}, {}, {}], the model output [{}, {}, {}]",
        expected[0], expected[1], expected[2], actual[0], actual[1], actual[2]
    )]
    OtherShape {
        /// Channels, height and width of the latent.
        expected: [usize; 3],
        /// Those of the model output.
        actual: [usize; 3],
    },

    /// An estimate of x0 was to be made from an estimate.
    #[error("an estimate of x0 is made from tensors, not from another estimate")]
    NestedEstimate,
}

/// What a sample count that is too large by a whole factor hints at.
struct Times(usize, usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        match actual.checked_div(expected) {
            Some(times @ 2..) if actual.is_multiple_of(expected) => write!(
                f,
                ": {times} times as many. For a batch or a video, iterate over `Latents::batch` or \
                 `Latents::video`"
            ),
            _ => Ok(()),
        }
    }
}

/// The formats that do have so many channels.
struct Fitting(usize);

impl fmt::Display for Fitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = ", as in ";
        for format in LatentFormat::fitting(self.0, None) {
            write!(f, "{separator}{format}")?;
            separator = ", ";
        }
        Ok(())
    }
}
