//! The parts of READMEs that programs write.

use std::fs;

use anyhow::{Context, Result};

use crate::repository;

/// The README of the repository.
pub const README: &str = "README.md";

/// The README with all measurements.
pub const BENCHES: &str = "benches/README.md";

/// Replaces the text between two comments of a file.
pub fn replace(file: &str, begin: &str, end: &str, text: &str) -> Result<()> {
    let (begin, end) = (format!("<!-- {begin} -->"), format!("<!-- {end} -->"));
    let path = repository().join(file);
    let readme = fs::read_to_string(&path)?;
    let (before, rest) = readme
        .split_once(&begin)
        .with_context(|| format!("{file} has no {begin}"))?;
    let (_, after) = rest
        .split_once(&end)
        .with_context(|| format!("{file} has no {end}"))?;
    let readme = format!("{before}{begin}\n{text}{end}{after}");
    fs::write(&path, readme).with_context(|| path.display().to_string())
}
