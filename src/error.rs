//! Everything that can be wrong with an input.

use crate::DType;

/// Why a latent, a projection or a buffer was refused.
///
/// Whatever the error, the output buffer is as it was before the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// The slice does not hold as many samples as its shape (and strides) need.
    #[error("the shape needs {expected} samples, the slice holds {actual}")]
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

    /// A projection was given the wrong number of coefficients.
    #[error("the projection needs {expected} coefficients here, {actual} were given")]
    CoefficientCount {
        /// Coefficients (rows of R, G, B, or single values of a flat tensor) needed.
        expected: usize,
        /// Coefficients given, counted likewise.
        actual: usize,
    },

    /// A coefficient is NaN or infinite.
    #[error("coefficient {index} is not a finite number")]
    NonFiniteCoefficient {
        /// Position among the values of the argument that holds it, row by row.
        index: usize,
    },
}
