//! The guide of `latent-preview`. `cargo test` compiles and runs its code with all crates that
//! it uses.

/// A page of the guide.
macro_rules! pages {
    ($($page:ident $file:literal)*) => {
        $(#[doc = include_str!(concat!("../../../src/guide/", $file))] pub struct $page;)*
    };
}

pages! {
    Animation "animation.md"
    Benchmarks "benchmarks.md"
    Fitting "fitting.md"
    Learning "learning.md"
    Models "models.md"
    Tensors "tensors.md"
    Terminal "terminal.md"
    Threads "threads.md"
    Troubles "troubles.md"
    Web "web.md"
    Window "window.md"
}
