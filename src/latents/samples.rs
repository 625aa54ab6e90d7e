//! The numbers of a latent: borrowed or owned, in one of three types.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use core::fmt;

use half::{bf16, f16, slice::HalfBitsSliceExt};

use crate::{DType, PreviewError};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for half::f16 {}
    impl Sealed for half::bf16 {}
}

/// A number type of latents: `f32`, [`f16`](crate::f16) or [`bf16`](crate::bf16).
///
/// It lets one call accept a slice of any of these types; no other type implements it.
///
/// ```
/// use latent_preview::{Element, Latents, PreviewError};
///
/// fn image<T: Element>(samples: &[T]) -> Result<Latents<'_>, PreviewError> {
///     Latents::planar(samples, [4, 8, 8])
/// }
/// assert!(image(&[0.0_f32; 256]).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "latents are made of `f32`, `f16` or `bf16`, not of `{Self}`",
    note = "view bytes with `Samples::from_le_bytes`; turn `u16` bits into `f16` or `bf16` with \
            `bytemuck::cast_slice`; convert `f64` to `f32`"
)]
pub trait Element: Copy + sealed::Sealed + 'static {
    #[doc(hidden)]
    fn samples(slice: &[Self]) -> Samples<'_>;
}

impl Element for f32 {
    fn samples(slice: &[Self]) -> Samples<'_> {
        Samples::F32(slice)
    }
}

impl Element for f16 {
    fn samples(slice: &[Self]) -> Samples<'_> {
        Samples::F16(slice)
    }
}

impl Element for bf16 {
    fn samples(slice: &[Self]) -> Samples<'_> {
        Samples::Bf16(slice)
    }
}

/// Borrowed samples whose type is only known at run time.
///
/// Every constructor of [`Latents`](crate::Latents) takes `&[f32]`, `&[f16]` or `&[bf16]`
/// directly; use this type if your program learns the type from a file or a tensor.
///
/// ```
/// use latent_preview::{DType, Samples};
///
/// let samples = Samples::from([0.5_f32, -1.0].as_slice());
/// assert_eq!((samples.dtype(), samples.len()), (DType::F32, 2));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Samples<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// 16-bit IEEE floats.
    F16(&'a [f16]),
    /// 16-bit brain floats.
    Bf16(&'a [bf16]),
}

/// Prints the number of samples and their type.
impl fmt::Debug for Samples<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples of {}", self.len(), self.dtype())
    }
}

impl<'a> Samples<'a> {
    /// Borrows the raw little-endian bytes of a tensor, as a safetensors file holds them.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ByteCount`] if the bytes do not divide into samples,
    /// [`PreviewError::NotBorrowable`] if they start at an address that is not a multiple of
    /// the sample size, or on a big-endian machine. With the `alloc` feature,
    /// [`OwnedSamples::from_le_bytes`] copies the bytes and never returns the second error.
    ///
    /// ```
    /// use latent_preview::{DType, PreviewError, Samples};
    ///
    /// let floats = [1.0_f32, 2.0];
    /// let bytes: &[u8] = bytemuck::cast_slice(&floats);
    /// # if cfg!(target_endian = "little") {
    /// assert_eq!(Samples::from_le_bytes(DType::F32, bytes)?.len(), 2);
    /// assert_eq!(
    ///     Samples::from_le_bytes(DType::F32, &bytes[1..5]).err(),
    ///     Some(PreviewError::NotBorrowable { dtype: DType::F32 }),
    /// );
    /// # }
    /// # Ok::<(), PreviewError>(())
    /// ```
    pub fn from_le_bytes(dtype: DType, bytes: &'a [u8]) -> Result<Self, PreviewError> {
        check_byte_count(dtype, bytes)?;
        if cfg!(target_endian = "big") {
            return Err(PreviewError::NotBorrowable { dtype });
        }
        let misaligned = |_| PreviewError::NotBorrowable { dtype };
        Ok(match dtype {
            DType::F32 => Self::F32(bytemuck::try_cast_slice(bytes).map_err(misaligned)?),
            DType::F16 => Self::F16(
                bytemuck::try_cast_slice::<u8, u16>(bytes)
                    .map_err(misaligned)?
                    .reinterpret_cast(),
            ),
            DType::Bf16 => Self::Bf16(
                bytemuck::try_cast_slice::<u8, u16>(bytes)
                    .map_err(misaligned)?
                    .reinterpret_cast(),
            ),
        })
    }

    /// The number of samples.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(slice) => slice.len(),
            Self::F16(slice) => slice.len(),
            Self::Bf16(slice) => slice.len(),
        }
    }

    /// `true` if there are no samples.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the samples.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self {
            Self::F32(_) => DType::F32,
            Self::F16(_) => DType::F16,
            Self::Bf16(_) => DType::Bf16,
        }
    }

    /// The sample at `index` as `f32`; the conversion is exact for every type.
    pub(crate) fn get(&self, index: usize) -> Option<f32> {
        match self {
            Self::F32(slice) => slice.get(index).copied(),
            Self::F16(slice) => slice.get(index).map(|sample| sample.to_f32()),
            Self::Bf16(slice) => slice.get(index).map(|sample| sample.to_f32()),
        }
    }
}

fn check_byte_count(dtype: DType, bytes: &[u8]) -> Result<(), PreviewError> {
    if bytes.len().is_multiple_of(dtype.size()) {
        Ok(())
    } else {
        Err(PreviewError::ByteCount {
            dtype,
            actual: bytes.len(),
        })
    }
}

impl<'a, T: Element> From<&'a [T]> for Samples<'a> {
    fn from(slice: &'a [T]) -> Self {
        T::samples(slice)
    }
}

impl<'a, T: Element, const N: usize> From<&'a [T; N]> for Samples<'a> {
    fn from(array: &'a [T; N]) -> Self {
        T::samples(array)
    }
}

#[cfg(feature = "alloc")]
impl<'a, T: Element> From<&'a Vec<T>> for Samples<'a> {
    fn from(vec: &'a Vec<T>) -> Self {
        T::samples(vec)
    }
}

#[cfg(feature = "alloc")]
impl<'a> From<&'a OwnedSamples> for Samples<'a> {
    fn from(owned: &'a OwnedSamples) -> Self {
        owned.as_samples()
    }
}

/// Samples copied out of raw bytes, for bytes that cannot be borrowed.
///
/// ```
/// use latent_preview::{DType, Latents, OwnedSamples};
///
/// let file = [0, 0x00, 0x3c, 0x00, 0xbc]; // one stray byte, then 1.0 and -1.0
/// let samples = OwnedSamples::from_le_bytes(DType::F16, &file[1..])?;
/// let latents = Latents::planar(&samples, [1, 1, 2])?;
/// assert_eq!(latents.get(0, 0, 1), Some(-1.0));
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[cfg(feature = "alloc")]
#[derive(Clone)]
#[non_exhaustive]
pub enum OwnedSamples {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 16-bit IEEE floats.
    F16(Vec<f16>),
    /// 16-bit brain floats.
    Bf16(Vec<bf16>),
}

#[cfg(feature = "alloc")]
impl fmt::Debug for OwnedSamples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_samples().fmt(f)
    }
}

#[cfg(feature = "alloc")]
impl OwnedSamples {
    /// Copies the raw little-endian bytes of a tensor, at any alignment and on machines of
    /// either endianness.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ByteCount`] if the bytes do not divide into samples.
    pub fn from_le_bytes(dtype: DType, bytes: &[u8]) -> Result<Self, PreviewError> {
        check_byte_count(dtype, bytes)?;
        let (quads, _) = bytes.as_chunks::<4>();
        let (pairs, _) = bytes.as_chunks::<2>();
        Ok(match dtype {
            DType::F32 => Self::F32(quads.iter().map(|&b| f32::from_le_bytes(b)).collect()),
            DType::F16 => Self::F16(pairs.iter().map(|&b| f16::from_le_bytes(b)).collect()),
            DType::Bf16 => Self::Bf16(pairs.iter().map(|&b| bf16::from_le_bytes(b)).collect()),
        })
    }

    /// Borrows the samples.
    #[must_use]
    pub fn as_samples(&self) -> Samples<'_> {
        match self {
            Self::F32(vec) => Samples::F32(vec),
            Self::F16(vec) => Samples::F16(vec),
            Self::Bf16(vec) => Samples::Bf16(vec),
        }
    }
}
