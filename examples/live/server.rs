//! The few addresses of the page.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tiny_http::{Header, Method, Request, Response, Server};

use crate::feed::Feed;
use crate::runner::Runner;

const PAGE: &str = include_str!("page.html");

/// A viewer that has gone is noticed when something is sent: at least this often.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// More than this no command has to say.
const LONGEST_BODY: u64 = 1000;

#[derive(Deserialize)]
struct Start {
    seed: u64,
}

#[derive(Deserialize)]
struct Choose {
    projection: String,
}

/// Answers requests for ever.
pub fn serve(server: &Server, runner: &Runner, feed: &Arc<Feed>) {
    for mut request in server.incoming_requests() {
        let path = request.url().to_owned();
        // A viewer who does not wait for the answer is no matter.
        let _ = match (request.method(), path.as_str()) {
            (Method::Get, "/") => request.respond(
                Response::from_string(PAGE)
                    .with_header(header("Content-Type", "text/html; charset=utf-8")),
            ),
            (Method::Get, "/events") => {
                let feed = Arc::clone(feed);
                thread::Builder::new()
                    .spawn(move || stream(request, &feed))
                    .map(drop)
            }
            (Method::Post, path) => {
                let done = command(&mut request, path, runner);
                respond(request, done)
            }
            _ => request.respond(Response::empty(404)),
        };
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("a plain header")
}

fn command(request: &mut Request, path: &str, runner: &Runner) -> Result<()> {
    let mut body = String::new();
    let mut reader = request.as_reader().take(LONGEST_BODY);
    reader.read_to_string(&mut body)?;
    match path {
        "/start" => runner.start(serde_json::from_str::<Start>(&body)?.seed),
        "/stop" => runner.stop(),
        "/projection" => runner.choose(&serde_json::from_str::<Choose>(&body)?.projection)?,
        _ => bail!("there is no {path}"),
    }
    Ok(())
}

fn respond(request: Request, done: Result<()>) -> io::Result<()> {
    match done.context("not done") {
        Ok(()) => request.respond(Response::empty(204)),
        Err(error) => {
            let text = Response::from_string(format!("{error:#}"));
            request.respond(text.with_status_code(400))
        }
    }
}

/// Sends each new status to one viewer, until the connection breaks.
fn stream(request: Request, feed: &Feed) {
    let mut viewer = request.into_writer();
    let mut send = |text: &str| {
        viewer.write_all(text.as_bytes())?;
        viewer.flush()
    };
    let mut sent = send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
    );
    let mut seen = 0;
    while sent.is_ok() {
        sent = match feed.newer_than(seen, HEARTBEAT) {
            Some((version, json)) => {
                seen = version;
                send(&format!("data: {json}\n\n"))
            }
            None => send(":\n\n"),
        };
    }
}
