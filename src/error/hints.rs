//! The part of a message that depends on the numbers.

use core::fmt;

/// The hint of a sample count of tokens that is wrong by a factor.
pub(super) struct Patches(pub(super) usize, pub(super) usize);

impl fmt::Display for Patches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        let times = |a: usize, b: usize| a.checked_div(b).filter(|_| a.is_multiple_of(b));
        match (times(actual, expected), times(expected, actual)) {
            (Some(times @ 2..), _) => write!(
                f,
                ": {times} times as many. View a batch with `Latents::packed_tokens_batch`; leave out the \
                 tokens of reference images (FLUX.2, Kontext, Qwen-Image-Edit), which follow those of the picture: pass \
                 the first {expected}"
            ),
            _ if actual > expected => write!(
                f,
                ": tokens of reference images (FLUX.2, Kontext, Qwen-Image-Edit) follow those of the picture. Leave them \
                 out: pass the first {expected}"
            ),
            // Latent pixels or pixels of the picture in place of patches.
            (_, Some(4 | 256)) => f.write_str(
                ": rows and columns are those of 2x2 patches, a sixteenth of the picture's height \
                 and width for most models",
            ),
            _ => Ok(()),
        }
    }
}

/// The hint of a sample count that is too large by a whole factor.
pub(super) struct Times(pub(super) usize, pub(super) usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(expected, actual) = self;
        match actual.checked_div(expected) {
            Some(times @ 2..) if actual.is_multiple_of(expected) => write!(
                f,
                ": {times} times as many. For a batch or video, iterate over `Latents::batch`, \
                 `Latents::video` or `Latents::interleaved_batch`; view others one image at a time"
            ),
            _ => Ok(()),
        }
    }
}

/// The channels that samplers hold beside the picture's, if there are so many in all.
///
/// SeFi: `src/model/diffusion/sefi_image.hpp` of leejet/stable-diffusion.cpp, commit
/// 97d2990807fe6d558e395f8764198d7c7e7b411c.
const fn surplus(channels: usize) -> &'static str {
    match channels {
        136 => "LTX with sound holds the video in the first 128 channels, give those",
        144 => {
            "SeFi holds 16 other channels before the picture's 128, leave them out and view the \
             others with `Latents::packed_planes`"
        }
        // Stable Diffusion's inpainting and editing models.
        8 | 9 => {
            "the input of an inpainting or editing model holds the latent in its first 4 channels"
        }
        _ => "",
    }
}

/// The hint of too many channels.
pub(super) struct Surplus(pub(super) usize);

impl fmt::Display for Surplus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match surplus(self.0) {
            "" => Ok(()),
            hint => write!(f, ": {hint}"),
        }
    }
}

/// The hint of channels that are not those of the format.
pub(super) struct Others<'a> {
    pub(super) actual: usize,
    /// The formats that have so many.
    pub(super) like: &'a str,
    /// The last axis has as many as the format has channels.
    pub(super) are_last: bool,
}

impl fmt::Display for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { like, .. } = self;
        let hint = match (surplus(self.actual), *like) {
            ("", "") => "look at the order of the shape",
            ("", _) => "make the previewer for the format of the latents",
            (surplus, _) => surplus,
        };
        match *like {
            "" => write!(f, ", as those of no known format: {hint}")?,
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
        "`Latents::packed_tokens` or `Latents::packed_tokens_batch`, whose rows and columns are those \
         of patches,"
    } else {
        "`Latents::packed_planes`"
    }
}
