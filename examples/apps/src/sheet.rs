//! A grid of labeled pictures.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use crate::picture::Picture;

const MARGIN: usize = 8;
const TEXT: RasterHeight = RasterHeight::Size16;
const LINE: usize = 18;

/// A picture with a line of text above and one below.
pub struct Cell {
    pub picture: Picture,
    pub title: String,
    pub caption: String,
}

/// Draws rows of cells without smoothing: the smallest pictures enlarged `scale` times, the
/// others to the same size as nearly as whole factors allow.
pub fn draw(rows: &[Vec<Cell>], scale: usize) -> Picture {
    let cells = || rows.iter().flatten();
    let smallest = cells().map(|cell| cell.picture.width).min().unwrap_or(1);
    let factor = |picture: &Picture| (scale * smallest / picture.width).max(1);
    let width = cells().map(|cell| cell.picture.width * factor(&cell.picture));
    let width = width.max().unwrap_or(0);
    let height = cells().map(|cell| cell.picture.height * factor(&cell.picture));
    let height = height.max().unwrap_or(0);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);

    let (cell_width, cell_height) = (width + MARGIN, height + 2 * LINE + MARGIN);
    let mut sheet = Picture::white(
        columns * cell_width + MARGIN,
        rows.len() * cell_height + MARGIN,
    );
    for (row, y) in rows.iter().zip((MARGIN..).step_by(cell_height)) {
        for (cell, x) in row.iter().zip((MARGIN..).step_by(cell_width)) {
            write(&mut sheet, x, y, width, &cell.title);
            sheet.draw(x, y + LINE, &cell.picture.enlarged(factor(&cell.picture)));
            write(&mut sheet, x, y + LINE + height + 2, width, &cell.caption);
        }
    }
    sheet
}

/// Writes a line of black text, cut off at `width`.
pub fn write(sheet: &mut Picture, x: usize, y: usize, width: usize, text: &str) {
    let advance = get_raster_width(FontWeight::Regular, TEXT);
    let last = width.saturating_sub(advance);
    for (letter, left) in text.chars().zip((0..=last).step_by(advance)) {
        let Some(raster) = get_raster(letter, FontWeight::Regular, TEXT) else {
            continue;
        };
        for (row, y) in raster.rows().zip(y..) {
            for (&ink, x) in row.iter().zip(x + left..) {
                sheet.set(x, y, [255 - ink; 3]);
            }
        }
    }
}
