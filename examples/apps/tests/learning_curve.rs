//! Promise: the program `learning_curve` scores unseen pictures after each learned one, and
//! draws a plot and the previews before and after.

mod support;

use support::{folder, read_png, succeeds};

#[test]
fn the_bundled_pictures_teach() {
    let folder = folder("learning-curve");
    let arguments = ["--orders", "2", "--pictures", "4"];
    let report = succeeds(env!("CARGO_BIN_EXE_learning_curve"), &folder, &arguments);
    let number = |line: &str, column: usize| -> f64 {
        let mut words = line.split_whitespace();
        words
            .nth(column)
            .and_then(|word| word.parse().ok())
            .unwrap_or(f64::NAN)
    };
    let start = report.lines().next().unwrap_or_default();
    let start = number(start, start.split_whitespace().count() - 2);
    let rows: Vec<&str> = report
        .lines()
        .filter(|line| number(line, 0) >= 1.0)
        .collect();
    assert_eq!(rows.len(), 4, "{report}");
    assert!(number(rows[3], 1) > start + 2.0, "{report}");
    assert!(
        rows.iter().all(|row| number(row, 2) > start - 0.3),
        "{report}"
    );
    for name in ["learning-curve.png", "sd1.png"] {
        let (width, height, pixels) = read_png(&folder.join("learning-curve-out").join(name));
        assert!(width > 300 && height > 300, "{name}");
        assert!(pixels.iter().any(|&value| value != 255), "{name}");
    }
}
