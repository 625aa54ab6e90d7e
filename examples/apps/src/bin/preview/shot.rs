//! A preview, timed and scored.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;
use latent_preview::{LatentPreview, Latents, PixelFormat};

use latent_preview_apps::input::Tensor;
use latent_preview_apps::picture::Picture;
use latent_preview_apps::score;

/// A preview and its time.
pub struct Shot {
    pub picture: Picture,
    microseconds: f64,
    non_finite: usize,
}

impl Shot {
    pub fn take(previewer: &dyn LatentPreview, latents: &Latents<'_>) -> Result<Self> {
        let preview = previewer.preview_rgb(latents)?;
        let (width, height) = (preview.width(), preview.height());
        let non_finite = preview.non_finite();
        let mut pixels = preview.into_bytes();

        // Timed without the allocation, as a pipeline would run it. The median is the most
        // reliable figure on a noisy machine.
        let mut times: Vec<f64> = (0..101)
            .map(|_| {
                let start = Instant::now();
                let result =
                    previewer.preview_into(black_box(latents), PixelFormat::Rgb8, &mut pixels);
                let time = start.elapsed().as_secs_f64() * 1e6;
                black_box(result).map(|_| time)
            })
            .collect::<Result<_, _>>()?;
        times.sort_by(f64::total_cmp);

        Ok(Self {
            picture: Picture::new(width, height, pixels)?,
            microseconds: times[times.len() / 2],
            non_finite,
        })
    }

    pub fn print_table_head() {
        println!(
            "{:20} {:16} {:5} {:13} {:26} {:>8} {:>8} {:>9}",
            "file", "tensor", "dtype", "shape", "previewer", "us", "PSNR dB", "CIEDE2000"
        );
    }

    /// Prints a row of the table; returns its scores as a short text.
    pub fn print_row(&self, file: &str, tensor: &Tensor, previewer: &str) -> String {
        let shape: Vec<_> = tensor.shape.iter().map(usize::to_string).collect();
        let score = tensor.target.as_ref().and_then(|target| {
            let twice = self.picture.width == 2 * target.width;
            let picture = if twice {
                &self.picture.halved()
            } else {
                &self.picture
            };
            score::score(&picture.pixels, &target.pixels)
        });
        let (psnr, ciede2000) = score.map_or_else(
            || ("-".to_owned(), "-".to_owned()),
            |score| {
                (
                    format!("{:.1}", score.psnr),
                    format!("{:.1}", score.ciede2000),
                )
            },
        );
        println!(
            "{file:20} {:16} {:5} {:13} {previewer:26} {:8.2} {psnr:>8} {ciede2000:>9}",
            tensor.name,
            tensor.dtype().to_string(),
            shape.join("x"),
            self.microseconds,
        );
        if self.non_finite > 0 {
            println!("  {} pixels are NaN or infinite", self.non_finite);
        }
        format!("{psnr} dB  dE {ciede2000}")
    }
}
