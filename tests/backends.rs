//! Promise: tests can choose every instruction level that the machine has, and none that it
//! lacks.

#![cfg(feature = "testing")]

use latent_preview::testing::Backend;

#[test]
fn a_machine_has_at_least_one() {
    assert!(Backend::available().next().is_some());
}

#[test]
fn unknown_backends_are_refused() {
    assert!(Backend::named("sse3").is_none());
    for backend in Backend::available() {
        assert_eq!(
            Backend::named(backend.name()).unwrap().name(),
            backend.name()
        );
    }
    // A level between two others, for which nothing is compiled.
    assert!(Backend::named("sse4.2").is_none());
    // No machine has both.
    assert!(Backend::named("neon").is_none() || Backend::named("sse2").is_none());
}

/// CI says which level an emulated CPU has, so that a test run for it cannot pass with other
/// instructions.
#[test]
fn the_emulated_cpu_has_what_ci_expects() {
    if let Ok(expected) = std::env::var("EXPECTED_BACKENDS") {
        let names: Vec<_> = Backend::available().map(Backend::name).collect();
        assert_eq!(names.join(" "), expected);
    }
}
