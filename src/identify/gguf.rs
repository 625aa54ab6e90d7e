//! The header of a GGUF file: the names and shapes of its tensors.
//!
//! Only names and shapes count. The metadata, which includes a tokenizer, is skipped, and each
//! tensor is checked and dropped: a header may claim any size and costs no memory.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use super::IdentifyError;
use super::checkpoint::{Shape, is_interesting};

pub(super) const MAGIC: &[u8] = b"GGUF";

/// The prefix of the key that holds the PyTorch shape of a tensor with more axes than GGUF
/// allows (city96/ComfyUI-GGUF).
const ORIGINAL_SHAPE: &str = "comfy.gguf.orig_shape.";

/// Calls `see` with every tensor.
pub(super) fn read(bytes: &[u8], see: impl FnMut(&str, Shape)) -> Result<(), IdentifyError> {
    let fault = |reason: String| IdentifyError::Header { reason };
    tensors(Reader(bytes), see).map_err(|error| {
        fault(match error {
            Fault::Ends => format!("it continues after the {} bytes given", bytes.len()),
            Fault::Version(version) => format!("GGUF version {version} is unknown"),
            Fault::Type(kind) => format!("a value of the unknown type {kind}"),
            Fault::Nested => "arrays of arrays".to_owned(),
            Fault::Axes(axes) => format!("a tensor of {axes} axes"),
        })
    })
}

enum Fault {
    Ends,
    Version(u32),
    Type(u32),
    Nested,
    Axes(u32),
}

fn tensors(mut reader: Reader<'_>, mut see: impl FnMut(&str, Shape)) -> Result<(), Fault> {
    reader.take(MAGIC.len() as u64)?;
    match reader.u32()? {
        2 | 3 => {}
        version => return Err(Fault::Version(version)),
    }
    let (tensors, values) = (reader.u64()?, reader.u64()?);
    let mut originals = BTreeMap::new();
    for _ in 0..values {
        let key = reader.string()?;
        let kind = reader.u32()?;
        let original = key.strip_prefix(ORIGINAL_SHAPE.as_bytes());
        match original.and_then(|name| core::str::from_utf8(name).ok()) {
            Some(name) if kind == ARRAY && is_interesting(name) => {
                if let Some(shape) = reader.shape()? {
                    originals.insert(name, shape);
                }
            }
            _ => reader.skip(kind)?,
        }
    }
    for _ in 0..tensors {
        let name = reader.string()?;
        let axes = reader.u32()?;
        let mut sizes = [0; 4];
        let sizes = sizes.get_mut(..axes as usize).ok_or(Fault::Axes(axes))?;
        for size in &mut *sizes {
            *size = reader.u64()?;
        }
        // GGUF counts axes from the innermost one.
        let mut shape = Shape::default();
        for &size in sizes.iter().rev() {
            shape.push(size);
        }
        // The type and the offset.
        reader.take(4 + 8)?;
        if let Ok(name) = core::str::from_utf8(name) {
            see(name, originals.get(name).copied().unwrap_or(shape));
        }
    }
    Ok(())
}

const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// The size of a value of a type that has a fixed one.
fn size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// The unread bytes. A loop over a claimed number of entries ends with them.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: u64) -> Result<&'a [u8], Fault> {
        let count = usize::try_from(count).map_err(|_| Fault::Ends)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Fault::Ends)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        let bytes = self.take(4)?.try_into().map_err(|_| Fault::Ends)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Result<u64, Fault> {
        let bytes = self.take(8)?.try_into().map_err(|_| Fault::Ends)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn string(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.u64()?;
        self.take(length)
    }

    fn skip(&mut self, kind: u32) -> Result<(), Fault> {
        match kind {
            STRING => self.string().map(|_| ()),
            ARRAY => {
                let (kind, length) = (self.u32()?, self.u64()?);
                match (kind, size(kind)) {
                    (_, Some(size)) => {
                        self.take(length.checked_mul(size).ok_or(Fault::Ends)?)?;
                    }
                    (STRING, _) => {
                        for _ in 0..length {
                            self.string()?;
                        }
                    }
                    (ARRAY, _) => return Err(Fault::Nested),
                    (kind, None) => return Err(Fault::Type(kind)),
                }
                Ok(())
            }
            kind => {
                self.take(size(kind).ok_or(Fault::Type(kind))?)?;
                Ok(())
            }
        }
    }

    /// An array of sizes, or `None` if it holds other values.
    fn shape(&mut self) -> Result<Option<Shape>, Fault> {
        let whole = Self(self.0);
        let (kind, length) = (self.u32()?, self.u64()?);
        let mut shape = Shape::default();
        if matches!(kind, 4 | 5) && length <= Shape::AXES as u64 {
            for _ in 0..length {
                shape.push(u64::from(self.u32()?));
            }
            return Ok(Some(shape));
        }
        *self = whole;
        self.skip(ARRAY)?;
        Ok(None)
    }
}
