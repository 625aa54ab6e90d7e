//! Tiny decoders: nearer to the VAE than any projection, and slower.

use core::fmt;

use super::layers::weight_count;
use crate::channels::MAX_CHANNELS;
use crate::{Coefficients, PreviewError};

/// The largest number of layers.
pub(crate) const MAX_LAYERS: usize = 4;
/// The largest number of channels that a layer makes.
pub(crate) const MAX_LAYER_CHANNELS: usize = 64;
/// The largest scale.
pub(crate) const MAX_SCALE: usize = 2;

/// Latents are limited to plus or minus this: the largest `f32` below 2^61.
pub(crate) const LATENT_LIMIT: f32 = f32::from_bits((127 + 61) << 23).next_down();

/// A small convolutional network from latents to RGB, between a projection and the VAE in
/// quality and time.
///
/// For latents `x`, limited to just below 2^61 in absolute value, with all arithmetic in `f32`:
///
/// ```text
/// h = x
/// for each layer:  h = relu(convolution(h))
/// o = head(h) + skip(x)
/// rgb = o, clamped to 0 to 1: display values
/// ```
///
/// A layer is a 1x1 or 3x3 convolution with stride 1 (a cross-correlation, as in the
/// frameworks); beyond an edge, the pixels on the edge are repeated. Head and skip are 1x1
/// convolutions, the skip without bias. With `scale` 2 the head makes twelve planes, four for
/// each of R, G and B. These four are the pixels of a 2x2 block, row by row; each gets the same
/// skip.
///
/// [`LatentFormat::previewer`](crate::LatentFormat::previewer) returns a trained one for the
/// formats that have one. A pixel whose neighborhood holds a NaN or an infinity becomes black.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, TinyDecoder, TinyLayer};
///
/// // One channel, one layer of one plane, and a picture at twice the size.
/// static WEIGHTS: [f32; 37] = {
///     let mut weights = [0.0; 37];
///     weights[1 + 4] = 1.0; // the middle of the layer's 3x3, after its bias
///     weights[22] = 0.25; // the head: R at the top left
///     weights[36] = 0.5; // the skip: the latent adds to all four B
///     weights
/// };
/// let layers = [TinyLayer { kernel_size: 3, channels: 1 }];
/// let decoder = TinyDecoder::new(1, &layers, 2, &WEIGHTS)?;
///
/// let samples = [1.0_f32, -1.0];
/// let latents = Latents::planar(&samples, [1, 1, 2])?;
/// let mut picture = [0; 4 * 2 * 3];
/// decoder.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// assert_eq!(picture[..6], [64, 0, 128, 0, 0, 128]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct TinyDecoder {
    pub(crate) channels: usize,
    pub(crate) scale: usize,
    layers: [TinyLayer; MAX_LAYERS],
    depth: usize,
    pub(super) weights: Coefficients<f32>,
}

impl fmt::Debug for TinyDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TinyDecoder")
            .field("channels", &self.channels)
            .field("layers", &self.layers())
            .field("scale", &self.scale)
            .field("weights", &self.weights)
            .finish()
    }
}

/// A convolution of a [`TinyDecoder`].
///
/// ```
/// use latent_preview::{LatentFormat, TinyLayer};
///
/// let previewer = LatentFormat::Sd1.previewer()?;
/// let decoder = previewer.tiny_decoder().expect("it is a tiny decoder");
/// assert_eq!(decoder.layers()[0], TinyLayer { kernel_size: 3, channels: 28 });
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TinyLayer {
    /// The side of the kernel: 1 or 3.
    pub kernel_size: usize,
    /// The number of output channels: 1 to 64. Multiples of four are the fastest.
    pub channels: usize,
}

impl TinyDecoder {
    /// A decoder from its weights in one slice: for each layer the bias `[outputs]` and the
    /// weights `[outputs, inputs, kernel_size, kernel_size]`, then the head's bias
    /// `[3 scale^2]` and weights `[3 scale^2, inputs]`, then the skip's weights
    /// `[3, channels]`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::TinyDecoder`] unless there are 1 to 128 channels and 1 to 4 layers, each
    /// layer has a kernel size of 1 or 3 and 1 to 64 channels, and the scale is 1 or 2;
    /// [`PreviewError::CoefficientCount`] if the number of weights is wrong;
    /// [`PreviewError::NonFiniteCoefficient`] if a weight is NaN or infinite.
    pub fn new(
        channels: usize,
        layers: &[TinyLayer],
        scale: usize,
        weights: impl Into<Coefficients<f32>>,
    ) -> Result<Self, PreviewError> {
        let check = |is_right: bool, rule, actual| match is_right {
            true => Ok(()),
            false => Err(PreviewError::TinyDecoder { rule, actual }),
        };
        let is_channels = (1..=MAX_CHANNELS).contains(&channels);
        check(is_channels, "takes 1 to 128 latent channels", channels)?;
        let depth = layers.len();
        check(
            (1..=MAX_LAYERS).contains(&depth),
            "has 1 to 4 layers",
            depth,
        )?;
        check(
            (1..=MAX_SCALE).contains(&scale),
            "has a scale of 1 or 2",
            scale,
        )?;
        for layer in layers {
            let size = layer.kernel_size;
            check(size == 1 || size == 3, "has kernels of size 1 or 3", size)?;
            let outputs = layer.channels;
            let is_outputs = (1..=MAX_LAYER_CHANNELS).contains(&outputs);
            check(is_outputs, "has layers of 1 to 64 channels", outputs)?;
        }
        let weights = weights.into();
        let weights = weights.checked(weight_count(channels, layers, scale))?;
        Ok(Self::from_parts(channels, layers, scale, weights))
    }

    /// A decoder from parts that are known to be right.
    pub(crate) const fn from_parts(
        channels: usize,
        layers: &[TinyLayer],
        scale: usize,
        weights: Coefficients<f32>,
    ) -> Self {
        let mut padded = [TinyLayer {
            kernel_size: 1,
            channels: 1,
        }; MAX_LAYERS];
        let mut i = 0;
        while i < layers.len() {
            padded[i] = layers[i];
            i += 1;
        }
        Self {
            channels,
            scale,
            layers: padded,
            depth: layers.len(),
            weights,
        }
    }

    /// The layers, from the latents to the head.
    #[must_use]
    pub const fn layers(&self) -> &[TinyLayer] {
        self.layers.split_at(self.depth).0
    }

    /// The weights, in the order of [`new`](Self::new).
    #[must_use]
    pub const fn weights(&self) -> &[f32] {
        self.weights.as_slice()
    }
}
