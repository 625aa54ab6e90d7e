//! Promise: every message says what is wrong in terms of what the caller holds, and names the
//! one call to make instead. All messages are here, each beside the mistake that leads to it.
//!
//! Change a message here as well, and read it as the person who made the mistake.

#![cfg(all(
    feature = "fit",
    feature = "identify",
    feature = "image",
    feature = "ndarray",
    feature = "safetensors"
))]

mod estimates;
mod fits;
mod formats;
mod maps;
mod model_files;
mod views;

use std::collections::BTreeSet;

/// A mistake, the error that it leads to, and the message.
type Row<E> = (&'static str, Option<E>, &'static str);

fn check_rows<E: std::fmt::Debug + std::fmt::Display>(
    rows: Vec<Row<E>>,
    source: &str,
    name: &str,
    elsewhere: &[&str],
) {
    let mut seen = BTreeSet::new();
    for (cause, error, expected) in rows {
        let error = error.unwrap_or_else(|| panic!("{cause} is no error"));
        let message = error.to_string();
        assert_eq!(message, expected, "{cause}");
        // Part of a sentence, with its code in backticks.
        assert_eq!(message.matches('`').count() % 2, 0, "{message}");
        assert!(!message.starts_with(char::is_uppercase), "{message}");
        assert!(!message.ends_with(['.', '!', ' ']), "{message}");
        assert!(
            !message.contains("  ") && !message.contains('\n'),
            "{message}"
        );
        let debug = format!("{error:?}");
        let variant = debug.split([' ', '(']).next().unwrap();
        seen.insert(variant.to_owned());
    }
    let all = variants(source, name);
    let missing: Vec<_> = all
        .iter()
        .filter(|name| !seen.contains(**name) && !elsewhere.contains(name))
        .collect();
    assert!(missing.is_empty(), "no message of {missing:?} was seen");
}

#[test]
fn refusals_of_latents_maps_and_buffers() {
    let rows = [
        views::rows(),
        formats::rows(),
        maps::rows(),
        estimates::rows(),
    ]
    .concat();
    check_rows(
        rows,
        include_str!("../../src/error/mod.rs"),
        "PreviewError",
        &[],
    );
}

/// The variants of an enum in its source.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let (_, source) = source.split_once(&format!("pub enum {name} {{")).unwrap();
    let (variants, _) = source.split_once("\n}").unwrap();
    let lines = variants
        .lines()
        .filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(char::is_uppercase));
    let names: Vec<_> = names
        .map(|line| line.split([' ', '{', ',', '(']).next().unwrap())
        .collect();
    assert!(names.len() >= 9);
    names
}
