//! The page's functions: the tensors of a file, and their pictures.
//!
//! `../page/index.html` is the page. `.ci/browser` builds everything with Debian's sources of
//! the standard library and opens the page in Chromium. To build it with rustup, in the folder
//! `examples`:
//!
//! ```sh
//! rustup target add wasm32-unknown-unknown
//! cargo install wasm-bindgen-cli --version VERSION # that of wasm-bindgen in Cargo.toml
//! RUSTFLAGS='-C target-feature=+simd128' \
//!     cargo build --release -p browser --target wasm32-unknown-unknown
//! wasm-bindgen --target web --no-typescript --out-dir browser/page/pkg \
//!     target/wasm32-unknown-unknown/release/browser.wasm
//! ```
//!
//! Then any file server can serve `browser/page`.

mod file;

use latent_preview::{LatentFormat, LatentPreview, PixelFormat, Previewer};
use wasm_bindgen::prelude::*;

use file::{File, Tensor};

/// An open file.
#[wasm_bindgen]
pub struct Latents(File);

/// A picture for a canvas.
#[wasm_bindgen(getter_with_clone)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// R, G, B, 255, row by row.
    pub rgba: Vec<u8>,
}

#[wasm_bindgen]
impl Latents {
    /// Reads a safetensors file. ComfyUI's `.latent` files are safetensors files.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        Ok(Self(File::parse(bytes)?))
    }

    /// The names and shapes of the tensors that fit a format.
    pub fn tensors(&self) -> Vec<String> {
        let tensors = self.0.tensors.iter();
        tensors
            .map(|tensor| format!("{} {:?}", tensor.name, tensor.shape))
            .collect()
    }

    /// The names of the formats that a tensor fits, the likeliest first.
    pub fn formats(&self, tensor: usize) -> Vec<String> {
        let formats = self
            .0
            .tensors
            .get(tensor)
            .map(|tensor| self.0.formats(tensor));
        let names = formats.into_iter().flatten();
        names.map(|format| format.name().to_owned()).collect()
    }

    /// The number of images or frames in a tensor.
    pub fn images(&self, tensor: usize, format: &str) -> Result<usize, JsError> {
        let tensor = self.tensor(tensor)?;
        Ok(tensor.images(format.parse()?)?.len())
    }

    /// The picture of an image by one of the `previewers`.
    pub fn preview(
        &self,
        tensor: usize,
        image: usize,
        format: &str,
        previewer: &str,
    ) -> Result<Picture, JsError> {
        let format: LatentFormat = format.parse()?;
        let missing = || JsError::new("there is no such image or previewer");
        let mut images = self.tensor(tensor)?.images(format)?;
        let latents = images.nth(image).ok_or_else(missing)?;
        let mut named = named_previewers(format);
        let (_, previewer) = named
            .find(|(name, _)| *name == previewer)
            .ok_or_else(missing)?;
        let previewer = if self.0.is_vae_space {
            previewer.for_vae_space()?
        } else {
            previewer
        };
        let picture = previewer.preview(&latents, PixelFormat::Rgba8)?;
        Ok(Picture {
            width: u32::try_from(picture.width())?,
            height: u32::try_from(picture.height())?,
            rgba: picture.into_bytes(),
        })
    }
}

impl Latents {
    fn tensor(&self, tensor: usize) -> Result<&Tensor, JsError> {
        let tensor = self.0.tensors.get(tensor);
        tensor.ok_or_else(|| JsError::new("there is no such tensor"))
    }
}

/// The name of a model's format and the reason for it, by the texts of its `vae/config.json`
/// and `model_index.json`, or by the latter alone.
#[wasm_bindgen]
pub fn format_of_folder(
    vae_config: &str,
    model_index: Option<String>,
) -> Result<Vec<String>, JsError> {
    let found = LatentFormat::from_diffusers(vae_config, model_index.as_deref())?;
    Ok(vec![found.format.name().to_owned(), found.ground])
}

/// The same by the first bytes of the model's checkpoint.
#[wasm_bindgen]
pub fn format_of_checkpoint(first_bytes: &[u8]) -> Result<Vec<String>, JsError> {
    let found = LatentFormat::from_checkpoint(first_bytes)?;
    Ok(vec![found.format.name().to_owned(), found.ground])
}

/// The names of a format's previewers.
#[wasm_bindgen]
pub fn previewers(format: &str) -> Result<Vec<String>, JsError> {
    let format: LatentFormat = format.parse()?;
    // The reason, if there are none.
    format.previewer()?;
    let names = named_previewers(format).map(|(name, _)| name.to_owned());
    Ok(names.collect())
}

fn named_previewers(format: LatentFormat) -> impl Iterator<Item = (&'static str, Previewer)> {
    [
        ("default", format.previewer()),
        ("twice the size", format.previewer_2x()),
        ("fast", format.fast_previewer()),
    ]
    .into_iter()
    .filter_map(|(name, previewer)| Some((name, previewer.ok()?)))
}
