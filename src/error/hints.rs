//! The parts of messages that depend on the numbers.

use core::fmt;

/// The hint for a sample count of tokens that is wrong by a factor.
pub(super) struct Patches(pub(super) usize, pub(super) usize);

impl fmt::Display for Patches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        let times = |a: usize, b: usize| a.checked_div(b).filter(|_| a.is_multiple_of(b));
        match (times(actual, expected), times(expected, actual)) {
            (Some(times @ 2..), _) => write!(
                f,
                ": {times} times as many. View a batch with `Latents::packed_tokens_batch`; \
                 leave out the tokens of reference images (FLUX.2, Kontext, Qwen-Image-Edit), \
                 which follow the tokens of the picture: pass the first {expected} samples"
            ),
            _ if actual > expected => write!(
                f,
                ": the tokens of reference images (FLUX.2, Kontext, Qwen-Image-Edit) follow \
                 the tokens of the picture. Leave them out: pass the first {expected} samples"
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

/// The hint for a sample count that is too large by a whole factor.
pub(super) struct Times(pub(super) usize, pub(super) usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        match actual.checked_div(expected) {
            Some(times @ 2..) if actual.is_multiple_of(expected) => write!(
                f,
                ": {times} times as many. For a batch or video, iterate over `Latents::batch`, \
                 `Latents::video` or `Latents::interleaved_batch`; view other layouts one \
                 image at a time"
            ),
            _ => Ok(()),
        }
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
pub(super) struct Others<'a> {
    pub(super) actual: usize,
    /// The formats with that many channels.
    pub(super) like: &'a str,
    /// `true` if the last axis is as long as the format has channels.
    pub(super) are_last: bool,
}

impl fmt::Display for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { like, .. } = self;
        let hint = match (surplus(self.actual), *like) {
            ("", "") => "check the order of the shape",
            ("", _) => "make a previewer for the format of the latents",
            (surplus, _) => surplus,
        };
        match *like {
            "" => write!(f, ", as in no known format: {hint}")?,
            like => write!(f, ", as in {like}: {hint}")?,
        }
        if self.are_last {
            f.write_str(
                ", or if their last axis holds the channels, view the image with \
                 `Latents::interleaved`, several with `Latents::interleaved_batch`",
            )?;
        }
        Ok(())
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
