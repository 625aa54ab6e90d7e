//! The samples of a tensor in main memory, without copying.

use ::candle_core::{CpuStorage, Layout, Storage, Tensor};

use super::TensorError;
use crate::format::Axes;
use crate::{LatentImages, PreviewError, Samples};

/// Calls `see` with the images of a tensor. A tensor that no view can describe, such as a
/// broadcast one, is copied first.
pub(super) fn with_images<R>(
    tensor: &Tensor,
    axes: Axes,
    see: impl FnOnce(LatentImages<'_>) -> Result<R, PreviewError>,
) -> Result<R, TensorError> {
    {
        // The lock makes writers of the tensor wait until the previews are made.
        let (storage, layout) = tensor.storage_and_layout();
        let samples = samples(&storage, layout, tensor.dtype().as_str())?;
        match axes.images(samples, layout.dims(), layout.stride()) {
            Err(PreviewError::OverlappingStrides) => {}
            images => return images.and_then(see).map_err(TensorError::from),
        }
    }
    with_images(&tensor.force_contiguous()?, axes, see)
}

/// The samples from the tensor's first one on; if there are no gaps, to its last.
fn samples<'a>(
    storage: &'a Storage,
    layout: &Layout,
    dtype: &'static str,
) -> Result<Samples<'a>, TensorError> {
    let Storage::Cpu(storage) = storage else {
        let reason = "the tensor is not in main memory".into();
        return Err(TensorError::Candle { reason });
    };
    let start = layout.start_offset();
    let part = |len| match layout.is_contiguous() {
        true => start..start + layout.shape().elem_count(),
        false => start..len,
    };
    match storage {
        CpuStorage::F32(all) => Ok(Samples::F32(&all[part(all.len())])),
        CpuStorage::F16(all) => Ok(Samples::F16(&all[part(all.len())])),
        CpuStorage::BF16(all) => Ok(Samples::Bf16(&all[part(all.len())])),
        _ => Err(TensorError::DType { dtype }),
    }
}
