//! Promise: tests can choose every set of instructions that the machine has,
//! and none that it lacks.

use latent_preview::testing::Backend;

#[test]
fn the_best_backend_is_the_last_available_one() {
    let last = Backend::available().last().unwrap();
    assert_eq!(last.name(), Backend::best().name());
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
    // No machine has both.
    assert!(Backend::named("neon").is_none() || Backend::named("sse2").is_none());
}

/// Where CI emulates a CPU it says what that CPU has, so that a test run which
/// was meant for it cannot pass with other instructions.
#[test]
fn the_emulated_cpu_has_what_ci_expects() {
    if let Ok(expected) = std::env::var("EXPECTED_BACKENDS") {
        let names: Vec<_> = Backend::available().map(Backend::name).collect();
        assert_eq!(names.join(" "), expected);
    }
}
