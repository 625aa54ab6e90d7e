//! Pictures at twice the size of the latent: the decoder's, the default previewer's enlarged,
//! and the 2x previewer's.

use std::path::Path;

use anyhow::Result;
use latent_preview::{LatentFormat, LatentPreview};

use latent_preview_apps::input;
use latent_preview_apps::picture::{Filter, Picture};
use latent_preview_apps::score;
use latent_preview_apps::sheet::Cell;

/// A row for each bundled pair that has a picture of this size.
pub fn rows(format: LatentFormat, data: &Path) -> Result<Vec<Vec<Cell>>> {
    let twice = format.previewer_2x()?;
    let mut rows = Vec::new();
    for tensor in input::read(&data.join(format!("quality/{format}.safetensors")))?.tensors {
        let Some(target) = &tensor.target_2x else {
            continue;
        };
        let latents = tensor.image(format)?;
        let take = |previewer: &dyn LatentPreview| -> Result<Picture> {
            let preview = previewer.preview_rgb(&latents)?;
            Picture::new(preview.width(), preview.height(), preview.into_bytes())
        };
        let cell = |title: String, picture: Picture| {
            let score = score::score(&picture.pixels, &target.pixels);
            let caption = score.map_or_else(String::new, |score| {
                format!("{:.1} dB  dE {:.1}", score.psnr, score.ciede2000)
            });
            Cell {
                picture,
                title,
                caption,
            }
        };
        let name = tensor.name.trim_end_matches(".lat");
        rows.push(vec![
            Cell {
                picture: target.clone(),
                title: format!("{format} {name} at 2x"),
                caption: "decoder".to_owned(),
            },
            cell(
                "default, enlarged".to_owned(),
                take(&format.previewer()?)?.scaled(2, Filter::Smooth),
            ),
            cell("twice the size".to_owned(), take(&twice)?),
        ]);
    }
    Ok(rows)
}
