//! The rows that a layer keeps of its planes.

use core::ops::Range;

/// The places in scratch of the last rows of the latents or of a layer's output. Column 0 of a
/// row and the column after the last repeat the edge.
#[derive(Clone, Copy, Default)]
pub(super) struct Rows {
    pub(super) start: usize,
    pub(super) planes: usize,
    /// The number of rows kept of each plane.
    pub(super) kept: usize,
    pub(super) stride: usize,
    /// How far the picture's pixels reach into these planes.
    pub(super) margin: usize,
}

/// The rows around one row of all planes.
pub(super) struct Input<'a> {
    pub(super) samples: &'a [f32],
    /// The starts of the row above, the row itself and the row below in the first plane, one
    /// column before the first requested one.
    pub(super) starts: [usize; 3],
    /// The distance from plane to plane.
    pub(super) step: usize,
}

impl Rows {
    /// The existing columns that a strip needs.
    pub(super) fn columns(&self, strip: &Range<usize>, width: usize) -> Range<usize> {
        strip.start.saturating_sub(self.margin)..(strip.end + self.margin).min(width)
    }

    /// The start of row `y` of the first plane.
    pub(super) const fn row(&self, y: usize) -> usize {
        self.start + y % self.kept * self.stride
    }

    /// The distance from plane to plane.
    pub(super) const fn step(&self) -> usize {
        self.kept * self.stride
    }

    /// The rows around row `y`, from `shift` columns after the first on.
    pub(super) fn input<'a>(
        &self,
        samples: &'a [f32],
        y: usize,
        height: usize,
        shift: usize,
    ) -> Input<'a> {
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
        Input {
            samples,
            starts: rows.map(|y| self.row(y) + shift),
            step: self.step(),
        }
    }

    /// Repeats the first and the last of `count` columns of row `y`. Copies that are not at the
    /// edge of the image are never read.
    pub(super) fn repeat_edges(&self, y: usize, count: usize, scratch: &mut [f32]) {
        let planes = scratch[self.row(y)..].chunks_mut(self.step());
        for plane in planes.take(self.planes) {
            plane[0] = plane[1];
            plane[count + 1] = plane[count];
        }
    }
}
