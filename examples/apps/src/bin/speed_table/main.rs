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

use anyhow::{Context, Result};
use latent_preview::testing::Backend;
use latent_preview_apps::{readme, repository};
use serde_json::Value;

const BEGIN: &str = "speed table: written by `cargo run --release --manifest-path examples/Cargo.toml --bin speed_table`";
const END: &str = "speed table: end";

/// A row of the table: its title, its benchmark, its naive loop, and the time it is compared
/// with.
struct Row {
    title: &'static str,
    bench: (&'static str, &'static str),
    naive: Option<&'static str>,
    yardstick: Option<((&'static str, &'static str), &'static str)>,
}

const fn row(
    title: &'static str,
    bench: (&'static str, &'static str),
    naive: Option<&'static str>,
    yardstick: Option<((&'static str, &'static str), &'static str)>,
) -> Row {
    Row {
        title,
        bench,
        naive,
        yardstick,
    }
}

const MEMCPY: &str = "memcpy of the f32 input";
const LINEAR: &str = "linear";
const LINEAR_16: &str = "linear, 16 channels";
const READ: &str = "reading the input";
const COPY: &str = "a copy of the latent";
const FOUR: &str = "4 channels";
const ALONE: &str = "its multiply-adds alone";

const ROWS: [Row; 42] = [
    row(
        "linear",
        ("projections", "linear"),
        Some("linear naive"),
        Some((("projections", "memcpy"), MEMCPY)),
    ),
    row(
        "affine",
        ("projections", "affine"),
        Some("affine naive"),
        Some((("projections", "memcpy"), MEMCPY)),
    ),
    row(
        "quadratic",
        ("projections", "quadratic"),
        Some("quadratic naive"),
        Some((("projections", "linear"), LINEAR)),
    ),
    row(
        "cubic",
        ("projections", "cubic"),
        Some("cubic naive"),
        Some((("projections", "linear"), LINEAR)),
    ),
    row(
        "refined, small",
        ("refined", "small 4"),
        Some("small 4 naive"),
        Some((("refined", "linear 4"), LINEAR)),
    ),
    row(
        "refined, full",
        ("refined", "full 4"),
        Some("full 4 naive"),
        Some((("refined", "linear 4"), LINEAR)),
    ),
    row(
        "refined, small, 16 channels",
        ("refined", "small 16"),
        Some("small 16 naive"),
        Some((("refined", "linear 16"), LINEAR_16)),
    ),
    row(
        "refined, full, 16 channels",
        ("refined", "full 16"),
        Some("full 16 naive"),
        Some((("refined", "linear 16"), LINEAR_16)),
    ),
    row(
        "tiny, 4 channels",
        ("tiny", "sd1"),
        Some("sd1 naive"),
        Some((("tiny", "sd1 multiply-adds"), ALONE)),
    ),
    row(
        "tiny 2x, 4 channels",
        ("tiny", "sd1 2x"),
        Some("sd1 2x naive"),
        Some((("tiny", "sd1 2x multiply-adds"), ALONE)),
    ),
    row(
        "tiny, 16 channels",
        ("tiny", "flux1"),
        Some("flux1 naive"),
        Some((("tiny", "flux1 multiply-adds"), ALONE)),
    ),
    row(
        "tiny 2x, 16 channels",
        ("tiny", "flux1 2x"),
        Some("flux1 2x naive"),
        Some((("tiny", "flux1 2x multiply-adds"), ALONE)),
    ),
    row(
        "tiny, 32 channels",
        ("tiny", "flux2"),
        Some("flux2 naive"),
        Some((("tiny", "flux2 multiply-adds"), ALONE)),
    ),
    row(
        "tiny 2x, 32 channels",
        ("tiny", "flux2 2x"),
        Some("flux2 2x naive"),
        Some((("tiny", "flux2 2x multiply-adds"), ALONE)),
    ),
    row(
        "estimate of x0, linear",
        ("denoised", "linear 4 x0"),
        None,
        Some((("denoised", "linear 4 plain"), LINEAR)),
    ),
    row(
        "estimate of x0, refined, full",
        ("denoised", "full 4 x0"),
        None,
        Some((("denoised", "full 4 plain"), "refined, full")),
    ),
    row(
        "estimate of x0, tiny 2x",
        ("tiny", "sd1 2x x0"),
        None,
        Some((("tiny", "sd1 2x"), "tiny 2x, 4 channels")),
    ),
    row(
        "to another thread",
        ("background", "show, thread busy"),
        None,
        Some((("background", "copy"), COPY)),
    ),
    row(
        "to another thread, one of 8 loops",
        ("background", "show, one of 8 loops"),
        None,
        Some((("background", "copy, beside 7 loops"), COPY)),
    ),
    row(
        "f32 latents",
        ("dtypes", "f32"),
        Some("f32 naive"),
        Some((("dtypes", "memcpy"), MEMCPY)),
    ),
    row(
        "f16 latents",
        ("dtypes", "f16"),
        Some("f16 naive"),
        Some((("dtypes", "memcpy"), MEMCPY)),
    ),
    row(
        "bf16 latents",
        ("dtypes", "bf16"),
        Some("bf16 naive"),
        Some((("dtypes", "memcpy"), MEMCPY)),
    ),
    row(
        "4x128x128",
        ("size 128", "linear"),
        Some("naive"),
        Some((("size 128", "read"), READ)),
    ),
    row(
        "4x256x256",
        ("size 256", "linear"),
        Some("naive"),
        Some((("size 256", "read"), READ)),
    ),
    row(
        "4x512x512",
        ("size 512", "linear"),
        Some("naive"),
        Some((("size 512", "read"), READ)),
    ),
    row(
        "12 channels",
        ("channels", "12"),
        Some("12 naive"),
        Some((("channels", "4"), FOUR)),
    ),
    row(
        "16 channels",
        ("channels", "16"),
        Some("16 naive"),
        Some((("channels", "4"), FOUR)),
    ),
    row(
        "32 channels",
        ("channels", "32"),
        Some("32 naive"),
        Some((("channels", "4"), FOUR)),
    ),
    row(
        "48 channels",
        ("channels", "48"),
        Some("48 naive"),
        Some((("channels", "4"), FOUR)),
    ),
    row(
        "128 channels",
        ("channels", "128"),
        Some("128 naive"),
        Some((("channels", "4"), FOUR)),
    ),
    row(
        "16 channels, planar",
        ("layouts", "planar"),
        Some("planar naive"),
        None,
    ),
    row(
        "16 channels, interleaved",
        ("layouts", "interleaved"),
        Some("interleaved naive"),
        Some((("layouts", "planar"), "planar")),
    ),
    row(
        "16 channels, packed tokens",
        ("layouts", "tokens"),
        None,
        Some((("layouts", "planar"), "planar")),
    ),
    row(
        "16 channels, packed planes",
        ("layouts", "packed planes"),
        None,
        Some((("layouts", "planar"), "planar")),
    ),
    row(
        "to RGBA8",
        ("outputs", "RGBA8"),
        Some("RGB8 naive"),
        Some((("outputs", "RGB8"), "RGB8")),
    ),
    row(
        "to truncated RGB8",
        ("outputs", "RGB8 truncated"),
        Some("RGB8 naive"),
        Some((("outputs", "RGB8"), "RGB8")),
    ),
    row(
        "to f32",
        ("outputs", "f32"),
        Some("f32 naive"),
        Some((("outputs", "RGB8"), "RGB8")),
    ),
    row(
        "to planar f32",
        ("outputs", "f32 planar"),
        Some("f32 naive"),
        Some((("outputs", "RGB8"), "RGB8")),
    ),
    row(
        "f32 with AVX2",
        ("levels", "avx2 f32"),
        Some("naive f32"),
        None,
    ),
    row(
        "f16 with AVX2",
        ("levels", "avx2 f16"),
        Some("naive f16"),
        None,
    ),
    row(
        "f32 with SSE2",
        ("levels", "sse2 f32"),
        Some("naive f32"),
        None,
    ),
    row(
        "f16 with SSE2",
        ("levels", "sse2 f16"),
        Some("naive f16"),
        None,
    ),
];

/// A benchmark: its group and its name.
type Bench = (&'static str, &'static str);

/// The rows of the README: latents of 64x64 as RGB8, of 4 and of 16 channels.
const README_ROWS: [(&str, Bench, Option<Bench>); 8] = [
    (
        "memcpy of the `f32` latent",
        ("projections", "memcpy"),
        None,
    ),
    (
        "a linear projection",
        ("projections", "linear"),
        Some(("channels", "16")),
    ),
    (
        "the same as a naive loop",
        ("projections", "linear naive"),
        Some(("channels", "16 naive")),
    ),
    (
        "the same in PyTorch, as in ComfyUI",
        ("pytorch", "linear 4 f32"),
        Some(("pytorch", "linear 16 f32")),
    ),
    (
        "`fast_previewer`",
        ("refined", "full 4"),
        Some(("refined", "full 16")),
    ),
    ("`previewer`", ("tiny", "sd1"), Some(("tiny", "flux1"))),
    (
        "`previewer_2x`, to 128x128 pixels",
        ("tiny", "sd1 2x"),
        Some(("tiny", "flux1 2x")),
    ),
    (
        "TAESD in PyTorch, to 512x512 pixels",
        ("pytorch", "taesd 4"),
        Some(("pytorch", "taesd 16")),
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
    for row in &ROWS {
        let (group, _) = row.bench;
        let Ok(time) = median(&results, row.bench) else {
            // Another CPU has other instruction levels; all other benchmarks must be there.
            anyhow::ensure!(
                group == "levels",
                "run `cargo bench --features testing --bench previews` first"
            );
            continue;
        };
        let naive = match row.naive {
            Some(naive) => format!("{:.1} x", median(&results, (group, naive))? / time),
            None => "-".to_owned(),
        };
        let against = match row.yardstick {
            Some((yardstick, name)) => {
                format!("{:.2} x {name}", time / median(&results, yardstick)?)
            }
            None => "-".to_owned(),
        };
        writeln!(
            table,
            "| {} | {naive} | {against} | {:.2} |",
            row.title,
            time / 1000.0
        )?;
    }
    let pixel = median(&results, ("call", "one pixel"))?;
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

fn estimates(results: &Path, (group, bench): (&str, &str)) -> PathBuf {
    results.join(group).join(bench).join("new/estimates.json")
}

/// The median time of a benchmark in nanoseconds.
fn median(results: &Path, bench: (&str, &str)) -> Result<f64> {
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
    let measured = estimates(results, ("projections", "linear"));
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
