#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat, Previewer, f16};
use panic_semihosting as _;

#[path = "../../../tests/support/reference.rs"]
mod reference;

const HEIGHT: usize = 3;
const WIDTH: usize = 13;

#[entry]
fn main() -> ! {
    let mut previews = 0;
    for &format in LatentFormat::ALL {
        let presets = [
            format.previewer(),
            format.fast_previewer(),
            format.previewer_2x(),
        ];
        for previewer in presets.into_iter().flatten() {
            check(&previewer);
            previews += 1;
        }
    }
    hprintln!("{} presets match the reference", previews);
    // The default and the fast previewers of most formats, among them twelve tiny decoders.
    assert!(previews >= 58, "too few presets");
    debug::exit(debug::EXIT_SUCCESS);
    loop {}
}

/// Previews random latents and compares the picture with the reference.
fn check(previewer: &Previewer) {
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
        let decoded = reference::decode(previewer, &latents, y, x);
        for (byte, display) in pixel.iter().zip(decoded.map(reference::display)) {
            let expected = reference::byte(display, false);
            let scaled = display * 255.0;
            // The promise of `tests/accuracy`.
            let to_boundary = (scaled % 1.0 - 0.5).abs();
            let is_near = byte.abs_diff(expected) <= 1 && to_boundary < 1e-3;
            assert!(
                *byte == expected || is_near,
                "{:?}, row {y}, column {x}: {byte} for {scaled}",
                previewer.format(),
            );
        }
    }
}

/// A linear congruential generator, which is random enough here.
const fn next(state: u32) -> u32 {
    state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
}
