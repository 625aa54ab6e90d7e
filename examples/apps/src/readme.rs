//! The parts of the README that programs write.

use std::fs;

use anyhow::{Context, Result};

use crate::repository;

/// Replaces what is between two comments.
pub fn replace(begin: &str, end: &str, text: &str) -> Result<()> {
    let (begin, end) = (format!("<!-- {begin} -->"), format!("<!-- {end} -->"));
    let path = repository().join("README.md");
    let readme = fs::read_to_string(&path)?;
    let (before, rest) = readme
        .split_once(&begin)
        .with_context(|| format!("the README has no {begin}"))?;
    let (_, after) = rest
        .split_once(&end)
        .with_context(|| format!("the README has no {end}"))?;
    let readme = format!("{before}{begin}\n{text}{end}{after}");
    fs::write(&path, readme).with_context(|| path.display().to_string())
}
