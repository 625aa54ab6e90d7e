//! The result of a fit, in numbers and in pictures.

use std::fmt::Write as _;

use anyhow::Result;
use latent_preview::fit::{Fit, FitKind, Fitted, Pairs, Score};
use latent_preview::{LatentPreview, Projection};

use crate::args::Args;
use latent_preview_apps::pairs::Pair;
use latent_preview_apps::picture::Picture;
use latent_preview_apps::sheet::{self, Cell};

/// The largest number of pictures in the sheet.
const SHOWN: usize = 6;

/// The fit's own scores and, on the held-out pairs, the scores of the format's projections.
pub fn text(args: &Args, fitted: &Fitted, held_out: &Pairs) -> Result<String> {
    let mut text = format!(
        "\n{:28} {:>8} {:>8} {:>10}  R2 of R, G, B\n",
        "", "PSNR dB", "MAE", "CIEDE2000"
    );
    add(&mut text, "fit, its own pairs", &fitted.train)?;
    if let Some(score) = &fitted.hold_out {
        add(&mut text, "fit, held-out pairs", score)?;
    }
    for published in args.format.iter().flat_map(|format| format.projections()) {
        let score = held_out.score(&published.previewer())?;
        add(&mut text, published.origin, &score)?;
    }
    writeln!(text, "\nmade with {args:?}\n")?;
    Ok(text)
}

fn add(text: &mut String, title: &str, score: &Score) -> Result<()> {
    let [red, green, blue] = score.r2;
    writeln!(
        text,
        "{title:28} {:8.2} {:8.2} {:10.2}  {red:.3} {green:.3} {blue:.3}",
        score.psnr, score.mae, score.ciede2000
    )?;
    Ok(())
}

/// For some pairs: the decoder's picture, the fast previewer of the format (or, without a
/// format, an affine fit), and the fit.
pub fn sheet(args: &Args, after: &Projection, train: &Pairs, shown: &[Pair]) -> Result<Picture> {
    let affine;
    let fast;
    let before: (&str, &dyn LatentPreview) = match args.format {
        Some(format) => {
            fast = format.fast_previewer()?;
            ("fast previewer", &fast)
        }
        None => {
            affine = Fit::new(FitKind::Affine).run(train, None)?.projection;
            ("affine fit", &affine)
        }
    };
    let mut rows = Vec::new();
    for pair in shown.iter().take(SHOWN) {
        let mut row = vec![Cell {
            picture: pair.target.clone(),
            title: pair.name.clone(),
            caption: "decoder".to_owned(),
        }];
        let mut alone = Pairs::new(train.channels());
        pair.add_to(&mut alone, args.format)?;
        for (title, previewer) in [before, ("after", after)] {
            let preview = previewer.preview_rgb(&pair.latents(args.format)?)?;
            let score = alone.score(previewer)?;
            row.push(Cell {
                picture: Picture::new(preview.width(), preview.height(), preview.into_bytes())?,
                title: title.to_owned(),
                caption: format!("{:.1} dB  dE {:.1}", score.psnr, score.ciede2000),
            });
        }
        rows.push(row);
    }
    Ok(sheet::draw(&rows, 4))
}
