//! Promise: the weights of a tiny decoder load unchanged from a safetensors file, and a file
//! without them is refused with the reason.

#![cfg(feature = "safetensors")]

use std::collections::HashMap;

use half::{bf16, f16};
use latent_preview::{LatentPreview, PreviewError, TinyDecoder, TinyLayer};
use proptest::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

/// A file in the making: names, shapes and values.
#[derive(Clone)]
struct File {
    tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
    metadata: HashMap<String, String>,
    dtype: Dtype,
}

impl File {
    /// The file of a decoder with numbered weights.
    fn new(channels: usize, layers: &[TinyLayer], scale: usize) -> Self {
        let mut tensors = Vec::new();
        let mut number = 0.0;
        let mut add = |name: String, shape: Vec<usize>| {
            let values = (0..shape.iter().product()).map(|_| {
                number += 0.125;
                number
            });
            let values = values.collect();
            tensors.push((name, shape, values));
        };
        let mut inputs = channels;
        for (i, layer) in layers.iter().enumerate() {
            let (size, outputs) = (layer.kernel_size, layer.channels);
            add(format!("conv{}.bias", i + 1), vec![outputs]);
            add(
                format!("conv{}.weight", i + 1),
                vec![outputs, inputs, size, size],
            );
            inputs = outputs;
        }
        add("head.bias".into(), vec![3 * scale * scale]);
        add("head.weight".into(), vec![3 * scale * scale, inputs, 1, 1]);
        add("skip.weight".into(), vec![3, channels, 1, 1]);
        Self {
            tensors,
            metadata: HashMap::new(),
            dtype: Dtype::F32,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let data: Vec<Vec<u8>> = self
            .tensors
            .iter()
            .map(|(_, _, values)| {
                values
                    .iter()
                    .flat_map(|&value| match self.dtype {
                        Dtype::F16 => f16::from_f32(value).to_le_bytes().to_vec(),
                        Dtype::BF16 => bf16::from_f32(value).to_le_bytes().to_vec(),
                        Dtype::I8 => ((8.0 * value) as i32 as i8).to_le_bytes().to_vec(),
                        Dtype::F64 => f64::from(value).to_le_bytes().to_vec(),
                        _ => value.to_le_bytes().to_vec(),
                    })
                    .collect()
            })
            .collect();
        let views = self
            .tensors
            .iter()
            .zip(&data)
            .map(|((name, shape, _), bytes)| {
                let view = TensorView::new(self.dtype, shape.clone(), bytes).unwrap();
                (name.as_str(), view)
            });
        safetensors::serialize(views, Some(self.metadata.clone().into_iter().collect())).unwrap()
    }

    fn tensor(&mut self, name: &str) -> &mut (String, Vec<usize>, Vec<f32>) {
        self.tensors
            .iter_mut()
            .find(|tensor| tensor.0 == name)
            .unwrap()
    }
}

fn small() -> File {
    let layers = [
        TinyLayer {
            kernel_size: 3,
            channels: 5,
        },
        TinyLayer {
            kernel_size: 1,
            channels: 2,
        },
    ];
    File::new(4, &layers, 2)
}

fn reason(bytes: &[u8]) -> String {
    match TinyDecoder::from_safetensors(bytes) {
        Err(PreviewError::WeightsFile { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn weights_come_out_as_they_went_in(
        channels in 1..=128_usize,
        layers in proptest::collection::vec((prop_oneof![Just(1_usize), Just(3)], 1..=64_usize), 1..=4),
        scale in 1..=2_usize,
        dtype in prop_oneof![Just(Dtype::F32), Just(Dtype::F16), Just(Dtype::BF16), Just(Dtype::I8)],
    ) {
        let layers = layers.into_iter();
        let layers: Vec<_> = layers
            .map(|(kernel_size, channels)| TinyLayer { kernel_size, channels })
            .collect();
        let mut file = File::new(channels, &layers, scale);
        file.dtype = dtype;
        let decoder = TinyDecoder::from_safetensors(&file.bytes()).unwrap();
        prop_assert_eq!((decoder.channels(), decoder.scale()), (channels, scale));
        prop_assert_eq!(decoder.layers(), &layers[..]);
        // They are numbered in the order that `new` takes.
        let numbers = (1..=decoder.weights().len()).map(|i| i as f32 * 0.125);
        let expected: Vec<f32> = match dtype {
            Dtype::F16 => numbers.map(|number| f16::from_f32(number).to_f32()).collect(),
            Dtype::BF16 => numbers.map(|number| bf16::from_f32(number).to_f32()).collect(),
            // The low eight bits of each number, as 128ths.
            Dtype::I8 => numbers.map(|number| f32::from((8.0 * number) as i32 as i8) / 128.0).collect(),
            _ => numbers.collect(),
        };
        prop_assert_eq!(decoder.weights(), &expected[..]);
    }

    #[test]
    fn files_with_flipped_or_missing_bytes_never_panic(
        at in any::<proptest::sample::Index>(), value in any::<u8>(), cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = small().bytes();
        let header = 8 + usize::from(bytes[0]) + 256 * usize::from(bytes[1]);
        // Mostly the header, where files lie.
        let place = at.index(header + 40);
        bytes[place] = value;
        let _ = TinyDecoder::from_safetensors(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(TinyDecoder::from_safetensors(&bytes).is_err());
    }
}

#[test]
fn a_header_of_a_terabyte_is_refused() {
    let mut bytes = small().bytes();
    bytes[..8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    reason(&bytes);
    bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    reason(&bytes);
    reason(&[]);
    reason(b"not a file of tensors");
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let mut file = small();
    file.tensors.retain(|(name, ..)| name != "skip.weight");
    assert!(reason(&file.bytes()).contains("no tensor skip.weight"));

    let mut file = small();
    file.tensor("conv2.bias").0 = "conv2.offset".into();
    assert!(reason(&file.bytes()).contains("no tensor conv2.bias"));

    let mut file = small();
    *file.tensor("conv2.weight") = ("conv2.weight".into(), vec![2, 4, 1, 1], vec![0.0; 8]);
    let text = reason(&file.bytes());
    assert!(
        text.contains("conv2.weight has the shape [2, 4, 1, 1], not [2, 5, 1, 1]"),
        "{text}"
    );

    let mut file = small();
    *file.tensor("head.bias") = ("head.bias".into(), vec![3], vec![0.0; 3]);
    assert!(reason(&file.bytes()).contains("head.bias"));

    let mut file = small();
    *file.tensor("head.weight") = ("head.weight".into(), vec![27, 2, 1, 1], vec![0.0; 54]);
    assert!(reason(&file.bytes()).contains("27 outputs, not 3 or 12"));

    let mut file = small();
    file.dtype = Dtype::F64;
    assert!(reason(&file.bytes()).contains("is F64, not F32, F16, BF16 or I8"));

    let mut file = small();
    file.tensors
        .push(("norm.weight".into(), vec![5], vec![1.0; 5]));
    assert!(reason(&file.bytes()).contains("8 tensors, 7 were expected"));
}

/// A network that computes something else is not a tiny decoder.
#[test]
fn another_activation_or_padding_is_refused() {
    for (key, value) in [("activation", "silu"), ("padding", "zeros")] {
        let mut file = small();
        file.metadata.insert(key.into(), value.into());
        assert!(reason(&file.bytes()).contains(value));
    }
    let mut file = small();
    file.metadata.insert("activation".into(), "relu".into());
    file.metadata.insert("padding".into(), "replicate".into());
    assert!(TinyDecoder::from_safetensors(&file.bytes()).is_ok());
}

#[test]
fn bounds_are_those_of_new() {
    for (layers, expected) in [
        (
            vec![TinyLayer {
                kernel_size: 5,
                channels: 4,
            }],
            "a tiny decoder has kernels of size 1 or 3, not 5",
        ),
        (
            vec![TinyLayer {
                kernel_size: 3,
                channels: 65,
            }],
            "a tiny decoder has layers of 1 to 64 channels, not 65",
        ),
    ] {
        let error = TinyDecoder::from_safetensors(&File::new(4, &layers, 1).bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let layers = [TinyLayer {
        kernel_size: 1,
        channels: 4,
    }];
    let error = TinyDecoder::from_safetensors(&File::new(129, &layers, 1).bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a tiny decoder takes 1 to 128 latent channels, not 129"
    );
    let mut file = small();
    file.tensor("head.bias").2[0] = f32::INFINITY;
    assert!(matches!(
        TinyDecoder::from_safetensors(&file.bytes()),
        Err(PreviewError::NonFiniteCoefficient { .. })
    ));
}
