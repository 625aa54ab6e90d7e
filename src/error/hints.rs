//! The parts of messages that depend on the numbers.

use core::fmt;

use crate::LatentFormat;
use crate::format::with_channels;

/// The hint for a sample count of tokens that is wrong by a factor.
pub(super) struct Patches(pub(super) usize, pub(super) usize);

impl fmt::Display for Patches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        let times = |a: usize, b: usize| a.checked_div(b).filter(|_| a.is_multiple_of(b));
        match (times(actual, expected), times(expected, actual)) {
            (Some(times @ 2..), _) => write!(
                f,
                ": {times} times as many. View a batch with `Latents::packed_tokens_batch`; for \
                 one picture, if its rows and columns are right, the rest are tokens of reference \
                 images (FLUX.2, Kontext, Qwen-Image-Edit): pass the first {expected} samples"
            ),
            _ if actual > expected => write!(
                f,
                ": if rows and columns are right, the rest are tokens of reference images \
                 (FLUX.2, Kontext, Qwen-Image-Edit): pass the first {expected} samples"
            ),
            // The caller counted latent pixels or pixels of the picture, not patches.
            (_, Some(4 | 256)) => f.write_str(
                ": give the rows and columns of 2x2 patches, a sixteenth of the picture's \
                 height and width for most models",
            ),
            _ => Ok(()),
        }
    }
}

/// `n`, if `a` is `n * n` times `b` and an autoencoder makes pictures `n` times as large as
/// their latents.
fn downscale(a: usize, b: usize) -> Option<usize> {
    let times = a.checked_div(b).filter(|_| a.is_multiple_of(b))?;
    [8, 16, 32].into_iter().find(|n| n * n == times)
}

/// The hint for a sample count that is wrong by a whole factor.
pub(super) struct Times(pub(super) usize, pub(super) usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        match actual.checked_div(expected) {
            Some(times @ 2..) if actual.is_multiple_of(expected) => {
                write!(
                    f,
                    ": {times} times as many. For a batch or video, iterate over \
                     `Latents::batch`, `Latents::video` or `Latents::interleaved_batch`; view \
                     other layouts one image at a time"
                )?;
                match times {
                    2 => f.write_str("; if the samples come from bytes, check their `DType`"),
                    _ => Ok(()),
                }
            }
            _ => match downscale(expected, actual) {
                Some(times) => write!(
                    f,
                    ": give the latent's height and width; the picture's are {times} times as large"
                ),
                None => Ok(()),
            },
        }
    }
}

/// The hint for a buffer of a wrong size.
pub(super) struct Buffer(pub(super) usize, pub(super) usize);

impl fmt::Display for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        f.write_str(match downscale(actual, expected) {
            Some(_) => "a preview has the latent's size, not the decoded picture's",
            None => "give a slice of exactly that length",
        })
    }
}

/// The hint for a model output of another shape than its latent.
pub(super) struct Outputs<'a>(pub(super) &'a [usize; 3], pub(super) &'a [usize; 3]);

impl fmt::Display for Outputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (&[c, h, w], &actual) = (self.0, self.1);
        if actual == [2 * c, h, w] {
            write!(
                f,
                "if the output also predicts a variance, give its first {c} channels; "
            )?;
        } else if actual == [c, w, h] {
            return f.write_str("check the height and the width of both");
        }
        f.write_str("with guidance, give the combined output, not the batch of both")
    }
}

/// The hint for a total of channels that some sampler holds beside the picture's.
///
/// SeFi: `src/model/diffusion/sefi_image.hpp` of leejet/stable-diffusion.cpp, commit
/// 97d2990807fe6d558e395f8764198d7c7e7b411c.
const fn surplus(channels: usize) -> &'static str {
    match channels {
        136 => "LTX with sound holds the video in the first 128 channels; give only those",
        144 => {
            "SeFi holds 16 other channels before the picture's 128; leave those 16 out and \
             view the rest with `Latents::packed_planes`"
        }
        // Stable Diffusion's inpainting and editing models.
        8 | 9 => {
            "the input of an inpainting or editing model holds the latent in its first 4 channels"
        }
        _ => "",
    }
}

/// The hint for too many channels.
pub(super) struct Surplus(pub(super) usize);

impl fmt::Display for Surplus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match surplus(self.0) {
            "" => Ok(()),
            hint => write!(f, ": {hint}"),
        }
    }
}

/// The hint for a number of channels that the format does not have.
pub(super) struct Others {
    pub(super) format: LatentFormat,
    pub(super) actual: usize,
    pub(super) last_axis: usize,
}

impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self {
            format,
            actual,
            last_axis,
        } = self;
        let like = with_channels(actual);
        match like {
            "" => f.write_str(", as in no known format: ")?,
            like => write!(f, ", as in {like}: ")?,
        }
        f.write_str(match (surplus(actual), like) {
            ("", "") => "check the order of the shape",
            ("", _) => "make a previewer for the format of the latents",
            (surplus, _) => surplus,
        })?;
        // The channels may be a height, unless a picture would be that low.
        if actual <= 16 {
            Ok(())
        } else if last_axis == format.channels() {
            f.write_str(" (if the last axis holds the channels, view the image as interleaved)")
        } else if Some(last_axis) == format.packed_channels() {
            write!(
                f,
                " (if the last axis holds the {last_axis} values of 2x2 patches, view them as \
                 packed tokens)"
            )
        } else {
            Ok(())
        }
    }
}

/// The other explanation of a shape whose last axis is as long as the format has channels: the
/// length of the axis at their place is that of other formats.
pub(crate) struct OrOfAnother(pub(crate) LatentFormat, pub(crate) usize);

impl fmt::Display for OrOfAnother {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(format, actual) = self;
        match with_channels(actual) {
            "" => Ok(()),
            _ if Some(actual) == format.packed_channels() => {
                f.write_str(" (if these are planes of 2x2 patches, view them as packed planes)")
            }
            like => write!(
                f,
                " (if the channels are not last, the latents are of another format: {like})"
            ),
        }
    }
}

/// The calls that view 2x2 patches.
pub(super) const fn view_of_patches(are_tokens: bool) -> &'static str {
    if are_tokens {
        "`Latents::packed_tokens` or `Latents::packed_tokens_batch` (rows and columns of \
         patches)"
    } else {
        "`Latents::packed_planes`"
    }
}
