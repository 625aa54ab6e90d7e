//! Whatever points to a previewer is one.

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, sync::Arc};

#[cfg(feature = "alloc")]
use crate::{Denoise, Preview};
use crate::{LatentPreview, Latents, PixelFormat, PreviewError, Rounding};

/// Hands on all methods, those with a body too: a previewer may have its own.
macro_rules! hand_on {
    ($pointer:ty) => {
        impl<P: LatentPreview + ?Sized> LatentPreview for $pointer {
            fn channels(&self) -> usize {
                (**self).channels()
            }

            fn scale(&self) -> usize {
                (**self).scale()
            }

            fn preview_into_with(
                &self,
                latents: &Latents<'_>,
                format: PixelFormat,
                rounding: Rounding,
                out: &mut [u8],
            ) -> Result<usize, PreviewError> {
                (**self).preview_into_with(latents, format, rounding, out)
            }

            fn preview_into(
                &self,
                latents: &Latents<'_>,
                format: PixelFormat,
                out: &mut [u8],
            ) -> Result<usize, PreviewError> {
                (**self).preview_into(latents, format, out)
            }

            #[cfg(feature = "alloc")]
            fn preview(
                &self,
                latents: &Latents<'_>,
                format: PixelFormat,
                rounding: Rounding,
            ) -> Result<Preview, PreviewError> {
                (**self).preview(latents, format, rounding)
            }

            #[cfg(feature = "alloc")]
            fn preview_rgb(&self, latents: &Latents<'_>) -> Result<Preview, PreviewError> {
                (**self).preview_rgb(latents)
            }

            #[cfg(feature = "alloc")]
            fn preview_denoised(
                &self,
                x_t: &Latents<'_>,
                model_output: &Latents<'_>,
                denoise: Denoise,
            ) -> Result<Preview, PreviewError> {
                (**self).preview_denoised(x_t, model_output, denoise)
            }
        }
    };
}

hand_on!(&P);
#[cfg(feature = "alloc")]
hand_on!(Box<P>);
#[cfg(feature = "alloc")]
hand_on!(Arc<P>);
