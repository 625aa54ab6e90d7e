//! Promise: the preview of a candle tensor equals that of its elements in a slice, for all
//! axes, strides and types. A tensor that is not a latent is refused, and the message names the
//! call of candle or of the previewer that helps.

#[path = "../support/mod.rs"]
mod support;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use latent_preview::candle_core::{DType, Device, IndexOp, Tensor};
use latent_preview::{
    Denoise, LatentFormat, LatentPreview, Latents, PackOrder, Preview, PreviewError, Previewer,
    Projection, TensorError,
};
use proptest::prelude::*;
use support::Random;

const TYPES: [DType; 3] = [DType::F32, DType::F16, DType::BF16];

/// A tensor of random latents.
fn tensor(random: &mut Random, shape: &[usize], dtype: DType) -> Tensor {
    let count = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|_| 2.0 * random.unit()).collect();
    let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
    tensor.to_dtype(dtype).unwrap()
}

/// Elements of a tensor in the order of its axes.
fn elements(tensor: &Tensor) -> Vec<f32> {
    let floats = tensor.to_dtype(DType::F32).unwrap();
    floats.flatten_all().unwrap().to_vec1().unwrap()
}

/// The preview of one image `[channels, height, width]` from a slice.
fn from_slice(previewer: &impl LatentPreview, image: &Tensor) -> Preview {
    let (c, h, w) = image.dims3().unwrap();
    let samples = elements(image);
    previewer
        .preview_rgb(&Latents::planar(&samples, [c, h, w]).unwrap())
        .unwrap()
}

/// The largest difference of two pictures.
fn difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

proptest! {
    #[test]
    fn images_in_any_order_of_axes_and_with_gaps(
        seed: u64, images in 1..=3_usize, h in 1..=9_usize, w in 1..=20_usize, dtype in 0..3_usize,
    ) {
        let mut random = Random(seed);
        let dtype = TYPES[dtype];
        let format = LatentFormat::Sd1.fast_previewer().unwrap();
        let twice = LatentFormat::Sd1.previewer_2x().unwrap();
        let projection = Previewer::from(Projection::SD_V1_4);

        let planar = tensor(&mut random, &[images, 4, h, w], dtype);
        let channels_last = tensor(&mut random, &[images, h, w, 4], dtype).permute((0, 3, 1, 2)).unwrap();
        let wider = tensor(&mut random, &[images + 1, 5, h + 2, w + 3], dtype);
        let cut = wider.i((1.., 1.., 1..=h, 2..2 + w)).unwrap();
        let transposed = tensor(&mut random, &[images, 4, w, h], dtype).transpose(2, 3).unwrap();
        // No view can describe repeated elements.
        let row = tensor(&mut random, &[images, 4, 1, w], dtype);
        let broadcast = row.broadcast_as((images, 4, h, w)).unwrap();
        for latents in [planar, channels_last, cut, transposed, broadcast] {
            for previewer in [&format, &twice, &projection] {
                let previews = previewer.preview_tensors(&latents).unwrap();
                prop_assert_eq!(previews.len(), images);
                for (at, preview) in previews.iter().enumerate() {
                    let image = latents.i(at).unwrap();
                    prop_assert_eq!(preview, &from_slice(previewer, &image));
                    prop_assert_eq!(preview, &previewer.preview_tensor(&image).unwrap());
                }
            }
        }
    }

    #[test]
    fn videos_and_packed_planes_whatever_their_strides(
        seed: u64, n in 1..=2_usize, t in 1..=3_usize, h in 1..=4_usize, w in 1..=9_usize, dtype in 0..3_usize,
    ) {
        let mut random = Random(seed);
        let dtype = TYPES[dtype];
        let wan = LatentFormat::Wan21.previewer().unwrap();
        let video = tensor(&mut random, &[n, 16, t, h, w], dtype);
        let frames_first = tensor(&mut random, &[n, t, 16, h, w], dtype);
        for video in [video, frames_first.transpose(1, 2).unwrap()] {
            let previews = wan.preview_tensors(&video).unwrap();
            prop_assert_eq!(previews.len(), n * t);
            for (at, preview) in previews.iter().enumerate() {
                let frame = video.i((at / t, .., at % t)).unwrap();
                prop_assert_eq!(preview, &from_slice(&wan, &frame));
            }
        }

        let flux2 = LatentFormat::Flux2.fast_previewer().unwrap();
        let planes = tensor(&mut random, &[n, 128, h, w], dtype);
        let channels_last = tensor(&mut random, &[n, h, w, 128], dtype).permute((0, 3, 1, 2)).unwrap();
        for packed in [planes, channels_last] {
            for (at, preview) in flux2.preview_tensors(&packed).unwrap().iter().enumerate() {
                let samples = elements(&packed.i(at).unwrap());
                let latents = Latents::packed_planes(&samples, [128, h, w], PackOrder::ChannelFirst).unwrap();
                prop_assert_eq!(preview, &flux2.preview_rgb(&latents).unwrap());
            }
        }
    }

    #[test]
    fn estimates_of_x0(seed: u64, h in 1..=9_usize, w in 1..=20_usize, a in 0..3_usize, b in 0..3_usize, sigma in 0.0..1.0_f32) {
        let mut random = Random(seed);
        let x_t = tensor(&mut random, &[1, 16, h, w], TYPES[a]);
        let velocity = tensor(&mut random, &[1, h, w, 16], TYPES[b]).permute((0, 3, 1, 2)).unwrap();
        let flux = LatentFormat::Flux1.fast_previewer().unwrap();
        let denoise = Denoise::flow(sigma).unwrap();
        let preview = flux.preview_denoised_tensor(&x_t, &velocity, denoise).unwrap();
        let (x_t, velocity) = (elements(&x_t), elements(&velocity));
        let x0 = Latents::denoised(
            &Latents::planar(&x_t, [16, h, w]).unwrap(),
            &Latents::planar(&velocity, [16, h, w]).unwrap(),
            denoise,
        ).unwrap();
        let expected = flux.preview_rgb(&x0).unwrap();
        // A copy of planes in `f32` may take another path of the kernel.
        prop_assert!(difference(preview.as_bytes(), expected.as_bytes()) <= 1);
    }
}

/// A call that held one lock of the tensor and asked for the next could deadlock with a writer
/// that came between. The tensor is tiny, so a writer often comes between.
#[test]
fn two_views_of_one_tensor_do_not_deadlock_with_a_writer() {
    let zeros = || Tensor::zeros((2, 4, 1, 1), DType::F32, &Device::Cpu).unwrap();
    let both = zeros();
    let (x_t, output) = (both.i(0..1).unwrap(), both.i(1..2).unwrap());
    let previewer = Previewer::from(Projection::SD_V1_4);
    let denoise = Denoise::epsilon_sigma(0.5).unwrap();
    let (done, waiting) = mpsc::channel();
    let other = zeros();
    thread::spawn(move || {
        // Takes the lock of the storage for writing, until the test ends.
        while both.slice_set(&other, 0, 0).is_ok() {}
    });
    thread::spawn(move || {
        for _ in 0..50_000 {
            let preview = previewer.preview_denoised_tensor(&x_t, &output, denoise);
            preview.unwrap();
        }
        done.send(()).unwrap();
    });
    assert_eq!(waiting.recv_timeout(Duration::from_secs(60)), Ok(()));
}

#[test]
fn tensors_that_are_no_latents_are_refused() {
    let of_format = LatentFormat::Sd1.previewer().unwrap();
    let of_projection = Previewer::from(Projection::SD_V1_4);
    let zeros = |shape: &[usize], dtype| Tensor::zeros(shape, dtype, &Device::Cpu).unwrap();
    for previewer in [&of_format, &of_projection] {
        let refusal = |latents: &Tensor| previewer.preview_tensors(latents).unwrap_err();
        for dtype in [DType::F64, DType::U8, DType::I64] {
            let error = refusal(&zeros(&[1, 4, 8, 8], dtype)).to_string();
            assert!(error.contains(dtype.as_str()), "{error}");
            assert!(error.contains("to_dtype(DType::F32)"), "{error}");
        }
        let zero = PreviewError::ZeroDimension { index: 2 };
        assert_eq!(refusal(&zeros(&[1, 4, 0, 8], DType::F32)), zero.into());
        refusal(&zeros(&[1, 5, 8, 8], DType::F32));
        refusal(&zeros(&[8, 8], DType::F32));
        refusal(&zeros(&[1, 1, 1, 4, 8, 8], DType::F32));

        let two = zeros(&[2, 4, 8, 8], DType::F32);
        let one = zeros(&[1, 4, 8, 8], DType::F32);
        let many = Some(TensorError::NotOneImage { images: 2 });
        assert_eq!(previewer.preview_tensor(&two).err(), many);
        let denoise = Denoise::flow(0.5).unwrap();
        let denoised = |output| previewer.preview_denoised_tensor(&one, output, denoise);
        assert_eq!(denoised(&two).err(), many);
        let wider = zeros(&[1, 4, 8, 9], DType::F32);
        assert!(matches!(
            denoised(&wider),
            Err(TensorError::Preview(PreviewError::OtherShape { .. }))
        ));
    }
}

#[test]
fn refusals_speak_of_tensors() {
    let refusal = |format: LatentFormat, shape: &[usize]| {
        let latents = Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
        let previewer = format.previewer().unwrap();
        previewer.preview_tensors(&latents).unwrap_err().to_string()
    };
    for (format, shape, call) in [
        (
            LatentFormat::Sd1,
            &[1, 8, 8, 4][..],
            "permute((0, 3, 1, 2))",
        ),
        (
            LatentFormat::Flux1,
            &[1, 64, 64],
            "permute((0, 3, 1, 4, 2, 5))",
        ),
        (LatentFormat::Wan21, &[16, 16, 8, 8], "permute"),
        // As high as FLUX.1 has values in a patch; as wide as FLUX.2 has channels.
        (LatentFormat::Sdxl, &[1, 64, 96, 4], "permute((0, 3, 1, 2))"),
        (LatentFormat::Flux2, &[1, 4, 64, 32], "as in sd1"),
        (LatentFormat::Sdxl, &[1, 5, 8, 8], "have 4 channels"),
        (LatentFormat::Sdxl, &[8, 8], "reshape"),
        (LatentFormat::Sdxl, &[1, 4, 0, 8], "dimension 2"),
    ] {
        let message = refusal(format, shape);
        assert!(message.contains(call), "{message}");
        assert!(!message.contains("Latents::"), "{message}");
    }
}
