//! From what you have to a picture, step by step.
//!
//! - [`tensors`]: from a tensor of candle, burn, ort, ndarray, tch, mlx-rs or a file to a
//!   preview, and from a preview to a picture of `image` or a texture of `wgpu`.
//! - [`models`]: from a model folder or a checkpoint to a preview.
//! - [`formats`]: all latent formats, how good their previews are, and the licenses of the numbers.
//! - [`fitting`]: a projection for a model that has none.
//! - [`learning`]: previews that learn from decoded pictures, for a model that nobody has measured.
//! - [`troubles`]: garish, flat, black or noisy? From the look of a picture to the call that
//!   mends it.
//!
//! The [crate page](crate) says which previewer to take, what runs on which hardware and how
//! good and how fast previews are.
//!
//! These pages are text: there is nothing here to call. Their code is compiled and run by
//! `cargo test --manifest-path examples/Cargo.toml -p recipes`, which has the crates that it
//! uses; what is not compiled there says so.

#[doc = include_str!("tensors.md")]
pub mod tensors {}

#[doc = include_str!("models.md")]
pub mod models {}

#[doc = include_str!("formats.md")]
pub mod formats {}

#[doc = include_str!("fitting.md")]
pub mod fitting {}

#[doc = include_str!("troubles.md")]
pub mod troubles {}

#[doc = include_str!("learning.md")]
pub mod learning {}
