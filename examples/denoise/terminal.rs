//! A picture in the terminal that the next one replaces.

use anyhow::Result;
use image::DynamicImage;

use crate::picture::Picture;

/// Lines of text that a picture takes.
const LINES: u16 = 16;

#[derive(Default)]
pub struct Screen {
    has_picture: bool,
}

impl Screen {
    /// Prints the picture where the last one is, in colours as good as the terminal has.
    pub fn show(&mut self, picture: &Picture) -> Result<()> {
        let config = viuer::Config {
            absolute_offset: false,
            y: if self.has_picture {
                -i16::try_from(LINES)?
            } else {
                0
            },
            height: Some(LINES.into()),
            ..viuer::Config::default()
        };
        // It begins where the cursor is, which the progress bar has left somewhere.
        print!("\r");
        viuer::print(&DynamicImage::from(picture.to_image()), &config)?;
        self.has_picture = true;
        Ok(())
    }
}
