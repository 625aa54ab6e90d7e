//! From `../format/data/identify/diffusers.toml` and `tensors.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::checkpoint::{Model, Need};
use super::diffusers::{Class, Space, Value};
use crate::LatentFormat;

pub(super) static CLASSES: &[Class] = &[
    Class {
        name: "AutoencoderKL",
        defaults: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215)), ("shift_factor", Value::Number(0.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Sd1], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(4.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(0.18215)), ("shift_factor", Value::Number(0.0))] },
            Space { formats: &[LatentFormat::Sdxl], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(4.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(0.13025)), ("shift_factor", Value::Number(0.0))] },
            Space { formats: &[LatentFormat::Playground25], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(4.0)), ("latents_mean", Value::Of(LatentFormat::Playground25)), ("latents_std", Value::Of(LatentFormat::Playground25)), ("scaling_factor", Value::Number(0.5)), ("shift_factor", Value::Number(0.0))] },
            Space { formats: &[LatentFormat::SdX4Upscaler], needs_pipeline: false, values: &[("block_out_channels", Value::Length(3)), ("latent_channels", Value::Number(4.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(0.08333)), ("shift_factor", Value::Number(0.0))] },
            Space { formats: &[LatentFormat::Sd3], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(16.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(1.5305)), ("shift_factor", Value::Number(0.0609))] },
            Space { formats: &[LatentFormat::Flux1], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(16.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(0.3611)), ("shift_factor", Value::Number(0.1159))] },
            Space { formats: &[LatentFormat::CogView3Plus, LatentFormat::CogView4], needs_pipeline: false, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(16.0)), ("latents_mean", Value::Absent), ("scaling_factor", Value::Number(1.0)), ("shift_factor", Value::Number(0.0))] },
            Space { formats: &[LatentFormat::GlmImage], needs_pipeline: true, values: &[("block_out_channels", Value::Length(4)), ("latent_channels", Value::Number(16.0)), ("latents_mean", Value::Length(16)), ("latents_std", Value::Length(16))] },
        ],
    },
    Class {
        name: "AutoencoderKLTemporalDecoder",
        defaults: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))],
        spaces: &[
            Space { formats: &[LatentFormat::Sd1], needs_pipeline: false, values: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))] },
        ],
    },
    Class {
        name: "AsymmetricAutoencoderKL",
        defaults: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))],
        spaces: &[
            Space { formats: &[LatentFormat::Sd1], needs_pipeline: false, values: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))] },
        ],
    },
    Class {
        name: "ConsistencyDecoderVAE",
        defaults: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))],
        spaces: &[
            Space { formats: &[LatentFormat::Sd1], needs_pipeline: false, values: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.18215))] },
        ],
    },
    Class {
        name: "AutoencoderTiny",
        defaults: &[("latent_channels", Value::Number(4.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Sd1, LatentFormat::Sdxl, LatentFormat::Playground25], needs_pipeline: true, values: &[("latent_channels", Value::Number(4.0))] },
            Space { formats: &[LatentFormat::Sd3, LatentFormat::Flux1], needs_pipeline: true, values: &[("latent_channels", Value::Number(16.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLFlux2",
        defaults: &[("batch_norm_eps", Value::Number(0.0001)), ("latent_channels", Value::Number(32.0)), ("patch_size", Value::Numbers(&[2.0, 2.0])), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Flux2], needs_pipeline: false, values: &[("batch_norm_eps", Value::Number(0.0001)), ("latent_channels", Value::Number(32.0)), ("patch_size", Value::Numbers(&[2.0, 2.0])), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLWan",
        defaults: &[("latents_mean", Value::Of(LatentFormat::Wan21)), ("latents_std", Value::Of(LatentFormat::Wan21)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(16.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Wan21], needs_pipeline: false, values: &[("latents_mean", Value::Of(LatentFormat::Wan21)), ("latents_std", Value::Of(LatentFormat::Wan21)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(16.0))] },
            Space { formats: &[LatentFormat::Wan22], needs_pipeline: false, values: &[("latents_mean", Value::Of(LatentFormat::Wan22)), ("latents_std", Value::Of(LatentFormat::Wan22)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(48.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLQwenImage",
        defaults: &[("latents_mean", Value::Of(LatentFormat::Wan21)), ("latents_std", Value::Of(LatentFormat::Wan21)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(16.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Wan21], needs_pipeline: false, values: &[("latents_mean", Value::Of(LatentFormat::Wan21)), ("latents_std", Value::Of(LatentFormat::Wan21)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(16.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLQwenImage21",
        defaults: &[("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::QwenImage21], needs_pipeline: false, values: &[("latents_mean", Value::Of(LatentFormat::QwenImage21)), ("latents_std", Value::Of(LatentFormat::QwenImage21)), ("scaling_factor", Value::Number(1.0)), ("z_dim", Value::Number(64.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLLTXVideo",
        defaults: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::LtxVideo], needs_pipeline: false, values: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLLTX2Video",
        defaults: &[("block_out_channels", Value::Numbers(&[256.0, 512.0, 1024.0, 2048.0])), ("latent_channels", Value::Number(128.0)), ("layers_per_block", Value::Numbers(&[4.0, 6.0, 6.0, 2.0, 2.0])), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Ltx2], needs_pipeline: false, values: &[("block_out_channels", Value::Numbers(&[256.0, 512.0, 1024.0, 2048.0])), ("latent_channels", Value::Number(128.0)), ("layers_per_block", Value::Numbers(&[4.0, 6.0, 6.0, 2.0, 2.0])), ("scaling_factor", Value::Number(1.0))] },
            Space { formats: &[LatentFormat::Ltx23], needs_pipeline: false, values: &[("block_out_channels", Value::Numbers(&[256.0, 512.0, 1024.0, 1024.0])), ("latent_channels", Value::Number(128.0)), ("layers_per_block", Value::Numbers(&[4.0, 6.0, 4.0, 2.0, 2.0])), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "LTX2VideoDiffusionDecoderModel",
        defaults: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Ltx23], needs_pipeline: false, values: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLHunyuanVideo",
        defaults: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(0.476986))],
        spaces: &[
            Space { formats: &[LatentFormat::HunyuanVideo], needs_pipeline: false, values: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(0.476986))] },
        ],
    },
    Class {
        name: "AutoencoderKLHunyuanVideo15",
        defaults: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(1.03682))],
        spaces: &[
            Space { formats: &[LatentFormat::HunyuanVideo15], needs_pipeline: false, values: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(1.03682))] },
        ],
    },
    Class {
        name: "AutoencoderKLHunyuanImage",
        defaults: &[],
        spaces: &[
            Space { formats: &[LatentFormat::HunyuanImage21], needs_pipeline: false, values: &[("latent_channels", Value::Number(64.0)), ("scaling_factor", Value::Number(0.75289))] },
        ],
    },
    Class {
        name: "AutoencoderKLHunyuanImageRefiner",
        defaults: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(1.03682))],
        spaces: &[
            Space { formats: &[LatentFormat::HunyuanImage21Refiner], needs_pipeline: false, values: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(1.03682))] },
        ],
    },
    Class {
        name: "AutoencoderKLMochi",
        defaults: &[("latent_channels", Value::Number(12.0)), ("latents_mean", Value::Of(LatentFormat::Mochi)), ("latents_std", Value::Of(LatentFormat::Mochi)), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Mochi], needs_pipeline: false, values: &[("latent_channels", Value::Number(12.0)), ("latents_mean", Value::Of(LatentFormat::Mochi)), ("latents_std", Value::Of(LatentFormat::Mochi)), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLCosmos",
        defaults: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(1.0)), ("spatial_compression_ratio", Value::Number(8.0)), ("temporal_compression_ratio", Value::Number(8.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Cosmos1], needs_pipeline: false, values: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(1.0)), ("spatial_compression_ratio", Value::Number(8.0)), ("temporal_compression_ratio", Value::Number(8.0))] },
        ],
    },
    Class {
        name: "AutoencoderKLCogVideoX",
        defaults: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(1.15258426))],
        spaces: &[
            Space { formats: &[LatentFormat::CogVideoX], needs_pipeline: false, values: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(1.15258426))] },
            Space { formats: &[LatentFormat::CogVideoX15], needs_pipeline: false, values: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(0.7))] },
        ],
    },
    Class {
        name: "AutoencoderDC",
        defaults: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::SanaBase, LatentFormat::SanaSprint], needs_pipeline: false, values: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(0.41407))] },
            Space { formats: &[LatentFormat::DcAeF32In], needs_pipeline: false, values: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(0.3189))] },
            Space { formats: &[LatentFormat::DcAeF32Mix], needs_pipeline: false, values: &[("latent_channels", Value::Number(32.0)), ("scaling_factor", Value::Number(0.4552))] },
            Space { formats: &[LatentFormat::DcAeF64In], needs_pipeline: false, values: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(0.2889))] },
            Space { formats: &[LatentFormat::DcAeF64Mix], needs_pipeline: false, values: &[("latent_channels", Value::Number(128.0)), ("scaling_factor", Value::Number(0.4538))] },
        ],
    },
    Class {
        name: "AutoencoderKLAllegro",
        defaults: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.13))],
        spaces: &[
            Space { formats: &[LatentFormat::Allegro], needs_pipeline: false, values: &[("latent_channels", Value::Number(4.0)), ("scaling_factor", Value::Number(0.13))] },
        ],
    },
    Class {
        name: "AutoencoderKLMagvit",
        defaults: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(0.7125))],
        spaces: &[
            Space { formats: &[LatentFormat::EasyAnimate51], needs_pipeline: false, values: &[("latent_channels", Value::Number(16.0)), ("scaling_factor", Value::Number(0.7125))] },
        ],
    },
    Class {
        name: "AutoencoderKLMiniMaxH3",
        defaults: &[("latent_channels", Value::Number(24.0)), ("scaling_factor", Value::Number(1.0))],
        spaces: &[
            Space { formats: &[LatentFormat::MiniMaxH3], needs_pipeline: false, values: &[("latent_channels", Value::Number(24.0)), ("latents_mean", Value::Of(LatentFormat::MiniMaxH3)), ("latents_std", Value::Of(LatentFormat::MiniMaxH3)), ("scaling_factor", Value::Number(1.0))] },
        ],
    },
    Class {
        name: "VQModel",
        defaults: &[("latent_channels", Value::Number(3.0))],
        spaces: &[
            Space { formats: &[LatentFormat::Kandinsky21], needs_pipeline: true, values: &[("latent_channels", Value::Number(4.0))] },
        ],
    },
    Class {
        name: "PaellaVQModel",
        defaults: &[("latent_channels", Value::Number(4.0))],
        spaces: &[
            Space { formats: &[LatentFormat::CascadeB], needs_pipeline: true, values: &[("latent_channels", Value::Number(4.0))] },
        ],
    },
];

pub(super) static PIPELINES: &[(LatentFormat, LatentFormat)] = &[
    (LatentFormat::Sdxl, LatentFormat::Playground25),
];

pub(super) static PREFIXES: &[&str] = &["", "model.diffusion_model.", "diffusion_model.", "model.model.", "model.", "net.", "transformer.", "unet.", "vae.", "first_stage_model."];

/// Sorted.
pub(super) static NAMES: &[&str] = &[
    "adaln_single.emb.timestep_embedder.linear_1.bias",
    "add_embedding.linear_1.weight",
    "all_final_layer.2-1.linear.weight",
    "attention_y_norm.weight",
    "audio_adaln_single.linear.weight",
    "audio_patch_proj.weight",
    "blocks.0.attn.qkv_x.weight",
    "blocks.0.cross_attn.q_linear.weight",
    "blocks.0.ffn.net.0.proj.weight",
    "blocks.0.mlp.layer1.weight",
    "blocks.0.norm1.linear.weight",
    "blocks.2.blocks.3.stack.5.weight",
    "blocks.31.mlp.all.proj_in_gate.weight",
    "blocks.35.mlp.all.proj_in_gate.weight",
    "blocks.35.mlp.vid.proj_out.weight",
    "blocks.block0.blocks.0.block.attn.to_q.0.weight",
    "bn.running_mean",
    "cap_embedder.1.weight",
    "caption_norm.weight",
    "caption_projection.0.linear.weight",
    "cfg_embedder.mlp.0.weight",
    "clf.1.weight",
    "clip_mapper.weight",
    "clip_txt_mapper.weight",
    "cond_seq_linear.weight",
    "condition_embedder.time_embedder.linear_1.weight",
    "condition_embedder.time_proj.weight",
    "context_embedder.token_refiner.refiner_blocks.0.attn.to_q.weight",
    "context_embedder.weight",
    "conv2.weight",
    "conv_in.weight",
    "conv_out.weight",
    "core.pixel_embedder.proj.weight",
    "dec_net.cond_embed.weight",
    "decoder.1.weight",
    "decoder.22.bias",
    "decoder.blocks.2.blocks.3.stack.5.weight",
    "decoder.conv_in.conv.weight",
    "decoder.conv_in.weight",
    "decoder.last_scale_shift_table",
    "decoder.mid.block_1.norm1.weight",
    "decoder.mid_block.resnets.0.norm1.gamma",
    "decoder.mid_block.resnets.0.norm1.norm_layer.weight",
    "decoder.mid_block.resnets.0.norm1.weight",
    "decoder.middle.0.residual.0.gamma",
    "decoder.project_in.main.conv.weight",
    "decoder.transformer_blocks.0.scale1",
    "decoder.unpatcher3d.wavelets",
    "decoder.up.2.upsample.conv.weight",
    "decoder.up.3.upsample.conv.weight",
    "decoder.up_blocks.0.res_blocks.0.conv1.conv.weight",
    "decoder.up_blocks.1.upsamplers.0.conv.weight",
    "decoder.up_blocks.2.upsamplers.0.conv.weight",
    "decoder.up_blocks.2.upsamplers.0.upscale_conv.weight",
    "distilled_guidance_layer.0.norms.0.scale",
    "distilled_guidance_layer.norms.0.scale",
    "distilled_guidance_layer.norms.0.weight",
    "double_blocks.0.attn.img_attn_qkv.weight",
    "double_blocks.0.img_attn.norm.key_norm.scale",
    "double_blocks.0.img_attn.norm.key_norm.weight",
    "double_layers.0.attn.w1q.weight",
    "double_stream_blocks.0.block.adaLN_modulation.1.bias",
    "double_stream_modulation_img.lin.weight",
    "double_stream_modulation_img.linear.weight",
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    "dual_time_embed.semantic_embedder.linear_1.weight",
    "edm_mean",
    "edm_std",
    "embed_image_indicator.weight",
    "encoder.conv_in.conv.weight",
    "encoder.conv_out.conv.weight",
    "encoder.down.5.block.0.conv1.weight",
    "encoder.project_in.conv.bias",
    "encoder.project_in.conv.conv.bias",
    "extra_embedder.0.weight",
    "final_layer.linear.weight",
    "head.head.weight",
    "head.modulation",
    "img_embedder.proj1.weight",
    "img_in.proj.weight",
    "img_in.weight",
    "input_blocks.0.0.weight",
    "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight",
    "input_proj.weight",
    "joint_blocks.0.context_block.attn.qkv.weight",
    "label_emb.0.0.weight",
    "layers.0.adaLN_sa_ln.weight",
    "layers.0.mlp.linear_fc2.weight",
    "lq_proj.latent_proj.0.weight",
    "mlp_t5.0.weight",
    "modulation.1.weight",
    "nerf_blocks.0.norm.scale",
    "nerf_blocks.0.norm.weight",
    "noise_refiner.0.attention.k_norm.weight",
    "noise_refiner.0.attention.norm_k.weight",
    "out.2.weight",
    "patch_embed.proj.weight",
    "patch_embed.text_proj.weight",
    "patchify_proj.weight",
    "pos_embed.proj.bias",
    "pos_embed.proj.weight",
    "post_quant_conv.weight",
    "proj_out.weight",
    "single_transformer_blocks.0.attn.norm_k.weight",
    "single_transformer_blocks.0.norm.linear.weight",
    "t5_yproj.weight",
    "t_block.1.weight",
    "t_embedder1.mlp.0.weight",
    "text_fusion.projector.weight",
    "time_caption_embed.timestep_embedder.linear_1.bias",
    "time_embed.emb.timestep_embedder.linear_1.weight",
    "time_embed.guidance_embedder.linear_1.weight",
    "transformer_blocks.0.attn.add_q_proj.weight",
    "transformer_blocks.0.attn.norm_added_q.weight",
    "transformer_blocks.0.img_mlp.w1.weight",
    "transformer_blocks.0.img_mod.1.weight",
    "transformer_blocks.0.norm1.linear.weight",
    "transformer_blocks.0.scale_shift_table",
    "txt_in.individual_token_refiner.blocks.0.norm1.weight",
    "txt_in.text_norm.weight",
    "txt_norm.weight",
    "txtfusion.projector.weight",
    "vector_in.in_layer.weight",
    "vector_in.mlp.0.weight",
    "video_patch_proj.weight",
    "vision_in.proj.0.weight",
    "visual_embeddings.in_layer.weight",
    "visual_transformer_blocks.0.cross_attention.key_norm.weight",
    "x_embedder.proj.1.weight",
    "x_embedder.proj.weight",
    "x_embedder.proj1.weight",
    "x_embedder.weight",
    "y_embedder.y_embedding",
];

pub(super) static MODELS: &[Model] = &[
    Model {
        name: "U-Net of SD 1",
        formats: &[LatentFormat::Sd1],
        tensors: &[
            &[Need { name: "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", shape: &[320, 768] }],
            &[Need { name: "out.2.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SD 2 or SVD",
        formats: &[LatentFormat::Sd1],
        tensors: &[
            &[Need { name: "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", shape: &[320, 1024] }],
            &[Need { name: "out.2.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SD 1, in diffusers' names",
        formats: &[LatentFormat::Sd1],
        tensors: &[
            &[Need { name: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight", shape: &[320, 768] }],
            &[Need { name: "conv_out.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SD 2, in diffusers' names",
        formats: &[LatentFormat::Sd1],
        tensors: &[
            &[Need { name: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight", shape: &[320, 1024] }],
            &[Need { name: "conv_out.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of the SD x4 upscaler",
        formats: &[LatentFormat::SdX4Upscaler],
        tensors: &[
            &[Need { name: "input_blocks.0.0.weight", shape: &[256, 7, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of the SD x4 upscaler, in diffusers' names",
        formats: &[LatentFormat::SdX4Upscaler],
        tensors: &[
            &[Need { name: "conv_in.weight", shape: &[256, 7, 3, 3] }],
            &[Need { name: "conv_out.weight", shape: &[4, 256, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SDXL",
        formats: &[LatentFormat::Sdxl],
        tensors: &[
            &[Need { name: "label_emb.0.0.weight", shape: &[0, 2816] }],
            &[Need { name: "out.2.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &["edm_mean", "edm_std"],
    },
    Model {
        name: "U-Net of the SDXL refiner",
        formats: &[LatentFormat::Sdxl],
        tensors: &[
            &[Need { name: "label_emb.0.0.weight", shape: &[0, 2560] }],
            &[Need { name: "out.2.weight", shape: &[4, 384, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of Playground 2.5",
        formats: &[LatentFormat::Playground25],
        tensors: &[
            &[Need { name: "label_emb.0.0.weight", shape: &[0, 2816] }],
            &[Need { name: "out.2.weight", shape: &[4, 320, 3, 3] }],
            &[Need { name: "edm_mean", shape: &[] }],
            &[Need { name: "edm_std", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SDXL or Playground 2.5, in diffusers' names",
        formats: &[LatentFormat::Sdxl, LatentFormat::Playground25],
        tensors: &[
            &[Need { name: "add_embedding.linear_1.weight", shape: &[0, 2816] }],
            &[Need { name: "conv_out.weight", shape: &[4, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "U-Net of SDXL for FLUX.2's autoencoder",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "label_emb.0.0.weight", shape: &[0, 2816] }],
            &[Need { name: "out.2.weight", shape: &[32, 320, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "stage C of Stable Cascade",
        formats: &[LatentFormat::CascadePrior],
        tensors: &[
            &[Need { name: "clf.1.weight", shape: &[] }],
            &[Need { name: "clip_txt_mapper.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "stage B of Stable Cascade",
        formats: &[LatentFormat::CascadeB],
        tensors: &[
            &[Need { name: "clf.1.weight", shape: &[] }],
            &[Need { name: "clip_mapper.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of SD 3",
        formats: &[LatentFormat::Sd3],
        tensors: &[
            &[Need { name: "joint_blocks.0.context_block.attn.qkv.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 16, 2, 2] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of SD 3, in diffusers' names",
        formats: &[LatentFormat::Sd3],
        tensors: &[
            &[Need { name: "transformer_blocks.0.attn.add_q_proj.weight", shape: &[] }],
            &[Need { name: "pos_embed.proj.weight", shape: &[0, 16, 2, 2] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of AuraFlow",
        formats: &[LatentFormat::Sdxl],
        tensors: &[
            &[Need { name: "double_layers.0.attn.w1q.weight", shape: &[] }],
            &[Need { name: "cond_seq_linear.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HunyuanDiT",
        formats: &[LatentFormat::Sdxl],
        tensors: &[
            &[Need { name: "mlp_t5.0.weight", shape: &[] }],
            &[Need { name: "extra_embedder.0.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of PixArt-Alpha",
        formats: &[LatentFormat::Sd1],
        tensors: &[
            &[Need { name: "t_block.1.weight", shape: &[] }],
            &[Need { name: "y_embedder.y_embedding", shape: &[120, 4096] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 4, 2, 2] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of PixArt-Sigma",
        formats: &[LatentFormat::Sdxl],
        tensors: &[
            &[Need { name: "t_block.1.weight", shape: &[] }],
            &[Need { name: "y_embedder.y_embedding", shape: &[300, 4096] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 4, 2, 2] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Sana",
        formats: &[LatentFormat::SanaBase],
        tensors: &[
            &[Need { name: "blocks.0.cross_attn.q_linear.weight", shape: &[] }],
            &[Need { name: "attention_y_norm.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 32, 1, 1] }],
        ],
        lacks: &["cfg_embedder.mlp.0.weight"],
    },
    Model {
        name: "transformer of Sana Sprint",
        formats: &[LatentFormat::SanaSprint],
        tensors: &[
            &[Need { name: "blocks.0.cross_attn.q_linear.weight", shape: &[] }],
            &[Need { name: "cfg_embedder.mlp.0.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 32, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Sana, in diffusers' names",
        formats: &[LatentFormat::SanaBase],
        tensors: &[
            &[Need { name: "time_embed.emb.timestep_embedder.linear_1.weight", shape: &[] }],
            &[Need { name: "caption_norm.weight", shape: &[] }],
            &[Need { name: "patch_embed.proj.weight", shape: &[0, 32, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Sana Sprint, in diffusers' names",
        formats: &[LatentFormat::SanaSprint],
        tensors: &[
            &[Need { name: "time_embed.guidance_embedder.linear_1.weight", shape: &[] }],
            &[Need { name: "caption_norm.weight", shape: &[] }],
            &[Need { name: "patch_embed.proj.weight", shape: &[0, 32, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of FLUX.1",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "double_blocks.0.img_attn.norm.key_norm.scale", shape: &[] }, Need { name: "double_blocks.0.img_attn.norm.key_norm.weight", shape: &[] }],
            &[Need { name: "img_in.weight", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &["double_stream_modulation_img.lin.weight"],
    },
    Model {
        name: "transformer of FLUX.1, in diffusers' names",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "single_transformer_blocks.0.attn.norm_k.weight", shape: &[] }],
            &[Need { name: "single_transformer_blocks.0.norm.linear.weight", shape: &[] }],
            &[Need { name: "context_embedder.weight", shape: &[] }],
            &[Need { name: "proj_out.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Chroma",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "distilled_guidance_layer.norms.0.scale", shape: &[] }, Need { name: "distilled_guidance_layer.norms.0.weight", shape: &[] }, Need { name: "distilled_guidance_layer.0.norms.0.scale", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Chroma Radiance",
        formats: &[LatentFormat::RgbPixels],
        tensors: &[
            &[Need { name: "nerf_blocks.0.norm.scale", shape: &[] }, Need { name: "nerf_blocks.0.norm.weight", shape: &[] }],
            &[Need { name: "double_blocks.0.img_attn.norm.key_norm.scale", shape: &[] }, Need { name: "double_blocks.0.img_attn.norm.key_norm.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of FLUX.2",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "double_stream_modulation_img.lin.weight", shape: &[] }],
            &[Need { name: "img_in.weight", shape: &[0, 128] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of FLUX.2, in diffusers' names",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "double_stream_modulation_img.linear.weight", shape: &[] }],
            &[Need { name: "x_embedder.weight", shape: &[0, 128] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Lumina 2 or Z-Image",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "cap_embedder.1.weight", shape: &[] }],
            &[Need { name: "noise_refiner.0.attention.k_norm.weight", shape: &[] }, Need { name: "noise_refiner.0.attention.norm_k.weight", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }, Need { name: "all_final_layer.2-1.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &["dec_net.cond_embed.weight"],
    },
    Model {
        name: "transformer of Z-Image, for pixels",
        formats: &[LatentFormat::RgbPixels],
        tensors: &[
            &[Need { name: "cap_embedder.1.weight", shape: &[] }],
            &[Need { name: "dec_net.cond_embed.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HiDream-I1",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "caption_projection.0.linear.weight", shape: &[] }],
            &[Need { name: "double_stream_blocks.0.block.adaLN_modulation.1.bias", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HiDream-O1",
        formats: &[LatentFormat::RgbPixels],
        tensors: &[
            &[Need { name: "t_embedder1.mlp.0.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of OmniGen2 or Boogu",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "time_caption_embed.timestep_embedder.linear_1.bias", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Lens",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "transformer_blocks.0.attn.norm_added_q.weight", shape: &[] }],
            &[Need { name: "transformer_blocks.0.img_mlp.w1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of MageFlow",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "txt_norm.weight", shape: &[2560] }],
            &[Need { name: "proj_out.weight", shape: &[128, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Ideogram 4",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "embed_image_indicator.weight", shape: &[] }],
            &[Need { name: "input_proj.weight", shape: &[0, 128] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of ERNIE-Image",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "layers.0.mlp.linear_fc2.weight", shape: &[] }],
            &[Need { name: "layers.0.adaLN_sa_ln.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of SeFi",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "dual_time_embed.semantic_embedder.linear_1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Qwen-Image",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "txt_norm.weight", shape: &[3584] }],
            &[Need { name: "img_in.weight", shape: &[0, 64] }],
            &[Need { name: "proj_out.weight", shape: &[64, 0] }],
            &[Need { name: "transformer_blocks.0.img_mod.1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Qwen-Image 2.1",
        formats: &[LatentFormat::QwenImage21],
        tensors: &[
            &[Need { name: "txt_in.text_norm.weight", shape: &[] }],
            &[Need { name: "modulation.1.weight", shape: &[] }],
            &[Need { name: "img_in.weight", shape: &[0, 64] }],
            &[Need { name: "proj_out.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Krea 2",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "txtfusion.projector.weight", shape: &[] }, Need { name: "text_fusion.projector.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Wan 2.1 or Wan 2.2 A14B",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "head.modulation", shape: &[] }],
            &[Need { name: "head.head.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Wan 2.2 5B",
        formats: &[LatentFormat::Wan22],
        tensors: &[
            &[Need { name: "head.modulation", shape: &[] }],
            &[Need { name: "head.head.weight", shape: &[192, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Wan 2.1 or Wan 2.2 A14B, in diffusers' names",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "condition_embedder.time_proj.weight", shape: &[] }],
            &[Need { name: "blocks.0.ffn.net.0.proj.weight", shape: &[] }],
            &[Need { name: "proj_out.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Wan 2.2 5B, in diffusers' names",
        formats: &[LatentFormat::Wan22],
        tensors: &[
            &[Need { name: "condition_embedder.time_proj.weight", shape: &[] }],
            &[Need { name: "blocks.0.ffn.net.0.proj.weight", shape: &[] }],
            &[Need { name: "proj_out.weight", shape: &[192, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Cosmos-Predict 2 or Anima",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "blocks.0.mlp.layer1.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.1.weight", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Cosmos 1",
        formats: &[LatentFormat::Cosmos1],
        tensors: &[
            &[Need { name: "blocks.block0.blocks.0.block.attn.to_q.0.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of JoyImage",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "double_blocks.0.attn.img_attn_qkv.weight", shape: &[] }],
            &[Need { name: "condition_embedder.time_embedder.linear_1.weight", shape: &[] }],
            &[Need { name: "img_in.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Kandinsky 5 Image",
        formats: &[LatentFormat::Flux1],
        tensors: &[
            &[Need { name: "visual_transformer_blocks.0.cross_attention.key_norm.weight", shape: &[] }],
            &[Need { name: "visual_embeddings.in_layer.weight", shape: &[2560, 64] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Kandinsky 5 Video",
        formats: &[LatentFormat::HunyuanVideo],
        tensors: &[
            &[Need { name: "visual_transformer_blocks.0.cross_attention.key_norm.weight", shape: &[] }],
            &[Need { name: "visual_embeddings.in_layer.weight", shape: &[1792, 0] }, Need { name: "visual_embeddings.in_layer.weight", shape: &[4096, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HunyuanVideo",
        formats: &[LatentFormat::HunyuanVideo],
        tensors: &[
            &[Need { name: "txt_in.individual_token_refiner.blocks.0.norm1.weight", shape: &[] }],
            &[Need { name: "vector_in.in_layer.weight", shape: &[] }, Need { name: "vector_in.mlp.0.weight", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &["vision_in.proj.0.weight"],
    },
    Model {
        name: "transformer of HunyuanVideo 1.5",
        formats: &[LatentFormat::HunyuanVideo15],
        tensors: &[
            &[Need { name: "txt_in.individual_token_refiner.blocks.0.norm1.weight", shape: &[] }],
            &[Need { name: "vision_in.proj.0.weight", shape: &[] }],
            &[Need { name: "final_layer.linear.weight", shape: &[32, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HunyuanImage 2.1",
        formats: &[LatentFormat::HunyuanImage21],
        tensors: &[
            &[Need { name: "txt_in.individual_token_refiner.blocks.0.norm1.weight", shape: &[] }],
            &[Need { name: "img_in.proj.weight", shape: &[0, 64, 1, 1] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of the refiner of HunyuanImage 2.1",
        formats: &[LatentFormat::HunyuanImage21Refiner],
        tensors: &[
            &[Need { name: "txt_in.individual_token_refiner.blocks.0.norm1.weight", shape: &[] }],
            &[Need { name: "img_in.proj.weight", shape: &[0, 128, 1, 1, 1] }],
            &[Need { name: "final_layer.linear.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of HunyuanVideo, in diffusers' names",
        formats: &[LatentFormat::HunyuanVideo],
        tensors: &[
            &[Need { name: "context_embedder.token_refiner.refiner_blocks.0.attn.to_q.weight", shape: &[] }],
            &[Need { name: "x_embedder.proj.weight", shape: &[0, 0, 1, 2, 2] }],
            &[Need { name: "proj_out.weight", shape: &[64, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of Mochi 1",
        formats: &[LatentFormat::Mochi],
        tensors: &[
            &[Need { name: "t5_yproj.weight", shape: &[] }],
            &[Need { name: "blocks.0.attn.qkv_x.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of LTX-Video",
        formats: &[LatentFormat::LtxVideo],
        tensors: &[
            &[Need { name: "adaln_single.emb.timestep_embedder.linear_1.bias", shape: &[] }],
            &[Need { name: "patchify_proj.weight", shape: &[0, 128] }],
            &[Need { name: "transformer_blocks.0.scale_shift_table", shape: &[6, 0] }],
        ],
        lacks: &["audio_adaln_single.linear.weight", "pos_embed.proj.bias"],
    },
    Model {
        name: "transformer of LTX-2",
        formats: &[LatentFormat::Ltx2],
        tensors: &[
            &[Need { name: "audio_adaln_single.linear.weight", shape: &[] }],
            &[Need { name: "patchify_proj.weight", shape: &[0, 128] }],
            &[Need { name: "transformer_blocks.0.scale_shift_table", shape: &[6, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of LTX-2.3 or 2.5",
        formats: &[LatentFormat::Ltx23],
        tensors: &[
            &[Need { name: "audio_adaln_single.linear.weight", shape: &[] }],
            &[Need { name: "patchify_proj.weight", shape: &[0, 128] }],
            &[Need { name: "transformer_blocks.0.scale_shift_table", shape: &[9, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of CogVideoX 2B",
        formats: &[LatentFormat::CogVideoX],
        tensors: &[
            &[Need { name: "blocks.0.norm1.linear.weight", shape: &[11520, 0] }, Need { name: "transformer_blocks.0.norm1.linear.weight", shape: &[11520, 0] }],
            &[Need { name: "patch_embed.text_proj.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of CogVideoX 5B or 1.5",
        formats: &[LatentFormat::CogVideoX15],
        tensors: &[
            &[Need { name: "blocks.0.norm1.linear.weight", shape: &[18432, 0] }, Need { name: "transformer_blocks.0.norm1.linear.weight", shape: &[18432, 0] }],
            &[Need { name: "patch_embed.text_proj.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of MiniMax H3",
        formats: &[LatentFormat::MiniMaxH3],
        tensors: &[
            &[Need { name: "video_patch_proj.weight", shape: &[] }],
            &[Need { name: "audio_patch_proj.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of SeedVR2",
        formats: &[LatentFormat::SeedVr2],
        tensors: &[
            &[Need { name: "blocks.31.mlp.all.proj_in_gate.weight", shape: &[] }, Need { name: "blocks.35.mlp.all.proj_in_gate.weight", shape: &[] }, Need { name: "blocks.35.mlp.vid.proj_out.weight", shape: &[3072, 0] }],
        ],
        lacks: &[],
    },
    Model {
        name: "transformer of PixelDiT",
        formats: &[LatentFormat::RgbPixels],
        tensors: &[
            &[Need { name: "core.pixel_embedder.proj.weight", shape: &[] }],
        ],
        lacks: &["lq_proj.latent_proj.0.weight"],
    },
    Model {
        name: "transformer of MiniT2I",
        formats: &[LatentFormat::RgbPixels],
        tensors: &[
            &[Need { name: "img_embedder.proj1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of 4 channels (SD 1, SDXL)",
        formats: &[LatentFormat::Sd1, LatentFormat::Sdxl, LatentFormat::Playground25],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[512, 4, 3, 3] }],
            &[Need { name: "decoder.up.3.upsample.conv.weight", shape: &[] }, Need { name: "decoder.up_blocks.2.upsamplers.0.conv.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of the SD x4 upscaler",
        formats: &[LatentFormat::SdX4Upscaler],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[0, 4, 3, 3] }],
            &[Need { name: "decoder.up.2.upsample.conv.weight", shape: &[] }, Need { name: "decoder.up_blocks.1.upsamplers.0.conv.weight", shape: &[] }],
        ],
        lacks: &["decoder.up.3.upsample.conv.weight", "decoder.up_blocks.2.upsamplers.0.conv.weight"],
    },
    Model {
        name: "autoencoder of 16 channels (SD 3, FLUX.1)",
        formats: &[LatentFormat::Sd3, LatentFormat::Flux1, LatentFormat::CogView3Plus, LatentFormat::CogView4, LatentFormat::GlmImage],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[512, 16, 3, 3] }],
            &[Need { name: "decoder.up.3.upsample.conv.weight", shape: &[] }, Need { name: "decoder.up_blocks.2.upsamplers.0.conv.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of FLUX.2",
        formats: &[LatentFormat::Flux2],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[0, 32, 3, 3] }],
            &[Need { name: "bn.running_mean", shape: &[128] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of HunyuanImage 2.1",
        formats: &[LatentFormat::HunyuanImage21],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[0, 64, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of the refiner of HunyuanImage 2.1",
        formats: &[LatentFormat::HunyuanImage21Refiner],
        tensors: &[
            &[Need { name: "decoder.conv_in.weight", shape: &[0, 32, 3, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of HunyuanVideo 1.5",
        formats: &[LatentFormat::HunyuanVideo15],
        tensors: &[
            &[Need { name: "decoder.conv_in.conv.weight", shape: &[0, 32, 3, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of HunyuanVideo",
        formats: &[LatentFormat::HunyuanVideo],
        tensors: &[
            &[Need { name: "decoder.conv_in.conv.weight", shape: &[512, 16, 3, 3, 3] }],
            &[Need { name: "decoder.mid.block_1.norm1.weight", shape: &[] }, Need { name: "decoder.mid_block.resnets.0.norm1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of CogVideoX",
        formats: &[LatentFormat::CogVideoX, LatentFormat::CogVideoX15],
        tensors: &[
            &[Need { name: "decoder.conv_in.conv.weight", shape: &[512, 16, 3, 3, 3] }],
            &[Need { name: "decoder.mid_block.resnets.0.norm1.norm_layer.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Wan 2.1",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "decoder.middle.0.residual.0.gamma", shape: &[] }],
            &[Need { name: "conv2.weight", shape: &[16, 16, 1, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Wan 2.2",
        formats: &[LatentFormat::Wan22],
        tensors: &[
            &[Need { name: "decoder.middle.0.residual.0.gamma", shape: &[] }],
            &[Need { name: "conv2.weight", shape: &[48, 48, 1, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Wan 2.1, in diffusers' names",
        formats: &[LatentFormat::Wan21],
        tensors: &[
            &[Need { name: "decoder.mid_block.resnets.0.norm1.gamma", shape: &[] }],
            &[Need { name: "post_quant_conv.weight", shape: &[16, 16, 1, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Wan 2.2, in diffusers' names",
        formats: &[LatentFormat::Wan22],
        tensors: &[
            &[Need { name: "decoder.mid_block.resnets.0.norm1.gamma", shape: &[] }],
            &[Need { name: "post_quant_conv.weight", shape: &[48, 48, 1, 1, 1] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Mochi 1",
        formats: &[LatentFormat::Mochi],
        tensors: &[
            &[Need { name: "blocks.2.blocks.3.stack.5.weight", shape: &[] }, Need { name: "decoder.blocks.2.blocks.3.stack.5.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of LTX-Video 0.9 or 0.9.1",
        formats: &[LatentFormat::LtxVideo],
        tensors: &[
            &[Need { name: "decoder.up_blocks.0.res_blocks.0.conv1.conv.weight", shape: &[] }],
            &[Need { name: "encoder.conv_out.conv.weight", shape: &[129, 512, 3, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of LTX-Video 0.9.5",
        formats: &[LatentFormat::LtxVideo],
        tensors: &[
            &[Need { name: "decoder.up_blocks.0.res_blocks.0.conv1.conv.weight", shape: &[] }],
            &[Need { name: "encoder.conv_out.conv.weight", shape: &[129, 2048, 3, 3, 3] }],
            &[Need { name: "decoder.last_scale_shift_table", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of LTX-2",
        formats: &[LatentFormat::Ltx2],
        tensors: &[
            &[Need { name: "decoder.up_blocks.0.res_blocks.0.conv1.conv.weight", shape: &[] }],
            &[Need { name: "encoder.conv_out.conv.weight", shape: &[129, 2048, 3, 3, 3] }],
        ],
        lacks: &["decoder.last_scale_shift_table"],
    },
    Model {
        name: "autoencoder of LTX-2.3 or 2.5",
        formats: &[LatentFormat::Ltx23],
        tensors: &[
            &[Need { name: "encoder.conv_in.conv.weight", shape: &[128, 48, 3, 3, 3] }],
            &[Need { name: "encoder.conv_out.conv.weight", shape: &[129, 1024, 3, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Cosmos 1",
        formats: &[LatentFormat::Cosmos1],
        tensors: &[
            &[Need { name: "decoder.unpatcher3d.wavelets", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of SeedVR2",
        formats: &[LatentFormat::SeedVr2],
        tensors: &[
            &[Need { name: "decoder.up_blocks.2.upsamplers.0.upscale_conv.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of MiniMax H3",
        formats: &[LatentFormat::MiniMaxH3],
        tensors: &[
            &[Need { name: "decoder.transformer_blocks.0.scale1", shape: &[] }],
            &[Need { name: "encoder.down.5.block.0.conv1.weight", shape: &[] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder of Sana",
        formats: &[LatentFormat::SanaBase, LatentFormat::SanaSprint],
        tensors: &[
            &[Need { name: "encoder.project_in.conv.bias", shape: &[] }],
            &[Need { name: "decoder.project_in.main.conv.weight", shape: &[0, 32, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder DC-AE f32c32, in or mix",
        formats: &[LatentFormat::DcAeF32In, LatentFormat::DcAeF32Mix],
        tensors: &[
            &[Need { name: "encoder.project_in.conv.conv.bias", shape: &[] }],
            &[Need { name: "decoder.project_in.main.conv.weight", shape: &[0, 32, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "autoencoder DC-AE f64c128, in or mix",
        formats: &[LatentFormat::DcAeF64In, LatentFormat::DcAeF64Mix],
        tensors: &[
            &[Need { name: "encoder.project_in.conv.conv.bias", shape: &[] }],
            &[Need { name: "decoder.project_in.main.conv.weight", shape: &[0, 128, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "tiny autoencoder of 16 channels (HunyuanVideo, Wan 2.1, CogVideoX)",
        formats: &[LatentFormat::HunyuanVideo, LatentFormat::Wan21, LatentFormat::CogVideoX, LatentFormat::CogVideoX15],
        tensors: &[
            &[Need { name: "decoder.22.bias", shape: &[] }],
            &[Need { name: "decoder.1.weight", shape: &[0, 16, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "tiny autoencoder of HunyuanVideo 1.5",
        formats: &[LatentFormat::HunyuanVideo15],
        tensors: &[
            &[Need { name: "decoder.22.bias", shape: &[12] }],
            &[Need { name: "decoder.1.weight", shape: &[0, 32, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "tiny autoencoder of Wan 2.2",
        formats: &[LatentFormat::Wan22],
        tensors: &[
            &[Need { name: "decoder.22.bias", shape: &[] }],
            &[Need { name: "decoder.1.weight", shape: &[0, 48, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "tiny autoencoder of MiniMax H3",
        formats: &[LatentFormat::MiniMaxH3],
        tensors: &[
            &[Need { name: "decoder.22.bias", shape: &[12] }],
            &[Need { name: "decoder.1.weight", shape: &[0, 24, 3, 3] }],
        ],
        lacks: &[],
    },
    Model {
        name: "tiny autoencoder of 128 channels (LTX)",
        formats: &[LatentFormat::LtxVideo, LatentFormat::Ltx2, LatentFormat::Ltx23],
        tensors: &[
            &[Need { name: "decoder.22.bias", shape: &[] }],
            &[Need { name: "decoder.1.weight", shape: &[0, 128, 3, 3] }],
        ],
        lacks: &[],
    },
];
