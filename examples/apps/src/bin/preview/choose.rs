//! The choice of the tensor in a file and of its format.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use latent_preview::LatentFormat;

use latent_preview_apps::input::{Tensor, escaped};
use latent_preview_apps::origins;

pub fn tensor<'a>(tensors: &'a [Tensor], name: Option<&str>) -> Result<&'a Tensor> {
    let names = || {
        let names: Vec<_> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        names.join(", ")
    };
    let wanted = |name: &str| tensors.iter().find(|tensor| tensor.name == name);
    match (name, tensors) {
        (Some(name), _) => {
            wanted(name).with_context(|| format!("no latent tensor {name}; there are: {}", names()))
        }
        (None, []) => bail!("no tensor of F32, F16 or BF16 with two dimensions or more"),
        (None, [only]) => Ok(only),
        (None, _) => wanted("latent_tensor")
            .with_context(|| format!("choose one with --tensor: {}", names())),
    }
}

/// The format by the files of the latents' model.
pub fn format_of(model: &Path) -> Result<LatentFormat> {
    let found = LatentFormat::from_model(model);
    let found = found.map_err(|error| anyhow!(escaped(&error.to_string())))?;
    println!("{}", escaped(&found.to_string()));
    Ok(found.format)
}

/// The format by name. Without a name, asks the user to choose among the formats that fit.
pub fn format(tensor: &Tensor, name: Option<&str>) -> Result<LatentFormat> {
    if let Some(name) = name {
        let format = name
            .parse()
            .with_context(|| format!("{name}; --list-formats shows all"))?;
        return Ok(format);
    }
    let fitting: Vec<_> = LatentFormat::ALL
        .iter()
        .filter(|&&format| tensor.images(format).is_ok())
        .collect();
    ensure!(
        !fitting.is_empty(),
        "{} has shape {:?}, which no format has: name the format with --format",
        tensor.name,
        tensor.shape
    );
    let list: String = fitting
        .iter()
        .map(|format| format!("\n  {format:24} {}", format.models().join(", ")))
        .collect();
    ensure!(
        io::stdin().is_terminal(),
        "name the format with --format; {:?} may be:{list}",
        tensor.shape
    );
    print!("{:?} may be:{list}\nWhich one is it? ", tensor.shape);
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    self::format(tensor, Some(answer.trim()))
}

/// Prints every format; the default previewer comes first.
pub fn list_formats() {
    println!(
        "{:25} {:>8} {:>9} {:>6}  previewers; models",
        "format", "channels", "downscale", "frames"
    );
    for &format in LatentFormat::ALL {
        let origins = match &*origins::names(format) {
            [] => "none".to_owned(),
            origins => origins.join(", "),
        };
        println!(
            "{:25} {:>8} {:>9} {:>6}  {origins}",
            format.name(),
            format.channels(),
            format.spatial_downscale(),
            format.temporal_downscale(),
        );
        println!("{:52}{}", "", format.models().join(", "));
    }
}
