#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The guide and a few items link to what features add.
#![cfg_attr(not(feature = "full"), allow(rustdoc::broken_intra_doc_links))]
#![cfg_attr(all(doc, feature = "std"), doc = include_str!("picture.md"))]
// The README without the commands of a clone; a test writes it.
#![cfg_attr(feature = "std", doc = include_str!("crate.md"))]
// Its examples need `std`.
#![cfg_attr(
    not(feature = "std"),
    doc = "RGB previews of diffusion-model latents in about a millisecond."
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod channels;
mod dtype;
mod error;
#[cfg(feature = "fit")]
pub mod fit;
mod format;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
#[cfg(feature = "identify")]
mod identify;
mod interop;
mod kernel;
mod latents;
mod map;
mod pixel_format;
mod preview;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing;
#[cfg(feature = "std")]
mod worker;

#[cfg(feature = "candle")]
pub use candle_core;
pub use dtype::DType;
pub use error::{Excerpt, PreviewError};
pub use format::{
    Evidence, Inspection, LatentFormat, Looks, Previewer, PublishedProjection, Recommendation,
    VaeSpace,
};
pub use half::{bf16, f16};
#[cfg(feature = "identify")]
pub use identify::{Identified, IdentifyError};
#[cfg(feature = "image")]
pub use image;
#[cfg(feature = "candle")]
pub use interop::TensorError;
#[cfg(feature = "alloc")]
pub use latents::OwnedSamples;
pub use latents::{Denoise, Element, LatentImages, Latents, PackOrder, Samples};
pub use map::{Coefficients, Polynomial, Projection, Refined, TinyDecoder, TinyLayer};
#[cfg(feature = "ndarray")]
pub use ndarray;
pub use pixel_format::PixelFormat;
#[cfg(feature = "std")]
pub use preview::BackgroundPreviewer;
#[cfg(feature = "alloc")]
pub use preview::Preview;
pub use preview::{LatentPreview, linear_decode};
