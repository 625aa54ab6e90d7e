//! Promise: the program `live` serves a page on which any number of viewers
//! follow a run, start and stop it, and come and go.
//!
//! `.ci/live` does the same with a real browser.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const JSON: &str = "Content-Type: application/json\r\n";

/// The running example; killed at the end.
struct Server {
    child: Child,
    address: String,
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_live"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().to_owned();
        Self {
            child,
            address,
            _stdout: stdout,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        let limit = Some(Duration::from_secs(60));
        stream.set_read_timeout(limit).unwrap();
        stream
    }

    /// The status line and the body of an answer.
    fn request(&self, method: &str, path: &str, body: &str) -> (String, String) {
        let host = format!("Host: {}\r\n", self.address);
        self.request_with(method, path, &(host + JSON), body)
    }

    fn request_with(&self, method: &str, path: &str, head: &str, body: &str) -> (String, String) {
        let mut stream = self.connect();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nConnection: close\r\n{head}\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    fn post(&self, path: &str, body: &str) {
        let (mut status, mut said) = self.request("POST", path, body);
        // The runner may not yet have taken the previous command.
        while status.contains(" 503 ") {
            (status, said) = self.request("POST", path, body);
        }
        assert!(status.contains(" 204 "), "{path}: {status} {said}");
    }

    fn view(&self) -> Viewer {
        let mut stream = self.connect();
        write!(
            stream,
            "GET /events HTTP/1.1\r\nHost: {}\r\n\r\n",
            self.address
        )
        .unwrap();
        Viewer(BufReader::new(stream))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The connection of a page.
struct Viewer(BufReader<TcpStream>);

impl Viewer {
    /// The next status.
    fn status(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            if let Some(json) = line.strip_prefix("data: ") {
                return serde_json::from_str(json).unwrap();
            }
        }
    }

    /// All statuses until the run that was just started has ended.
    fn until_end(&mut self) -> Vec<Value> {
        let mut all = vec![self.status()];
        while all.last().unwrap()["is_running"] == true {
            all.push(self.status());
        }
        all
    }
}

/// Width, height and RGB8 pixels of a status's picture.
fn picture(status: &Value) -> (u32, u32, Vec<u8>) {
    let url = status["picture"].as_str().unwrap();
    let base64 = url.strip_prefix("data:image/png;base64,").unwrap();
    let picture = image::load_from_memory(&STANDARD.decode(base64).unwrap());
    let picture = picture.unwrap().into_rgb8();
    (picture.width(), picture.height(), picture.into_raw())
}

#[test]
fn the_pictures_follow_the_run_to_its_end() {
    let server = Server::start(&["--steps", "8", "--step-time", "100"]);
    let mut viewer = server.view();
    let ready = viewer.status();
    assert_eq!(
        (&ready["is_running"], &ready["step"]),
        (&false.into(), &0.into())
    );

    server.post("/start", r#"{"seed":3}"#);
    let all = viewer.until_end();
    let with_picture: Vec<_> = all.iter().filter(|s| s["picture"] != "").collect();
    assert!(with_picture.len() >= 2, "{} pictures", with_picture.len());
    for pair in with_picture.windows(2) {
        assert!(pair[0]["step"].as_u64() <= pair[1]["step"].as_u64());
    }
    let end = all.last().unwrap();
    assert_eq!(
        (&end["step"], &end["seed"], &end["error"]),
        (&8.into(), &3.into(), &"".into())
    );
    assert_ne!(with_picture[0]["picture"], end["picture"]);

    // The same run elsewhere ends at the same picture.
    let folder = support::folder("live-end");
    let arguments = ["--steps", "8", "--seed", "3", "--scale", "1"];
    support::succeeds(env!("CARGO_BIN_EXE_denoise"), &folder, &arguments);
    assert_eq!(
        picture(end),
        support::read_png(&folder.join("denoise-out/end.png"))
    );

    // A late viewer sees the current picture.
    assert_eq!(server.view().status(), *end);
}

#[test]
fn viewers_come_and_go_and_a_run_stops_when_told() {
    let server = Server::start(&["--steps", "1000", "--step-time", "20"]);
    let mut viewers: Vec<Viewer> = (0..5).map(|_| server.view()).collect();
    server.post("/start", r#"{"seed":0}"#);
    let reach = |viewer: &mut Viewer, step: u64| {
        while viewer.status()["step"].as_u64().unwrap() < step {}
    };
    for viewer in &mut viewers {
        reach(viewer, 2);
    }
    // Three viewers leave without a request, one leaves right after it, one sends half of it.
    for viewer in viewers.drain(..3) {
        viewer.0.get_ref().shutdown(Shutdown::Both).unwrap();
    }
    drop(server.view());
    write!(server.connect(), "GET /eve").unwrap();
    for viewer in &mut viewers {
        reach(viewer, 10);
    }

    server.post("/stop", "{}");
    let end = viewers[0].until_end().pop().unwrap();
    assert!(end["step"].as_u64().unwrap() < 1000);
    assert_eq!(end["error"], "");
    assert_eq!(viewers[1].until_end().pop().unwrap(), end);

    // A run can be started again, also in place of a current one.
    for seed in [7, 8] {
        server.post("/start", &format!(r#"{{"seed":{seed}}}"#));
        let mut status = viewers[0].status();
        while status["seed"] != seed || status["picture"] == "" {
            status = viewers[0].status();
        }
        assert_eq!(status["is_running"], true);
    }
}

#[test]
fn the_previewer_can_be_chosen() {
    let server = Server::start(&["--steps", "2", "--step-time", "0"]);
    let mut viewer = server.view();
    assert_eq!(viewer.status()["previewer"], "tiny");
    server.post("/start", r#"{"seed":0}"#);
    let mut end = viewer.until_end().pop().unwrap();
    let full = picture(&end);
    server.post("/previewer", r#"{"previewer":"ComfyUI"}"#);
    while end["previewer"] != "ComfyUI" {
        end = viewer.status();
    }
    let comfyui = picture(&end);
    assert_eq!((comfyui.0, comfyui.1), (full.0, full.1));
    assert_ne!(comfyui.2, full.2);
}

#[test]
fn what_is_wrong_is_refused() {
    let server = Server::start(&[]);
    let (status, page) = server.request("GET", "/", "");
    assert!(status.contains(" 200 "), "{status}");
    assert!(page.contains("EventSource"));
    for (method, path, body, expected) in [
        ("GET", "/nothing", "", "404"),
        ("POST", "/nothing", "", "404"),
        ("POST", "/start", "", "400"),
        ("POST", "/start", r#"{"seed":-1}"#, "422"),
        ("POST", "/previewer", r#"{"previewer":"nobody"}"#, "400"),
    ] {
        let (status, _) = server.request(method, path, body);
        assert!(status.contains(expected), "{method} {path}: {status}");
    }
    // The server hangs up in the middle of a request that is too long. The timing decides how
    // much of its answer arrives, if any.
    let mut stream = server.connect();
    let head = "POST /start HTTP/1.1\r\nHost: localhost\r\n";
    let _ = write!(stream, "{head}{JSON}Content-Length: 50000000\r\n\r\n");
    let _ = stream.write_all(&vec![b' '; 50_000_000]);
    drop(stream);

    let status = server.view().status();
    assert_eq!(
        (&status["error"], &status["is_running"]),
        (&"".into(), &false.into())
    );
}

/// A foreign page can make a browser send requests here, under a name that leads to this
/// machine or without a preflight.
#[test]
fn only_this_page_can_look_and_command() {
    let server = Server::start(&["--steps", "1000", "--step-time", "20"]);
    for (path, body) in [("/start", r#"{"seed":5}"#), ("/stop", "{}")] {
        for host in [
            "",
            "Host: \r\n",
            "Host: evil.example\r\n",
            "Host: localhost.evil.example\r\n",
            "Host: 127.0.0.1.evil.example:80\r\n",
            "Host: evil.example:80@localhost\r\n",
            "Host: localhost:evil.example\r\n",
            "Host: localhost\r\nHost: evil.example\r\n",
        ] {
            let head = format!("{host}{JSON}");
            let (status, _) = server.request_with("POST", path, &head, body);
            assert!(status.contains(" 403 "), "{path} {host}: {status}");
            let (status, _) = server.request_with("GET", "/", host, "");
            assert!(status.contains(" 403 "), "{host}: {status}");
        }
        for kind in [
            "",
            "Content-Type: text/plain\r\n",
            "Content-Type: application/x-www-form-urlencoded\r\n",
        ] {
            let head = format!("Host: localhost\r\n{kind}");
            let (status, _) = server.request_with("POST", path, &head, body);
            assert!(status.contains(" 415 "), "{path} {kind}: {status}");
        }
        let status = server.view().status();
        assert_eq!(status["is_running"], false, "{path}");
    }
    for host in ["localhost", "localhost:1", "127.0.0.1", "127.0.0.1:65535"] {
        let head = format!("Host: {host}\r\n{JSON}");
        let (status, _) = server.request_with("GET", "/", &head, "");
        assert!(status.contains(" 200 "), "{host}: {status}");
    }
}

#[test]
fn who_says_nothing_is_hung_up_on_and_who_listens_is_not() {
    let server = Server::start(&["--steps", "2", "--step-time", "0"]);
    let mut viewer = server.view();
    viewer.status();
    let silent = [
        "",
        "GET /eve",
        "GET / HTTP/1.1\r\nHost: localhost\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 10\r\n\r\n{",
    ]
    .map(|said| {
        let mut stream = server.connect();
        stream.write_all(said.as_bytes()).unwrap();
        (said, stream)
    });
    for (said, mut stream) in silent {
        // Would run into its own limit.
        let heard = stream.read_to_end(&mut Vec::new());
        assert!(heard.is_ok(), "{said:?}: {heard:?}");
    }
    server.post("/start", r#"{"seed":1}"#);
    assert_eq!(viewer.until_end().pop().unwrap()["step"], 2);
}

#[test]
fn commands_do_not_pile_up() {
    let server = Server::start(&["--steps", "1000", "--step-time", "20"]);
    let body = r#"{"seed":1}"#;
    let length = body.len();
    let request = |head: &str| {
        format!(
            "POST /start HTTP/1.1\r\nHost: localhost\r\n{JSON}{head}\
             Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let requests = request("").repeat(299) + &request("Connection: close\r\n");
    let mut stream = server.connect();
    // Each takes the runner longer than the server.
    stream.write_all(requests.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let (taken, refused) = (
        answers.matches("HTTP/1.1 204 ").count(),
        answers.matches("HTTP/1.1 503 ").count(),
    );
    assert_eq!(taken + refused, 300);
    assert!(taken > 0 && refused > 0, "{taken} and {refused}");

    let mut viewer = server.view();
    while viewer.status()["is_running"] == false {}
    server.post("/stop", "{}");
    while viewer.status()["is_running"] == true {}
}
