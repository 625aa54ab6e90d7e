//! Promise: previews have the published numbers, by the arithmetic that was published with
//! them. No expected value comes from this crate.

#![cfg(feature = "alloc")]

use approx::assert_abs_diff_eq;
use latent_preview::{LatentPreview, Latents, PixelFormat, Projection, linear_decode};

/// Four channels of one pixel and its R, G, B in decoder range, worked out by
/// hand from the factors for Stable Diffusion 1.4:
///
/// |    |  R     |  G     |  B     |
/// | -- | ------ | ------ | ------ |
/// | x0 |  0.298 |  0.207 |  0.208 |
/// | x1 |  0.187 |  0.286 |  0.173 |
/// | x2 | -0.158 |  0.189 |  0.264 |
/// | x3 | -0.184 | -0.271 | -0.473 |
const PIXELS: [([f32; 4], [f64; 3]); 7] = [
    ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    ([1.0, 0.0, 0.0, 0.0], [0.298, 0.207, 0.208]),
    ([0.0, 1.0, 0.0, 0.0], [0.187, 0.286, 0.173]),
    ([0.0, 0.0, 1.0, 0.0], [-0.158, 0.189, 0.264]),
    ([0.0, 0.0, 0.0, 1.0], [-0.184, -0.271, -0.473]),
    // 0.596 - 0.187 - 0.079 - 0.092; 0.414 - 0.286 + 0.0945 - 0.1355;
    // 0.416 - 0.173 + 0.132 - 0.2365
    ([2.0, -1.0, 0.5, 0.5], [0.238, 0.087, 0.1385]),
    // All values are out of range: 1.192 + 0.748 + 0.736, 0.828 + 1.144 + 1.084, ...
    ([4.0, 4.0, 0.0, -4.0], [2.676, 3.056, 3.416]),
];

/// `((x + 1) / 2).clamp(0, 1) * 255` of these values, truncated as the demo's
/// `.byte()` does, and to the nearest.
const BYTES: [([u8; 3], [u8; 3]); 7] = [
    ([127, 127, 127], [128, 128, 128]), // 127.5: a tie goes to the even level
    ([165, 153, 154], [165, 154, 154]), // 165.495, 153.8925, 154.02
    ([151, 163, 149], [151, 164, 150]), // 151.3425, 163.965, 149.5575
    ([107, 151, 161], [107, 152, 161]), // 107.355, 151.5975, 161.16
    ([104, 92, 67], [104, 93, 67]),     // 104.04, 92.9475, 67.1925
    ([157, 138, 145], [158, 139, 145]), // 157.845, 138.5925, 145.15875
    ([255, 255, 255], [255, 255, 255]),
];

/// The pixels as the columns of a planar latent.
fn latents() -> Vec<f32> {
    (0..4)
        .flat_map(|c| PIXELS.iter().map(move |(channels, _)| channels[c]))
        .collect()
}

#[test]
fn the_v1_4_factors_give_the_pixels_worked_out_by_hand() {
    let mut rgb = [0.0; PIXELS.len() * 3];
    let preset = Projection::SD_V1_4;
    assert!(matches!(preset, Projection::Linear(_)));
    let factors = preset.polynomial().unwrap().linear();
    linear_decode(&latents(), factors, &mut rgb).unwrap();
    for (actual, (_, expected)) in rgb.chunks(3).zip(PIXELS) {
        for o in 0..3 {
            assert_abs_diff_eq!(f64::from(actual[o]), expected[o], epsilon = 1e-6);
        }
    }
}

#[test]
fn the_demos_chain_of_range_clamp_and_rounding_holds() {
    let samples = latents();
    let latents = Latents::planar(&samples, [4, 1, PIXELS.len()]).unwrap();
    for (format, bytes) in [
        (
            PixelFormat::Rgb8Truncated,
            BYTES.map(|(truncated, _)| truncated),
        ),
        (PixelFormat::Rgb8, BYTES.map(|(_, nearest)| nearest)),
    ] {
        let preview = Projection::SD_V1_4.preview(&latents, format).unwrap();
        assert_eq!(preview.as_bytes(), bytes.as_flattened(), "{format:?}");
    }
}

#[test]
fn a_bias_is_added_before_the_change_of_range() {
    // 0.5 * 0.4 + 0.1 = 0.3, 0.5 * 0.2 - 0.3 = -0.2, 0.5 * -1 + 0 = -0.5
    let projection = Projection::affine(&[[0.4, 0.2, -1.0]], [0.1, -0.3, 0.0]).unwrap();
    let latents = Latents::planar(&[0.5_f32], [1, 1, 1]).unwrap();
    let preview = projection.preview_rgb(&latents).unwrap();
    // 1.3 * 127.5 = 165.75, 0.8 * 127.5 = 102, 0.5 * 127.5 = 63.75
    assert_eq!(preview.as_bytes(), [166, 102, 64]);
}
