#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use latent_preview::{
    LatentFormat, LatentPreview, Latents, PixelFormat, Previewer, Rounding, f16, testing,
};
use panic_semihosting as _;

const HEIGHT: usize = 3;
const WIDTH: usize = 13;

#[entry]
fn main() -> ! {
    let mut previews = 0;
    for &format in LatentFormat::ALL {
        let presets = [Some(format.previewer()), format.tiny(), format.tiny_2x()];
        for previewer in presets.into_iter().flatten() {
            previews += u32::from(check(&previewer));
        }
    }
    hprintln!("{} presets preview as the reference does", previews);
    // Formats with a projection of their own, and ten tiny decoders.
    assert!(previews >= 30, "too few presets");
    debug::exit(debug::EXIT_SUCCESS);
    loop {}
}

/// Previews random latents; `false` if there is no projection for them.
fn check(previewer: &Previewer) -> bool {
    if previewer.projection().is_none() && previewer.tiny_decoder().is_none() {
        return false;
    }
    let (channels, scale) = (previewer.channels(), previewer.scale());
    let mut state = 1;
    let samples: [f16; 128 * HEIGHT * WIDTH] = core::array::from_fn(|_| {
        state = next(state);
        f16::from_f32((state >> 8) as f32 / (1 << 22) as f32 - 2.0)
    });
    let samples = &samples[..channels * HEIGHT * WIDTH];
    let latents = Latents::planar(samples, [channels, HEIGHT, WIDTH]).expect("a latent");
    let mut picture = [0; 3 * 4 * HEIGHT * WIDTH];
    let picture = &mut picture[..3 * scale * scale * HEIGHT * WIDTH];
    previewer
        .preview_into(&latents, PixelFormat::Rgb8, picture)
        .expect("a picture");

    for (at, pixel) in picture.chunks_exact(3).enumerate() {
        let (y, x) = (at / (scale * WIDTH), at % (scale * WIDTH));
        let display = match (previewer.projection(), previewer.tiny_decoder()) {
            (Some(projection), _) => testing::reference_decode(projection, &latents, y, x)
                .map(testing::reference_display),
            // Its values are displayed as they are.
            (None, Some(decoder)) => testing::reference_tiny(decoder, &latents, y, x)
                .map(|display| display.clamp(0.0, 1.0)),
            (None, None) => unreachable!("it has previewed"),
        };
        for (level, display) in pixel.iter().zip(display) {
            let expected = testing::reference_level(display, Rounding::Nearest);
            let scaled = display * 255.0;
            // The promise of `tests/accuracy.rs`.
            let to_boundary = (scaled % 1.0 - 0.5).abs();
            let is_near = level.abs_diff(expected) <= 1 && to_boundary < 1e-3;
            assert!(
                *level == expected || is_near,
                "{}, row {y}, column {x}: {level} for {scaled}",
                previewer.format(),
            );
        }
    }
    true
}

/// A linear congruential generator: enough randomness for this.
const fn next(state: u32) -> u32 {
    state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
}
