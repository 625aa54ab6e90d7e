//! Writes the speed tables of the README and of `benches/README.md` from the results of criterion
//! and of `benches/pytorch.py`.
//!
//! ```text
//! cargo bench --features testing --bench previews
//! python3 benches/pytorch.py
//! cargo run --release --manifest-path examples/Cargo.toml --bin speed_table
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use latent_preview::testing::Backend;
use latent_preview_apps::{readme, repository};
use serde_json::Value;

const BEGIN: &str = "speed table: written by `cargo run --release --manifest-path examples/Cargo.toml --bin speed_table`";
const END: &str = "speed table: end";

/// The rows of the table of `benches/README.md`. A cell is empty if nothing is to be compared.
const ROWS: &str = include_str!("rows.txt");

/// The rows of the README: latents of 64x64 as RGB8, of 4 and of 16 channels.
const README_ROWS: [(&str, &str, Option<&str>); 8] = [
    ("memcpy of the `f32` latent", "projections/memcpy", None),
    (
        "a linear projection",
        "projections/linear",
        Some("channels/16"),
    ),
    (
        "the same as a naive loop",
        "projections/linear naive",
        Some("channels/16 naive"),
    ),
    (
        "the same in PyTorch, as in ComfyUI",
        "pytorch/linear 4 f32",
        Some("pytorch/linear 16 f32"),
    ),
    (
        "`fast_previewer`",
        "refined/full 4",
        Some("refined/full 16"),
    ),
    ("`previewer`", "tiny/sd1", Some("tiny/flux1")),
    (
        "`previewer_2x`, to 128x128 pixels",
        "tiny/sd1 2x",
        Some("tiny/flux1 2x"),
    ),
    (
        "TAESD in PyTorch, to 512x512 pixels",
        "pytorch/taesd 4",
        Some("pytorch/taesd 16"),
    ),
];

fn main() -> Result<()> {
    let target = env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| repository().join("target"), PathBuf::from);
    let results = target.join("criterion");

    let machine = machine(&results)?;
    let mut short =
        machine.clone() + "| latents of 64x64 | 4 channels | 16 channels |\n|---|---|---|\n";
    for (title, four, sixteen) in README_ROWS {
        let four = rounded(median(&results, four)?);
        let sixteen = sixteen.map(|bench| median(&results, bench)).transpose()?;
        let sixteen = sixteen.map_or_else(|| "-".to_owned(), rounded);
        writeln!(short, "| {title} | {four} | {sixteen} |")?;
    }
    readme::replace(readme::README, BEGIN, END, &short)?;
    print!("{short}");

    let mut table = machine;
    table.push_str("| preview | faster than the naive loop | against | µs |\n|---|---|---|---|\n");
    for row in ROWS.lines().skip(1) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [title, group, bench, naive, other, other_title] = cells[..] else {
            bail!("not six cells: {row}");
        };
        let median = |bench: &str| median(&results, &format!("{group}/{bench}"));
        let Ok(time) = median(bench) else {
            // Another CPU has other instruction levels; all other benchmarks must be there.
            ensure!(
                group == "levels",
                "run `cargo bench --features testing --bench previews` first"
            );
            continue;
        };
        let faster = match naive {
            "" => "-".to_owned(),
            naive => format!("{:.1} x", median(naive)? / time),
        };
        let against = match other {
            "" => "-".to_owned(),
            other => format!("{:.2} x {other_title}", time / median(other)?),
        };
        writeln!(
            table,
            "| {title} | {faster} | {against} | {:.2} |",
            time / 1000.0
        )?;
    }
    let pixel = median(&results, "call/one pixel")?;
    writeln!(table, "\nA preview of one pixel takes {pixel:.0} ns.")?;

    readme::replace(readme::BENCHES, BEGIN, END, &table)?;
    print!("{table}");
    Ok(())
}

/// Nanoseconds, to two or three digits.
fn rounded(nanoseconds: f64) -> String {
    match nanoseconds {
        1e9.. => format!("{:.1} s", nanoseconds / 1e9),
        1e6.. => format!("{:.1} ms", nanoseconds / 1e6),
        1e4.. => format!("{:.0} µs", nanoseconds / 1e3),
        _ => format!("{:.2} µs", nanoseconds / 1e3),
    }
}

/// The file of a benchmark, `group/name`.
fn estimates(results: &Path, bench: &str) -> PathBuf {
    results.join(bench).join("new/estimates.json")
}

/// The median time of a benchmark in nanoseconds.
fn median(results: &Path, bench: &str) -> Result<f64> {
    let file = estimates(results, bench);
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let estimates: Value = serde_json::from_str(&text)?;
    estimates["median"]["point_estimate"]
        .as_f64()
        .with_context(|| format!("{} has no median", file.display()))
}

/// A sentence that names the machine, the compiler and the day of the benchmarks.
fn machine(results: &Path) -> Result<String> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let measured = estimates(results, "projections/linear");
    let field = |name: &str| {
        cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix(name)?.split_once(": ").map(|(_, v)| v))
            .unwrap_or("unknown")
    };
    let says = |program: &str, arguments: &[&str]| -> Result<String> {
        let output = Command::new(program).args(arguments).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    Ok(format!(
        "Measured on {} (family {}, model {}), one thread, {}, {}, PyTorch {}, {}. Medians of one run.\n\n",
        field("model name"),
        field("cpu family"),
        field("model\t"),
        Backend::available().last().map_or("", Backend::name),
        says("rustc", &["--version"])?,
        fs::read_to_string(results.join("pytorch/version"))
            .context("run `benches/pytorch.py` first")?,
        says("date", &["+%F", "-r", &measured.to_string_lossy()])?,
    ))
}
