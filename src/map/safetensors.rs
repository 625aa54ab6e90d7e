//! Reading a tiny decoder's weights from a safetensors file.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors};
use half::{bf16, f16};

use super::tiny::MAX_LAYERS;
use super::{TinyDecoder, TinyLayer};
use crate::PreviewError;

/// The values that these keys of the metadata must have if present.
const ASSUMED: [(&str, &str); 2] = [("activation", "relu"), ("padding", "replicate")];

impl TinyDecoder {
    /// Reads a decoder from the bytes of a safetensors file with the `f32`, `f16`, `bf16` or
    /// `i8` (128ths) tensors `conv1.weight` `[outputs, channels, kernel_size, kernel_size]`, `conv1.bias`
    /// `[outputs]`, `conv2.weight` and so on, `head.weight` `[3 scale^2, inputs, 1, 1]`,
    /// `head.bias` `[3 scale^2]` and `skip.weight` `[3, channels, 1, 1]`. A PyTorch module with
    /// these layers writes such files. So does the repository's `examples/train-tiny`, with
    /// kernels of `i8`.
    ///
    /// The decoder's shape follows from the tensors. The metadata `activation` and `padding`,
    /// if present, must be `relu` and `replicate`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::WeightsFile`] if the bytes are not such a file (it says what is missing
    /// or wrong), and those of [`new`](Self::new).
    ///
    /// ```no_run
    /// use latent_preview::TinyDecoder;
    ///
    /// let decoder = TinyDecoder::from_safetensors(&std::fs::read("weights.safetensors")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, PreviewError> {
        let unreadable = |error: ::safetensors::SafeTensorError| wrong(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        if let Some(metadata) = header.metadata() {
            for (key, expected) in ASSUMED {
                if let Some(actual) = metadata.get(key).filter(|actual| *actual != expected) {
                    return Err(wrong(format!("its {key} is {actual}, not {expected}")));
                }
            }
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        read(&tensors)
    }
}

fn read(tensors: &SafeTensors<'_>) -> Result<TinyDecoder, PreviewError> {
    let known = tensors.names().len();
    let skip = Tensor::find(tensors, "skip.weight")?;
    let channels = skip.dimension(1)?;
    skip.check(&[3, channels, 1, 1])?;

    let mut layers = Vec::new();
    let mut weights = Vec::new();
    let mut inputs = channels;
    while layers.len() < MAX_LAYERS
        && tensors
            .tensor(&format!("conv{}.weight", layers.len() + 1))
            .is_ok()
    {
        let name = |part| format!("conv{}.{part}", layers.len() + 1);
        let weight = Tensor::find(tensors, &name("weight"))?;
        let (channels, kernel_size) = (weight.dimension(0)?, weight.dimension(2)?);
        weight.check(&[channels, inputs, kernel_size, kernel_size])?;
        let bias = Tensor::find(tensors, &name("bias"))?;
        bias.check(&[channels])?;
        bias.append_to(&mut weights);
        weight.append_to(&mut weights);
        layers.push(TinyLayer {
            kernel_size,
            channels,
        });
        inputs = channels;
    }
    let head = Tensor::find(tensors, "head.weight")?;
    let outputs = head.dimension(0)?;
    let scale = match outputs {
        3 => 1,
        12 => 2,
        _ => {
            return Err(wrong(format!(
                "head.weight has {outputs} outputs, not 3 or 12"
            )));
        }
    };
    head.check(&[outputs, inputs, 1, 1])?;
    let bias = Tensor::find(tensors, "head.bias")?;
    bias.check(&[outputs])?;
    bias.append_to(&mut weights);
    head.append_to(&mut weights);
    skip.append_to(&mut weights);
    // An unknown tensor may belong to another architecture.
    let expected = 2 * layers.len() + 3;
    if known != expected {
        return Err(wrong(format!(
            "it has {known} tensors, {expected} were expected"
        )));
    }
    TinyDecoder::new(channels, &layers, scale, weights)
}

struct Tensor<'a> {
    name: String,
    view: TensorView<'a>,
}

impl<'a> Tensor<'a> {
    fn find(tensors: &SafeTensors<'a>, name: &str) -> Result<Self, PreviewError> {
        let view = tensors.tensor(name);
        let view = view.map_err(|_| wrong(format!("it has no tensor {name}")))?;
        let actual = view.dtype();
        if !matches!(actual, Dtype::F32 | Dtype::F16 | Dtype::BF16 | Dtype::I8) {
            return Err(wrong(format!(
                "{name} is {actual:?}, not F32, F16, BF16 or I8"
            )));
        }
        Ok(Self {
            name: name.into(),
            view,
        })
    }

    fn dimension(&self, axis: usize) -> Result<usize, PreviewError> {
        let size = self.view.shape().get(axis).copied();
        size.ok_or_else(|| {
            wrong(format!(
                "{} has the shape {:?}",
                self.name,
                self.view.shape()
            ))
        })
    }

    fn check(&self, expected: &[usize]) -> Result<(), PreviewError> {
        let (name, shape) = (&self.name, self.view.shape());
        if shape == expected {
            return Ok(());
        }
        Err(wrong(format!(
            "{name} has the shape {shape:?}, not {expected:?}"
        )))
    }

    fn append_to(&self, weights: &mut Vec<f32>) {
        let data = self.view.data();
        let (halves, (singles, _)) = (data.as_chunks().0.iter(), data.as_chunks());
        match self.view.dtype() {
            Dtype::F16 => weights.extend(halves.map(|&bytes| f16::from_le_bytes(bytes).to_f32())),
            Dtype::BF16 => weights.extend(halves.map(|&bytes| bf16::from_le_bytes(bytes).to_f32())),
            Dtype::I8 => weights.extend(data.iter().map(|&byte| f32::from(byte as i8) / 128.0)),
            _ => weights.extend(singles.iter().map(|&bytes| f32::from_le_bytes(bytes))),
        }
    }
}

fn wrong(reason: String) -> PreviewError {
    PreviewError::WeightsFile { reason }
}
