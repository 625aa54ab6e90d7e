//! Promise: a candle tensor on the CPU is previewed as its elements in a slice are, whatever
//! its axes, strides and type; as tensor operations, a picture differs by one level at the
//! most; what is no latent is refused.

#![cfg(feature = "candle")]

mod support;

use latent_preview::candle_core::{DType, Device, IndexOp, Tensor};
use latent_preview::{
    Denoise, LatentFormat, LatentPreview, Latents, PackOrder, Preview, PreviewError, Projection,
    Refined, TensorPreviewer, TinyDecoder, TinyLayer,
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

/// The bytes of a picture `[height, width, 3]`.
fn bytes(picture: &Tensor) -> Vec<u8> {
    picture.flatten_all().unwrap().to_vec1().unwrap()
}

/// How many levels two pictures differ at the most.
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
        let format = LatentFormat::Sd1.previewer();
        let of_format = format.on_device(&Device::Cpu).unwrap();
        let of_projection = Projection::SD_V1_4.on_device(&Device::Cpu).unwrap();

        let planar = tensor(&mut random, &[images, 4, h, w], dtype);
        let channels_last = tensor(&mut random, &[images, h, w, 4], dtype).permute((0, 3, 1, 2)).unwrap();
        let wider = tensor(&mut random, &[images + 1, 5, h + 2, w + 3], dtype);
        let cut = wider.i((1.., 1.., 1..=h, 2..2 + w)).unwrap();
        let transposed = tensor(&mut random, &[images, 4, w, h], dtype).transpose(2, 3).unwrap();
        for latents in [planar, channels_last, cut, transposed] {
            let previews = of_format.previews(&latents).unwrap();
            prop_assert_eq!(previews.len(), images);
            for (at, preview) in previews.iter().enumerate() {
                let image = latents.i(at).unwrap();
                prop_assert_eq!(preview, &from_slice(&format, &image));
                prop_assert_eq!(preview, &of_format.preview(&image).unwrap());
                prop_assert_eq!(
                    &of_projection.preview(&image).unwrap(),
                    &from_slice(&Projection::SD_V1_4, &image),
                );
            }
        }
    }

    #[test]
    fn videos_and_packed_planes_whatever_their_strides(
        seed: u64, n in 1..=2_usize, t in 1..=3_usize, h in 1..=4_usize, w in 1..=9_usize, dtype in 0..3_usize,
    ) {
        let mut random = Random(seed);
        let dtype = TYPES[dtype];
        let wan = LatentFormat::Wan21.previewer();
        let of_wan = wan.on_device(&Device::Cpu).unwrap();
        let video = tensor(&mut random, &[n, 16, t, h, w], dtype);
        let frames_first = tensor(&mut random, &[n, t, 16, h, w], dtype);
        for video in [video, frames_first.transpose(1, 2).unwrap()] {
            let previews = of_wan.previews(&video).unwrap();
            let pictures = of_wan.pictures(&video).unwrap();
            prop_assert_eq!(previews.len(), n * t);
            for (at, preview) in previews.iter().enumerate() {
                let frame = video.i((at / t, .., at % t)).unwrap();
                prop_assert_eq!(preview, &from_slice(&wan, &frame));
                let picture = bytes(&pictures.i(at).unwrap());
                prop_assert!(difference(&picture, preview.as_bytes()) <= 1);
            }
        }

        let flux2 = LatentFormat::Flux2.previewer();
        let of_flux2 = flux2.on_device(&Device::Cpu).unwrap();
        let planes = tensor(&mut random, &[n, 128, h, w], dtype);
        let channels_last = tensor(&mut random, &[n, h, w, 128], dtype).permute((0, 3, 1, 2)).unwrap();
        for packed in [planes, channels_last] {
            let pictures = of_flux2.pictures(&packed).unwrap();
            for (at, preview) in of_flux2.previews(&packed).unwrap().iter().enumerate() {
                let samples = elements(&packed.i(at).unwrap());
                let latents = Latents::packed_planes(&samples, [128, h, w], PackOrder::ChannelFirst).unwrap();
                prop_assert_eq!(preview, &flux2.preview_rgb(&latents).unwrap());
                let picture = bytes(&pictures.i(at).unwrap());
                prop_assert!(difference(&picture, preview.as_bytes()) <= 1);
            }
        }
    }

    #[test]
    fn estimates_of_x0(seed: u64, h in 1..=9_usize, w in 1..=20_usize, a in 0..3_usize, b in 0..3_usize, sigma in 0.0..1.0_f32) {
        let mut random = Random(seed);
        let x_t = tensor(&mut random, &[1, 16, h, w], TYPES[a]);
        let velocity = tensor(&mut random, &[1, h, w, 16], TYPES[b]).permute((0, 3, 1, 2)).unwrap();
        let flux = LatentFormat::Flux1.previewer();
        let denoise = Denoise::flow(sigma).unwrap();
        let preview = flux.on_device(&Device::Cpu).unwrap().preview_denoised(&x_t, &velocity, denoise).unwrap();
        let (x_t, velocity) = (elements(&x_t), elements(&velocity));
        let expected = flux.preview_denoised(
            &Latents::planar(&x_t, [16, h, w]).unwrap(),
            &Latents::planar(&velocity, [16, h, w]).unwrap(),
            denoise,
        ).unwrap();
        // A copy of planes in `f32` may take another path of the kernel.
        prop_assert!(difference(preview.as_bytes(), expected.as_bytes()) <= 1);
    }
}

/// Each kind of map, of random coefficients.
fn maps(random: &mut Random, channels: usize) -> Vec<(TensorPreviewer, Box<dyn LatentPreview>)> {
    let pairs = channels * (channels + 1) / 2;
    let triples = pairs * (channels + 2) / 3;
    let refined = |random: &mut Random| {
        Refined::neighborhood(random.rows(9 * channels, 0.1), [0.1, -0.2, 0.3]).unwrap()
    };
    let mut projections = vec![
        Projection::linear(random.rows(channels, 0.5)).unwrap(),
        Projection::affine(random.rows(channels, 0.5), [0.1, -0.2, 0.3]).unwrap(),
        Projection::quadratic(
            [0.1; 3],
            random.rows(channels, 0.4),
            random.rows(pairs, 0.2),
        )
        .unwrap(),
        Projection::cubic(
            [0.1; 3],
            random.rows(channels, 0.4),
            random.rows(pairs, 0.2),
            random.rows(triples, 0.1),
        )
        .unwrap(),
        refined(random).into(),
        refined(random)
            .with_kernel(random.rows(27, 0.3))
            .unwrap()
            .into(),
    ];
    let colors = [
        random.rows(3, 0.5),
        random.rows(6, 0.2),
        random.rows(10, 0.2),
    ];
    let [linear, pairs, triples] = colors;
    projections.push(
        Refined::pixelwise(random.rows(channels, 0.8), [0.0; 3])
            .unwrap()
            .with_symmetric_kernel(0.5, 0.1, 0.02)
            .unwrap()
            .with_colors([0.1; 3], linear, pairs, triples)
            .unwrap()
            .into(),
    );
    let mut maps: Vec<(_, Box<dyn LatentPreview>)> = Vec::new();
    for projection in projections {
        maps.push((
            projection.on_device(&Device::Cpu).unwrap(),
            Box::new(projection),
        ));
    }
    for scale in [1, 2] {
        let layers = [
            TinyLayer { side: 3, width: 6 },
            TinyLayer { side: 1, width: 5 },
            TinyLayer { side: 3, width: 4 },
        ];
        let count =
            6 * (1 + 9 * channels) + 5 * 7 + 4 * (1 + 45) + 3 * scale * scale * 5 + 3 * channels;
        let weights: Vec<f32> = (0..count).map(|_| 0.3 * random.unit()).collect();
        let decoder = TinyDecoder::new(channels, &layers, scale, weights).unwrap();
        maps.push((decoder.on_device(&Device::Cpu).unwrap(), Box::new(decoder)));
    }
    maps
}

#[test]
fn as_tensor_operations_every_map_is_within_one_level() {
    let mut random = Random(20);
    for channels in [1, 4, 7] {
        for (on_device, map) in maps(&mut random, channels) {
            for shape in [
                [1, channels, 1, 1],
                [2, channels, 5, 1],
                [1, channels, 9, 17],
            ] {
                let latents = tensor(&mut random, &shape, DType::F32);
                let pictures = on_device.pictures(&latents).unwrap();
                for at in 0..shape[0] {
                    let samples = elements(&latents.i(at).unwrap());
                    let image = Latents::planar(&samples, [channels, shape[2], shape[3]]).unwrap();
                    let expected = map.preview_rgb(&image).unwrap();
                    let picture = pictures.i(at).unwrap();
                    assert_eq!(picture.dims(), [expected.height(), expected.width(), 3]);
                    let picture = bytes(&picture);
                    assert!(
                        difference(&picture, expected.as_bytes()) <= 1,
                        "{on_device:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn latents_that_are_not_finite() {
    let mut random = Random(21);
    for (on_device, map) in maps(&mut random, 4) {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut samples = elements(&tensor(&mut random, &[4, 9, 9], DType::F32));
            samples[2 * 81 + 4 * 9 + 5] = bad;
            let latents = Tensor::from_slice(&samples, (4, 9, 9), &Device::Cpu).unwrap();
            let image = Latents::planar(&samples, [4, 9, 9]).unwrap();
            let expected = map.preview_rgb(&image).unwrap();
            assert_eq!(on_device.preview(&latents).unwrap(), expected);
            // Sums that cancel infinities depend on their order: only NaN must agree.
            if bad.is_nan() {
                let picture = on_device.pictures(&latents).unwrap();
                let picture = bytes(&picture);
                assert!(
                    difference(&picture, expected.as_bytes()) <= 1,
                    "{on_device:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_latent_is_refused() {
    let of_format = LatentFormat::Sd1
        .previewer()
        .on_device(&Device::Cpu)
        .unwrap();
    let of_projection = Projection::SD_V1_4.on_device(&Device::Cpu).unwrap();
    let zeros = |shape: &[usize], dtype| Tensor::zeros(shape, dtype, &Device::Cpu).unwrap();
    for previewer in [&of_format, &of_projection] {
        let refusal = |latents: &Tensor| {
            let refusal = previewer.previews(latents).unwrap_err();
            assert_eq!(previewer.pictures(latents).err().as_ref(), Some(&refusal));
            refusal
        };
        for dtype in [DType::F64, DType::U8, DType::I64] {
            let error = refusal(&zeros(&[1, 4, 8, 8], dtype));
            assert!(error.to_string().contains(dtype.as_str()), "{error}");
        }
        assert!(matches!(
            refusal(&zeros(&[1, 4, 0, 8], DType::F32)),
            PreviewError::ZeroDimension { index: 2 },
        ));
        refusal(&zeros(&[1, 5, 8, 8], DType::F32));
        refusal(&zeros(&[8, 8], DType::F32));
        refusal(&zeros(&[1, 1, 1, 4, 8, 8], DType::F32));

        let two = zeros(&[2, 4, 8, 8], DType::F32);
        let one = zeros(&[1, 4, 8, 8], DType::F32);
        let many = Some(PreviewError::NotOneImage { images: 2 });
        assert_eq!(previewer.preview(&two).err(), many);
        let denoise = Denoise::flow(0.5).unwrap();
        assert_eq!(previewer.preview_denoised(&one, &two, denoise).err(), many);
        let wider = zeros(&[1, 4, 8, 9], DType::F32);
        assert!(matches!(
            previewer.preview_denoised(&one, &wider, denoise),
            Err(PreviewError::OtherShape { .. })
        ));
        // Repeated elements.
        let row = zeros(&[1, 4, 1, 8], DType::F32);
        assert_eq!(
            previewer
                .preview(&row.broadcast_as((1, 4, 8, 8)).unwrap())
                .err(),
            Some(PreviewError::OverlappingStrides)
        );
    }
    let none = LatentFormat::SeedVr2;
    assert_eq!(
        none.previewer().on_device(&Device::Cpu).err(),
        Some(PreviewError::NoProjection { format: none })
    );
}
