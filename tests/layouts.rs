//! Promise: every layout of a latent gives the same picture, byte for byte, and every sample is
//! at the place that the layout's definition gives.

#![cfg(all(feature = "alloc", feature = "testing"))]

mod support;

use latent_preview::testing::Backend;
use latent_preview::{LatentPreview, Latents, PackOrder, Projection, bf16, f16};
use support::output::FORMATS;
use support::{FromF32, Layout, Random, Stored};

const SHAPES: [[usize; 3]; 8] = [
    [4, 1, 1],
    [4, 2, 2],
    [4, 64, 64],
    [1, 3, 5],
    [4, 7, 1],
    [16, 6, 10],
    [3, 4, 300],
    [33, 4, 18],
];

fn value<T: FromF32>(c: usize, y: usize, x: usize) -> T {
    let position = ((c * 1000 + y) * 1000 + x) as u64;
    T::from_f32(Random(position).unit() * 3.0)
}

fn fits(layout: Layout, [_, height, width]: [usize; 3]) -> bool {
    !layout.is_packed() || (height % 2 == 0 && width % 2 == 0)
}

#[test]
fn every_sample_is_where_the_layout_has_it() {
    for shape in SHAPES {
        for layout in Layout::ALL.into_iter().filter(|l| fits(*l, shape)) {
            let stored = Stored::new(shape, layout, 0, f32::NAN, value::<f32>);
            let latents = stored.latents().unwrap();
            let [c_n, h, w] = shape;
            assert_eq!(
                [latents.channels(), latents.height(), latents.width()],
                shape
            );
            for (c, y, x) in
                (0..c_n).flat_map(|c| (0..h).flat_map(move |y| (0..w).map(move |x| (c, y, x))))
            {
                assert_eq!(
                    latents.get(c, y, x),
                    Some(value(c, y, x)),
                    "{layout:?} {shape:?} at {c} {y} {x}"
                );
            }
            assert_eq!(latents.get(c_n, 0, 0), None);
            assert_eq!(latents.get(0, h, 0), None);
            assert_eq!(latents.get(0, 0, w), None);
        }
    }
}

fn same_picture_from_every_layout<T: FromF32>(zero: T) {
    for shape in SHAPES {
        let projection = Projection::affine(Random(7).rows(shape[0], 0.2), [0.1; 3]).unwrap();
        for format in FORMATS {
            for backend in Backend::available() {
                let picture = |layout| {
                    let stored = Stored::new(shape, layout, 1, zero, value::<T>);
                    let mut out = vec![0; shape[1] * shape[2] * format.bytes_per_pixel()];
                    backend
                        .preview_into(&projection, &stored.latents().unwrap(), format, &mut out)
                        .unwrap();
                    out
                };
                let planar = picture(Layout::Planar);
                for layout in Layout::ALL.into_iter().filter(|l| fits(*l, shape)) {
                    assert_eq!(
                        picture(layout),
                        planar,
                        "{layout:?} {shape:?} {format:?} {backend}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_picture_is_the_same_from_every_layout() {
    same_picture_from_every_layout(f32::NAN);
    same_picture_from_every_layout(f16::NAN);
    same_picture_from_every_layout(bf16::NAN);
}

#[test]
fn batches_and_videos_come_in_order() {
    // The sample at [n, c, y, x] of a batch is n * 10 + c.
    let batch: Vec<f32> = (0..3)
        .flat_map(|n| (0..2).flat_map(move |c| [(n * 10 + c) as f32; 4]))
        .collect();
    let images = Latents::batch(&batch, [3, 2, 2, 2]).unwrap();
    assert_eq!(images.len(), 3);
    let first_values = |images: latent_preview::LatentImages<'_>| -> Vec<[f32; 2]> {
        images
            .map(|image| [0, 1].map(|c| image.get(c, 1, 1).unwrap()))
            .collect()
    };
    let expected = [[0.0, 1.0], [10.0, 11.0], [20.0, 21.0]];
    assert_eq!(first_values(images.clone()), expected);
    assert_eq!(images.clone().nth(2).unwrap().get(0, 0, 0), Some(20.0));
    let mut backwards = images;
    assert_eq!(backwards.next_back().unwrap().get(0, 0, 0), Some(20.0));

    // The same frames with the channels outermost.
    let video: Vec<f32> = (0..2)
        .flat_map(|c| (0..3).flat_map(move |t| [(t * 10 + c) as f32; 4]))
        .collect();
    assert_eq!(
        first_values(Latents::video(&video, [2, 3, 2, 2]).unwrap()),
        expected
    );
    // With the channels innermost.
    let interleaved: Vec<f32> = (0..3)
        .flat_map(|n| (0..4).flat_map(move |_| [0, 1].map(|c| (n * 10 + c) as f32)))
        .collect();
    assert_eq!(
        first_values(Latents::interleaved_batch(&interleaved, [3, 2, 2, 2]).unwrap()),
        expected
    );
}

/// FLUX pipelines pack with `view(b, c, h/2, 2, w/2, 2).permute(0, 2, 4, 1, 3, 5)`.
#[test]
fn packed_tokens_follow_the_pipelines_permutation() {
    let (c, h, w) = (16, 4, 6);
    let plain: Vec<f32> = (0..c * h * w).map(|i| i as f32).collect();
    let mut tokens = Vec::new();
    for row in 0..h / 2 {
        for column in 0..w / 2 {
            for channel in 0..c {
                for py in 0..2 {
                    for px in 0..2 {
                        let (y, x) = (2 * row + py, 2 * column + px);
                        tokens.push(plain[(channel * h + y) * w + x]);
                    }
                }
            }
        }
    }
    let factors = Random(1).rows(c, 0.001);
    let projection = Projection::linear(factors).unwrap();
    let packed =
        Latents::packed_tokens(&tokens, [h / 2, w / 2, 4 * c], PackOrder::ChannelFirst).unwrap();
    let planar = Latents::planar(&plain, [c, h, w]).unwrap();
    assert_eq!(
        projection.preview_rgb(&packed).unwrap(),
        projection.preview_rgb(&planar).unwrap()
    );
}

/// The images of a batch of patches equal those of single views.
#[test]
fn batches_of_patches_follow_each_other() {
    let (images, rows, columns, values) = (3, 2, 3, 128);
    let len = rows * columns * values;
    let samples: Vec<f32> = (0..images * len).map(|i| i as f32).collect();
    for order in [PackOrder::ChannelFirst, PackOrder::PatchFirst] {
        let batch = Latents::packed_tokens_batch(&samples, [images, rows, columns, values], order);
        let batch = batch.unwrap();
        assert_eq!(batch.len(), images);
        for (i, image) in batch.enumerate() {
            let own = &samples[i * len..][..len];
            let alone = Latents::packed_tokens(own, [rows, columns, values], order).unwrap();
            same_values(&image, &alone);
        }
    }
    let flux2 = latent_preview::LatentFormat::Flux2;
    let batch = flux2
        .images(&samples, &[images, values, rows, columns])
        .unwrap();
    assert_eq!(batch.len(), images);
    for (i, image) in batch.enumerate() {
        let own = &samples[i * len..][..len];
        let order = PackOrder::ChannelFirst;
        let alone = Latents::packed_planes(own, [values, rows, columns], order).unwrap();
        same_values(&image, &alone);
    }
}

#[test]
fn batches_of_interleaved_images_follow_each_other() {
    let shape = [2, 3, 5];
    let samples: Vec<f32> = (0..3 * 30).map(|i| i as f32).collect();
    let batch = Latents::interleaved_batch(&samples, [3, 2, 3, 5]).unwrap();
    assert_eq!(batch.len(), 3);
    for (image, own) in batch.zip(samples.chunks(30)) {
        same_values(&image, &Latents::interleaved(own, shape).unwrap());
    }
}

fn same_values(a: &Latents<'_>, b: &Latents<'_>) {
    let size = |l: &Latents<'_>| (l.channels(), l.height(), l.width());
    assert_eq!(size(a), size(b));
    for c in 0..a.channels() {
        for y in 0..a.height() {
            for x in 0..a.width() {
                assert_eq!(a.get(c, y, x), b.get(c, y, x), "{c} {y} {x}");
            }
        }
    }
}
