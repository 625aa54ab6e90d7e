//! The errors of pairs, fits and scores.

use crate::PreviewError;

/// Why a pair, a fit or a score was refused.
///
/// ```
/// use latent_preview::fit::{FitError, Target};
///
/// let rgba = [255; 4 * 8 * 8];
/// let error = Target::rgb8(&rgba, [8, 8]).unwrap_err();
/// assert_eq!(error, FitError::PixelCount { expected: 192, actual: 256 });
/// // The message says what to call instead:
/// assert!(error.to_string().contains("three values per pixel to `Target::rgb8`"));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nothing to fit on or to compare with.
    #[error("there are no pairs of latents and pictures: add some with `Pairs::add`")]
    NoPairs,

    /// Latents or pairs have another number of channels than the pairs they are meant for.
    #[error(
        "the pairs have {expected} latent channels, the others have {actual}: use separate \
         `Pairs` or a separate `Learner` for each format"
    )]
    Channels {
        /// Channels of the first pairs.
        expected: usize,
        /// Channels of the latents, or of the held-out pairs.
        actual: usize,
    },

    /// A sample to fit on is NaN or infinite.
    #[error(
        "the sample at channel {}, row {}, column {} is not a finite number: keep this latent out \
         of `Pairs::add` and `Learner::learn`",
        position[0], position[1], position[2]
    )]
    NonFiniteSample {
        /// Channel, row and column.
        position: [usize; 3],
    },

    /// A slice does not hold three values for each pixel of its picture.
    #[error(
        "a picture of this size has {expected} values, the slice holds {actual}: give \
         [height, width] and three values per pixel to `Target::rgb8` or `Target::rgb_f32`"
    )]
    PixelCount {
        /// Values that the size needs: three per pixel.
        expected: usize,
        /// Values that the slice holds.
        actual: usize,
    },

    /// A picture of floats has a value outside 0 to 1.
    #[error(
        "value {index} of the picture is not from 0 to 1: give \
         `((value + 1.0) / 2.0).clamp(0.0, 1.0)` of a decoder's values to `Target::rgb_f32`"
    )]
    TargetRange {
        /// Position of the value.
        index: usize,
    },

    /// A picture's size is not a whole multiple of its latents' size.
    #[error(
        "the picture is {}x{}, which is not the same whole multiple of both sides of the \
         {}x{} latents (height x width): resize it before `Target::rgb8` or `Target::rgb_f32`",
        target[0], target[1], latents[0], latents[1]
    )]
    TargetSize {
        /// Height and width of the latents.
        latents: [usize; 2],
        /// Height and width of the picture.
        target: [usize; 2],
    },

    /// A picture of the crate `image` is neither 8-bit RGB nor floats.
    #[cfg(feature = "image")]
    #[error(
        "the picture is neither RGB8 nor RGB32F: convert it with \
         `DynamicImage::from(picture.to_rgb8())`"
    )]
    TargetKind,

    /// The equations of a fit would take more than a gigabyte.
    #[error(
        "the fit has {needed} unknowns per color, more than {limit}: give `Fit::new` a kind with \
         fewer coefficients"
    )]
    TooManyUnknowns {
        /// Unknowns per color.
        needed: usize,
        /// The largest number allowed.
        limit: usize,
    },

    /// A fit has more unknowns than there are pixels.
    #[error(
        "the fit has {needed} unknowns per color, but the pairs have only {actual} pixels: \
         add more with `Pairs::add`, or give `Fit::new` a kind with fewer coefficients"
    )]
    TooFewPixels {
        /// Unknowns per color.
        needed: usize,
        /// Latent pixels of all pairs.
        actual: usize,
    },

    /// The pairs do not determine every coefficient.
    #[error(
        "channel {channel} does not vary independently in the pairs: add pairs in which it \
         does with `Pairs::add`, or hold its factors near 0 with `Fit::ridge`"
    )]
    IllConditioned {
        /// The channel.
        channel: usize,
    },

    /// A previewer's pictures are larger than the latents.
    #[error(
        "the previewer's pictures are {scale} times as high and as wide as the latents: \
         `Pairs::score` and `Learner` take previewers whose `LatentPreview::scale` is 1"
    )]
    Scale {
        /// The previewer's scale.
        scale: usize,
    },

    /// A picture of one color teaches a learner nothing.
    #[error(
        "the picture has only one color, which teaches nothing: keep it out of \
             `Learner::learn`"
    )]
    OneColor,

    /// The picture was not decoded from the latents.
    #[error(
        "the picture does not match the latents, or is flipped: give `Learner::learn` the \
         picture decoded from these latents, rows from top to bottom"
    )]
    AnotherPicture,

    /// A clip has more or fewer decoded frames than its latent frames stand for.
    #[error(
        "the latent frames stand for {expected} decoded frames, not {actual}: give all latent \
         and all decoded frames to `Learner::learn_video`"
    )]
    FrameCount {
        /// Decoded frames that the latent frames stand for.
        expected: usize,
        /// Decoded frames given.
        actual: usize,
    },

    /// A stored learner is for other latents.
    #[error(
        "this learner is for {} with {} channels, the stored one for {} with {}: start with \
         `Learner::from` a previewer of the stored format, or with a new file",
        expected.0, expected.1, actual.0, actual.1
    )]
    OtherLearner {
        /// Name of the format and number of channels of this learner.
        expected: (&'static str, usize),
        /// Those of the stored learner.
        actual: (&'static str, usize),
    },

    /// A stored learner has another kind of start.
    #[error(
        "the stored learner began with latents of another space, pictures of another size, or \
         without a start: start with the same previewer as the stored learner"
    )]
    OtherStart,

    /// Latents or a projection were refused.
    #[error(transparent)]
    Preview(#[from] PreviewError),
}
