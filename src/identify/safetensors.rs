//! The header of a safetensors file: the names and shapes of its tensors.
//!
//! The crate `safetensors` refuses a header with an unknown number type and keeps every tensor
//! in memory. This code checks each tensor and drops it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::IdentifyError;
use super::checkpoint::{LONGEST_HEADER, Shape};
use super::error::excerpt;

/// Calls `see` with every tensor.
pub(super) fn read(bytes: &[u8], see: impl FnMut(&str, Shape)) -> Result<(), IdentifyError> {
    let header = header(bytes).map_err(|reason| IdentifyError::Header { reason })?;
    let mut json = serde_json::Deserializer::from_slice(header);
    let read = json.deserialize_map(Tensors(see)).and_then(|()| json.end());
    read.map_err(|error| IdentifyError::Header {
        reason: excerpt(&error),
    })
}

fn header(bytes: &[u8]) -> Result<&[u8], String> {
    let Some((claimed, rest)) = bytes.split_first_chunk() else {
        return Err(format!("{} bytes are too few", bytes.len()));
    };
    let claimed = u64::from_le_bytes(*claimed);
    if bytes.starts_with(b"version https://git-lfs") {
        return Err("it is a Git LFS pointer: run `git lfs pull`".to_owned());
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err("it is a web page, not the file".to_owned());
    }
    if claimed > LONGEST_HEADER as u64 {
        return Err(format!(
            "it claims a header of {claimed} bytes, more than any model has"
        ));
    }
    // It fits: a header is no longer than `LONGEST_HEADER`.
    rest.get(..claimed as usize).ok_or_else(|| {
        format!(
            "it claims to have {claimed} bytes, but only {} are given",
            rest.len()
        )
    })
}

struct Tensors<F>(F);

impl<'de, F: FnMut(&str, Shape)> Visitor<'de> for Tensors<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
            } else {
                let tensor: Tensor = map.next_value()?;
                (self.0)(&name, tensor.shape);
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Tensor {
    shape: Shape,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sizes;

        impl<'de> Visitor<'de> for Sizes {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the sizes of a tensor")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sizes: A) -> Result<Shape, A::Error> {
                let mut shape = Shape::default();
                while let Some(size) = sizes.next_element()? {
                    if !shape.push(size) {
                        return Err(A::Error::custom("a tensor has too many axes"));
                    }
                }
                Ok(shape)
            }
        }

        deserializer.deserialize_seq(Sizes)
    }
}
