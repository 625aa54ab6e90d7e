//! Helpers for several test files: latents in every layout, and random ones.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod output;
pub mod reference;

use latent_preview::{Element, Latents, PackOrder, PreviewError, bf16, f16};
use proptest::prelude::ProptestConfig;

/// `count` random cases, scaled down if `PROPTEST_CASES` is below its default.
pub fn cases(count: u32) -> u32 {
    let share = ProptestConfig::default().cases.min(256);
    (count * share / 256).max(1)
}

/// A way to store a latent image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Planar,
    Interleaved,
    /// Second of three images.
    Batch,
    /// Second of three frames, channels outermost.
    Video,
    /// Second of three frames, frames outermost.
    VideoFrames,
    Tokens(PackOrder),
    PackedPlanes(PackOrder),
    /// Rows with three samples of padding, planes with five.
    PaddedRows,
    /// Every second column of a wider image.
    EverySecondColumn,
    /// Columns outermost, rows innermost.
    Transposed,
}

impl Layout {
    pub const ALL: [Self; 12] = [
        Self::Planar,
        Self::Interleaved,
        Self::Batch,
        Self::Video,
        Self::VideoFrames,
        Self::Tokens(PackOrder::ChannelFirst),
        Self::Tokens(PackOrder::PatchFirst),
        Self::PackedPlanes(PackOrder::ChannelFirst),
        Self::PackedPlanes(PackOrder::PatchFirst),
        Self::PaddedRows,
        Self::EverySecondColumn,
        Self::Transposed,
    ];

    /// `true` if images of odd height or width cannot be stored this way.
    pub fn is_packed(self) -> bool {
        matches!(self, Self::Tokens(_) | Self::PackedPlanes(_))
    }
}

/// A latent image `[channels, height, width]` stored in a layout.
pub struct Stored<T> {
    samples: Vec<T>,
    shape: [usize; 3],
    layout: Layout,
    /// Samples before the first, so that vectors start anywhere.
    skip: usize,
}

impl<T: Element> Stored<T> {
    /// Stores `value(c, y, x)`; everything else in memory is `filler`.
    pub fn new(
        shape: [usize; 3],
        layout: Layout,
        skip: usize,
        filler: T,
        value: impl Fn(usize, usize, usize) -> T,
    ) -> Self {
        let [channels, height, width] = shape;
        let plane = height * width;
        let len = match layout {
            Layout::Batch | Layout::Video | Layout::VideoFrames => 3 * channels * plane,
            Layout::PaddedRows => channels * (height * (width + 3) + 5),
            Layout::EverySecondColumn => channels * plane * 2,
            _ => channels * plane,
        };
        let mut samples = vec![filler; skip + len];
        for c in 0..channels {
            for y in 0..height {
                for x in 0..width {
                    samples[skip + index(layout, shape, [c, y, x])] = value(c, y, x);
                }
            }
        }
        Self {
            samples,
            shape,
            layout,
            skip,
        }
    }

    pub fn latents(&self) -> Result<Latents<'_>, PreviewError> {
        let samples = &self.samples[self.skip..];
        let [c, h, w] = self.shape;
        match self.layout {
            Layout::Planar => Latents::planar(samples, [c, h, w]),
            Layout::Interleaved => Latents::interleaved(samples, [h, w, c]),
            Layout::Batch => Ok(Latents::batch(samples, [3, c, h, w])?.nth(1).unwrap()),
            Layout::Video => Ok(Latents::video(samples, [c, 3, h, w])?.nth(1).unwrap()),
            Layout::VideoFrames => Ok(Latents::batch(samples, [3, c, h, w])?.nth(1).unwrap()),
            Layout::Tokens(order) => Latents::packed_tokens(samples, [h / 2, w / 2, 4 * c], order),
            Layout::PackedPlanes(order) => {
                Latents::packed_planes(samples, [4 * c, h / 2, w / 2], order)
            }
            Layout::PaddedRows => Latents::strided(samples, [c, h, w], [h * (w + 3) + 5, w + 3, 1]),
            Layout::EverySecondColumn => {
                Latents::strided(samples, [c, h, w], [h * w * 2, w * 2, 2])
            }
            Layout::Transposed => Latents::strided(samples, [c, h, w], [h * w, 1, h]),
        }
    }
}

/// The place of a sample in each layout, written from the layout's definition.
fn index(layout: Layout, [c_n, h, w]: [usize; 3], [c, y, x]: [usize; 3]) -> usize {
    let patch_value = |order| match order {
        PackOrder::ChannelFirst => 4 * c + 2 * (y % 2) + x % 2,
        PackOrder::PatchFirst => (2 * (y % 2) + x % 2) * c_n + c,
    };
    let patch = (y / 2) * (w / 2) + x / 2;
    match layout {
        Layout::Planar => (c * h + y) * w + x,
        Layout::Interleaved => (y * w + x) * c_n + c,
        Layout::Batch | Layout::VideoFrames => ((c_n + c) * h + y) * w + x,
        Layout::Video => ((c * 3 + 1) * h + y) * w + x,
        Layout::Tokens(order) => patch * 4 * c_n + patch_value(order),
        Layout::PackedPlanes(order) => patch_value(order) * (h / 2) * (w / 2) + patch,
        Layout::PaddedRows => c * (h * (w + 3) + 5) + y * (w + 3) + x,
        Layout::EverySecondColumn => ((c * h + y) * w + x) * 2,
        Layout::Transposed => (c * w + x) * h + y,
    }
}

/// A sample type that tests make from `f32`.
pub trait FromF32: Element {
    fn from_f32(value: f32) -> Self;
}

impl FromF32 for f32 {
    fn from_f32(value: f32) -> Self {
        value
    }
}

impl FromF32 for f16 {
    fn from_f32(value: f32) -> Self {
        Self::from_f32(value)
    }
}

impl FromF32 for bf16 {
    fn from_f32(value: f32) -> Self {
        Self::from_f32(value)
    }
}

/// SplitMix64, which is random enough for tests and the same on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between -1 and 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    pub fn rows(&mut self, count: usize, scale: f32) -> Vec<[f32; 3]> {
        (0..count)
            .map(|_| [0; 3].map(|_| self.unit() * scale))
            .collect()
    }
}

/// Panics when dropped.
pub struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("this test's bomb");
    }
}

/// The way in which the owner of a background thread ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Finish,
    Drop,
    FinishInHandler,
    DropInHandler,
}

impl End {
    pub const ALL: [Self; 4] = [
        Self::Finish,
        Self::Drop,
        Self::FinishInHandler,
        Self::DropInHandler,
    ];
}
