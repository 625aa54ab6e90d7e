//! The known facts about each format.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

#![allow(clippy::approx_constant, reason = "published numbers may be near one")]

use super::facts::{Facts, VaeSpace};
use super::{Evidence, LatentFormat, PublishedProjection, Recommendation};
use crate::{PackOrder, PixelFormat, Polynomial, Projection, Refined};

mod stable_diffusion;
mod flux;
mod wan;
mod ltx;
mod hunyuan;
mod sana;
mod cog;
mod allegro;
mod cascade;
mod cosmos;
mod dcae;
mod easyanimate;
mod glm;
mod kandinsky;
mod ming;
mod minimax;
mod mochi;
mod pixels;
mod seedvr;

pub(super) use stable_diffusion::{PLAYGROUND25, SDXL};
pub(super) mod names;

pub(super) const ALL: &[LatentFormat] = &[
    LatentFormat::Sd1,
    LatentFormat::Sdxl,
    LatentFormat::Sd3,
    LatentFormat::Playground25,
    LatentFormat::SdX4Upscaler,
    LatentFormat::Flux1,
    LatentFormat::Flux2,
    LatentFormat::Wan21,
    LatentFormat::Wan22,
    LatentFormat::QwenImage21,
    LatentFormat::LtxVideo,
    LatentFormat::Ltx2,
    LatentFormat::Ltx23,
    LatentFormat::HunyuanVideo,
    LatentFormat::HunyuanVideo15,
    LatentFormat::HunyuanImage21,
    LatentFormat::HunyuanImage21Refiner,
    LatentFormat::SanaBase,
    LatentFormat::SanaSprint,
    LatentFormat::CogView4,
    LatentFormat::CogView3Plus,
    LatentFormat::CogVideoX,
    LatentFormat::CogVideoX15,
    LatentFormat::Allegro,
    LatentFormat::CascadePrior,
    LatentFormat::CascadeB,
    LatentFormat::Cosmos1,
    LatentFormat::DcAeF32In,
    LatentFormat::DcAeF32Mix,
    LatentFormat::DcAeF64In,
    LatentFormat::DcAeF64Mix,
    LatentFormat::EasyAnimate51,
    LatentFormat::GlmImage,
    LatentFormat::Kandinsky21,
    LatentFormat::MingImage,
    LatentFormat::MiniMaxH3,
    LatentFormat::Mochi,
    LatentFormat::RgbPixels,
    LatentFormat::SeedVr2,
];

pub(super) fn facts(format: LatentFormat) -> &'static Facts {
    match format {
        LatentFormat::Sd1 => &stable_diffusion::SD1,
        LatentFormat::Sdxl => &stable_diffusion::SDXL,
        LatentFormat::Sd3 => &stable_diffusion::SD3,
        LatentFormat::Playground25 => &stable_diffusion::PLAYGROUND25,
        LatentFormat::SdX4Upscaler => &stable_diffusion::SD_X4_UPSCALER,
        LatentFormat::Flux1 => &flux::FLUX1,
        LatentFormat::Flux2 => &flux::FLUX2,
        LatentFormat::Wan21 => &wan::WAN21,
        LatentFormat::Wan22 => &wan::WAN22,
        LatentFormat::QwenImage21 => &wan::QWEN_IMAGE_21,
        LatentFormat::LtxVideo => &ltx::LTX_VIDEO,
        LatentFormat::Ltx2 => &ltx::LTX2,
        LatentFormat::Ltx23 => &ltx::LTX23,
        LatentFormat::HunyuanVideo => &hunyuan::HUNYUAN_VIDEO,
        LatentFormat::HunyuanVideo15 => &hunyuan::HUNYUAN_VIDEO_15,
        LatentFormat::HunyuanImage21 => &hunyuan::HUNYUAN_IMAGE_21,
        LatentFormat::HunyuanImage21Refiner => &hunyuan::HUNYUAN_IMAGE_21_REFINER,
        LatentFormat::SanaBase => &sana::SANA,
        LatentFormat::SanaSprint => &sana::SANA_SPRINT,
        LatentFormat::CogView4 => &cog::COGVIEW4,
        LatentFormat::CogView3Plus => &cog::COGVIEW3_PLUS,
        LatentFormat::CogVideoX => &cog::COGVIDEOX_2B,
        LatentFormat::CogVideoX15 => &cog::COGVIDEOX_5B,
        LatentFormat::Allegro => &allegro::ALLEGRO,
        LatentFormat::CascadePrior => &cascade::CASCADE_PRIOR,
        LatentFormat::CascadeB => &cascade::CASCADE_B,
        LatentFormat::Cosmos1 => &cosmos::COSMOS1,
        LatentFormat::DcAeF32In => &dcae::DC_AE_F32_IN,
        LatentFormat::DcAeF32Mix => &dcae::DC_AE_F32_MIX,
        LatentFormat::DcAeF64In => &dcae::DC_AE_F64_IN,
        LatentFormat::DcAeF64Mix => &dcae::DC_AE_F64_MIX,
        LatentFormat::EasyAnimate51 => &easyanimate::EASYANIMATE51,
        LatentFormat::GlmImage => &glm::GLM_IMAGE,
        LatentFormat::Kandinsky21 => &kandinsky::KANDINSKY21,
        LatentFormat::MingImage => &ming::MING_IMAGE,
        LatentFormat::MiniMaxH3 => &minimax::MINIMAX_H3,
        LatentFormat::Mochi => &mochi::MOCHI,
        LatentFormat::RgbPixels => &pixels::RGB,
        LatentFormat::SeedVr2 => &seedvr::SEEDVR2,
    }
}

pub(super) fn projections(format: LatentFormat) -> &'static [PublishedProjection] {
    match format {
        LatentFormat::Sd1 => stable_diffusion::SD1_PROJECTIONS,
        LatentFormat::Sdxl => stable_diffusion::SDXL_PROJECTIONS,
        LatentFormat::Sd3 => stable_diffusion::SD3_PROJECTIONS,
        LatentFormat::Playground25 => stable_diffusion::PLAYGROUND25_PROJECTIONS,
        LatentFormat::SdX4Upscaler => stable_diffusion::SD_X4_UPSCALER_PROJECTIONS,
        LatentFormat::Flux1 => flux::FLUX1_PROJECTIONS,
        LatentFormat::Flux2 => flux::FLUX2_PROJECTIONS,
        LatentFormat::Wan21 => wan::WAN21_PROJECTIONS,
        LatentFormat::Wan22 => wan::WAN22_PROJECTIONS,
        LatentFormat::QwenImage21 => wan::QWEN_IMAGE_21_PROJECTIONS,
        LatentFormat::LtxVideo => ltx::LTX_VIDEO_PROJECTIONS,
        LatentFormat::Ltx2 => ltx::LTX2_PROJECTIONS,
        LatentFormat::Ltx23 => ltx::LTX23_PROJECTIONS,
        LatentFormat::HunyuanVideo => hunyuan::HUNYUAN_VIDEO_PROJECTIONS,
        LatentFormat::HunyuanVideo15 => hunyuan::HUNYUAN_VIDEO_15_PROJECTIONS,
        LatentFormat::HunyuanImage21 => hunyuan::HUNYUAN_IMAGE_21_PROJECTIONS,
        LatentFormat::HunyuanImage21Refiner => hunyuan::HUNYUAN_IMAGE_21_REFINER_PROJECTIONS,
        LatentFormat::SanaBase => sana::SANA_PROJECTIONS,
        LatentFormat::SanaSprint => sana::SANA_SPRINT_PROJECTIONS,
        LatentFormat::CogView4 => cog::COGVIEW4_PROJECTIONS,
        LatentFormat::CogView3Plus => cog::COGVIEW3_PLUS_PROJECTIONS,
        LatentFormat::CogVideoX => cog::COGVIDEOX_2B_PROJECTIONS,
        LatentFormat::CogVideoX15 => cog::COGVIDEOX_5B_PROJECTIONS,
        LatentFormat::Allegro => allegro::ALLEGRO_PROJECTIONS,
        LatentFormat::CascadePrior => cascade::CASCADE_PRIOR_PROJECTIONS,
        LatentFormat::CascadeB => cascade::CASCADE_B_PROJECTIONS,
        LatentFormat::Cosmos1 => cosmos::COSMOS1_PROJECTIONS,
        LatentFormat::DcAeF32In => dcae::DC_AE_F32_IN_PROJECTIONS,
        LatentFormat::DcAeF32Mix => dcae::DC_AE_F32_MIX_PROJECTIONS,
        LatentFormat::DcAeF64In => dcae::DC_AE_F64_IN_PROJECTIONS,
        LatentFormat::DcAeF64Mix => dcae::DC_AE_F64_MIX_PROJECTIONS,
        LatentFormat::EasyAnimate51 => easyanimate::EASYANIMATE51_PROJECTIONS,
        LatentFormat::GlmImage => glm::GLM_IMAGE_PROJECTIONS,
        LatentFormat::Kandinsky21 => kandinsky::KANDINSKY21_PROJECTIONS,
        LatentFormat::MingImage => ming::MING_IMAGE_PROJECTIONS,
        LatentFormat::MiniMaxH3 => minimax::MINIMAX_H3_PROJECTIONS,
        LatentFormat::Mochi => mochi::MOCHI_PROJECTIONS,
        LatentFormat::RgbPixels => pixels::RGB_PROJECTIONS,
        LatentFormat::SeedVr2 => seedvr::SEEDVR2_PROJECTIONS,
    }
}

/// The default projections under MIT or Apache-2.0 of formats without a tiny decoder. They stand apart from
/// the others: a program that asks for no others does not contain those.
pub(super) fn permissive(format: LatentFormat) -> Option<&'static PublishedProjection> {
    match format {
        LatentFormat::Wan21 => Some(&wan::WAN21_PERMISSIVE),
        LatentFormat::Wan22 => Some(&wan::WAN22_PERMISSIVE),
        LatentFormat::SanaBase => Some(&sana::SANA_PERMISSIVE),
        LatentFormat::SanaSprint => Some(&sana::SANA_SPRINT_PERMISSIVE),
        LatentFormat::CogView4 => Some(&cog::COGVIEW4_PERMISSIVE),
        LatentFormat::RgbPixels => Some(&pixels::RGB_PERMISSIVE),
        _ => None,
    }
}

/// The names of the formats with this number of channels, unpacked or packed.
pub(crate) const fn with_channels(channels: usize) -> &'static str {
    match channels {
        3 => "rgb",
        4 => "sd1, sdxl, playground25, sd-x4-upscaler, allegro, cascade-b, kandinsky21",
        12 => "mochi",
        16 => "sd3, flux1, wan21, hunyuan-video, cogview4, cogview3-plus, cogvideox-2b, cogvideox-5b, cascade-prior, cosmos1, easyanimate51, glm-image, ming-image, seedvr2",
        24 => "minimax-h3",
        32 => "flux2, hunyuan-video-15, sana, sana-sprint, dc-ae-f32-in, dc-ae-f32-mix",
        48 => "wan22",
        64 => "flux1, wan21, qwen-image-21, hunyuan-image-21, hunyuan-image-21-refiner",
        128 => "flux2, ltx-video, ltx2, ltx23, dc-ae-f64-in, dc-ae-f64-mix",
        _ => "",
    }
}
