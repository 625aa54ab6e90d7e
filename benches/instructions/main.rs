//! Counts instructions instead of time, since other programs cannot change the counts.
//!
//! `cargo bench --features testing --bench instructions` runs each case below under valgrind's
//! callgrind, compares the instructions per call with those recorded in `recorded.txt`, and
//! fails if a case takes over 10 % more. It also disassembles this program and fails if a hot
//! loop of the linear kernel contains a call. `-- --record` records the counts again.
//!
//! valgrind does not support AVX-512: counts are for SSE2 and AVX2.

mod disassembly;

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::{env, fs};

use latent_preview::testing::{AnyMap, Backend};
use latent_preview::{
    Denoise, LatentFormat, Latents, PackOrder, PixelFormat, PreviewError, Projection, Refined,
    bf16, f16,
};

const RECORDED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/benches/instructions/recorded.txt"
);
const CASES: [&str; 13] = [
    "linear-f32",
    "linear-f16",
    "linear-bf16",
    "linear-16-channels",
    "quadratic",
    "cubic",
    "refined-small",
    "refined-full",
    "denoised",
    "interleaved",
    "packed-planes",
    "planar-floats",
    "tiny",
];
const BACKENDS: [&str; 2] = ["sse2", "avx2"];
/// The largest allowed ratio of a count to the recorded one.
const SLACK: f64 = 1.10;
/// The number of calls whose instructions are counted.
const CALLS: u64 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [run, backend, case, calls] if run == "run-case" => {
            run_case(backend, case, calls.parse().expect("a number"));
            ExitCode::SUCCESS
        }
        // `cargo test --benches` runs benches without this.
        _ if !arguments.iter().any(|a| a == "--bench") => ExitCode::SUCCESS,
        _ => {
            let record = arguments.iter().any(|a| a == "--record");
            let counts_hold = check_counts(record);
            let loops_hold = disassembly::check_hot_loops();
            if counts_hold && loops_hold {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Makes a preview of 64x64 latent pixels a number of times.
fn run_case(backend: &str, case: &str, calls: u64) {
    const PIXELS: usize = 64 * 64;
    let backend = Backend::named(backend).expect("a backend that valgrind has");
    let channels = if case == "linear-16-channels" { 16 } else { 4 };
    let samples: Vec<f32> = (0..channels * PIXELS)
        .map(|i| (i % 997) as f32 / 200.0 - 2.5)
        .collect();
    let halves: Vec<f16> = samples.iter().map(|&x| f16::from_f32(x)).collect();
    let brains: Vec<bf16> = samples.iter().map(|&x| bf16::from_f32(x)).collect();
    let latents = match case {
        "linear-f16" => Latents::planar(&halves, [channels, 64, 64]),
        "linear-bf16" => Latents::planar(&brains, [channels, 64, 64]),
        "interleaved" => Latents::interleaved(&samples, [64, 64, channels]),
        "packed-planes" => {
            let shape = [4 * channels, 32, 32];
            Latents::packed_planes(&samples, shape, PackOrder::ChannelFirst)
        }
        _ => Latents::planar(&samples, [channels, 64, 64]),
    }
    .expect("a whole image");
    let output = Latents::planar(&samples, [channels, 64, 64]).expect("a whole image");
    let latents = if case == "denoised" {
        let denoise = Denoise::epsilon(0.3).expect("a noise level");
        Latents::denoised(&latents, &output, denoise).expect("one shape")
    } else {
        latents
    };
    let rows = |count: usize| vec![[0.1, -0.05, 0.02]; count];
    let projection = match case {
        "quadratic" => Projection::quadratic([0.1; 3], rows(4), rows(10)),
        "cubic" => Projection::cubic([0.1; 3], rows(4), rows(10), rows(20)),
        "refined-small" => refined(Refined::conv1x1(rows(4), [0.1; 3])),
        "refined-full" => refined(Refined::conv3x3(rows(36), [0.1; 3])),
        _ => Projection::linear(rows(channels)),
    }
    .expect("finite rows");
    let format = if case == "planar-floats" {
        PixelFormat::RgbF32Planar
    } else {
        PixelFormat::Rgb8
    };
    if case == "tiny" {
        let previewer = LatentFormat::Sd1.previewer_2x().expect("a preset");
        return preview(backend, &previewer, &latents, format, calls);
    }
    preview(backend, &projection, &latents, format, calls);
}

fn preview<'a>(
    backend: Backend,
    map: impl Into<AnyMap<'a>>,
    latents: &Latents<'_>,
    format: PixelFormat,
    calls: u64,
) {
    let map = map.into();
    let mut out = vec![0; latents.height() * latents.width() * format.bytes_per_pixel()];
    if map.scale() == 2 {
        out.resize(4 * out.len(), 0);
    }
    for _ in 0..calls {
        backend
            .preview_into(
                black_box(map),
                black_box(latents),
                format,
                black_box(&mut out),
            )
            .expect("a fitting buffer");
    }
}

/// Adds the further stages of the presets.
fn refined(begun: Result<Refined, PreviewError>) -> Result<Projection, PreviewError> {
    let row = [0.1, -0.05, 0.02];
    let refined = begun?.with_filter(0.4, 0.1, 0.05)?.with_colors(
        [0.1; 3],
        vec![row; 3],
        vec![row; 6],
        vec![row; 10],
    )?;
    Ok(refined.into())
}

/// Compares all cases with the recorded counts, or records them.
fn check_counts(record: bool) -> bool {
    let recorded = fs::read_to_string(RECORDED).unwrap_or_default();
    let mut text = String::new();
    let mut holds = true;
    for case in CASES {
        for backend in BACKENDS {
            // The instructions before and after the calls cancel out.
            let count =
                (instructions(backend, case, CALLS) - instructions(backend, case, 0)) / CALLS;
            let name = format!("{case} {backend}");
            writeln!(text, "{name} {count}").expect("writing to a string");
            let before = recorded.lines().find_map(|line| {
                let (recorded_name, count) = line.rsplit_once(' ')?;
                (recorded_name == name).then(|| count.parse::<u64>().ok())?
            });
            let verdict = match before {
                _ if record => "recorded",
                None => {
                    holds = false;
                    "FAILED: no recorded count"
                }
                Some(before) if count as f64 > before as f64 * SLACK => {
                    holds = false;
                    "FAILED: over 10 % more than recorded"
                }
                Some(_) => "ok",
            };
            println!("{name:28} {count:9} instructions per call ... {verdict}");
        }
    }
    if record {
        fs::write(RECORDED, text).expect("a writable file");
    }
    holds
}

fn instructions(backend: &str, case: &str, calls: u64) -> u64 {
    let program = env::current_exe().expect("this program's path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["run-case", backend, case, &calls.to_string()])
        .output()
        .expect("valgrind must be installed");
    let report = String::from_utf8_lossy(&output.stderr);
    report
        .lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
        .unwrap_or_else(|| panic!("valgrind's report has no count:\n{report}"))
}
