//! A picture in the terminal that the next one replaces, above a line about the run.

use std::env;
use std::io::{IsTerminal, Stdout, stdout};

use anyhow::{Result, ensure};
use image::DynamicImage;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Constraint, Layout};
use ratatui::widgets::LineGauge;
use ratatui::{Terminal, TerminalOptions, Viewport};
use ratatui_image::picker::Picker;
use ratatui_image::{Image, Resize};

use latent_preview_apps::picture::Picture;

/// Lines of text that a picture takes.
const LINES: u16 = 16;

/// The lines of the terminal that show the picture and the progress.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    picker: Picker,
}

impl Screen {
    /// Takes the lines below the text printed so far.
    pub fn new() -> Result<Self> {
        ensure!(stdout().is_terminal(), "--live needs a terminal");
        // Asks the terminal what it can draw. tmux does not always forward the answer, but
        // every terminal can draw half blocks of two colors.
        let picker = if env::var_os("TMUX").is_some() {
            Picker::halfblocks()
        } else {
            Picker::from_query_stdio()?
        };
        let viewport = Viewport::Inline(LINES + 1);
        Ok(Self {
            terminal: Terminal::with_options(
                CrosstermBackend::new(stdout()),
                TerminalOptions { viewport },
            )?,
            picker,
        })
    }

    /// Draws the picture and the progress of the run.
    pub fn show(&mut self, picture: &Picture, done: f64, message: String) -> Result<()> {
        let width = self.terminal.size()?.width;
        let protocol = self.picker.new_protocol(
            DynamicImage::from(picture.to_image()),
            (width, LINES).into(),
            Resize::Scale(None),
        )?;
        self.terminal.draw(|frame| {
            let [top, bottom] =
                Layout::vertical([Constraint::Length(LINES), Constraint::Length(1)])
                    .areas(frame.area());
            frame.render_widget(Image::new(&protocol), top);
            frame.render_widget(LineGauge::default().ratio(done).label(message), bottom);
        })?;
        Ok(())
    }

    /// Leaves the last picture in place; later text is printed below it.
    pub fn leave(mut self) -> Result<()> {
        let area = self.terminal.get_frame().area();
        self.terminal.set_cursor_position((0, area.bottom() - 1))?;
        self.terminal.show_cursor()?;
        println!();
        Ok(())
    }
}
