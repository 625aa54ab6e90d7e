//! Everything that can be wrong with a tensor.

use std::string::String;

use crate::PreviewError;

/// Why a tensor was refused. Messages name calls of candle.
///
/// ```
/// use latent_preview::candle_core::{DType, Device, Tensor};
/// use latent_preview::{LatentFormat, TensorError};
///
/// let batch = Tensor::zeros((2, 4, 8, 8), DType::F16, &Device::Cpu)?;
/// let error = LatentFormat::Sdxl.previewer()?.preview_tensor(&batch).unwrap_err();
/// assert_eq!(error, TensorError::NotOneImage { images: 2 });
/// assert!(error.to_string().contains("call `preview_tensors`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The numbers are of a type that no latent has.
    #[error("a tensor of {dtype} is no latent: call `to_dtype(DType::F32)`")]
    DType {
        /// The type, as candle spells it.
        dtype: &'static str,
    },

    /// One image was asked for, but the tensor holds a batch or a video.
    #[error(
        "the tensor holds {images} images, not one: call `preview_tensors`, or `narrow` it to one"
    )]
    NotOneImage {
        /// Images in the tensor.
        images: usize,
    },

    /// A tensor for a previewer without format has another number of axes than three or four.
    #[error(
        "the tensor has {axes} axes: reshape it to [channels, height, width] or \
         [images, channels, height, width]"
    )]
    Axes {
        /// Axes of the tensor.
        axes: usize,
    },

    /// The last axis holds the channels.
    #[error(
        "the last axis has the {channels} channels of {format}: call `permute((0, 3, 1, 2))` on a \
         batch, `permute((2, 0, 1))` on an image"
    )]
    ChannelsLast {
        /// The name of the format.
        format: &'static str,
        /// Its channels.
        channels: usize,
    },

    /// Two axes may be the channels.
    #[error(
        "two axes have the {channels} channels of {format}: permute a batch to [images, 1, \
         {channels}, height, width], a video to [1, {channels}, frames, height, width]"
    )]
    AmbiguousShape {
        /// The name of the format.
        format: &'static str,
        /// Its channels.
        channels: usize,
    },

    /// Tokens of 2x2 patches, whose rows and columns the shape does not tell.
    #[error(
        "{format} latents have {channels} channels; tokens of {values} values are 2x2 patches: \
         reshape them to [images, rows, columns, {channels}, 2, 2], call \
         `permute((0, 3, 1, 4, 2, 5))` and reshape to [images, {channels}, height, width]"
    )]
    Tokens {
        /// The name of the format.
        format: &'static str,
        /// Its channels.
        channels: usize,
        /// Values per token.
        values: usize,
    },

    /// Any other refusal.
    #[error(transparent)]
    Preview(PreviewError),

    /// Candle reports an error.
    #[error("{reason}")]
    Candle {
        /// Candle's message.
        reason: String,
    },
}

impl From<PreviewError> for TensorError {
    /// Puts refusals whose message names a view of slices into candle's words.
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::ChannelsLast { format, channels } => {
                Self::ChannelsLast { format, channels }
            }
            PreviewError::AmbiguousShape { format, channels } => {
                Self::AmbiguousShape { format, channels }
            }
            PreviewError::LooksPacked {
                format,
                expected,
                actual,
                ..
            } => Self::Tokens {
                format,
                channels: expected,
                values: actual,
            },
            // A tensor of another model: its last axis is a width.
            PreviewError::FormatChannels {
                format,
                expected,
                actual,
                like,
                ..
            } => Self::Preview(PreviewError::FormatChannels {
                format,
                expected,
                actual,
                like,
                are_last: false,
            }),
            other => Self::Preview(other),
        }
    }
}

impl From<::candle_core::Error> for TensorError {
    fn from(error: ::candle_core::Error) -> Self {
        Self::Candle {
            reason: std::string::ToString::to_string(&error),
        }
    }
}
