//! Latents and the pictures that they should become.

use alloc::{vec, vec::Vec};

use super::score::{Score, Scorer};
use crate::{LatentPreview, Latents, PreviewError};

/// Latents of one format and the pictures that their decoder makes of them.
///
/// Keep two: one to fit on, one to hold out. It holds `4 (channels + 3)` bytes
/// per latent pixel: the fit and its report need every pixel more than once.
///
/// ```
/// use latent_preview::Latents;
/// use latent_preview::fit::{Pairs, Target};
///
/// // A latent of 4x4 pixels and the picture of 32x32 that the decoder made of it.
/// let (samples, picture) = ([0.1_f32; 4 * 4 * 4], [128_u8; 32 * 32 * 3]);
/// let mut pairs = Pairs::new(4);
/// pairs.add(&Latents::planar(&samples, [4, 4, 4])?, Target::rgb8(&picture, [32, 32])?)?;
/// assert!(!pairs.is_empty());
/// assert_eq!((pairs.len(), pairs.channels(), pairs.pixels()), (1, 4, 16));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pairs {
    channels: usize,
    images: Vec<Image>,
}

/// One pair.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Planar.
    pub(super) latents: Vec<f32>,
    /// The picture at the latents' size, 0 to 1.
    pub(super) target: Vec<[f32; 3]>,
}

/// A decoder's picture, borrowed: interleaved RGB.
///
/// Its height and width are those of the latents or the same multiple of both;
/// it is averaged down, channel by channel, as the numbers are.
///
/// ```
/// use latent_preview::fit::Target;
///
/// let bytes = Target::rgb8(&[128; 2 * 4 * 3], [2, 4])?; // 4 wide, 2 high
/// let floats = Target::rgb_f32(&[0.5; 2 * 4 * 3], [2, 4])?;
/// assert!(Target::rgb_f32(&[-1.0; 3], [1, 1]).is_err()); // not decoder range
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pixels: Pixels<'a>,
    size: [usize; 2],
}

#[derive(Clone, Copy, Debug)]
enum Pixels<'a> {
    Bytes(&'a [u8]),
    Floats(&'a [f32]),
}

impl<'a> Target<'a> {
    /// Three bytes per pixel, `size` is `[height, width]`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::SampleCount`] if the slice is of another size.
    pub fn rgb8(pixels: &'a [u8], size: [usize; 2]) -> Result<Self, PreviewError> {
        check_size(pixels.len(), size)?;
        let pixels = Pixels::Bytes(pixels);
        Ok(Self { pixels, size })
    }

    /// Three floats per pixel, 0 to 1; `size` is `[height, width]`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::SampleCount`] if the slice is of another size,
    /// [`PreviewError::TargetRange`] if a value is not from 0 to 1.
    pub fn rgb_f32(pixels: &'a [f32], size: [usize; 2]) -> Result<Self, PreviewError> {
        check_size(pixels.len(), size)?;
        match pixels.iter().position(|value| !(0.0..=1.0).contains(value)) {
            Some(index) => Err(PreviewError::TargetRange { index }),
            None => Ok(Self {
                pixels: Pixels::Floats(pixels),
                size,
            }),
        }
    }

    /// The mean of each square of `scale` pixels, for pictures of `width` latents.
    fn averaged(&self, scale: usize, [height, width]: [usize; 2]) -> Vec<[f32; 3]> {
        let mut sums = vec![[0.0_f64; 3]; height * width];
        for y in 0..self.size[0] {
            for x in 0..self.size[1] {
                let sum = &mut sums[y / scale * width + x / scale];
                for (o, sum) in sum.iter_mut().enumerate() {
                    let at = (y * self.size[1] + x) * 3 + o;
                    *sum += match self.pixels {
                        Pixels::Bytes(bytes) => f64::from(bytes[at]) / 255.0,
                        Pixels::Floats(floats) => f64::from(floats[at]),
                    };
                }
            }
        }
        let count = (scale * scale) as f64;
        sums.iter()
            .map(|sum| sum.map(|value| (value / count) as f32))
            .collect()
    }
}

fn check_size(actual: usize, [height, width]: [usize; 2]) -> Result<(), PreviewError> {
    let expected = height
        .checked_mul(width)
        .and_then(|pixels| pixels.checked_mul(3))
        .ok_or(PreviewError::ShapeOverflow)?;
    if actual == expected {
        Ok(())
    } else {
        Err(PreviewError::SampleCount { expected, actual })
    }
}

impl Pairs {
    /// No pairs yet, of latents with so many channels.
    #[must_use]
    pub const fn new(channels: usize) -> Self {
        Self {
            channels,
            images: Vec::new(),
        }
    }

    /// Adds a latent and its picture.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ChannelCount`] if the latents have other channels,
    /// [`PreviewError::TargetSize`] if the picture is not a whole multiple of
    /// their size, [`PreviewError::NonFiniteSample`] if one is NaN or infinite.
    pub fn add(&mut self, latents: &Latents<'_>, target: Target<'_>) -> Result<(), PreviewError> {
        if latents.channels() != self.channels {
            return Err(PreviewError::ChannelCount {
                expected: self.channels,
                actual: latents.channels(),
            });
        }
        let size @ [height, width] = [latents.height(), latents.width()];
        let scale = target.size[0] / height;
        if scale == 0 || target.size != [scale * height, scale * width] {
            return Err(PreviewError::TargetSize {
                latents: size,
                target: target.size,
            });
        }
        let mut samples = Vec::with_capacity(self.channels * height * width);
        for c in 0..self.channels {
            for y in 0..height {
                for x in 0..width {
                    // Positions inside the image always have a sample.
                    let sample = latents.get(c, y, x).unwrap_or(f32::NAN);
                    if !sample.is_finite() {
                        let position = [c, y, x];
                        return Err(PreviewError::NonFiniteSample { position });
                    }
                    samples.push(sample);
                }
            }
        }
        self.images.push(Image {
            height,
            width,
            latents: samples,
            target: target.averaged(scale, size),
        });
        Ok(())
    }

    /// Channels of the latents.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Pairs so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there are no pairs yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Latent pixels of all pairs.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.images.iter().map(|image| image.target.len()).sum()
    }

    pub(super) fn images(&self) -> &[Image] {
        &self.images
    }

    /// How far a previewer's pictures are from the decoder's: any previewer, to
    /// compare a fit with what is published.
    ///
    /// # Errors
    ///
    /// [`PreviewError::NoPairs`] if there are none, and those of the previewer,
    /// which must have a [`scale`](LatentPreview::scale) of 1.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, Latents};
    /// use latent_preview::fit::{Pairs, Target};
    ///
    /// let mut pairs = Pairs::new(4);
    /// let gray = Latents::planar(&[0.0_f32; 4], [4, 1, 1])?;
    /// pairs.add(&gray, Target::rgb8(&[128; 3], [1, 1])?)?;
    /// for published in LatentFormat::Sd1.projections() {
    ///     println!("{}: {:.1} dB", published.origin(), pairs.score(&published.previewer())?.psnr);
    /// }
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn score(&self, previewer: &dyn LatentPreview) -> Result<Score, PreviewError> {
        let mut scorer = Scorer::default();
        for image in &self.images {
            let shape = [self.channels, image.height, image.width];
            let latents = Latents::planar(&image.latents, shape)?;
            let preview = previewer.preview_rgb(&latents)?;
            scorer.add(preview.as_bytes(), &image.target)?;
        }
        scorer.finish()
    }
}
