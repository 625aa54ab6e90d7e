//! A plot of scores over the number of pictures learned.

use latent_preview_apps::picture::Picture;
use latent_preview_apps::sheet;

/// The scores of a format after 0, 1, 2, ... pictures, in dB.
pub struct Curve {
    pub name: String,
    pub mean: Vec<f64>,
    pub worst: Vec<f64>,
}

const COLORS: [[u8; 3]; 6] = [
    [214, 39, 40],
    [31, 119, 180],
    [44, 160, 44],
    [148, 103, 189],
    [255, 127, 14],
    [23, 190, 207],
];
const GRID: [u8; 3] = [225, 225, 225];
const SIZE: [usize; 2] = [900, 560];
/// Room for labels: left, right, top, bottom.
const MARGINS: [usize; 4] = [60, 150, 34, 44];

/// Draws means in full color, worst cases pale.
pub fn draw(curves: &[Curve]) -> Picture {
    let scores = || {
        curves
            .iter()
            .flat_map(|curve| curve.mean.iter().chain(&curve.worst))
    };
    let lowest = scores().copied().fold(f64::INFINITY, f64::min).floor();
    let highest = scores().copied().fold(f64::NEG_INFINITY, f64::max).ceil();
    let most = curves
        .iter()
        .map(|curve| curve.mean.len())
        .max()
        .unwrap_or(2)
        .max(2)
        - 1;
    let [left, right, top, bottom] = MARGINS;
    let (width, height) = (SIZE[0] - left - right, SIZE[1] - top - bottom);
    let x_of = |pictures: usize| left + pictures * width / most;
    let y_of = |psnr: f64| {
        let share = (highest - psnr) / (highest - lowest).max(1.0);
        top + (share * height as f64) as usize
    };

    let mut picture = Picture::white(SIZE[0], SIZE[1]);
    let title = "PSNR of unseen pictures in dB: mean of the orders, and (pale) the worst";
    sheet::write(&mut picture, left, 8, SIZE[0] - left, title);
    let step = if highest - lowest > 12.0 { 2 } else { 1 };
    for level in (lowest as i64..=highest as i64).step_by(step) {
        let y = y_of(level as f64);
        line(&mut picture, [left, y], [left + width, y], GRID, 1);
        sheet::write(
            &mut picture,
            left - 34,
            y.saturating_sub(8),
            34,
            &level.to_string(),
        );
    }
    for pictures in 0..=most {
        let x = x_of(pictures);
        line(&mut picture, [x, top], [x, top + height], GRID, 1);
        sheet::write(
            &mut picture,
            x - 8,
            top + height + 4,
            24,
            &pictures.to_string(),
        );
    }
    let below = SIZE[1] - 22;
    sheet::write(&mut picture, left, below, width, "pictures learned");
    for (curve, &color) in curves.iter().zip(COLORS.iter().cycle()) {
        let pale = color.map(|value| value / 3 + 170);
        for (scores, color, thickness) in [(&curve.worst, pale, 2), (&curve.mean, color, 3)] {
            for (seen, ends) in scores.windows(2).enumerate() {
                let [from, to] = [(seen, ends[0]), (seen + 1, ends[1])]
                    .map(|(seen, psnr)| [x_of(seen), y_of(psnr)]);
                line(&mut picture, from, to, color, thickness);
            }
        }
        if let Some(&last) = curve.mean.last() {
            let x = x_of(curve.mean.len() - 1) + 8;
            let label = format!("{} {last:.1}", curve.name);
            sheet::write(&mut picture, x, y_of(last).saturating_sub(8), right, &label);
        }
    }
    picture
}

fn line(picture: &mut Picture, from: [usize; 2], to: [usize; 2], color: [u8; 3], thickness: usize) {
    let steps = from[0].abs_diff(to[0]).max(from[1].abs_diff(to[1])).max(1);
    for step in 0..=steps {
        let at = |axis: usize| {
            let (from, to) = (from[axis] as f64, to[axis] as f64);
            (from + (to - from) * step as f64 / steps as f64).round() as usize
        };
        for y in 0..thickness {
            for x in 0..thickness {
                picture.set(at(0) + x, at(1) + y, color);
            }
        }
    }
}
