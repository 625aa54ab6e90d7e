//! What a preview is to be written as, and whether it was.

use latent_preview::testing::reference_level;
use latent_preview::{PixelFormat, Rounding};
use proptest::prelude::*;

/// How far from a rounding boundary, in levels, a `u8` may go either way.
const BOUNDARY: f64 = 1e-3;

#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub format: PixelFormat,
    pub rounding: Rounding,
}

/// Every format and rounding, the commonest a little more often.
pub fn outputs() -> impl Strategy<Value = Output> {
    let format = prop_oneof![
        2 => Just(PixelFormat::Rgb8),
        1 => Just(PixelFormat::Rgba8),
        1 => Just(PixelFormat::RgbF32),
        1 => Just(PixelFormat::RgbF32Planar),
    ];
    let rounding = prop_oneof![2 => Just(Rounding::Nearest), 1 => Just(Rounding::Truncate)];
    (format, rounding).prop_map(|(format, rounding)| Output { format, rounding })
}

impl Output {
    /// Compares a picture with the reference's display values, of which floats may be off
    /// by `error`.
    pub fn check(self, out: &[u8], expected: &[[f64; 3]], error: f64) -> Result<(), TestCaseError> {
        let pixels = expected.len();
        prop_assert_eq!(out.len(), pixels * self.format.bytes_per_pixel());
        let float = |index: usize| {
            let bytes = out[index * 4..][..4].try_into().unwrap();
            f64::from(f32::from_ne_bytes(bytes))
        };
        for (p, rgb) in expected.iter().enumerate() {
            for (o, &display) in rgb.iter().enumerate() {
                let actual = match self.format {
                    PixelFormat::Rgb8 => {
                        self.check_level(out[p * 3 + o], display)?;
                        continue;
                    }
                    PixelFormat::Rgba8 => {
                        prop_assert_eq!(out[p * 4 + 3], 255);
                        self.check_level(out[p * 4 + o], display)?;
                        continue;
                    }
                    PixelFormat::RgbF32 => float(p * 3 + o),
                    _ => float(o * pixels + p),
                };
                let is_near = (actual - display).abs() < error;
                prop_assert!(is_near, "pixel {p} output {o}: {actual} for {display}");
            }
        }
        Ok(())
    }

    fn check_level(self, actual: u8, display: f64) -> Result<(), TestCaseError> {
        let expected = reference_level(display, self.rounding);
        let scaled = display * 255.0;
        let to_boundary = match self.rounding {
            Rounding::Nearest => (scaled - scaled.floor() - 0.5).abs(),
            Rounding::Truncate => (scaled - scaled.round()).abs(),
        };
        let is_near = actual.abs_diff(expected) <= 1 && to_boundary < BOUNDARY;
        prop_assert!(actual == expected || is_near, "{actual} for {scaled}");
        Ok(())
    }
}
