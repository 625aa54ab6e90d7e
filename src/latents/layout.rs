//! The place in memory of each sample of a latent.

use crate::PreviewError;

/// The order of the `4C` values of a 2x2 patch of `C` channels.
///
/// `c` is the channel; `py` and `px` are the row and column inside the patch.
///
/// ```
/// use latent_preview::{Latents, PackOrder};
///
/// // One patch of two channels.
/// let patch: [f32; 8] = std::array::from_fn(|i| i as f32);
/// let at = |order| Latents::packed_tokens(&patch, [1, 1, 8], order).unwrap().get(1, 0, 1);
/// assert_eq!(at(PackOrder::ChannelFirst), Some(5.0)); // 4 * 1 + 1
/// assert_eq!(at(PackOrder::PatchFirst), Some(3.0)); // 2 * 1 + 1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackOrder {
    /// Value `4c + 2py + px`: FLUX.1, FLUX.2 and Qwen-Image as diffusers pack them.
    ChannelFirst,
    /// Value `(2py + px)C + c`: Ideogram 4.
    PatchFirst,
}

/// Strides of one image, in samples.
///
/// A plain layout needs one stride per axis. A 2x2-packed one needs two for rows and two for
/// columns: between patches and inside a patch. A plain layout is the special case in which a
/// step inside a patch is half a step between patches, so one formula serves both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) offset: usize,
    pub(crate) channel: usize,
    pub(crate) row_pair: usize,
    pub(crate) row_odd: usize,
    pub(crate) column_pair: usize,
    pub(crate) column_odd: usize,
}

impl Layout {
    /// One stride per axis. The offsets of all positions in the image must fit in `usize`.
    pub(crate) const fn plain(channel: usize, row: usize, column: usize) -> Self {
        Self {
            offset: 0,
            channel,
            // Wraps only for an image of one row (column), which never takes this step.
            row_pair: row.wrapping_mul(2),
            row_odd: row,
            column_pair: column.wrapping_mul(2),
            column_odd: column,
        }
    }

    /// Patches of `4 * channels` values: `patch` and `row` are the distances between patches in
    /// a row and between rows, `value` the distance between the values of a patch.
    pub(crate) const fn packed(
        order: PackOrder,
        channels: usize,
        row: usize,
        patch: usize,
        value: usize,
    ) -> Self {
        let (channel, row_odd, column_odd) = match order {
            PackOrder::ChannelFirst => (4 * value, 2 * value, value),
            PackOrder::PatchFirst => (value, 2 * channels * value, channels * value),
        };
        Self {
            offset: 0,
            channel,
            row_pair: row,
            row_odd,
            column_pair: patch,
            column_odd,
        }
    }

    /// Index of the first sample of a channel's row.
    pub(crate) const fn row(&self, channel: usize, y: usize) -> usize {
        self.offset + channel * self.channel + (y / 2) * self.row_pair + (y % 2) * self.row_odd
    }

    /// Distance of a position from the start of its row.
    pub(crate) const fn column(&self, x: usize) -> usize {
        (x / 2) * self.column_pair + (x % 2) * self.column_odd
    }

    /// `true` if each row is contiguous.
    pub(crate) const fn has_contiguous_rows(&self) -> bool {
        self.column_odd == 1 && self.column_pair == 2
    }

    /// `true` if each channel's plane of rows of `width` is contiguous.
    pub(crate) const fn has_contiguous_planes(&self, width: usize) -> bool {
        self.has_contiguous_rows() && self.row_odd == width && self.row_pair == 2 * width
    }
}

/// The product of a shape, refusing zeros and overflow.
pub(crate) fn checked_product(shape: &[usize]) -> Result<usize, PreviewError> {
    let mut product: usize = 1;
    for (index, &size) in shape.iter().enumerate() {
        if size == 0 {
            return Err(PreviewError::ZeroDimension { index });
        }
        product = product
            .checked_mul(size)
            .ok_or(PreviewError::ShapeOverflow)?;
    }
    Ok(product)
}

/// The samples that a strided view spans. Refuses strides that make positions share or
/// interleave samples.
///
/// Takes the axes in order of their strides: each stride must reach past all samples that the
/// axes before it span. Every view made from a contiguous tensor by slicing, stepping and
/// permuting axes passes.
pub(crate) fn checked_span(shape: [usize; 3], strides: [usize; 3]) -> Result<usize, PreviewError> {
    checked_product(&shape)?;
    let mut axes = [0, 1, 2].map(|axis| (strides[axis], shape[axis]));
    axes.sort_unstable();
    let mut span: usize = 1;
    for (stride, size) in axes.into_iter().filter(|&(_, size)| size > 1) {
        if stride < span {
            return Err(PreviewError::OverlappingStrides);
        }
        span = stride
            .checked_mul(size - 1)
            .and_then(|reach| span.checked_add(reach))
            .ok_or(PreviewError::ShapeOverflow)?;
    }
    Ok(span)
}
