//! Pairs of latents and decoded pictures, from safetensors files.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use latent_preview::{DType, LatentPreview, Latents, OwnedSamples, PixelFormat, TinyDecoder};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

/// A latent and its picture at the output size of the tiny decoder.
#[derive(Clone)]
pub struct Pair {
    pub name: String,
    /// Channels, height, width.
    pub shape: [usize; 3],
    /// Planes.
    pub latent: Vec<f32>,
    /// Planes of display values, 0 to 1: for each of R, G and B, one plane per place in a
    /// latent pixel, in rows. There are `3 scale^2` planes of the latent's size.
    pub target: Vec<f32>,
    /// `true` if its file lists it for testing.
    pub is_test: bool,
}

impl Pair {
    pub fn pixels(&self) -> usize {
        self.shape[1] * self.shape[2]
    }

    /// Height and width of the picture.
    pub fn picture_size(&self) -> [usize; 2] {
        let scale = self.scale();
        [scale * self.shape[1], scale * self.shape[2]]
    }

    /// The output pixels per latent pixel, in each direction.
    pub fn scale(&self) -> usize {
        (self.target.len() / (3 * self.pixels())).isqrt()
    }

    /// The tiny decoder's picture of the latent, in the order of the target.
    pub fn decoded_by(&self, decoder: &TinyDecoder) -> Result<Vec<f32>> {
        let format = PixelFormat::RgbF32Planar;
        let preview = decoder.preview(&self.latents()?, format)?;
        let picture = preview.as_f32().context("a picture of floats")?;
        let size = self.picture_size();
        let mut decoded = vec![0.0; picture.len()];
        let colors = picture.chunks_exact(size[0] * size[1]);
        for (color, planes) in colors.zip(decoded.chunks_exact_mut(size[0] * size[1])) {
            for (i, value) in color.iter().enumerate() {
                planes[place(i, size, self.scale())] = *value;
            }
        }
        Ok(decoded)
    }

    pub fn latents(&self) -> Result<Latents<'_>> {
        Ok(Latents::planar(&self.latent, self.shape)?)
    }
}

/// The text with escapes in place of invisible characters, which a terminal would obey.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        ' '..='~' => c.to_string(),
        _ => c.escape_debug().to_string(),
    };
    text.chars().map(escape).collect()
}

/// All pairs of some files, in the order of their names. Names are [`escaped`].
pub fn read(paths: &[impl AsRef<Path>], scale: usize) -> Result<Vec<Pair>> {
    let mut found = Found::default();
    for path in paths {
        let path = path.as_ref();
        // Errors repeat text of the file.
        let added = found.add_file(path);
        added
            .map_err(|error| anyhow!(escaped(&format!("{error:#}"))))
            .with_context(|| path.display().to_string())?;
    }
    let pairs = found.pairs(scale)?;
    ensure!(!pairs.is_empty(), "no latent has a picture of its name");
    let channels = pairs[0].shape[0];
    ensure!(
        pairs.iter().all(|pair| pair.shape[0] == channels),
        "the latents differ in their number of channels"
    );
    Ok(pairs)
}

/// The tensors of all files, by the names of their pairs.
#[derive(Default)]
struct Found {
    latents: BTreeMap<String, ([usize; 3], Vec<f32>)>,
    pictures: BTreeMap<(String, usize), Picture>,
    test: HashSet<String>,
}

/// An RGB8 picture.
struct Picture {
    height: usize,
    width: usize,
    pixels: Vec<u8>,
}

impl Found {
    fn add_file(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::read(path)?;
        let (_, header) = SafeTensors::read_metadata(&bytes)?;
        if let Some(test) = header.metadata().as_ref().and_then(|data| data.get("test")) {
            self.test.extend(test.split(',').map(escaped));
        }
        for (key, tensor) in SafeTensors::deserialize(&bytes)?.iter() {
            let key = escaped(key);
            match key.rsplit_once('.') {
                Some((name, "lat")) => {
                    let latent = read_latent(&tensor).with_context(|| key.clone())?;
                    let other = self.latents.insert(name.to_owned(), latent);
                    ensure!(other.is_none(), "two files have {key}");
                }
                Some((name, "rgb")) => self.add_picture(name, 1, &tensor)?,
                Some((name, "rgb2")) => self.add_picture(name, 2, &tensor)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_picture(&mut self, name: &str, scale: usize, tensor: &TensorView<'_>) -> Result<()> {
        let &[height, width, 3] = tensor.shape() else {
            anyhow::bail!("{name}: a picture is [height, width, 3]");
        };
        ensure!(tensor.dtype() == Dtype::U8, "{name}: a picture is u8");
        let picture = Picture {
            height,
            width,
            pixels: tensor.data().to_vec(),
        };
        let other = self.pictures.insert((name.to_owned(), scale), picture);
        ensure!(other.is_none(), "two files have a picture of {name}");
        Ok(())
    }

    fn pairs(self, scale: usize) -> Result<Vec<Pair>> {
        let mut pairs = Vec::new();
        for (name, (shape, latent)) in self.latents {
            let of_scale = |scale| self.pictures.get(&(name.clone(), scale));
            let (picture, picture_scale) = match (scale, of_scale(1), of_scale(2)) {
                (1, Some(picture), _) => (picture, 1),
                (_, _, Some(picture)) => (picture, 2),
                _ => continue,
            };
            let [_, height, width] = shape;
            ensure!(
                picture.height == height * picture_scale && picture.width == width * picture_scale,
                "{name}: the picture does not have the latent's size"
            );
            let is_test = self.test.contains(&name);
            let target = target(picture, picture_scale, scale);
            pairs.push(Pair {
                name,
                shape,
                latent,
                target,
                is_test,
            });
        }
        Ok(pairs)
    }
}

fn read_latent(tensor: &TensorView<'_>) -> Result<([usize; 3], Vec<f32>)> {
    let shape: [usize; 3] = tensor.shape().try_into().context("not [C,h,w]")?;
    let dtype = match tensor.dtype() {
        Dtype::F32 => DType::F32,
        Dtype::F16 => DType::F16,
        Dtype::BF16 => DType::Bf16,
        other => anyhow::bail!("latents are F32, F16 or BF16, not {other:?}"),
    };
    let owned = OwnedSamples::from_le_bytes(dtype, tensor.data())?;
    let latents = Latents::planar(&owned, shape)?;
    let [channels, height, width] = shape;
    let places = (0..channels).flat_map(|c| (0..height).map(move |y| (c, y)));
    let samples = places
        .flat_map(|(c, y)| (0..width).map(move |x| (c, y, x)))
        .map(|(c, y, x)| latents.get(c, y, x).unwrap_or_default())
        .collect();
    Ok((shape, samples))
}

/// The planes of a picture. If it is larger than requested, each value is a mean of 2x2 pixels.
fn target(picture: &Picture, picture_scale: usize, scale: usize) -> Vec<f32> {
    let step = picture_scale / scale;
    let (height, width) = (picture.height / step, picture.width / step);
    let value = |c: usize, y: usize, x: usize| {
        let pixels = (0..step * step).map(|i| (y * step + i / step, x * step + i % step));
        let sum: f32 = pixels
            .map(|(y, x)| f32::from(picture.pixels[(y * picture.width + x) * 3 + c]))
            .sum();
        sum / (255 * step * step) as f32
    };
    let mut target = vec![0.0; 3 * height * width];
    for (c, planes) in target.chunks_exact_mut(height * width).enumerate() {
        for i in 0..height * width {
            planes[place(i, [height, width], scale)] = value(c, i / width, i % width);
        }
    }
    target
}

/// The index in a color's planes of pixel `i` of a `[height, width]` picture, counted row by
/// row.
pub fn place(i: usize, [height, width]: [usize; 2], scale: usize) -> usize {
    let (y, x) = (i / width, i % width);
    let plane = y % scale * scale + x % scale;
    (plane * height / scale + y / scale) * (width / scale) + x / scale
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn places_are_planes_of_every_second_pixel() {
        // A picture of 2x4 is four planes of 1x2.
        let places: Vec<_> = (0..8).map(|i| place(i, [2, 4], 2)).collect();
        assert_eq!(places, [0, 2, 1, 3, 4, 6, 5, 7]);
        assert!((0..15).all(|i| place(i, [3, 5], 1) == i));
    }
}
