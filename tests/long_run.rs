//! Promise: 200,000 previews through the background previewer take no more memory than a few.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::fs;
use std::sync::mpsc;

use latent_preview::{BackgroundPreviewer, LatentFormat, Latents, PixelFormat};

/// So many that three bytes lost by each would show.
const PREVIEWS: usize = 200_000;

/// The memory that this process uses: `VmRSS`, in KiB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap()
}

#[test]
fn memory_stays_flat() {
    let (sender, shown) = mpsc::channel();
    let background = BackgroundPreviewer::spawn(
        LatentFormat::Sd1.fast_previewer().unwrap(),
        PixelFormat::Rgb8,
        move |step, preview| {
            let preview = preview.unwrap();
            sender.send((step, preview.as_bytes()[0])).unwrap();
        },
    )
    .unwrap();

    let mut samples = vec![0.0_f32; 4 * 8 * 8];
    let mut after_warming_up = 0;
    for step in 0..PREVIEWS {
        samples.fill((step % 100) as f32 / 50.0 - 1.0);
        background.show(step, &Latents::planar(&samples, [4, 8, 8]).unwrap());
        // A second latent, which replaces this one, is replaced by it, or is shown after it.
        if step % 7 == 0 {
            background.show(step, &Latents::planar(&samples, [4, 8, 8]).unwrap());
        }
        // Waits for every step, so that all are previewed.
        while shown.recv().unwrap().0 != step {}
        if step == PREVIEWS / 20 {
            after_warming_up = resident();
        }
    }
    background.finish().unwrap();
    let growth = resident().saturating_sub(after_warming_up);
    assert!(growth < 512, "{growth} KiB more than {after_warming_up}");
}
