//! The file of the weights: kernels as 128ths in a byte each, all else as `f16`.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Result, ensure};
use latent_preview::f16;
use safetensors::tensor::{Dtype, TensorView};

/// Name, shape and values.
pub type NamedTensor = (String, Vec<usize>, Vec<f32>);

/// Multiplies the weights and the bias of each output by a factor that makes the largest weight
/// 127/128 in absolute value, and divides the weights that read this output by it. A ReLU keeps
/// positive factors, so the picture stays the same.
pub fn normalize(rows: &mut [Vec<f32>], biases: &mut [f32], readers: &mut [Vec<f32>]) {
    let taps = readers[0].len() / rows.len();
    for (output, (row, bias)) in rows.iter_mut().zip(biases).enumerate() {
        let largest = row.iter().fold(0_f32, |max, weight| max.max(weight.abs()));
        if largest == 0.0 {
            continue;
        }
        // The bias must stay within `f16`.
        let factor = (127.0 / 128.0 / largest).min(60_000.0 / bias.abs());
        row.iter_mut().for_each(|weight| *weight *= factor);
        *bias *= factor;
        for reader in &mut *readers {
            let weights = &mut reader[output * taps..][..taps];
            weights.iter_mut().for_each(|weight| *weight /= factor);
        }
    }
}

/// Writes tensors. The kernels must be normalized: a byte holds -1 to 127/128.
pub fn write(
    path: &Path,
    tensors: &[NamedTensor],
    metadata: HashMap<String, String>,
) -> Result<()> {
    let mut values = tensors.iter().flat_map(|(_, _, values)| values);
    ensure!(
        values.all(|value| value.is_finite()),
        "the training has diverged"
    );
    let halves = |values: &[f32]| {
        let halves = values.iter().map(|&value| f16::from_f32(value));
        (Dtype::F16, halves.flat_map(f16::to_le_bytes).collect())
    };
    let bytes = |values: &[f32]| {
        let bytes = values.iter().map(|value| (value * 128.0).round() as i8);
        (Dtype::I8, bytes.flat_map(i8::to_le_bytes).collect())
    };
    let encoded: Vec<(Dtype, Vec<u8>)> = tensors
        .iter()
        .map(|(name, _, values)| {
            let is_kernel = name.starts_with("conv") && name.ends_with(".weight");
            if is_kernel {
                bytes(values)
            } else {
                halves(values)
            }
        })
        .collect();
    let views = tensors.iter().zip(&encoded);
    let views = views.map(|((name, shape, _), (dtype, data))| {
        let view = TensorView::new(*dtype, shape.clone(), data)?;
        Ok((name.as_str(), view))
    });
    let views: Vec<_> = views.collect::<Result<_>>()?;
    safetensors::serialize_to_file(views, Some(metadata), path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use latent_preview::{LatentPreview, Latents, PixelFormat, TinyDecoder, TinyLayer};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::normalize;

    /// Two layers, the second of 3x3: the picture stays the same.
    #[test]
    fn normalized_weights_make_the_same_picture() {
        let mut random = StdRng::seed_from_u64(0);
        let mut numbers = |count: usize, size: f32| -> Vec<f32> {
            (0..count)
                .map(|_| random.random_range(-size..size))
                .collect()
        };
        let mut first: Vec<_> = (0..5).map(|_| numbers(2, 3.0)).collect();
        first[3] = vec![0.0; 2];
        let mut biases = numbers(5, 0.5);
        let mut second: Vec<_> = (0..3).map(|_| numbers(5 * 9, 0.02)).collect();
        let mut others = numbers(3, 0.2);
        let mut head: Vec<_> = (0..3).map(|_| numbers(3, 2.0)).collect();
        let rest = numbers(3 + 6, 0.2);
        let samples = numbers(2 * 6 * 7, 2.0);
        let picture = |first: &[Vec<f32>],
                       biases: &[f32],
                       second: &[Vec<f32>],
                       others: &[f32],
                       head: &[Vec<f32>]| {
            let layers = [(1, 5), (3, 3)].map(|(kernel_size, channels)| TinyLayer {
                kernel_size,
                channels,
            });
            let (head, bias, skip) = (head.concat(), &rest[..3], &rest[3..]);
            let weights = [
                biases,
                &first.concat(),
                others,
                &second.concat(),
                bias,
                &head,
                skip,
            ];
            let decoder = TinyDecoder::new(2, &layers, 1, weights.concat()).unwrap();
            let latents = Latents::planar(&samples, [2, 6, 7]).unwrap();
            let picture = decoder.preview(&latents, PixelFormat::RgbF32).unwrap();
            picture.as_f32().unwrap().to_vec()
        };
        let before = picture(&first, &biases, &second, &others, &head);
        normalize(&mut first, &mut biases, &mut second);
        normalize(&mut second, &mut others, &mut head);
        for row in first.iter().chain(&second) {
            let largest = row.iter().fold(0_f32, |max, weight| max.max(weight.abs()));
            assert!(
                largest == 0.0 || (largest - 127.0 / 128.0).abs() < 1e-6,
                "{largest}"
            );
        }
        let after = picture(&first, &biases, &second, &others, &head);
        assert!(before.iter().any(|&value| value > 0.1 && value < 0.9));
        for (a, b) in before.iter().zip(&after) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
