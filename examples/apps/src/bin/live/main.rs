//! A web page that shows a sampler's run live.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin live
//! ```
//!
//! Then open the address that it prints. The run never waits for a preview or a viewer: a
//! `BackgroundPreviewer` makes the previews, and each viewer gets the newest picture when it is
//! ready for one.

mod runner;
mod server;
mod status;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use latent_preview::LatentFormat;
use tokio::net::TcpListener;

use runner::Runner;

/// Shows a sampler's run live in the browser.
#[derive(Parser, Debug)]
#[command(version)]
struct Args {
    /// The format of the latents: sd1, sdxl, sd3, flux1 or flux2
    #[arg(long, default_value = "sd1")]
    format: LatentFormat,

    /// The number of steps from noise to picture
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000))]
    steps: u16,

    /// The least time of a step in milliseconds: this model is faster than a real one
    #[arg(long, default_value_t = 200)]
    step_time: u64,

    /// The port on 127.0.0.1; 0 takes any free port
    #[arg(long, default_value_t = 8000)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let step_time = Duration::from_millis(args.step_time);
    let runner = Runner::spawn(args.format, args.steps.into(), step_time)?;
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .await
        .with_context(|| format!("port {}", args.port))?;
    println!("http://{}", listener.local_addr()?);
    server::serve(listener, runner).await
}
