//! Pages by job.
//!
//! From a latent to a preview:
//!
//! - [`tensors`]: a tensor of candle, burn, ort, ndarray, tch, mlx-rs or a file becomes a
//!   preview, and a preview becomes a picture of `image` or a texture of `wgpu`.
//! - [`models`]: a model folder or a checkpoint says which previewer to take.
//! - [`formats`]: all latent formats, how good their previews are, and the licenses of the numbers.
//! - [`fitting`]: a projection for a model that has none.
//! - [`learning`]: previews that learn from decoded pictures, for a model that nobody has measured.
//! - [`troubles`]: garish, flat, black or noisy? The cause and the right call, by the look of
//!   the picture.
//! - [`benchmarks`]: all previewers of a format in your own benchmark, with criterion.
//!
//! From a preview to people's eyes, each a whole program:
//!
//! - [`threads`]: a sampler that does not wait for its previews.
//! - [`window`]: a window, with egui.
//! - [`terminal`]: a picture in the terminal, with ratatui.
//! - [`web`]: a page that shows a run, with axum.
//! - [`animation`]: a video as a GIF or an animated PNG, in the video's own time.
//!
//! The [crate page](crate) says which previewer to take, what runs on which hardware and how
//! good and how fast previews are.
//!
//! These pages are text: there is nothing here to call. Their code is compiled and run by
//! `cargo test --manifest-path examples/Cargo.toml -p recipes`, which has the crates that it
//! uses; code that is not compiled or not run there says so.

#[doc = include_str!("tensors.md")]
pub mod tensors {}

#[doc = include_str!("models.md")]
pub mod models {}

#[doc = include_str!("formats.md")]
pub mod formats {}

#[doc = include_str!("fitting.md")]
pub mod fitting {}

#[doc = include_str!("learning.md")]
pub mod learning {}

#[doc = include_str!("troubles.md")]
pub mod troubles {}

#[doc = include_str!("threads.md")]
pub mod threads {}

#[doc = include_str!("window.md")]
pub mod window {}

#[doc = include_str!("terminal.md")]
pub mod terminal {}

#[doc = include_str!("web.md")]
pub mod web {}

#[doc = include_str!("animation.md")]
pub mod animation {}

#[doc = include_str!("benchmarks.md")]
pub mod benchmarks {}
