//! The addresses of the page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use crate::runner::{Busy, Runner};

/// The page beside this file; it needs no build step.
const PAGE: &str = include_str!("page.html");

/// How long a connection may be silent before a request and within one.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Start {
    seed: u64,
}

/// An empty JSON object: see [`router`].
#[derive(Deserialize)]
struct Stop {}

#[derive(Deserialize)]
struct Choose {
    previewer: String,
}

/// Serves forever. `axum::serve` is not used because it waits forever for silent clients.
pub async fn serve(listener: TcpListener, runner: Runner) -> Result<()> {
    let router = router(runner);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many files are open, or the client has already gone.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        // The server ignores broken connections.
        tokio::spawn(async move { connection.await.ok() });
    }
}

/// A foreign page may make a browser send requests here. It cannot read the answers or send
/// JSON unless its name leads to this machine. Commands are therefore JSON, and this server
/// answers to no other name than its own.
fn router(runner: Runner) -> Router {
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/events", get(events))
        .route("/start", post(start))
        .route("/stop", post(stop))
        .route("/previewer", post(choose))
        .layer(middleware::from_fn(guard))
        .with_state(Arc::new(runner))
}

async fn guard(request: Request, next: Next) -> Response {
    if !is_for_us(request.headers()) {
        let words = "this server is localhost or 127.0.0.1";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    // Limits the wait for the request's body, not for the end of the answer's.
    let answer = timeout(PATIENCE, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

/// `true` for exactly one `Host`: `localhost` or `127.0.0.1`, with any port or none.
fn is_for_us(headers: &HeaderMap) -> bool {
    let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
    let [host] = hosts[..] else { return false };
    let host = host.to_str().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    ["localhost", "127.0.0.1"].contains(&name) && port.parse::<u16>().is_ok()
}

/// Sends a viewer the current status, then each newer one. A slow viewer misses some; a viewer
/// that has gone is noticed at the next status.
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

async fn start(State(runner): State<Arc<Runner>>, Json(start): Json<Start>) -> Response {
    answer(runner.start(start.seed))
}

async fn stop(State(runner): State<Arc<Runner>>, Json(Stop {}): Json<Stop>) -> Response {
    answer(runner.stop())
}

async fn choose(State(runner): State<Arc<Runner>>, Json(choice): Json<Choose>) -> Response {
    answer(runner.choose(&choice.previewer))
}

fn answer(command: Result<()>) -> Response {
    match command {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) if error.is::<Busy>() => {
            (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}")).into_response(),
    }
}
