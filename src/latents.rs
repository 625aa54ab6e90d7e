//! Checked, borrowed views of latents in every layout that pipelines use.

use core::ops::Range;

use crate::layout::{Layout, checked_product, checked_span};
use crate::{DType, Denoise, PackOrder, PreviewError, Samples};

/// One latent image: borrowed samples, their shape and their layout.
///
/// Constructors take the samples as `&[f32]`, `&[f16]`, `&[bf16]` (or a
/// [`Samples`] of a type known at run time) and the shape *of the tensor as it
/// is stored*, in the order of the layout's name. Nothing is copied.
///
/// | what you hold | shape | constructor |
/// |---|---|---|
/// | one image, planes (NCHW without N) | `[channels, height, width]` | [`planar`](Self::planar) |
/// | one image, channels last | `[height, width, channels]` | [`interleaved`](Self::interleaved) |
/// | a batch of planar images | `[images, channels, height, width]` | [`batch`](Self::batch) |
/// | a video, channels outermost | `[channels, frames, height, width]` | [`video`](Self::video) |
/// | a video, frames outermost | `[frames, channels, height, width]` | [`video_frames`](Self::video_frames) |
/// | 2x2-packed tokens | `[height / 2, width / 2, 4 * channels]` | [`packed_tokens`](Self::packed_tokens) |
/// | 2x2-packed planes | `[4 * channels, height / 2, width / 2]` | [`packed_planes`](Self::packed_planes) |
/// | anything else | `[channels, height, width]` and strides | [`strided`](Self::strided) |
///
/// The numbers are *model space*: what the denoising loop holds.
#[derive(Clone, Copy, Debug)]
pub struct Latents<'a> {
    samples: Samples<'a>,
    channels: usize,
    height: usize,
    width: usize,
    layout: Layout,
    /// Set by [`denoised`](Self::denoised): what is seen is a mixture.
    estimate: Option<Estimate<'a>>,
}

/// The tensor that is mixed in, and the weights of both.
#[derive(Clone, Copy, Debug)]
struct Estimate<'a> {
    samples: Samples<'a>,
    layout: Layout,
    weights: [f32; 2],
}

/// Samples, where they lie and what they are multiplied with.
pub(crate) type Term<'a> = (Samples<'a>, &'a Layout, f32);

impl<'a> Latents<'a> {
    /// One image stored plane by plane: shape `[channels, height, width]`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ZeroDimension`], [`PreviewError::ShapeOverflow`], or
    /// [`PreviewError::SampleCount`] if the slice is longer or shorter than the shape.
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 4 * 2 * 3] = std::array::from_fn(|i| i as f32);
    /// let latents = Latents::planar(&samples, [4, 2, 3])?;
    /// // channel 1, row 1, column 2
    /// assert_eq!(latents.get(1, 1, 2), Some(11.0));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn planar(
        samples: impl Into<Samples<'a>>,
        [channels, height, width]: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[channels, height, width])?;
        let layout = Layout::plain(height * width, width, 1);
        Ok(Self::new(samples, [channels, height, width], layout))
    }

    /// One image stored pixel by pixel: shape `[height, width, channels]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 2 * 3 * 4] = std::array::from_fn(|i| i as f32);
    /// let latents = Latents::interleaved(&samples, [2, 3, 4])?;
    /// // channel 1, row 1, column 2
    /// assert_eq!(latents.get(1, 1, 2), Some(21.0));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn interleaved(
        samples: impl Into<Samples<'a>>,
        [height, width, channels]: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[height, width, channels])?;
        let layout = Layout::plain(1, width * channels, channels);
        Ok(Self::new(samples, [channels, height, width], layout))
    }

    /// A batch of planar images: shape `[images, channels, height, width]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples = [0.0_f32; 3 * 4 * 8 * 8];
    /// for latents in Latents::batch(&samples, [3, 4, 8, 8])? {
    ///     assert_eq!((latents.height(), latents.width()), (8, 8));
    /// }
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn batch(
        samples: impl Into<Samples<'a>>,
        [images, channels, height, width]: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples.into(), &[images, channels, height, width])?;
        let layout = Layout::plain(height * width, width, 1);
        Ok(LatentImages {
            first: Self::new(samples, [channels, height, width], layout),
            step: channels * height * width,
            frames: images,
            video_step: 0,
            left: 0..images,
        })
    }

    /// A video with the channels outermost: shape `[channels, frames, height, width]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples: [f32; 2 * 3 * 1 * 1] = std::array::from_fn(|i| i as f32);
    /// let mut frames = Latents::video(&samples, [2, 3, 1, 1])?;
    /// let last = frames.next_back().unwrap();
    /// assert_eq!((last.get(0, 0, 0), last.get(1, 0, 0)), (Some(2.0), Some(5.0)));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn video(
        samples: impl Into<Samples<'a>>,
        [channels, frames, height, width]: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples.into(), &[channels, frames, height, width])?;
        Ok(Self::frames_of(
            samples,
            [1, channels, frames, height, width],
        ))
    }

    /// Several videos, one after the other: shape `[videos, channels, frames, height, width]`.
    pub(crate) fn videos(
        samples: Samples<'a>,
        shape: [usize; 5],
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples, &shape)?;
        Ok(Self::frames_of(samples, shape))
    }

    /// The frames of videos whose samples have been counted.
    fn frames_of(
        samples: Samples<'a>,
        [videos, channels, frames, height, width]: [usize; 5],
    ) -> LatentImages<'a> {
        let layout = Layout::plain(frames * height * width, width, 1);
        LatentImages {
            first: Self::new(samples, [channels, height, width], layout),
            step: height * width,
            frames,
            video_step: channels * frames * height * width,
            left: 0..videos * frames,
        }
    }

    /// A video with the frames outermost: shape `[frames, channels, height, width]`.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar).
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// let samples = [0.0_f32; 3 * 16 * 4 * 4];
    /// assert_eq!(Latents::video_frames(&samples, [3, 16, 4, 4])?.len(), 3);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn video_frames(
        samples: impl Into<Samples<'a>>,
        shape: [usize; 4],
    ) -> Result<LatentImages<'a>, PreviewError> {
        Self::batch(samples, shape)
    }

    /// One image of 2x2 patches stored as tokens:
    /// shape `[height / 2, width / 2, 4 * channels]`.
    ///
    /// This is the `[tokens, 4 * channels]` tensor of FLUX and Qwen-Image
    /// pipelines with its first axis split into rows and columns of patches.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar), and [`PreviewError::PackedChannels`] if the
    /// last axis is not a multiple of four.
    ///
    /// ```
    /// use latent_preview::{Latents, PackOrder};
    ///
    /// // 64x64 tokens of 64 values: a 16-channel latent of 128x128
    /// let tokens = [0.0_f32; 64 * 64 * 64];
    /// let latents = Latents::packed_tokens(&tokens, [64, 64, 64], PackOrder::ChannelFirst)?;
    /// assert_eq!((latents.channels(), latents.height(), latents.width()), (16, 128, 128));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn packed_tokens(
        samples: impl Into<Samples<'a>>,
        [rows, columns, values]: [usize; 3],
        order: PackOrder,
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[rows, columns, values])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns, values, 1);
        Ok(Self::new(samples, shape, layout))
    }

    /// One image of 2x2 patches stored as planes:
    /// shape `[4 * channels, height / 2, width / 2]`.
    ///
    /// This is what FLUX.2's denoising loop holds: 128 planes for 32 channels.
    ///
    /// # Errors
    ///
    /// As [`planar`](Self::planar), and [`PreviewError::PackedChannels`] if the
    /// first axis is not a multiple of four.
    ///
    /// ```
    /// use latent_preview::{Latents, PackOrder};
    ///
    /// let planes = [0.0_f32; 128 * 32 * 32];
    /// let latents = Latents::packed_planes(&planes, [128, 32, 32], PackOrder::ChannelFirst)?;
    /// assert_eq!((latents.channels(), latents.height(), latents.width()), (32, 64, 64));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn packed_planes(
        samples: impl Into<Samples<'a>>,
        [values, rows, columns]: [usize; 3],
        order: PackOrder,
    ) -> Result<Self, PreviewError> {
        let samples = exactly(samples.into(), &[values, rows, columns])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns, 1, rows * columns);
        Ok(Self::new(samples, shape, layout))
    }

    /// A batch of images in 2x2-packed planes:
    /// shape `[images, 4 * channels, height / 2, width / 2]`.
    pub(crate) fn packed_planes_batch(
        samples: Samples<'a>,
        [images, values, rows, columns]: [usize; 4],
        order: PackOrder,
    ) -> Result<LatentImages<'a>, PreviewError> {
        let samples = exactly(samples, &[images, values, rows, columns])?;
        let shape = unpacked(values, rows, columns)?;
        let layout = Layout::packed(order, shape[0], columns, 1, rows * columns);
        Ok(LatentImages {
            first: Self::new(samples, shape, layout),
            step: values * rows * columns,
            frames: images,
            video_step: 0,
            left: 0..images,
        })
    }

    /// One image of any other layout: shape `[channels, height, width]` and the
    /// distance in samples between neighbours on each of these axes.
    ///
    /// The slice starts at the first sample and may be longer than the view.
    /// The stride of an axis of length 1 is not looked at.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ZeroDimension`], [`PreviewError::ShapeOverflow`],
    /// [`PreviewError::OverlappingStrides`], or [`PreviewError::SampleCount`] if
    /// the slice ends before the view does.
    ///
    /// ```
    /// use latent_preview::Latents;
    ///
    /// // The left half of a planar 4x8x8 latent.
    /// let samples = [0.0_f32; 4 * 8 * 8];
    /// let left = Latents::strided(&samples, [4, 8, 4], [64, 8, 1])?;
    /// assert_eq!((left.height(), left.width()), (8, 4));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn strided(
        samples: impl Into<Samples<'a>>,
        shape: [usize; 3],
        strides: [usize; 3],
    ) -> Result<Self, PreviewError> {
        let samples = samples.into();
        let expected = checked_span(shape, strides)?;
        if samples.len() < expected {
            return Err(PreviewError::SampleCount {
                expected,
                actual: samples.len(),
            });
        }
        let [channel, row, column] = strides;
        Ok(Self::new(
            samples,
            shape,
            Layout::plain(channel, row, column),
        ))
    }

    fn new(samples: Samples<'a>, shape: [usize; 3], mut layout: Layout) -> Self {
        let [channels, height, width] = shape;
        // The steps of an axis of length 1 are never taken. Setting them to what
        // a planar image has lets such images be seen as contiguous.
        if channels == 1 {
            layout.channel = 0;
        }
        if width == 1 {
            (layout.column_pair, layout.column_odd) = (2, 1);
        }
        if height == 1 {
            (layout.row_pair, layout.row_odd) = (2 * width, width);
        }
        Self {
            samples,
            channels,
            height,
            width,
            layout,
            estimate: None,
        }
    }

    /// The clean latent that a model sees in a noisy one: an estimate of x0,
    /// mixed from `x_t` and `model_output` while a preview loads them.
    ///
    /// Both must have one shape; type and layout may differ. Nothing is copied:
    /// every previewer takes the estimate as it takes a tensor, in a single pass.
    /// [`Denoise`] has the weights.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OtherShape`] if the shapes differ,
    /// [`PreviewError::NestedEstimate`] if one of them is an estimate already.
    ///
    /// ```
    /// use latent_preview::{Denoise, LatentFormat, LatentPreview, Latents, f16};
    ///
    /// let x_t = [0.5_f32; 16 * 8 * 8];
    /// let velocity = [f16::from_f32(0.25); 16 * 8 * 8];
    /// let x0 = Latents::denoised(
    ///     &Latents::planar(&x_t, [16, 8, 8])?,
    ///     &Latents::planar(&velocity, [16, 8, 8])?,
    ///     Denoise::flow(0.8)?,
    /// )?;
    /// assert_eq!(x0.get(0, 0, 0), Some(0.3)); // 0.5 - 0.8 * 0.25
    /// # #[cfg(feature = "alloc")]
    /// let preview = LatentFormat::Flux1.previewer().preview_rgb(&x0)?;
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn denoised(
        x_t: &Self,
        model_output: &Self,
        denoise: Denoise,
    ) -> Result<Self, PreviewError> {
        if x_t.shape() != model_output.shape() {
            return Err(PreviewError::OtherShape {
                expected: x_t.shape(),
                actual: model_output.shape(),
            });
        }
        if x_t.estimate.is_some() || model_output.estimate.is_some() {
            return Err(PreviewError::NestedEstimate);
        }
        // What counts alone needs no mixing.
        let weights = [denoise.x_t(), denoise.model_output()];
        if weights == [1.0, 0.0] {
            return Ok(*x_t);
        }
        if weights == [0.0, 1.0] {
            return Ok(*model_output);
        }
        Ok(Self {
            estimate: Some(Estimate {
                samples: model_output.samples,
                layout: model_output.layout,
                weights,
            }),
            ..*x_t
        })
    }

    const fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    /// Latent channels.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Rows of latent pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Latent pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether the channels of a pixel are neighbours.
    pub(crate) const fn is_channels_last(&self) -> bool {
        self.layout.channel == 1
    }

    /// Type of the samples; `F32` for an estimate, whatever it is mixed from.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self.estimate {
            None => self.samples.dtype(),
            Some(_) => DType::F32,
        }
    }

    /// The value at a channel, row and column, or `None` outside the image.
    ///
    /// Call it to check that a layout says what you think it says, or to write
    /// a [`LatentPreview`](crate::LatentPreview) of your own.
    #[must_use]
    pub fn get(&self, channel: usize, y: usize, x: usize) -> Option<f32> {
        self.get_exact(channel, y, x).map(|value| value as f32)
    }

    /// As [`get`](Self::get), without rounding what is mixed.
    pub(crate) fn get_exact(&self, channel: usize, y: usize, x: usize) -> Option<f64> {
        if channel >= self.channels || y >= self.height || x >= self.width {
            return None;
        }
        let sample = |samples: &Samples<'_>, layout: &Layout| {
            let sample = samples.get(layout.row(channel, y) + layout.column(x));
            sample.map(f64::from)
        };
        let Some(terms) = self.terms() else {
            return sample(&self.samples, &self.layout);
        };
        let mut sum = 0.0;
        for (samples, layout, weight) in terms {
            // What has no weight may even be infinite.
            if weight != 0.0 {
                sum += f64::from(weight) * sample(&samples, layout)?;
            }
        }
        Some(sum)
    }

    /// What an estimate is mixed from.
    pub(crate) const fn terms(&self) -> Option<[Term<'_>; 2]> {
        match &self.estimate {
            None => None,
            Some(other) => Some([
                (self.samples, &self.layout, other.weights[0]),
                (other.samples, &other.layout, other.weights[1]),
            ]),
        }
    }

    /// How many pixels have a NaN or infinite value in some channel.
    #[cold]
    pub(crate) fn count_non_finite(&self) -> usize {
        let is_finite =
            |y, x| (0..self.channels).all(|c| self.get(c, y, x).is_some_and(f32::is_finite));
        (0..self.height)
            .map(|y| (0..self.width).filter(|&x| !is_finite(y, x)).count())
            .sum()
    }

    pub(crate) const fn samples(&self) -> Samples<'a> {
        self.samples
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// The images of a batch or the frames of a video, in order, without copying.
///
/// Made by [`Latents::batch`], [`Latents::video`], [`Latents::video_frames`] and
/// [`LatentFormat::images`](crate::LatentFormat::images).
/// `len()` counts what is left, `nth(i)` skips to an image in constant time.
#[derive(Clone, Debug)]
pub struct LatentImages<'a> {
    first: Latents<'a>,
    /// From an image to the next of the same video.
    step: usize,
    /// Images per video; a batch is a single video here.
    frames: usize,
    /// From a video to the next.
    video_step: usize,
    left: Range<usize>,
}

impl<'a> LatentImages<'a> {
    /// Images `[images, channels, height, width]` with any distance between neighbours on
    /// each axis, as [`Latents::strided`].
    #[cfg(any(feature = "candle", feature = "ndarray"))]
    pub(crate) fn strided(
        samples: impl Into<Samples<'a>>,
        [images, channels, height, width]: [usize; 4],
        [step, channel, row, column]: [usize; 4],
    ) -> Result<Self, PreviewError> {
        let samples = samples.into();
        let shape = [channels, height, width];
        checked_product(&[images, channels, height, width])?;
        let one = checked_span(shape, [channel, row, column])?;
        // Where the last image ends.
        let expected = step
            .checked_mul(images - 1)
            .and_then(|start| start.checked_add(one))
            .ok_or(PreviewError::ShapeOverflow)?;
        if samples.len() < expected {
            return Err(PreviewError::SampleCount {
                expected,
                actual: samples.len(),
            });
        }
        Ok(Self {
            first: Latents::strided(samples, shape, [channel, row, column])?,
            step,
            frames: images,
            video_step: 0,
            left: 0..images,
        })
    }

    fn image(&self, index: usize) -> Latents<'a> {
        let mut image = self.first;
        let (video, frame) = (index / self.frames, index % self.frames);
        image.layout.offset += video * self.video_step + frame * self.step;
        image
    }
}

impl<'a> Iterator for LatentImages<'a> {
    type Item = Latents<'a>;

    fn next(&mut self) -> Option<Latents<'a>> {
        self.left.next().map(|index| self.image(index))
    }

    fn nth(&mut self, n: usize) -> Option<Latents<'a>> {
        self.left.nth(n).map(|index| self.image(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl DoubleEndedIterator for LatentImages<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().map(|index| self.image(index))
    }
}

impl ExactSizeIterator for LatentImages<'_> {}

impl core::iter::FusedIterator for LatentImages<'_> {}

fn exactly<'a>(samples: Samples<'a>, shape: &[usize]) -> Result<Samples<'a>, PreviewError> {
    let expected = checked_product(shape)?;
    if samples.len() == expected {
        Ok(samples)
    } else {
        Err(PreviewError::SampleCount {
            expected,
            actual: samples.len(),
        })
    }
}

/// `[channels, height, width]` of 2x2 patches of `values` values each.
fn unpacked(values: usize, rows: usize, columns: usize) -> Result<[usize; 3], PreviewError> {
    if values.is_multiple_of(4) {
        // No overflow: values * rows * columns has been checked.
        Ok([values / 4, 2 * rows, 2 * columns])
    } else {
        Err(PreviewError::PackedChannels { actual: values })
    }
}
