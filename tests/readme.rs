//! Promise: what the README says of each previewer at its beginning are the numbers of the
//! measured tables further down.

use std::collections::HashMap;

/// The cells of the table below a heading or a comment, row by row.
fn table(after: &str) -> Vec<Vec<&'static str>> {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once(after).expect("the place in the README");
    let rows = rest
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// `25.5 dB, ...`
fn decibels(cell: &str) -> &str {
    let (number, _) = cell.split_once(" dB").expect("decibels");
    number
}

/// `1.2 us` or `0.41 ms`, in microseconds.
fn microseconds(cell: &str) -> f64 {
    let (number, unit) = cell.split_once(' ').expect("a time");
    let number: f64 = number.parse().expect("a number");
    number * if unit == "ms" { 1000.0 } else { 1.0 }
}

#[test]
fn the_table_of_previewers_repeats_what_was_measured() {
    let quality = table("<!-- quality table: written by");
    let speed: HashMap<_, _> = table("<!-- speed table: written by")
        .into_iter()
        .map(|row| (row[0], row[3]))
        .collect();
    let of_format = |format: &str, column: &str| {
        let column = quality[0].iter().position(|&cell| cell == column);
        let row = quality.iter().find(|row| row[0] == format);
        decibels(row.expect("the format")[column.expect("the column")])
    };

    let choices = table("## Which previewer?");
    for (at, quality, time) in [
        (2, "best of others", "affine"),
        (3, "full (fast)", "refined, full"),
        (4, "tiny (default)", "tiny, 4 channels"),
        (5, "tiny 2x (twice the size)", "tiny 2x, 4 channels"),
    ] {
        let row = &choices[at];
        assert_eq!(decibels(row[3]), of_format("sd1", quality), "{}", row[0]);
        assert_eq!(decibels(row[4]), of_format("flux1", quality), "{}", row[0]);
        let measured: f64 = speed[time].parse().expect("a number");
        let rounded = microseconds(row[2]);
        assert!((rounded / measured - 1.0).abs() < 0.05, "{}", row[0]);
    }
}
