//! The score of a preview against the decoder's picture.

use palette::{FromColor, Lab, Srgb, color_difference::Ciede2000};

pub struct Score {
    /// Peak signal-to-noise ratio over all R, G and B, in dB. Higher is better.
    pub psnr: f64,
    /// Mean CIEDE2000 color difference per pixel. Lower is better.
    pub ciede2000: f64,
}

/// Compares two RGB8 pictures; `None` if their sizes differ.
pub fn score(preview: &[u8], target: &[u8]) -> Option<Score> {
    if preview.len() != target.len() || preview.is_empty() {
        return None;
    }
    let squares: f64 = preview
        .iter()
        .zip(target)
        .map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2))
        .sum();
    let mean_square = squares / preview.len() as f64;

    let lab = |pixel: &[u8; 3]| -> Lab<_, f64> {
        Lab::from_color(Srgb::from(*pixel).into_format::<f64>())
    };
    let (a, b) = (preview.as_chunks::<3>().0, target.as_chunks::<3>().0);
    let differences: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| lab(a).difference(lab(b)))
        .sum();

    Some(Score {
        psnr: 10.0 * (255.0 * 255.0 / mean_square).log10(),
        ciede2000: differences / a.len() as f64,
    })
}
