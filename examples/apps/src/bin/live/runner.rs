//! The thread that samples.

use std::fmt;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use latent_preview::{
    BackgroundPreviewer, LatentFormat, LatentPreview, Latents, PixelFormat, Preview, PreviewError,
    Previewer,
};
use tokio::sync::watch;

use crate::status::Status;
use latent_preview_apps::origins;
use latent_preview_apps::picture::Picture;
use latent_preview_apps::sampler::{Method, Sampler};
use latent_preview_apps::score_model::ScoreModel;

/// The reach of the model's squares; see the program `denoise`.
const RADIUS: usize = 6;

enum Command {
    Start { seed: u64 },
    Stop,
    Use(&'static str, Previewer),
}

/// The previewer that the viewers have chosen. It may change during a run.
#[derive(Clone)]
struct Chosen(Arc<RwLock<Previewer>>);

impl Chosen {
    fn get(&self) -> Previewer {
        let previewer = self.0.read().unwrap_or_else(PoisonError::into_inner);
        previewer.clone()
    }

    fn set(&self, previewer: Previewer) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = previewer;
    }
}

impl LatentPreview for Chosen {
    fn channels(&self) -> usize {
        self.get().channels()
    }

    fn scale(&self) -> usize {
        self.get().scale()
    }

    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        self.get().check(latents)
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.get().preview_into(latents, format, out)
    }

    // Holds one previewer for the whole picture: another may have another scale.
    fn preview(&self, latents: &Latents<'_>, format: PixelFormat) -> Result<Preview, PreviewError> {
        self.get().preview(latents, format)
    }
}

/// A command is already waiting.
#[derive(Debug)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the previous command is still waiting")
    }
}

impl std::error::Error for Busy {}

/// Samples on its own thread, as the viewers command.
pub struct Runner {
    format: LatentFormat,
    commands: SyncSender<Command>,
    status: watch::Receiver<Arc<Status>>,
}

impl Runner {
    pub fn spawn(format: LatentFormat, steps: usize, step_time: Duration) -> Result<Self> {
        let (sender, status) = watch::channel(Arc::new(Status::new(format, steps)));
        let worker = Worker {
            model: ScoreModel::bundled(format, RADIUS)?,
            method: Method::of(format),
            steps,
            step_time,
            feed: Feed(sender),
            chosen: Chosen(Arc::new(RwLock::new(format.previewer()?))),
            shown: None,
        };
        // At most one command waits: clients that send faster than the runner works get an
        // error.
        let (commands, received) = mpsc::sync_channel(1);
        thread::spawn(move || worker.work(&received));
        Ok(Self {
            format,
            commands,
            status,
        })
    }

    /// A receiver of the newest status.
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.status.clone()
    }

    /// Starts a run in place of the current one.
    pub fn start(&self, seed: u64) -> Result<()> {
        self.send(Command::Start { seed })
    }

    pub fn stop(&self) -> Result<()> {
        self.send(Command::Stop)
    }

    /// Uses another previewer from now on.
    pub fn choose(&self, origin: &str) -> Result<()> {
        let (origin, previewer) = origins::previewer(self.format, Some(origin))?;
        self.send(Command::Use(origin, previewer))
    }

    fn send(&self, command: Command) -> Result<()> {
        Ok(self.commands.try_send(command).map_err(|_| Busy)?)
    }
}

/// Publishes the status.
#[derive(Clone)]
struct Feed(watch::Sender<Arc<Status>>);

impl Feed {
    fn update(&self, change: impl FnOnce(&mut Status)) {
        self.0.send_modify(|status| change(Arc::make_mut(status)));
    }
}

struct Worker {
    model: ScoreModel,
    method: Method,
    steps: usize,
    step_time: Duration,
    feed: Feed,
    chosen: Chosen,
    /// The last latent of the last run.
    shown: Option<Vec<f32>>,
}

impl Worker {
    fn work(mut self, commands: &Receiver<Command>) {
        while let Ok(command) = commands.recv() {
            let mut next = Some(command);
            while let Some(command) = next.take() {
                match command {
                    Command::Start { seed } => next = self.run(seed, commands),
                    Command::Stop => {}
                    Command::Use(origin, previewer) => self.choose(origin, previewer),
                }
            }
        }
    }

    fn choose(&self, origin: &'static str, previewer: Previewer) {
        self.chosen.set(previewer);
        let latents = self.shown.as_deref();
        let again = latents.and_then(|x| Latents::planar(x, self.model.shape()).ok());
        let again = again.map(|latents| data_url(self.chosen.preview_rgb(&latents)));
        self.feed.update(|status| {
            status.previewer = origin;
            if let Some(Ok(picture)) = again {
                status.picture = picture;
            }
        });
    }

    /// Samples until the end or until a command ends the run; returns that command.
    fn run(&mut self, seed: u64, commands: &Receiver<Command>) -> Option<Command> {
        let started = Instant::now();
        self.feed.update(|status| status.begin(seed));
        let background = match self.background(started) {
            Ok(background) => background,
            Err(error) => {
                self.feed.update(|status| {
                    (status.is_running, status.error) = (false, error.to_string());
                });
                return None;
            }
        };
        let shape = self.model.shape();
        let mut sampler = Sampler::new(&self.model, self.method, self.steps, seed);
        let mut ended_by = None;
        let mut due = started;
        while let Ok(Some(step)) = sampler.step() {
            let x_t = Latents::planar(&step.x_t, shape);
            let output = Latents::planar(&step.model_output, shape);
            if let (Ok(x_t), Ok(output)) = (x_t, output)
                && let Ok(x0) = Latents::denoised(&x_t, &output, step.denoise)
            {
                background.show(step.index, &x0);
            }
            due += self.step_time;
            ended_by = self.wait(commands, due);
            if ended_by.is_some() {
                break;
            }
        }
        if ended_by.is_none()
            && let Ok(latents) = Latents::planar(&sampler.x_t, shape)
        {
            background.show(self.steps, &latents);
        }
        self.shown = Some(sampler.x_t);
        // Waits for the last picture, so that the end of the run is published after it.
        let error = background
            .finish()
            .err()
            .map(|_| "the previews have failed");
        self.feed.update(|status| {
            status.is_running = false;
            status.error = error.unwrap_or(&status.error).to_owned();
        });
        ended_by.filter(|command| matches!(command, Command::Start { .. }))
    }

    /// Waits until `due`; returns at once with a command that ends the run.
    fn wait(&self, commands: &Receiver<Command>, due: Instant) -> Option<Command> {
        loop {
            let left = due.saturating_duration_since(Instant::now());
            match commands.recv_timeout(left) {
                Ok(Command::Use(origin, previewer)) => {
                    self.chosen.set(previewer);
                    self.feed.update(|status| status.previewer = origin);
                }
                Ok(command) => return Some(command),
                Err(mpsc::RecvTimeoutError::Timeout) => return None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Some(Command::Stop),
            }
        }
    }

    /// A previewer that publishes a picture for each latent.
    fn background(&self, started: Instant) -> std::io::Result<BackgroundPreviewer> {
        let feed = self.feed.clone();
        BackgroundPreviewer::spawn(
            self.chosen.clone(),
            PixelFormat::Rgb8,
            move |step, preview| {
                let picture = data_url(preview);
                feed.update(|status| {
                    status.step = step;
                    status.elapsed = started.elapsed().as_secs_f64();
                    match picture {
                        Ok(picture) => (status.picture, status.error) = (picture, String::new()),
                        Err(error) => status.error = error.to_string(),
                    }
                });
            },
        )
    }
}

/// A picture as a data URL, which a browser accepts as an address.
fn data_url(preview: Result<Preview, PreviewError>) -> Result<String> {
    let preview = preview?;
    let (width, height) = (preview.width(), preview.height());
    let png = Picture::new(width, height, preview.into_bytes())?.to_png()?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}
