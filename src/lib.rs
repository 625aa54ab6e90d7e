#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// What the README links to: the first definition of a link counts, and docs.rs has no files.
#![cfg_attr(
    all(doc, feature = "std"),
    doc = "[guide]: crate::guide::tensors\n[fitting]: crate::guide::fitting"
)]
#![cfg_attr(all(doc, feature = "std"), doc = include_str!("guide/pictures.md"))]
#![cfg_attr(feature = "std", doc = include_str!("../README.md"))]
// The README's examples need `std`.
#![cfg_attr(
    not(feature = "std"),
    doc = "RGB previews of diffusion-model latents in microseconds."
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
mod background;
mod coefficients;
mod denoise;
mod error;
#[cfg(feature = "fit")]
pub mod fit;
mod format;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod interop;
mod kernel;
mod latents;
mod layout;
mod linear_decode;
mod pacing;
#[cfg(feature = "alloc")]
mod picture;
mod pointers;
mod preview;
mod projection;
mod sample;
#[doc(hidden)]
pub mod testing;
mod tiny;

#[cfg(feature = "std")]
pub use background::BackgroundPreviewer;
#[cfg(feature = "candle")]
pub use candle_core;
pub use coefficients::Coefficients;
pub use denoise::Denoise;
pub use error::PreviewError;
pub use format::{LatentFormat, Previewer, PublishedProjection, VaeSpace};
pub use half::{bf16, f16};
#[cfg(feature = "image")]
pub use image;
#[cfg(feature = "candle")]
pub use interop::TensorPreviewer;
pub use latents::{LatentImages, Latents};
pub use layout::PackOrder;
pub use linear_decode::linear_decode;
#[cfg(feature = "ndarray")]
pub use ndarray;
pub use pacing::Pacing;
#[cfg(feature = "alloc")]
pub use picture::Preview;
pub use preview::{LatentPreview, PixelFormat, Rounding};
pub use projection::{Affine, Cubic, Linear, Projection, Quadratic, Refined};
#[cfg(feature = "alloc")]
pub use sample::OwnedSamples;
pub use sample::{DType, Element, Samples};
pub use tiny::{TinyDecoder, TinyLayer};
