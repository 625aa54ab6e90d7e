//! The guide of `latent-preview`, with all crates that its code uses: `cargo test` compiles
//! and runs it.

#[doc = include_str!("../../../src/guide/tensors.md")]
pub struct Tensors;

#[doc = include_str!("../../../src/guide/models.md")]
pub struct Models;

#[doc = include_str!("../../../src/guide/fitting.md")]
pub struct Fitting;

#[doc = include_str!("../../../src/guide/learning.md")]
pub struct Learning;

#[doc = include_str!("../../../src/guide/troubles.md")]
pub struct Troubles;
