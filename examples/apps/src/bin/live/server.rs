//! The few addresses of the page.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use crate::runner::Runner;

/// The page in the folder of this file: no build step.
const PAGE: &str = include_str!("page.html");

#[derive(Deserialize)]
struct Start {
    seed: u64,
}

#[derive(Deserialize)]
struct Choose {
    previewer: String,
}

pub fn router(runner: Runner) -> Router {
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/events", get(events))
        .route("/start", post(start))
        .route("/stop", post(stop))
        .route("/previewer", post(choose))
        .with_state(Arc::new(runner))
}

/// Sends a viewer the status, then each that is newer than the last it got. A viewer
/// that is slow misses some; one that is gone is noticed at the next.
async fn events(
    State(runner): State<Arc<Runner>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let statuses = WatchStream::new(runner.status());
    let events = statuses.map(|status| {
        let event = Event::default().json_data(&*status);
        Ok(event.unwrap_or_else(|error| Event::default().comment(error.to_string())))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn start(State(runner): State<Arc<Runner>>, Json(start): Json<Start>) -> StatusCode {
    runner.start(start.seed);
    StatusCode::NO_CONTENT
}

async fn stop(State(runner): State<Arc<Runner>>) -> StatusCode {
    runner.stop();
    StatusCode::NO_CONTENT
}

async fn choose(State(runner): State<Arc<Runner>>, Json(choice): Json<Choose>) -> Response {
    match runner.choose(&choice.previewer) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}")).into_response(),
    }
}
