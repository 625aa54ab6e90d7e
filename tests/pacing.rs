//! Promise: pacing shows every so many steps, not too often, always the last, and
//! no step twice.

use core::time::Duration;

use latent_preview::Pacing;
use proptest::prelude::*;

/// The steps that are due, each asked about as often as `evaluations` says.
fn due(mut pacing: Pacing, times: &[u64], evaluations: usize) -> Vec<usize> {
    let mut due = Vec::new();
    for (step, &ms) in times.iter().enumerate() {
        for _ in 0..evaluations {
            if pacing.is_due(step, times.len(), Duration::from_millis(ms)) {
                due.push(step);
            }
        }
    }
    due
}

#[test]
fn every_step_every_third_and_never_none() {
    assert_eq!(due(Pacing::every(1), &[0; 5], 1), [0, 1, 2, 3, 4]);
    assert_eq!(due(Pacing::every(0), &[0; 3], 1), [0, 1, 2]);
    assert_eq!(due(Pacing::every(3), &[0; 8], 1), [0, 3, 6, 7]);
    assert_eq!(due(Pacing::every(100), &[0; 4], 1), [0, 3]);
    assert_eq!(due(Pacing::every(5), &[0], 1), [0]);
}

#[test]
fn an_interval_is_kept_but_for_the_last_step() {
    let pacing = || Pacing::every(1).at_most_every(Duration::from_millis(100));
    assert_eq!(due(pacing(), &[0, 50, 99, 100, 150, 199], 1), [0, 3, 5]);
    assert_eq!(due(pacing(), &[1000, 1001, 1002], 1), [0, 2]);
    // A clock that was set back.
    assert_eq!(due(pacing(), &[1000, 10, 20, 110, 115], 1), [0, 1, 3, 4]);
}

#[test]
fn steps_beyond_the_announced_are_the_last_too() {
    let mut pacing = Pacing::every(10);
    assert!(pacing.is_due(12, 10, Duration::ZERO));
    assert!(pacing.is_due(3, 0, Duration::ZERO));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_times(
        every in 0..6_usize,
        interval in 0..300_u64,
        passed in proptest::collection::vec(0..120_u64, 1..40),
        evaluations in 1..4_usize,
    ) {
        let times: Vec<u64> = passed
            .iter()
            .scan(0, |now, passed| {
                *now += passed;
                Some(*now)
            })
            .collect();
        let pacing = || Pacing::every(every).at_most_every(Duration::from_millis(interval));
        let steps = due(pacing(), &times, evaluations);
        // Second evaluations change nothing.
        prop_assert_eq!(&steps, &due(pacing(), &times, 1));
        let last = times.len() - 1;
        prop_assert_eq!(steps.last(), Some(&last));
        for pair in steps.windows(2) {
            prop_assert!(pair[0] < pair[1]);
            let apart = times[pair[1]] - times[pair[0]];
            prop_assert!(apart >= interval || pair[1] == last);
        }
        for &step in &steps {
            prop_assert!(step % every.max(1) == 0 || step == last);
        }
        // Nothing is left out that was due.
        let mut shown: Option<u64> = None;
        for (step, &now) in times.iter().enumerate() {
            let is_rested = shown.is_none_or(|shown| now - shown >= interval);
            let expected = step == last || (step % every.max(1) == 0 && is_rested);
            prop_assert_eq!(steps.contains(&step), expected);
            if expected {
                shown = Some(now);
            }
        }
    }
}
