//! Which steps deserve a preview.

use core::time::Duration;

/// Says at which steps of a run a preview is due.
///
/// It has no clock and no thread: the loop says which step it is at and what time it
/// is. The last step is always due. A step that is asked about twice in a row, as
/// by second-order samplers that call the model twice a step, is due at most once.
/// Make a new one for every run.
///
/// ```
/// use core::time::Duration;
/// use latent_preview::Pacing;
///
/// // Every second step, but at most five a second.
/// let mut pacing = Pacing::every(2).at_most_every(Duration::from_millis(200));
/// let steps = 7;
/// let due: Vec<usize> = (0..steps)
///     .filter(|&step| pacing.is_due(step, steps, Duration::from_millis(150) * step as u32))
///     .collect();
/// assert_eq!(due, [0, 2, 4, 6]);
/// ```
#[derive(Clone, Debug)]
pub struct Pacing {
    every: usize,
    interval: Duration,
    asked: Option<usize>,
    shown: Option<Duration>,
}

impl Pacing {
    /// Steps 0, `steps`, `2 * steps`, ... and the last; 1 (or 0) for every step.
    #[must_use]
    pub const fn every(steps: usize) -> Self {
        Self {
            every: if steps == 0 { 1 } else { steps },
            interval: Duration::ZERO,
            asked: None,
            shown: None,
        }
    }

    /// Skips steps, but never the last, within `interval` of the last preview.
    #[must_use]
    pub const fn at_most_every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Whether step `step`, counted from 0, of `steps` deserves a preview.
    ///
    /// `now` is the time since any moment that stays the same during the run. A clock
    /// that goes backwards delays nothing.
    pub fn is_due(&mut self, step: usize, steps: usize, now: Duration) -> bool {
        if self.asked == Some(step) {
            return false;
        }
        self.asked = Some(step);
        let is_last = step + 1 >= steps;
        let is_rested = match self.shown.map(|shown| now.checked_sub(shown)) {
            Some(Some(passed)) => passed >= self.interval,
            Some(None) | None => true,
        };
        let is_due = is_last || (step.is_multiple_of(self.every) && is_rested);
        if is_due {
            self.shown = Some(now);
        }
        is_due
    }
}
