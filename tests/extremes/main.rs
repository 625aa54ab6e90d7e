//! Promise: no call panics, overflows or accepts more than it can hold, for any numbers, with
//! overflow checks, as in debug builds, and on 32 bits.

#![cfg(feature = "alloc")]

#[cfg(all(feature = "full", not(target_family = "wasm")))]
mod complete;
#[cfg(feature = "fit")]
mod fits;

use latent_preview::{
    DType, Denoise, LatentFormat, LatentPreview, Latents, OwnedSamples, PackOrder, PixelFormat,
    PreviewError, Projection, Refined, Samples, TinyDecoder, TinyLayer, linear_decode,
};
use proptest::prelude::*;

/// Sizes near every power at which a product can overflow, and ordinary ones.
fn size() -> impl Strategy<Value = usize> {
    let edges = [
        0, 1, 2, 3, 4, 7, 16, 64, 128, 129, 136, 255, 256, 65_535, 65_536,
    ];
    let halves = (0..usize::BITS).map(|bit| 1_usize << bit);
    let edges: Vec<_> = edges
        .into_iter()
        .chain(halves)
        .flat_map(|edge| [edge.wrapping_sub(1), edge, edge.wrapping_add(1)])
        .chain([usize::MAX / 3, usize::MAX / 2])
        .collect();
    prop_oneof![prop::sample::select(edges), any::<usize>(), 0..9_usize]
}

/// Numbers at the ends of `f32`, and ordinary ones.
fn float() -> impl Strategy<Value = f32> {
    let edges = vec![
        0.0,
        -0.0,
        f32::MIN_POSITIVE,
        1e-45,
        f32::EPSILON,
        1.0,
        -1.0,
        1e19,
        -1e19,
        3e38,
        -3e38,
        f32::MAX,
        f32::MIN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
    ];
    prop_oneof![prop::sample::select(edges), any::<f32>(), -4.0_f32..4.0]
}

/// Calls every method of a view.
fn use_up(latents: &Latents<'_>) {
    let [channels, height, width] = [latents.channels(), latents.height(), latents.width()];
    for (c, y, x) in [
        (0, 0, 0),
        (channels - 1, height - 1, width - 1),
        (channels, height, width),
        (usize::MAX, usize::MAX, usize::MAX),
    ] {
        let is_inside = c < channels && y < height && x < width;
        assert_eq!(latents.get(c, y, x).is_some(), is_inside);
    }
    // Previews only views of a few samples, whose pictures fit into memory.
    let projection = Projection::linear(vec![[0.1; 3]; channels]).unwrap();
    assert!(projection.preview_rgb(latents).is_ok());
}

proptest! {
    #[test]
    fn shapes_and_strides(
        s in prop::array::uniform5(size()),
        strides in prop::array::uniform3(size()),
        len in 0..200_usize,
        is_first in any::<bool>(),
    ) {
        let samples = vec![0.5_f32; len];
        let order = if is_first { PackOrder::ChannelFirst } else { PackOrder::PatchFirst };
        let three = [s[0], s[1], s[2]];
        let four = [s[0], s[1], s[2], s[3]];
        let images = [
            Latents::planar(&samples, three),
            Latents::interleaved(&samples, three),
            Latents::packed_tokens(&samples, three, order),
            Latents::packed_planes(&samples, three, order),
            Latents::strided(&samples, three, strides),
        ];
        images.iter().flatten().for_each(use_up);
        let several = [
            Latents::batch(&samples, four),
            Latents::video(&samples, four),
            Latents::packed_tokens_batch(&samples, four, order),
            Latents::interleaved_batch(&samples, four),
        ];
        for mut images in several.into_iter().flatten() {
            prop_assert!(images.len() <= len);
            prop_assert!(images.clone().nth(s[4]).is_some() == (s[4] < images.len()));
            prop_assert!(images.clone().nth_back(s[4]).is_some() == (s[4] < images.len()));
            use_up(&images.next().unwrap());
        }
        for image in images.iter().flatten() {
            for &format in LatentFormat::ALL {
                let inspection = format.inspect(image);
                prop_assert_eq!(inspection.is_ok(), format.channels() == image.channels());
            }
            let projection = Projection::linear(vec![[0.1; 3]; image.channels()]).unwrap();
            let preview = projection.preview(image, PixelFormat::RgbF32Planar).unwrap();
            let mut rows = vec![0; len];
            let _ = preview.copy_rows(s[4], &mut rows);
        }
        for &format in LatentFormat::ALL {
            for axes in 0..=5 {
                let _ = format.images(&samples, &s[..axes]);
                let _ = format.image(&samples, &s[..axes]);
            }
            let frames = format.decoded_frames(s[0]);
            prop_assert!(frames.start <= frames.end);
        }
        prop_assert_eq!(
            LatentFormat::fitting(s[0], Some(s[1])).count() > 0,
            LatentFormat::ALL.iter().any(|format| {
                let is = |factor: usize, scale: usize| {
                    factor * format.channels() == s[0] && scale * format.spatial_downscale() == s[1]
                };
                is(1, 1) || format.packing().is_some() && is(4, 2)
            })
        );
    }

    #[test]
    fn buffers_and_bytes(len in 0..100_usize, channels in 0..9_usize, out in 0..100_usize) {
        let bytes = vec![0x7f; len];
        for dtype in [DType::F32, DType::F16, DType::Bf16] {
            let owned = OwnedSamples::from_le_bytes(dtype, &bytes);
            prop_assert_eq!(owned.is_ok(), len % dtype.size() == 0);
            let _ = Samples::from_le_bytes(dtype, &bytes);
        }
        let mut floats = vec![0.0; out];
        let rows = vec![[0.5; 3]; channels];
        let decoded = linear_decode(&vec![1.0_f32; len], &rows, &mut floats);
        let fits = channels > 0 && len % channels == 0 && len / channels * 3 == out;
        prop_assert!(decoded.is_ok() == fits || len == 0, "{decoded:?}");
    }

    /// Weights are finite or refused, and every latent has a preview.
    #[test]
    fn numbers(
        levels in prop::array::uniform2(float()),
        row in prop::array::uniform3(float()),
        bias in prop::array::uniform3(float()),
        filter in prop::array::uniform3(float()),
        samples in prop::array::uniform4(float()),
    ) {
        let [a, b] = levels;
        let latents = Latents::planar(&samples, [1, 2, 2]).unwrap();
        let weights = [
            Denoise::new(a, b), Denoise::epsilon(a), Denoise::epsilon_sigma(a),
            Denoise::v_prediction(a), Denoise::v_prediction_sigma(a), Denoise::flow(a),
            Denoise::flow_forward(a), Denoise::edm(a, b), Denoise::step(a, b),
            Denoise::step_alpha_cumprod(a, b),
        ];
        for denoise in weights.into_iter().flatten() {
            prop_assert!(denoise.x_t().is_finite() && denoise.model_output().is_finite());
            let x0 = Latents::denoised(&latents, &latents, denoise).unwrap();
            let _ = (x0.get(0, 0, 0), x0.get(0, 1, 1));
            let gray = Projection::linear(vec![[0.5; 3]]).unwrap();
            prop_assert!(gray.preview_rgb(&x0).is_ok());
        }
        let is_finite = row.iter().chain(&bias).all(|x| x.is_finite());
        let affine = Projection::affine(vec![row], bias);
        prop_assert_eq!(affine.is_ok(), is_finite);
        let quadratic = Projection::quadratic(bias, vec![row], vec![row]);
        let cubic = Projection::cubic(bias, vec![row], vec![row], vec![filter]);
        let tensors = [
            Projection::quadratic_from_tensors(&row, &bias, filter),
            Projection::cubic_from_tensors(&filter, &row, &bias, filter),
        ];
        prop_assert_eq!(tensors[0].is_ok(), is_finite && filter.iter().all(|x| x.is_finite()));
        let refined = Refined::conv3x3(vec![row; 9], bias)
            .and_then(|refined| refined.with_filter(filter[0], filter[1], filter[2]));
        let colors = [vec![row; 3], vec![filter; 6], vec![row; 10]];
        let colored = refined.clone().and_then(|refined| {
            let [linear, pairs, triples] = colors;
            refined.with_colors(bias, linear, pairs, triples)
        });
        let refined = [refined, colored].map(|refined| refined.map(Projection::from));
        let all = [affine, quadratic, cubic].into_iter().chain(tensors).chain(refined);
        for projection in all.flatten() {
            for format in [PixelFormat::Rgb8, PixelFormat::Rgba8Truncated, PixelFormat::RgbF32] {
                let preview = projection.preview(&latents, format).unwrap();
                if let Some(floats) = preview.as_f32() {
                    prop_assert!(floats.iter().all(|x| (0.0..=1.0).contains(x)), "{floats:?}");
                }
                // Finite latents count as finite, however large the map's weights are.
                let non_finite = samples.iter().filter(|x| !x.is_finite()).count();
                prop_assert_eq!(preview.non_finite(), non_finite);
            }
        }
        let layers = [TinyLayer { kernel_size: 3, channels: 1 }];
        let weights: Vec<f32> = row.iter().chain(&bias).chain(&filter).cycle().take(19).copied().collect();
        let tiny = TinyDecoder::new(1, &layers, 1, weights);
        if let Ok(tiny) = tiny {
            prop_assert!(tiny.preview_rgb(&latents).is_ok());
        }
        for previewer in [LatentFormat::Sd1.fast_previewer(), LatentFormat::Sd1.previewer()] {
            let previewer = previewer.unwrap();
            for scaled in [previewer.for_sigma(a), previewer.for_vae_space()].into_iter().flatten() {
                let latents = Latents::planar(&samples, [4, 1, 1]).unwrap();
                prop_assert!(scaled.preview_rgb(&latents).is_ok());
            }
        }
    }
}

/// A constant near the end of `f32` is a color beyond white or black, not an infinity.
#[test]
fn constants_near_the_end_of_f32_are_colors() {
    let latents = Latents::planar(&[0.5_f32; 8], [1, 1, 8]).unwrap();
    for (constant, byte) in [(f32::MAX, 255), (f32::MIN, 0), (3e36, 255), (-3e36, 0)] {
        for projection in [
            Projection::affine(vec![[0.1; 3]], [constant; 3]),
            Projection::quadratic([constant; 3], vec![[0.1; 3]], vec![[0.0; 3]]),
            Refined::conv1x1(vec![[0.1; 3]], [constant; 3]).map(Projection::from),
            Refined::conv3x3(vec![[0.1; 3]; 9], [constant; 3]).map(Projection::from),
        ] {
            let projection = projection.unwrap();
            let preview = projection.preview_rgb(&latents).unwrap();
            assert!(
                preview.as_bytes().iter().all(|&b| b == byte),
                "{constant} {projection:?}"
            );
            assert_eq!(preview.non_finite(), 0, "{constant}");
        }
    }
}

/// Views of zero-sized pictures and previewers of scale 0 do not exist. A user's previewer that
/// claims scale 0 gets an empty picture or an error, no panic.
#[test]
fn scales_out_of_bounds_are_no_panic() {
    struct Scaled(usize);
    impl LatentPreview for Scaled {
        fn channels(&self) -> usize {
            1
        }
        fn scale(&self) -> usize {
            self.0
        }
        fn preview_into(
            &self,
            _: &Latents<'_>,
            _: PixelFormat,
            _: &mut [u8],
        ) -> Result<usize, PreviewError> {
            Ok(0)
        }
    }
    let latents = Latents::planar(&[0.0_f32; 6], [1, 2, 3]).unwrap();
    for scale in [1 << (usize::BITS / 2), usize::MAX / 2, usize::MAX] {
        let refused = Scaled(scale).preview_rgb(&latents);
        assert_eq!(refused, Err(PreviewError::ShapeOverflow), "{scale}");
    }
    let empty = Scaled(0).preview_rgb(&latents).unwrap();
    assert_eq!(
        (empty.width(), empty.height(), empty.as_bytes().len()),
        (0, 0, 0)
    );
    #[cfg(feature = "image")]
    assert_eq!(
        latent_preview::image::RgbImage::try_from(empty)
            .unwrap()
            .len(),
        0
    );
}
