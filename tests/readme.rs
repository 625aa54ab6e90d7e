//! Promise: the README's choice of previewers repeats the numbers of its measured tables, and the
//! documentation's first page is the README.

use std::collections::HashMap;

use latent_preview::{Evidence, LatentFormat, Recommendation};

const README: &str = include_str!("../README.md");

/// The cells of the table below a heading or a comment, row by row.
fn table(after: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = README.split_once(after).expect("the place in the README");
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

/// `1.2 µs` or `0.41 ms`, in microseconds.
fn microseconds(cell: &str) -> f64 {
    let (number, unit) = cell.split_once(' ').expect("a time");
    let number: f64 = number.parse().expect("a number");
    number * if unit == "ms" { 1000.0 } else { 1.0 }
}

#[test]
fn the_choice_of_previewers_repeats_what_was_measured() {
    let quality = table("<!-- quality table: written by");
    let speed: HashMap<_, _> = table("<!-- speed table: written by")
        .into_iter()
        .map(|row| (row[0], [row[1], row[2]]))
        .collect();
    let of_format = |format: &str, column: &str| {
        let column = quality[0].iter().position(|&cell| cell == column);
        let row = quality.iter().find(|row| row[0] == format);
        decibels(row.expect("the format")[column.expect("the column")])
    };

    let choices = table("## Which previewer?");
    let rows = [
        ("default", "`previewer`"),
        ("2x", "`previewer_2x`, to 128x128 pixels"),
        ("fast", "`fast_previewer`"),
        ("best published matrix", "a linear projection"),
    ];
    let [.., learner] = &choices[..] else {
        panic!("no rows")
    };
    assert_eq!(choices.len(), 2 + rows.len() + 1);
    // A learned table is as slow as a fast previewer.
    assert_eq!([learner[2], learner[4]], [choices[4][2], choices[4][4]]);
    let learned = format!("from {} to {} dB", choices[5][3], learner[3]);
    assert!(README.contains(&learned), "{learned}");
    for (row, (quality, time)) in choices[2..].iter().zip(rows) {
        for (format, [shown, psnr], measured) in [
            ("sd1", [row[2], row[3]], speed[time][0]),
            ("flux1", [row[4], row[5]], speed[time][1]),
        ] {
            assert_eq!(psnr, of_format(format, quality), "{}", row[1]);
            let (shown, measured) = (microseconds(shown), microseconds(measured));
            assert!((shown / measured - 1.0).abs() < 0.05, "{}", row[1]);
        }
    }
}

#[test]
fn the_formats_are_counted() {
    let all = LatentFormat::ALL;
    let all_count = all.len();
    let count =
        |is: &dyn Fn(LatentFormat) -> bool| all.iter().filter(|format| is(**format)).count();
    let previewed = count(&|format| format.previewer().is_ok());
    let tiny = count(&|format| format.previewer_2x().is_ok());
    let is_unmeasured = |known: &Recommendation| known.evidence < Evidence::Publisher;
    let unmeasured = count(&|format| format.recommendation().is_some_and(is_unmeasured));
    let permissive = count(&|format| format.permissive_previewer().is_ok());
    let readme: Vec<_> = README.split_whitespace().collect();
    let readme = readme.join(" ");
    for sentence in [
        format!("knows {all_count} latent formats and previews {previewed} of them"),
        format!("{previewed} of {all_count} formats have a previewer"),
        format!("The default of {} others", previewed - tiny),
        format!("nobody has measured {unmeasured} of these"),
        format!(
            "`permissive_previewer` ([{permissive} formats][formats]) and `previewer_2x` ({tiny})"
        ),
    ] {
        assert!(readme.contains(&sentence), "{sentence}");
    }
}

/// `src/crate.md` is the README from its first code on, without the commands of a clone. The
/// picture follows the code, links lead to items, and the code has its hidden lines. After a change
/// of the README:
///
/// ```sh
/// UPDATE_README=1 cargo test --test readme
/// ```
#[test]
fn the_first_page_of_the_documentation_is_the_readme() {
    let (head, body) = README.split_once("\n## ").expect("a section");
    let paragraphs: Vec<_> = head.split("\n\n").collect();
    let [_title, sentence, picture, caption, ..] = paragraphs[..] else {
        panic!("the README begins with a title, a sentence, a picture and its caption");
    };
    let (first, others) = body.split_once("\n## ").expect("another section");
    let (others, links) = others.split_once("\n[previews]: ").expect("the links");
    let links: String = links
        .lines()
        .filter_map(|link| link.split_once("]: src/guide"))
        .map(|(name, page)| {
            let page = page.replace('/', "::").replace(".md", "");
            format!("{name}]: crate::guide{page}\n")
        })
        .collect();
    let page = format!("{sentence}\n\n## {first}\n{picture}\n\n{caption}\n\n## {others}\n{links}");
    let page = with_hidden_lines(&page);

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/crate.md");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(file, &page).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap();
    assert!(
        written == page,
        "run `UPDATE_README=1 cargo test --test readme`"
    );
}

/// The comment before a block of Rust has the lines that documentation hides: those before the block's
/// own, and after the word CODE those behind. All other comments are left out.
fn with_hidden_lines(markdown: &str) -> String {
    let (mut page, mut around) = (String::new(), ("", ""));
    let mut rest = markdown;
    while let Some((before, comment_or_code)) = next(rest) {
        page += before;
        if let Some(comment) = comment_or_code.strip_prefix("<!--") {
            let (comment, after) = comment.split_once("-->\n").expect("the comment's end");
            around = comment.split_once("CODE\n").unwrap_or((comment, ""));
            rest = after;
        } else {
            let (fence, code) = comment_or_code.split_once('\n').expect("code");
            let (code, after) = code.split_once("```\n").expect("the code's end");
            page += &match fence {
                "```rust" => format!(
                    "{fence}{}{code}{}# Ok::<(), Box<dyn std::error::Error>>(())\n```\n",
                    if around.0.starts_with('\n') {
                        around.0
                    } else {
                        "\n"
                    },
                    around.1
                ),
                _ => format!("{fence}\n{code}```\n"),
            };
            (rest, around) = (after, ("", ""));
        }
    }
    page + rest
}

/// Splits before the next comment or block of code.
fn next(markdown: &str) -> Option<(&str, &str)> {
    let starts = ["<!--", "```"].map(|start| markdown.find(start));
    markdown.split_at_checked(starts.into_iter().flatten().min()?)
}
