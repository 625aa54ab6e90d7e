//! The numbers a latent is made of: borrowed or owned, in one of three types.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use half::{bf16, f16, slice::HalfBitsSliceExt};

use crate::PreviewError;

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
    ///
    /// ```
    /// assert_eq!(latent_preview::DType::Bf16.size(), 2);
    /// ```
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
        f.write_str(match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
        })
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for half::f16 {}
    impl Sealed for half::bf16 {}
}

/// A number type that latents come in: `f32`, [`f16`](crate::f16) or
/// [`bf16`](crate::bf16).
///
/// It is what lets one call take a slice of any of them; nothing else can
/// implement it.
///
/// ```
/// use latent_preview::{Element, Latents, PreviewError};
///
/// fn image<T: Element>(samples: &[T]) -> Result<Latents<'_>, PreviewError> {
///     Latents::planar(samples, [4, 8, 8])
/// }
/// assert!(image(&[0.0_f32; 256]).is_ok());
/// ```
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

/// Borrowed samples whose type is known at run time.
///
/// Every constructor of [`Latents`](crate::Latents) takes `&[f32]`, `&[f16]`
/// or `&[bf16]` directly; this type is for callers that learn the type from a
/// file or a tensor.
///
/// ```
/// use latent_preview::{DType, Samples};
///
/// let samples = Samples::from([0.5_f32, -1.0].as_slice());
/// assert_eq!((samples.dtype(), samples.len()), (DType::F32, 2));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Samples<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// 16-bit IEEE floats.
    F16(&'a [f16]),
    /// 16-bit brain floats.
    Bf16(&'a [bf16]),
}

impl<'a> Samples<'a> {
    /// Borrows the raw little-endian bytes of a tensor, as a safetensors file
    /// holds them.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ByteCount`] if the bytes do not divide into samples,
    /// [`PreviewError::Misaligned`] if they start at an address that is not a
    /// multiple of the sample size, [`PreviewError::ForeignEndian`] on a
    /// big-endian machine. With the `alloc` feature,
    /// [`OwnedSamples::from_le_bytes`] copies and meets neither of the last two.
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
    ///     Some(PreviewError::Misaligned { dtype: DType::F32 }),
    /// );
    /// # }
    /// # Ok::<(), PreviewError>(())
    /// ```
    pub fn from_le_bytes(dtype: DType, bytes: &'a [u8]) -> Result<Self, PreviewError> {
        check_byte_count(dtype, bytes)?;
        if cfg!(target_endian = "big") {
            return Err(PreviewError::ForeignEndian);
        }
        let misaligned = |_| PreviewError::Misaligned { dtype };
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

    /// How many samples there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(slice) => slice.len(),
            Self::F16(slice) => slice.len(),
            Self::Bf16(slice) => slice.len(),
        }
    }

    /// Whether there are none.
    ///
    /// ```
    /// use latent_preview::Samples;
    ///
    /// let samples = Samples::from(&[0.5_f32, 1.5]);
    /// assert!(!samples.is_empty());
    /// ```
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their type.
    #[must_use]
    pub const fn dtype(&self) -> DType {
        match self {
            Self::F32(_) => DType::F32,
            Self::F16(_) => DType::F16,
            Self::Bf16(_) => DType::Bf16,
        }
    }

    /// The sample at `index` as `f32`, which every type converts to exactly.
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
#[derive(Clone, Debug)]
pub struct OwnedSamples(Owned);

#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
enum Owned {
    F32(Vec<f32>),
    F16(Vec<f16>),
    Bf16(Vec<bf16>),
}

#[cfg(feature = "alloc")]
impl OwnedSamples {
    /// Copies the raw little-endian bytes of a tensor, whatever their alignment
    /// and on machines of either endianness.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ByteCount`] if the bytes do not divide into samples.
    pub fn from_le_bytes(dtype: DType, bytes: &[u8]) -> Result<Self, PreviewError> {
        check_byte_count(dtype, bytes)?;
        let (quads, _) = bytes.as_chunks::<4>();
        let (pairs, _) = bytes.as_chunks::<2>();
        Ok(Self(match dtype {
            DType::F32 => Owned::F32(quads.iter().map(|&b| f32::from_le_bytes(b)).collect()),
            DType::F16 => Owned::F16(pairs.iter().map(|&b| f16::from_le_bytes(b)).collect()),
            DType::Bf16 => Owned::Bf16(pairs.iter().map(|&b| bf16::from_le_bytes(b)).collect()),
        }))
    }

    /// Borrows them.
    ///
    /// ```
    /// use latent_preview::{DType, OwnedSamples};
    ///
    /// let owned = OwnedSamples::from_le_bytes(DType::F32, &[0, 0, 0x80, 0x3f])?;
    /// assert_eq!(owned.as_samples().len(), 1);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[must_use]
    pub fn as_samples(&self) -> Samples<'_> {
        match &self.0 {
            Owned::F32(vec) => Samples::F32(vec),
            Owned::F16(vec) => Samples::F16(vec),
            Owned::Bf16(vec) => Samples::Bf16(vec),
        }
    }
}
