//! A small convolutional decoder: nearer to the VAE than any projection, and slower.

mod net;
mod presets;
#[cfg(feature = "safetensors")]
mod safetensors;

pub(crate) use net::{Dense, Net};
pub(crate) use presets::preset;

use fearless_simd::Level;

use crate::preview::check_output;
use crate::{Coefficients, LatentPreview, Latents, PixelFormat, PreviewError, Rounding, kernel};

/// The most layers.
pub(crate) const MAX_LAYERS: usize = 4;
/// The most channels of a latent; no layer makes more planes.
pub(crate) const MAX_CHANNELS: usize = 128;
/// The most pixels that a latent pixel becomes in each direction.
pub(crate) const MAX_SCALE: usize = 2;

/// Latents further from zero are taken as this: 2^61, less a little.
pub(crate) const LATENT_LIMIT: f32 = f32::from_bits((127 + 61) << 23).next_down();

/// A net of a few small convolutions: a [`LatentPreview`] between a projection and the VAE.
///
/// For latents `x`, with all arithmetic in `f32`:
///
/// ```text
/// h = x
/// for each layer:  h = relu(convolution(h))
/// o = head(h) + skip(x)
/// rgb = o, clamped to 0 to 1: display values
/// ```
///
/// A layer is a convolution with stride 1 of 1x1 or 3x3 (a cross-correlation, as
/// frameworks have it), whose input repeats its edges. Head and skip are 1x1, the skip
/// without bias. With `scale` 2 the head makes twelve planes, four for each of R, G and B,
/// which become the four pixels of a 2x2 block, in rows; each gets the same skip.
///
/// [`LatentFormat::tiny`](crate::LatentFormat::tiny) has trained ones. A pixel whose
/// neighborhood holds a NaN or an infinity becomes black. A call needs a stack of 128 KiB
/// in optimized code (measured on x86-64), most of it for what the layers have made.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, TinyDecoder, TinyLayer};
///
/// // One channel, one layer of one plane, and a picture at twice the size.
/// static WEIGHTS: [f32; 37] = {
///     let mut weights = [0.0; 37];
///     weights[1 + 4] = 1.0; // the middle of the layer's 3x3, after its bias
///     weights[22] = 0.25; // what the head makes of it: R at the top left
///     weights[36] = 0.5; // what the latent adds to all B
///     weights
/// };
/// let layers = [TinyLayer { side: 3, width: 1 }];
/// let decoder = TinyDecoder::new(1, &layers, 2, &WEIGHTS)?;
///
/// let samples = [1.0_f32, -1.0];
/// let latents = Latents::planar(&samples, [1, 1, 2])?;
/// let mut picture = [0; 4 * 2 * 3];
/// decoder.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// assert_eq!(picture[..6], [64, 0, 128, 0, 0, 128]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TinyDecoder {
    channels: usize,
    scale: usize,
    layers: [TinyLayer; MAX_LAYERS],
    depth: usize,
    weights: Coefficients<f32>,
}

/// A convolution of a [`TinyDecoder`].
///
/// ```
/// use latent_preview::{LatentFormat, TinyLayer};
///
/// let previewer = LatentFormat::Sd1.tiny().expect("there is one for SD1");
/// let decoder = previewer.tiny_decoder().expect("it is a tiny decoder");
/// assert_eq!(decoder.layers()[0], TinyLayer { side: 3, width: 20 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "made by users, from two numbers")]
pub struct TinyLayer {
    /// The side of the neighborhood: 1 or 3.
    pub side: usize,
    /// How many planes it makes: 1 to 64. Multiples of four are the fastest.
    pub width: usize,
}

impl TinyDecoder {
    /// A decoder of weights in one run: for each layer its bias `[width]` and its weights
    /// `[width, inputs, side, side]`, then the head's bias `[3 scale^2]` and weights
    /// `[3 scale^2, width]`, then the skip's weights `[3, channels]`. That is the order in
    /// which safetensors files hold tensors of these names.
    ///
    /// # Errors
    ///
    /// [`PreviewError::TinyDecoder`] if there are not 1 to 128 channels, not 1 to 4 layers,
    /// a layer's side is neither 1 nor 3, its width not 1 to 64, or the scale neither 1
    /// nor 2; [`PreviewError::CoefficientCount`] if there is another number of weights;
    /// [`PreviewError::NonFiniteCoefficient`] if one is NaN or infinite.
    ///
    /// ```
    /// use latent_preview::{TinyDecoder, TinyLayer};
    ///
    /// let layers = [TinyLayer { side: 1, width: 2 }];
    /// // Layer: 2 biases, 2 x 4 weights. Head: 3 and 3 x 2. Skip: 3 x 4.
    /// let decoder = TinyDecoder::new(4, &layers, 1, &[0.1; 2 + 8 + 3 + 6 + 12])?;
    /// assert_eq!((decoder.layers(), decoder.weights().len()), (&layers[..], 31));
    /// assert!(TinyDecoder::new(4, &layers, 1, &[0.1; 30]).is_err());
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn new(
        channels: usize,
        layers: &[TinyLayer],
        scale: usize,
        weights: impl Into<Coefficients<f32>>,
    ) -> Result<Self, PreviewError> {
        check(&CHANNELS, channels)?;
        check(&LAYERS, layers.len())?;
        check(&SCALE, scale)?;
        for layer in layers {
            check(&SIDE, layer.side)?;
            check(&WIDTH, layer.width)?;
        }
        let weights = weights.into();
        let weights = weights.checked(net::weight_count(channels, layers, scale))?;
        Ok(Self::from_parts(channels, layers, scale, weights))
    }

    /// Of parts known to be right.
    const fn from_parts(
        channels: usize,
        layers: &[TinyLayer],
        scale: usize,
        weights: Coefficients<f32>,
    ) -> Self {
        let mut padded = [TinyLayer { side: 1, width: 1 }; MAX_LAYERS];
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

    /// Its layers, from the latents on.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let previewer = LatentFormat::Sd1.tiny().expect("there is one for SD1");
    /// let decoder = previewer.tiny_decoder().expect("it is a tiny decoder");
    /// assert_eq!(decoder.layers().iter().map(|layer| layer.side).max(), Some(3));
    /// ```
    #[must_use]
    pub fn layers(&self) -> &[TinyLayer] {
        &self.layers[..self.depth]
    }

    /// Its weights, in the order of [`new`](Self::new).
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let previewer = LatentFormat::Sd1.tiny().expect("there is one for SD1");
    /// let decoder = previewer.tiny_decoder().expect("it is a tiny decoder");
    /// // Layers of 20, 4 and then 20 inputs; the head; the skip.
    /// assert_eq!(decoder.weights().len(), 20 * (1 + 36) + 20 * (1 + 180) + 3 * (1 + 20) + 3 * 4);
    /// ```
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The same map of inputs that are `gain x + offset`, per channel.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_input(
        &self,
        input: impl Fn(usize) -> (f64, f64),
    ) -> Result<Self, PreviewError> {
        let weights = self.net().weights_with_input(input);
        Self::new(self.channels, self.layers(), self.scale, weights)
    }

    /// A preview with the instructions of a given level.
    pub(crate) fn preview_at(
        &self,
        level: Level,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        check_output(self.channels, self.scale, latents, format, out)?;
        let encoding = kernel::Encoding::new(format, rounding);
        Ok(kernel::run_net(level, &self.net(), latents, encoding, out))
    }

    pub(crate) fn net(&self) -> Net<'_> {
        Net::new(self.channels, self.layers(), self.scale, &self.weights)
    }
}

/// What a number can be.
struct Bound {
    what: &'static str,
    allowed: &'static str,
    allows: fn(usize) -> bool,
}

const CHANNELS: Bound = Bound {
    what: "number of channels",
    allowed: "1 to 128",
    allows: |channels| (1..=MAX_CHANNELS).contains(&channels),
};
const LAYERS: Bound = Bound {
    what: "number of layers",
    allowed: "1 to 4",
    allows: |layers| (1..=MAX_LAYERS).contains(&layers),
};
const SCALE: Bound = Bound {
    what: "scale",
    allowed: "1 or 2",
    allows: |scale| (1..=MAX_SCALE).contains(&scale),
};
const SIDE: Bound = Bound {
    what: "side of a layer",
    allowed: "1 or 3",
    allows: |side| side == 1 || side == 3,
};
const WIDTH: Bound = Bound {
    what: "width of a layer",
    allowed: "1 to 64",
    allows: |width| (1..=64).contains(&width),
};

fn check(bound: &Bound, actual: usize) -> Result<(), PreviewError> {
    if (bound.allows)(actual) {
        return Ok(());
    }
    Err(PreviewError::TinyDecoder {
        what: bound.what,
        allowed: bound.allowed,
        actual,
    })
}

impl LatentPreview for TinyDecoder {
    fn channels(&self) -> usize {
        self.channels
    }

    fn scale(&self) -> usize {
        self.scale
    }

    fn preview_into_with(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.preview_at(kernel::best_level(), latents, format, rounding, out)
    }
}
