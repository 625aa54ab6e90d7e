//! The guide of `latent-preview`. `cargo test` compiles and runs its code with all crates that
//! it uses.

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
