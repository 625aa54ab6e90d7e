//! Pictures in Rust notebooks: the protocol of evcxr.

use std::vec::Vec;
use std::{format, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use png::{BitDepth, ColorType, Encoder, EncodingError};

use crate::{PixelFormat, Preview};

/// Small pictures are enlarged until a side has about so many pixels.
const DISPLAY_SIDE: usize = 256;

/// Rust notebooks: the feature `evcxr`.
impl Preview {
    /// Shows the picture below a notebook's cell. The kernel evcxr calls it when a
    /// cell ends in a preview; you call it to show one in the middle.
    ///
    /// It prints a PNG in evcxr's protocol. Each pixel becomes a square, as large as
    /// brings the longer side to at least half of 256 pixels.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, Projection};
    ///
    /// let samples = [0.0_f32; 4 * 8 * 8];
    /// let preview = Projection::SD_V1_4.preview_rgb(&Latents::planar(&samples, [4, 8, 8])?)?;
    /// preview.evcxr_display();
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn evcxr_display(&self) {
        // A notebook has no other place for an error.
        if let Err(error) = self.print_content(&mut io::stdout().lock()) {
            std::eprintln!("the preview cannot be shown: {error}");
        }
    }

    fn print_content(&self, out: &mut impl io::Write) -> Result<(), EncodingError> {
        let base64 = STANDARD.encode(self.enlarged_png()?);
        // In one piece: other threads may print, too.
        let content = format!("EVCXR_BEGIN_CONTENT image/png\n{base64}\nEVCXR_END_CONTENT\n");
        out.write_all(content.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    fn enlarged_png(&self) -> Result<Vec<u8>, EncodingError> {
        let scale = (DISPLAY_SIDE / self.width().max(self.height())).max(1);
        let (width, height) = (self.width() * scale, self.height() * scale);
        let (color, pixels) = self.bytes_and_color();
        let channels = color.samples();
        let mut large = Vec::with_capacity(width * height * channels);
        for row in pixels.chunks_exact(self.width() * channels) {
            let start = large.len();
            for pixel in row.chunks_exact(channels) {
                for _ in 0..scale {
                    large.extend_from_slice(pixel);
                }
            }
            for _ in 1..scale {
                large.extend_from_within(start..start + width * channels);
            }
        }
        let mut png = Vec::new();
        let too_large = |_| io::Error::other("a side is too long for PNG");
        let width = u32::try_from(width).map_err(too_large)?;
        let height = u32::try_from(height).map_err(too_large)?;
        let mut encoder = Encoder::new(&mut png, width, height);
        encoder.set_color(color);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&large)?;
        writer.finish()?;
        Ok(png)
    }

    /// The picture as interleaved bytes.
    fn bytes_and_color(&self) -> (ColorType, Vec<u8>) {
        // The display values are within 0 to 1.
        let level = |value: f32| (value * 255.0).round_ties_even() as u8;
        let floats = self.as_f32().unwrap_or_default();
        match self.format() {
            PixelFormat::Rgb8 => (ColorType::Rgb, self.as_bytes().to_vec()),
            PixelFormat::Rgba8 => (ColorType::Rgba, self.as_bytes().to_vec()),
            PixelFormat::RgbF32 => {
                let bytes = floats.iter().copied().map(level);
                (ColorType::Rgb, bytes.collect())
            }
            PixelFormat::RgbF32Planar => {
                let pixels = self.width() * self.height();
                let rgb = (0..pixels).flat_map(|i| [0, 1, 2].map(|c| floats[c * pixels + i]));
                (ColorType::Rgb, rgb.map(level).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use crate::{LatentPreview, Latents, PixelFormat, Projection, Rounding};

    /// Width, height and RGB of a picture, as a notebook gets it.
    fn shown(format: PixelFormat, [height, width]: [usize; 2]) -> (u32, u32, Vec<u8>) {
        let samples: Vec<f32> = (0..4 * height * width)
            .map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0)
            .collect();
        let latents = Latents::planar(&samples, [4, height, width]).unwrap();
        let preview = Projection::SD_V1_4.preview(&latents, format, Rounding::Nearest);
        let mut printed = Vec::new();
        preview.unwrap().print_content(&mut printed).unwrap();
        let printed = std::string::String::from_utf8(printed).unwrap();
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], "EVCXR_BEGIN_CONTENT image/png");
        assert_eq!(lines[2], "EVCXR_END_CONTENT");
        let png = STANDARD.decode(lines[1]).unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_rgb8();
        (picture.width(), picture.height(), picture.into_raw())
    }

    #[test]
    fn every_format_is_shown_as_the_same_squares() {
        let (width, height, rgb) = shown(PixelFormat::Rgb8, [3, 5]);
        let scale = 256 / 5;
        assert_eq!((width, height), (5 * scale, 3 * scale));
        let samples: Vec<f32> = (0..60)
            .map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0)
            .collect();
        let latents = Latents::planar(&samples, [4, 3, 5]).unwrap();
        let small = Projection::SD_V1_4.preview_rgb(&latents).unwrap();
        for (i, pixel) in rgb.chunks_exact(3).enumerate() {
            let (x, y) = (i as u32 % width / scale, i as u32 / width / scale);
            let at = (y * 5 + x) as usize * 3;
            assert_eq!(pixel, &small.as_bytes()[at..at + 3], "{x} {y}");
        }
        for format in [
            PixelFormat::Rgba8,
            PixelFormat::RgbF32,
            PixelFormat::RgbF32Planar,
        ] {
            assert_eq!(shown(format, [3, 5]).2, rgb, "{format:?}");
        }
    }

    #[test]
    fn large_pictures_keep_their_size() {
        let (width, height, _) = shown(PixelFormat::Rgb8, [2, 300]);
        assert_eq!((width, height), (300, 2));
    }
}
