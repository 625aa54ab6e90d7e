//! The limit on a latent's channels.

use crate::PreviewError;

/// The largest number of channels of a latent and of every map: no known format has more.
pub(crate) const MAX_CHANNELS: usize = 128;

/// Refuses more channels than the kernel has room for.
pub(crate) const fn check_channels(actual: usize) -> Result<(), PreviewError> {
    if actual > MAX_CHANNELS {
        return Err(PreviewError::TooManyChannels { actual });
    }
    Ok(())
}
