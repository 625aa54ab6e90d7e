//! The pictures and numbers of a run.

use std::time::Duration;

use latent_preview_apps::picture::Picture;
use latent_preview_apps::sheet::{self, Cell};

/// The previews of a step.
pub struct Frame {
    /// Counted from 1.
    pub step: usize,
    /// The picture of the sampler's latent before the step.
    pub x_t: Picture,
    /// The picture of the estimate of the clean latent.
    pub x0: Picture,
}

/// The number of columns in the sheet, without the end.
const COLUMNS: usize = 7;

/// The PSNR from which two pictures are much alike: outlines and colors are those of the end.
const ALIKE: f64 = 20.0;

impl Frame {
    pub fn side_by_side(&self) -> Picture {
        const GAP: usize = 2;
        let (width, height) = (self.x_t.width, self.x_t.height);
        let mut both = Picture::white(2 * width + GAP, height);
        both.draw(0, 0, &self.x_t);
        both.draw(width + GAP, 0, &self.x0);
        both
    }
}

/// PSNR in dB between two pictures of the same size.
fn psnr(a: &Picture, b: &Picture) -> f64 {
    let squares: f64 = a
        .pixels
        .iter()
        .zip(&b.pixels)
        .map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 * a.pixels.len() as f64 / squares).log10()
}

pub fn print(frames: &[Frame], end: &Picture, total: Duration, in_previews: Duration) {
    println!(
        "{:.3} s, of which the previews took {:.3} ms: {:.2} %",
        total.as_secs_f64(),
        1e3 * in_previews.as_secs_f64(),
        100.0 * in_previews.as_secs_f64() / total.as_secs_f64()
    );
    for (name, picture) in [
        ("x0", Frame::x0 as fn(&Frame) -> &Picture),
        ("x_t", Frame::x_t),
    ] {
        let mut alike = frames
            .iter()
            .rev()
            .take_while(|frame| psnr(picture(frame), end) >= ALIKE);
        match alike.by_ref().last() {
            Some(frame) => println!(
                "{name:3} reaches {ALIKE} dB against the end at step {}",
                frame.step
            ),
            None => println!("{name:3} never reaches {ALIKE} dB against the end"),
        }
    }
}

impl Frame {
    fn x0(&self) -> &Picture {
        &self.x0
    }

    fn x_t(&self) -> &Picture {
        &self.x_t
    }
}

/// Some of the steps: the noisy latents above, the estimates of the clean one below.
pub fn sheet(frames: &[Frame], end: &Picture) -> Picture {
    let last = frames.len().saturating_sub(1);
    let columns = COLUMNS.min(frames.len());
    let shown = (0..columns).map(|i| &frames[(i * last).checked_div(columns - 1).unwrap_or(0)]);
    let cell = |picture: &Picture, title: String| Cell {
        picture: picture.clone(),
        title,
        caption: format!("{:.1} dB", psnr(picture, end)),
    };
    let (mut above, mut below): (Vec<_>, Vec<_>) = shown
        .map(|frame| {
            let (step, x_t, x0) = (frame.step, &frame.x_t, &frame.x0);
            (
                cell(x_t, format!("x_t {step}")),
                cell(x0, format!("x0 {step}")),
            )
        })
        .unzip();
    for row in [&mut above, &mut below] {
        row.push(Cell {
            picture: end.clone(),
            title: "the end".to_owned(),
            caption: String::new(),
        });
    }
    sheet::draw(&[above, below], 2)
}
