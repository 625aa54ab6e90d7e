//! Everything that can be wrong with a candle tensor.

use std::string::String;

use crate::error::hints::OrOfAnother;
use crate::{LatentFormat, PreviewError};

/// Why a tensor was refused. The messages name candle's calls.
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
    /// The samples have a type that no latent has.
    #[error("latents are f32, f16 or bf16, not {dtype}: call `to_dtype(DType::F32)`")]
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

    /// A tensor for a previewer without a format does not have three or four axes.
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
        "the last axis has the {} channels of {format}: call `permute((0, 3, 1, 2))` on a \
         batch, `permute((2, 0, 1))` on an image{}",
        format.channels(), OrOfAnother(*format, *actual)
    )]
    ChannelsLast {
        /// The format.
        format: LatentFormat,
        /// Length of the axis that holds the channels of other latents.
        actual: usize,
    },

    /// Two axes may be the channel axis.
    #[error(
        "two axes have length {0}, the channel count of {format}: permute a batch to \
         [images, 1, {0}, height, width], a video to [1, {0}, frames, height, width]",
        format.channels()
    )]
    AmbiguousShape {
        /// The format.
        format: LatentFormat,
    },

    /// The tensor holds tokens of 2x2 patches: its shape does not say how many are in a row.
    #[error(
        "{format} latents have {0} channels; tokens of {values} values are 2x2 patches: \
         reshape them to [images, rows, columns, {0}, 2, 2], call \
         `permute((0, 3, 1, 4, 2, 5))` and reshape to [images, {0}, height, width]",
        format.channels()
    )]
    Tokens {
        /// The format.
        format: LatentFormat,
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
    /// Replaces errors whose message names a view of slices by ones that name candle's calls.
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::ChannelsLast { format, actual } => Self::ChannelsLast { format, actual },
            PreviewError::AmbiguousShape { format } => Self::AmbiguousShape { format },
            PreviewError::LooksPacked {
                format,
                actual,
                tokens: true,
            } => Self::Tokens {
                format,
                values: actual,
            },
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
