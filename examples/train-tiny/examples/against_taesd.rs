//! Measures how much longer a TAESD decoder takes than a tiny decoder, one thread each:
//!
//! ```text
//! RAYON_NUM_THREADS=1 cargo run --release --example against_taesd
//! ```
//!
//! Times do not depend on the weights, so TAESD's are random here. The shape comes from
//! <https://github.com/madebyollin/taesd> (MIT): 64 planes, blocks of three 3x3 convolutions
//! with a skip, and three enlargements to twice the size.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Module, VarBuilder, VarMap, conv2d, conv2d_no_bias};
use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat};

const PLANES: usize = 64;
const PADDED: Conv2dConfig = Conv2dConfig {
    padding: 1,
    stride: 1,
    dilation: 1,
    groups: 1,
    cudnn_fwd_algo: None,
};

enum Stage {
    Convolution(Conv2d),
    Relu,
    Block([Conv2d; 3]),
    Twice,
}

fn taesd(weights: &VarBuilder<'_>) -> candle_core::Result<Vec<Stage>> {
    let mut count = 0;
    let mut next = || {
        count += 1;
        weights.pp(count)
    };
    let mut convolution = |inputs, outputs| conv2d(inputs, outputs, 3, PADDED, next());
    let mut block = || -> candle_core::Result<Stage> {
        Ok(Stage::Block([
            convolution(PLANES, PLANES)?,
            convolution(PLANES, PLANES)?,
            convolution(PLANES, PLANES)?,
        ]))
    };
    let mut stages = Vec::new();
    for _ in 0..3 {
        stages.extend([block()?, block()?, block()?, Stage::Twice]);
    }
    stages.push(block()?);
    // The convolutions between the blocks, after each enlargement.
    for at in [4, 9, 14] {
        let between = conv2d_no_bias(PLANES, PLANES, 3, PADDED, next())?;
        stages.insert(at, Stage::Convolution(between));
    }
    let first = conv2d(4, PLANES, 3, PADDED, next())?;
    stages.splice(0..0, [Stage::Convolution(first), Stage::Relu]);
    stages.push(Stage::Convolution(conv2d(PLANES, 3, 3, PADDED, next())?));
    Ok(stages)
}

fn decode(stages: &[Stage], latent: &Tensor) -> candle_core::Result<Tensor> {
    let mut x = ((latent / 3.0)?.tanh()? * 3.0)?;
    for stage in stages {
        x = match stage {
            Stage::Convolution(convolution) => convolution.forward(&x)?,
            Stage::Relu => x.relu()?,
            Stage::Block([first, second, third]) => {
                let y = second.forward(&first.forward(&x)?.relu()?)?.relu()?;
                (third.forward(&y)? + x)?.relu()?
            }
            Stage::Twice => {
                let (_, _, height, width) = x.dims4()?;
                x.upsample_nearest2d(2 * height, 2 * width)?
            }
        };
    }
    Ok(x)
}

/// The median time of some calls, in seconds.
fn median(count: usize, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..count {
        let start = Instant::now();
        call()?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[count / 2])
}

fn main() -> Result<()> {
    let variables = VarMap::new();
    let weights = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let stages = taesd(&weights)?;
    let latent = Tensor::randn(0_f32, 1.0, (1, 4, 64, 64), &Device::Cpu)?;
    assert_eq!(decode(&stages, &latent)?.dims(), [1, 3, 512, 512]);
    let taesd = median(3, || {
        black_box(decode(&stages, black_box(&latent))?);
        Ok(())
    })?;
    println!("TAESD, 4x64x64 to 512x512, candle: {taesd:.2} s");

    let samples = latent.flatten_all()?.to_vec1::<f32>()?;
    let latents = Latents::planar(&samples, [4, 64, 64])?;
    let format = LatentFormat::Sd1;
    for (name, previewer) in [
        ("tiny", format.previewer()),
        ("tiny 2x", format.previewer_2x()),
    ] {
        let previewer = previewer.context("a tiny decoder")?;
        let mut out = vec![0; 64 * 64 * 3 * previewer.scale().pow(2)];
        let time = median(201, || {
            previewer.preview_into(black_box(&latents), PixelFormat::Rgb8, &mut out)?;
            black_box(&mut out);
            Ok(())
        })?;
        let ratio = taesd / time;
        println!("{name}: {:.3} ms, {ratio:.0} times faster", time * 1e3);
    }
    Ok(())
}
