//! Promise: `f16` and `bf16` samples have exactly the values that `half` gives them, for all
//! 65,536 bit patterns on every backend; raw bytes become the same samples.

#![cfg(all(feature = "alloc", feature = "testing"))]

use latent_preview::testing::Backend;
use latent_preview::{DType, Latents, OwnedSamples, PreviewError, Samples, bf16, f16};

/// Runs samples through the kernel with factors that change nothing.
fn decoded<'a>(backend: Backend, samples: impl Into<Samples<'a>>) -> Vec<f32> {
    let samples = samples.into();
    let mut rgb = vec![0.0; samples.len() * 3];
    backend
        .linear_decode(samples, &[[1.0, -1.0, 0.5]], &mut rgb)
        .unwrap();
    rgb
}

fn assert_exact(backend: Backend, rgb: &[f32], value: impl Fn(u16) -> f32) {
    for (bits, pixel) in (0..=u16::MAX).zip(rgb.chunks(3)) {
        let expected = value(bits);
        for (actual, factor) in pixel.iter().zip([1.0, -1.0, 0.5]) {
            assert!(
                *actual == expected * factor || (actual.is_nan() && expected.is_nan()),
                "{backend}: {bits:#06x} is {expected}, times {factor} became {actual}"
            );
        }
    }
}

#[test]
fn every_f16_is_exact_on_every_backend() {
    let samples: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
    for backend in Backend::available() {
        assert_exact(backend, &decoded(backend, &samples), |bits| {
            f16::from_bits(bits).to_f32()
        });
    }
}

#[test]
fn every_bf16_is_exact_on_every_backend() {
    let samples: Vec<bf16> = (0..=u16::MAX).map(bf16::from_bits).collect();
    for backend in Backend::available() {
        assert_exact(backend, &decoded(backend, &samples), |bits| {
            bf16::from_bits(bits).to_f32()
        });
    }
}

#[test]
fn single_values_are_exact() {
    for bits in 0..=u16::MAX {
        let (half, brain) = ([f16::from_bits(bits)], [bf16::from_bits(bits)]);
        let get = |samples| {
            let latents = Latents::planar(samples, [1, 1, 1]).unwrap();
            latents.get(0, 0, 0).unwrap().to_bits()
        };
        assert_eq!(get(Samples::from(&half)), half[0].to_f32().to_bits());
        assert_eq!(get(Samples::from(&brain)), brain[0].to_f32().to_bits());
    }
}

/// Little-endian 1.0, -2.0 and 0.5 in each type.
const BYTES: [(DType, &[u8]); 3] = [
    (
        DType::F32,
        &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f],
    ),
    (DType::F16, &[0, 0x3c, 0, 0xc0, 0, 0x38]),
    (DType::Bf16, &[0x80, 0x3f, 0, 0xc0, 0, 0x3f]),
];

/// A buffer with `bytes` at an address that is `remainder` modulo 4.
fn placed(bytes: &[u8], remainder: usize) -> (Vec<u8>, std::ops::Range<usize>) {
    let mut buffer = vec![0; bytes.len() + 8];
    let start = (0..4)
        .find(|start| (buffer.as_ptr().addr() + start) % 4 == remainder)
        .unwrap();
    let range = start..start + bytes.len();
    buffer[range.clone()].copy_from_slice(bytes);
    (buffer, range)
}

#[test]
fn raw_bytes_are_borrowed_where_they_are_aligned() {
    for (dtype, bytes) in BYTES {
        for remainder in 0..4 {
            let (buffer, range) = placed(bytes, remainder);
            let samples = Samples::from_le_bytes(dtype, &buffer[range]);
            if cfg!(target_endian = "big") {
                assert_eq!(samples.err(), Some(PreviewError::NotBorrowable { dtype }));
            } else if remainder % dtype.size() == 0 {
                assert_values(samples.unwrap(), dtype);
            } else {
                let error = samples.unwrap_err();
                assert_eq!(error, PreviewError::NotBorrowable { dtype });
                assert!(error.to_string().contains("OwnedSamples::from_le_bytes"));
            }
        }
    }
}

#[test]
fn raw_bytes_are_copied_from_anywhere() {
    for (dtype, bytes) in BYTES {
        for remainder in 0..4 {
            let (buffer, range) = placed(bytes, remainder);
            let owned = OwnedSamples::from_le_bytes(dtype, &buffer[range]).unwrap();
            assert_values(owned.as_samples(), dtype);
        }
    }
}

fn assert_values(samples: Samples<'_>, dtype: DType) {
    assert_eq!((samples.dtype(), samples.len()), (dtype, 3));
    assert!(!samples.is_empty() && Samples::from(&[0.0_f32; 0]).is_empty());
    let latents = Latents::planar(samples, [1, 1, 3]).unwrap();
    let values = [0, 1, 2].map(|x| latents.get(0, 0, x));
    assert_eq!(values, [Some(1.0), Some(-2.0), Some(0.5)]);
}

#[test]
fn bytes_that_are_no_whole_samples_are_refused() {
    for (dtype, bytes) in BYTES {
        let cut = &bytes[..bytes.len() - 1];
        let error = PreviewError::ByteCount {
            dtype,
            actual: cut.len(),
        };
        assert_eq!(
            Samples::from_le_bytes(dtype, cut).err(),
            Some(error.clone())
        );
        assert_eq!(OwnedSamples::from_le_bytes(dtype, cut).err(), Some(error));
    }
}
