//! A model from a folder in the layout of diffusers.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use candle_core::{DType, Device, Module, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::stable_diffusion::clip::{self, ClipTextTransformer};
use candle_transformers::models::stable_diffusion::ddim::DDIMSchedulerConfig;
use candle_transformers::models::stable_diffusion::schedulers::{
    PredictionType, Scheduler, SchedulerConfig,
};
use candle_transformers::models::stable_diffusion::unet_2d::{
    BlockConfig, UNet2DConditionModel, UNet2DConditionModelConfig,
};
use candle_transformers::models::stable_diffusion::vae::{AutoEncoderKL, AutoEncoderKLConfig};
use latent_preview::Denoise;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokenizers::Tokenizer;

/// Everything that turns a text into a picture.
pub struct Pipeline {
    pub unet: UNet2DConditionModel,
    pub vae: AutoEncoderKL,
    /// The factor from VAE space to model space.
    pub vae_scale: f64,
    pub latent_channels: usize,
    tokenizer: Tokenizer,
    clip: clip::Config,
    text_encoder: ClipTextTransformer,
    prediction: PredictionType,
    alphas_cumprod: Vec<f64>,
}

/// `unet/config.json`
#[derive(Deserialize)]
struct Unet {
    in_channels: usize,
    block_out_channels: Vec<usize>,
    down_block_types: Vec<String>,
    attention_head_dim: HeadDims,
    layers_per_block: usize,
    norm_num_groups: usize,
    cross_attention_dim: usize,
    #[serde(default)]
    use_linear_projection: bool,
}

/// One number for all blocks, or one for each.
#[derive(Deserialize)]
#[serde(untagged)]
enum HeadDims {
    One(usize),
    Each(Vec<usize>),
}

/// `vae/config.json`
#[derive(Deserialize)]
struct Vae {
    block_out_channels: Vec<usize>,
    layers_per_block: usize,
    latent_channels: usize,
    norm_num_groups: usize,
    #[serde(default = "stable_diffusion_1")]
    scaling_factor: f64,
}

/// Older files do not state the factor.
fn stable_diffusion_1() -> f64 {
    0.18215
}

/// `text_encoder/config.json`
#[derive(Deserialize)]
struct TextEncoder {
    hidden_size: usize,
}

/// `scheduler/scheduler_config.json`
#[derive(Deserialize)]
struct Schedule {
    #[serde(default)]
    prediction_type: Option<String>,
}

fn config<T: DeserializeOwned>(folder: &Path, path: &str) -> Result<T> {
    let path = folder.join(path);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// The weights of a part, read into memory.
fn weights(folder: &Path, path: &str, device: &Device) -> Result<VarBuilder<'static>> {
    let path = folder.join(path);
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let weights = VarBuilder::from_buffered_safetensors(bytes, DType::F32, device);
    weights.with_context(|| path.display().to_string())
}

impl Pipeline {
    pub fn load(folder: &Path, device: &Device) -> Result<Self> {
        let unet: Unet = config(folder, "unet/config.json")?;
        let vae: Vae = config(folder, "vae/config.json")?;
        let text: TextEncoder = config(folder, "text_encoder/config.json")?;
        let schedule: Schedule = config(folder, "scheduler/scheduler_config.json")?;
        ensure!(
            unet.in_channels == vae.latent_channels,
            "an inpainting model cannot make a picture from a text alone"
        );
        let clip = match text.hidden_size {
            768 => clip::Config::v1_5(),
            1024 => clip::Config::v2_1(),
            other => {
                bail!("a text encoder of width {other} is not that of Stable Diffusion 1 or 2")
            }
        };
        let prediction = match schedule.prediction_type.as_deref() {
            None | Some("epsilon") => PredictionType::Epsilon,
            Some("v_prediction") => PredictionType::VPrediction,
            Some(other) => bail!("prediction_type {other}"),
        };
        let weights = |path| weights(folder, path, device);
        let channels = vae.latent_channels;
        let unet_weights = weights("unet/diffusion_pytorch_model.safetensors")?;
        let unet =
            UNet2DConditionModel::new(unet_weights, channels, channels, false, unet.try_into()?)?;
        let vae_scale = vae.scaling_factor;
        let vae_weights = weights("vae/diffusion_pytorch_model.safetensors")?;
        let vae = AutoEncoderKL::new(vae_weights, 3, 3, vae.into())?;
        let text_weights = weights("text_encoder/model.safetensors")?;
        let tokenizer = folder.join("tokenizer/tokenizer.json");
        let tokenizer = Tokenizer::from_file(&tokenizer)
            .map_err(|error| anyhow::anyhow!("{}: {error}", tokenizer.display()))?;
        Ok(Self {
            unet,
            vae,
            vae_scale,
            latent_channels: channels,
            tokenizer,
            text_encoder: ClipTextTransformer::new(text_weights, &clip)?,
            clip,
            prediction,
            alphas_cumprod: alphas_cumprod(&DDIMSchedulerConfig::default()),
        })
    }

    /// The texts encoded for the UNet: `[texts, tokens, width]`.
    pub fn encode(&self, texts: &[&str]) -> Result<Tensor> {
        let length = self.clip.max_position_embeddings;
        let vocabulary = self.tokenizer.get_vocab(true);
        let padding = self.clip.pad_with.as_deref().unwrap_or("<|endoftext|>");
        let padding = *vocabulary
            .get(padding)
            .with_context(|| format!("the tokenizer has no {padding}"))?;
        let mut encoded = Vec::new();
        for text in texts {
            let tokens = self.tokenizer.encode(*text, true);
            let tokens = tokens.map_err(|error| anyhow::anyhow!("{error}"))?;
            let mut tokens = tokens.get_ids().to_vec();
            ensure!(tokens.len() <= length, "the text is too long");
            tokens.resize(length, padding);
            let tokens = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
            encoded.push(self.text_encoder.forward(&tokens)?);
        }
        Ok(Tensor::cat(&encoded, 0)?)
    }

    pub fn scheduler(&self, steps: usize) -> Result<Box<dyn Scheduler>> {
        let config = DDIMSchedulerConfig {
            prediction_type: self.prediction,
            ..DDIMSchedulerConfig::default()
        };
        Ok(config.build(steps)?)
    }

    /// How x0 follows from the latent and the model's output at a timestep.
    pub fn denoise(&self, timestep: usize) -> Result<Denoise> {
        let last = self.alphas_cumprod.len() - 1;
        let alpha = self.alphas_cumprod[timestep.min(last)] as f32;
        Ok(match self.prediction {
            PredictionType::Epsilon => Denoise::epsilon(alpha)?,
            PredictionType::VPrediction => Denoise::v_prediction(alpha)?,
            PredictionType::Sample => Denoise::sample(),
        })
    }
}

/// The share of signal at each training step. candle's schedulers do not expose theirs.
fn alphas_cumprod(config: &DDIMSchedulerConfig) -> Vec<f64> {
    let (first, last) = (config.beta_start.sqrt(), config.beta_end.sqrt());
    let betas = (0..config.train_timesteps).map(|t| {
        let share = t as f64 / (config.train_timesteps - 1) as f64;
        (first + (last - first) * share).powi(2)
    });
    betas
        .scan(1.0, |product, beta| {
            *product *= 1.0 - beta;
            Some(*product)
        })
        .collect()
}

impl TryFrom<Unet> for UNet2DConditionModelConfig {
    type Error = anyhow::Error;

    fn try_from(unet: Unet) -> Result<Self> {
        let count = unet.block_out_channels.len();
        let head_dims = match unet.attention_head_dim {
            HeadDims::One(dim) => vec![dim; count],
            HeadDims::Each(dims) => dims,
        };
        ensure!(
            head_dims.len() == count && unet.down_block_types.len() == count,
            "unet/config.json lists different numbers of blocks"
        );
        let blocks = unet.block_out_channels.iter().zip(&head_dims);
        let blocks = blocks.zip(&unet.down_block_types);
        Ok(Self {
            blocks: blocks
                .map(|((&out_channels, &attention_head_dim), kind)| BlockConfig {
                    out_channels,
                    use_cross_attn: (kind == "CrossAttnDownBlock2D").then_some(1),
                    attention_head_dim,
                })
                .collect(),
            layers_per_block: unet.layers_per_block,
            norm_num_groups: unet.norm_num_groups,
            cross_attention_dim: unet.cross_attention_dim,
            use_linear_projection: unet.use_linear_projection,
            ..Self::default()
        })
    }
}

impl From<Vae> for AutoEncoderKLConfig {
    fn from(vae: Vae) -> Self {
        Self {
            block_out_channels: vae.block_out_channels,
            layers_per_block: vae.layers_per_block,
            latent_channels: vae.latent_channels,
            norm_num_groups: vae.norm_num_groups,
            use_quant_conv: true,
            use_post_quant_conv: true,
        }
    }
}
