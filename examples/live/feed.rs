//! What all viewers see, and how they wait for it to change.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use latent_preview::{LatentFormat, PublishedProjection};
use serde::Serialize;

use crate::origins;

/// The state of the run, as the page gets it.
#[derive(Serialize, Clone, Debug)]
pub struct Status {
    pub format: &'static str,
    pub projections: Vec<&'static str>,
    pub projection: &'static str,
    pub is_running: bool,
    pub seed: u64,
    /// Steps that the picture is behind; `steps` at the end.
    pub step: usize,
    pub steps: usize,
    /// Since the start of the run, in seconds.
    pub elapsed: f64,
    /// A PNG as a data URL; empty before the first one.
    pub picture: String,
    /// What was wrong with the last latent; empty if nothing.
    pub error: String,
}

/// A [`Status`] that can be waited for.
pub struct Feed {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    status: Status,
    /// The status as JSON: made once, sent to all viewers.
    json: Arc<str>,
    version: u64,
}

impl Feed {
    pub fn new(format: LatentFormat, steps: usize) -> Self {
        let projections = origins::recommended_first(format);
        let projections: Vec<_> = projections.map(PublishedProjection::origin).collect();
        let status = Status {
            format: format.name(),
            projection: projections.first().copied().unwrap_or_default(),
            projections,
            is_running: false,
            seed: 0,
            step: 0,
            steps,
            elapsed: 0.0,
            picture: String::new(),
            error: String::new(),
        };
        Self {
            state: Mutex::new(State {
                json: json(&status),
                status,
                version: 1,
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the status and wakes all viewers.
    pub fn update(&self, change: impl FnOnce(&mut Status)) {
        let mut state = self.state();
        change(&mut state.status);
        state.json = json(&state.status);
        state.version += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// The newest status, as soon as there is one that is newer than `seen`; `None`
    /// if there is none within `limit`.
    pub fn newer_than(&self, seen: u64, limit: Duration) -> Option<(u64, Arc<str>)> {
        let waited = self
            .changed
            .wait_timeout_while(self.state(), limit, |state| state.version <= seen);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (state.version > seen).then(|| (state.version, Arc::clone(&state.json)))
    }
}

fn json(status: &Status) -> Arc<str> {
    let json = serde_json::to_string(status).expect("strings and numbers");
    json.into()
}
