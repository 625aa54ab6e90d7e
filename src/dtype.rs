//! The number types of latents.

use core::fmt;

/// The number type of a latent's samples.
///
/// ```
/// use latent_preview::DType;
///
/// assert_eq!((DType::Bf16.size(), DType::Bf16.to_string().as_str()), (2, "BF16"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// 32-bit IEEE float.
    F32,
    /// 16-bit IEEE float.
    F16,
    /// 16-bit "brain" float: the upper half of an `f32`.
    Bf16,
}

impl DType {
    /// Bytes per sample.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

impl fmt::Display for DType {
    /// Writes the name that safetensors files use: `F32`, `F16` or `BF16`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
        })
    }
}
