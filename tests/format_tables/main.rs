//! Promise: the tables of the latent formats are those of the data files.
//!
//! `UPDATE_TABLES=1 cargo test --test format_tables` writes them.

mod check;
mod data;
mod docs;
mod family;
mod identify;
mod index;
mod moved;
mod names;
mod projections;

use std::path::{Path, PathBuf};
use std::{env, fs};

use data::Family;
use identify::{Diffusers, Tensors};
use latent_preview::{LatentFormat, PreviewError};
use names::Names;

const HEAD: &str =
    "// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.\n";

fn format_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/format")
}

/// The files that the data files make: paths below `src/format` and their text.
fn generate(families: &[Family], names: &Names) -> Vec<(String, String)> {
    let mut files: Vec<_> = families
        .iter()
        .map(|family| (format!("tables/{}.rs", family.name), family::table(family)))
        .collect();
    files.push(("tables/mod.rs".to_owned(), index::table(families)));
    files.push(("tables/names.rs".to_owned(), names::table(families, names)));
    files.push(("../guide/formats.md".to_owned(), docs::formats(families)));
    files
}

/// By the licenses that the data files state, not by the crate's own list.
#[test]
fn permissive_previewers_are_those_of_the_data() {
    let families = data::read(&format_folder().join("data"));
    let page = fs::read_to_string(format_folder().join("../guide/formats.md")).unwrap();
    let (mut permissive, mut others) = (0, 0);
    for data in families.iter().flat_map(|family| &family.formats) {
        let format: LatentFormat = data.name.parse().unwrap();
        let Some(license) = docs::license_of_default(data) else {
            let error = PreviewError::NoProjection { format };
            assert_eq!(format.permissive_previewer(), Err(error));
            continue;
        };
        let is_permissive = docs::is_permissive(&license);
        let line = format!("\n- {}: {license}\n", docs::link(data));
        assert_eq!(page.contains(&line), !is_permissive, "{format}");
        if is_permissive {
            permissive += 1;
            assert_eq!(format.permissive_previewer(), format.previewer());
        } else {
            others += 1;
            let error = format.permissive_previewer().unwrap_err();
            assert!(error.to_string().contains(&license), "{error}");
            // No projection is passed over that is permissive and undoubted.
            let mut projections = format.projections().iter();
            assert!(projections.all(|p| !p.is_permissive() || p.doubt.is_some()));
        }
    }
    assert!(permissive >= 11 && others >= 10, "{permissive} {others}");
}

#[test]
fn the_tables_are_those_of_the_data_files() {
    let folder = format_folder().join("data");
    let families = data::read(&folder);
    let names: Names = data::read_one(&folder.join("identify/names.toml"));
    names::check(&families, &names);
    let mut files = generate(&families, &names);
    let diffusers: Diffusers = data::read_one(&folder.join("identify/diffusers.toml"));
    let tensors: Tensors = data::read_one(&folder.join("identify/tensors.toml"));
    files.push((
        "../identify/tables.rs".to_owned(),
        identify::tables(&families, &diffusers, &tensors),
    ));
    if env::var_os("UPDATE_TABLES").is_some() {
        for (path, text) in &files {
            fs::write(format_folder().join(path), text).unwrap();
        }
    }
    for (path, text) in &files {
        let written = fs::read_to_string(format_folder().join(path)).unwrap_or_default();
        assert!(
            written == *text,
            "src/format/{path} is not up to date: UPDATE_TABLES=1 cargo test --test format_tables"
        );
    }
    // A family that is gone must not leave its table behind.
    let tables = fs::read_dir(format_folder().join("tables")).unwrap();
    let written = files.iter().filter(|(path, _)| path.starts_with("tables/"));
    assert_eq!(tables.count(), written.count());
}
